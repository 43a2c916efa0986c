"""Referrals of a case: from the draft to what came of it, the letter, the list and the figures."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.clients import actions
from casework.clients.actions.referral_to_dos import give_overdue_to_dos
from casework.clients.models import Referral, ReferralStep, ToDo
from tests.counting import counted_queries
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client, make_contact
from tests.factories.documents import make_document
from tests.factories.referrals import make_incoming, make_partner, make_referral, make_sent_referral

from .pages import World, make_world

pytestmark = pytest.mark.django_db


def typed(world: World, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "id": str(uuid.uuid4()),
        "people": [str(world.client.pk)],
        "partner": str(world.partner.pk),
        "service": "legal",
        "reason": "Суд пятого",
        "urgency": "urgent",
        "shared": ["name"],
        "consent_how": "said",
        "consent_on_day": str(today.day),
        "consent_on_month": str(today.month),
        "consent_on_year": str(today.year),
        **changes,
    }


def test_a_form_sent_twice_drafts_one_referral() -> None:
    world = make_world()
    data = typed(world)

    answer = world.browser.post(world.urls()["draft_referral"], data)
    world.browser.post(world.urls()["draft_referral"], data)

    assert answer.url == reverse("referral", args=[data["id"]])
    assert Referral.objects.filter(urgency="urgent").count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_is_kept() -> None:
    world = make_world()

    page = world.browser.post(world.urls()["draft_referral"], typed(world, people=[], consent_how=""))

    assert page.status_code == 200
    assert "people" in page.context["form"].errors
    assert "Суд пятого" in page.content.decode()


def test_without_consent_the_page_says_why_it_cannot_be_sent() -> None:
    world = make_world()
    referral = make_referral(world.client, by=world.worker, consent_how="", consent_on=None)

    page = world.browser.get(reverse("referral", args=[referral.pk])).content.decode()
    refused = world.browser.post(reverse("step_referral", args=[referral.pk, "send"]), {"how": "email", "version": "1"})
    letter = world.browser.get(reverse("referral_letter", args=[referral.pk])).content.decode()

    assert "Nobody has recorded that the client agreed" in page
    assert reverse("step_referral", args=[referral.pk, "send"]) not in page
    assert "Nobody has recorded that the client agreed" in refused.content.decode()
    assert "Nobody has recorded that the client agreed" in letter
    assert "Образцова" not in letter.split("<main")[1]


def test_sent_then_accepted_then_done() -> None:
    world = make_world()
    url = reverse("referral", args=[world.draft.pk])

    sent = world.browser.post(f"{url}send/", {"how": "phone", "version": "1"})
    world.browser.post(f"{url}accepted/", {"text": "Приходите в среду", "version": "2"})
    world.browser.post(f"{url}done/", {"outcome": "helped", "version": "3"})
    page = world.browser.get(url).content.decode()

    assert sent.url == url
    world.draft.refresh_from_db()
    assert (world.draft.state, world.draft.sent_how, world.draft.outcome) == ("done", "phone", "helped")
    assert "Приходите в среду" in page
    assert "got what they needed" in page


def test_an_answer_over_the_answer_of_somebody_else_is_not_lost() -> None:
    world = make_world()
    actions.note_accepted(referral=world.sent, version=2, by=world.worker, now=timezone.now())

    conflict = world.browser.post(
        reverse("step_referral", args=[world.sent.pk, "declined"]),
        {"reason": "full", "text": "Нет мест", "version": "2"},
    )

    assert conflict.status_code == 409
    assert "Нет мест" in conflict.content.decode()


def test_feedback_is_recorded_once_however_often_it_is_sent() -> None:
    world, data = make_world(), {"id": str(uuid.uuid4()), "text": "Был на приёме"}

    for _ in range(2):
        world.browser.post(reverse("step_referral", args=[world.sent.pk, "feedback"]), data)

    assert ReferralStep.objects.filter(kind="feedback").count() == 1


SECRETS = {"name": "Образцова", "birth": "1990", "contact": "555 012345", "document": "75 0000001", "needs": "appeal"}


@pytest.mark.parametrize("shared", [[], *([each] for each in SECRETS), ["name", "contact"], list(SECRETS)])
def test_the_letter_says_exactly_what_is_shared(shared: list[str]) -> None:
    world = make_world()
    make_contact(world.client, by=world.worker)
    make_contact(world.client, by=world.worker, value="+996 700 666666", is_safe=False)
    make_document(world.client, by=world.worker)
    referral = make_sent_referral(world.client, partner=world.partner, by=world.worker, shared=shared)

    letter = world.browser.get(reverse("referral_letter", args=[referral.pk])).content.decode()

    assert {name for name, secret in SECRETS.items() if secret in letter} == set(shared)
    assert world.client.reference in letter
    assert "666666" not in letter


def test_the_letter_speaks_the_language_that_was_chosen() -> None:
    world = make_world()
    url = reverse("referral_letter", args=[world.sent.pk])

    assert "Наша команда" in world.browser.get(url, {"language": "ru"}).content.decode()
    assert "Біздің топ" in world.browser.get(url, {"language": "kk"}).content.decode()
    assert "There is no letter in the language" in world.browser.get(url, {"language": "tr"}).content.decode()


def test_a_withdrawn_referral_has_no_letter() -> None:
    world = make_world()
    actions.withdraw_referral(referral=world.sent, why="consent", version=2, by=world.worker, now=timezone.now())

    letter = world.browser.get(reverse("referral_letter", args=[world.sent.pk])).content.decode()

    assert "nothing more is told to the partner" in letter


def test_the_overdue_ones_come_first_and_are_counted() -> None:
    world = make_world()
    long_ago = timezone.now() - timedelta(days=60)
    old = make_sent_referral(
        world.client, partner=world.partner, by=world.worker, now=long_ago, consent_on=long_ago.date()
    )
    make_sent_referral(by=make_user(), now=long_ago, consent_on=long_ago.date())  # of another team

    page = world.browser.get(reverse("referrals"))

    assert page.context["counts"] == {"open": 3, "waiting": 2, "overdue": 1}
    assert [row.referral for row in page.context["rows"]] == [old, world.sent, world.draft]
    only = world.browser.get(reverse("referrals"), {"state": "overdue"})
    assert [row.referral for row in only.context["rows"]] == [old]


def test_the_list_is_narrowed_by_partner_and_service() -> None:
    world = make_world()
    other = make_referral(world.client, partner=make_partner(), by=world.worker, service="medical")

    by_partner = world.browser.get(reverse("referrals"), {"partner": str(other.partner_id)})
    by_service = world.browser.get(reverse("referrals"), {"service": "medical"})

    assert [row.referral for row in by_partner.context["rows"]] == [other]
    assert [row.referral for row in by_service.context["rows"]] == [other]


def test_the_figures_count_what_was_answered_in_time_and_how_fast() -> None:
    world = make_world()
    began = timezone.now() - timedelta(days=40)
    for days in (2, 4, 30):
        referral = make_sent_referral(
            world.client, partner=world.partner, by=world.worker, now=began, consent_on=began.date()
        )
        answered = began + timedelta(days=days)
        actions.note_accepted(referral=referral, version=2, by=world.worker, now=answered)

    make_incoming(team=make_team())  # of another team
    make_sent_referral(make_client(), partner=world.partner)
    page = world.browser.get(reverse("referral_figures"))
    [row] = page.context["rows"]

    assert [tab.count for tab in page.context["tabs"]] == [None, 1, None]
    assert (row.sent, row.answered, row.in_time, row.median_days) == (4, 3, 2, 4.0)


def test_an_overdue_answer_stands_in_my_day() -> None:
    world = make_world()
    case = make_case(team=world.client.case.team, caseworker=world.worker)
    long_ago = timezone.now() - timedelta(days=60)
    referral = make_sent_referral(make_client(case=case), by=world.worker, now=long_ago, consent_on=long_ago.date())
    give_overdue_to_dos(timezone.now())

    page = world.browser.get("/my-day/").content.decode()

    assert ToDo.objects.get().owner == world.worker
    assert reverse("referral", args=[referral.pk]) in page


def test_no_page_asks_more_of_the_database_than_it_may() -> None:
    world = make_world()
    for _ in range(4):
        make_sent_referral(make_client(case=world.client.case, relation="other_relative"), by=world.worker)
    limits = {"case_referrals": 20, "referral": 20, "referral_letter": 12, "draft_referral": 20}
    asked = {}
    for name in limits:
        world.browser.get(world.urls()[name])
        with counted_queries() as queries:
            world.browser.get(world.urls()[name])
        asked[name] = len(queries)
    for name in ("referrals", "referral_figures", "referrals_in"):
        with counted_queries() as queries:
            world.browser.get(reverse(name))
        asked[name] = len(queries)

    assert {name: number for name, number in asked.items() if number > limits.get(name, 12)} == {}
