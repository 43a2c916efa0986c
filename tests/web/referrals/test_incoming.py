"""Referrals in, on their pages."""

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import IncomingReferral
from tests.factories.clients import hide, make_case

from .pages import make_world

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "id": str(uuid.uuid4()),
        "sender": "A school",
        "received_on_day": str(today.day),
        "received_on_month": str(today.month),
        "received_on_year": str(today.year),
        "how": "phone",
        "family_name": "Новенькая",
        "people": "2",
        "service": "school",
        "asked": "Место в школе",
        "urgency": "soon",
        **changes,
    }


def test_it_is_recorded_once_and_the_same_one_by_another_form_is_found() -> None:
    world = make_world()
    data = typed(team=str(world.client.case.team_id))

    answer = world.browser.post(reverse("record_incoming"), data)
    again = world.browser.post(reverse("record_incoming"), data)
    by_letter = world.browser.post(reverse("record_incoming"), data | {"id": str(uuid.uuid4()), "how": "letter"})

    assert answer.url == again.url == by_letter.url == reverse("incoming_referral", args=[data["id"]])
    assert IncomingReferral.objects.count() == 2


def test_from_nobody_is_asked_for_and_what_was_typed_is_kept() -> None:
    world = make_world()

    page = world.browser.post(reverse("record_incoming"), typed(team=str(world.client.case.team_id), sender=""))

    assert "sender" in page.context["form"].errors
    assert "Место в школе" in page.content.decode()


def test_declined_and_told() -> None:
    world = make_world()
    today = timezone.localdate()
    told = {"answered_on_day": today.day, "answered_on_month": today.month, "answered_on_year": today.year}

    world.browser.post(world.urls()["decline_incoming"], {"reason": "full", "words": "Нет мест", "version": "1"})
    world.browser.post(world.urls()["answer_incoming"], told | {"version": "2"})

    world.incoming.refresh_from_db()
    assert (world.incoming.state, world.incoming.answered_on) == ("declined", today)
    assert world.incoming not in [each for each, _ in world.browser.get(reverse("referrals_in")).context["rows"]]


def test_attached_to_a_case_by_its_code_of_this_team_only() -> None:
    world, foreign = make_world(), make_case()
    code, hidden = world.client.case.code, make_case(team=world.client.case.team)
    hide(hidden)

    url = world.urls()["attach_incoming"]
    refused = [world.browser.post(url, {"code": each.code, "version": "1"}) for each in (foreign, hidden)]
    world.browser.post(world.urls()["attach_incoming"], {"code": code.lower(), "version": "1"})

    assert all("code" in answer.context["form"].errors for answer in refused)
    world.incoming.refresh_from_db()
    assert world.incoming.case == world.client.case
    tab = world.browser.get(world.urls()["case_referrals"]).content.decode()
    assert world.urls()["incoming_referral"] in tab


def test_whoever_takes_back_what_led_to_a_restricted_case_is_told_that_it_is_open_to_the_team_then() -> None:
    world, said = make_world(), "Their case is restricted"
    case, url = world.client.case, world.urls()["reconsider_incoming"]
    actions.accept_incoming(referral=world.incoming, case=case, by=world.worker, now=timezone.now())
    before = world.browser.get(url).content.decode()
    hide(case, world.worker)

    assert said not in before
    assert said in world.browser.get(url).content.decode()


def test_two_who_decide_are_told_of_each_other() -> None:
    world = make_world()
    actions.decline_incoming(referral=world.incoming, reason="full", version=1, by=world.worker, now=timezone.now())

    conflict = world.browser.post(world.urls()["decline_incoming"], {"reason": "unsafe", "version": "1"})

    assert conflict.status_code == 409


def test_a_decision_is_taken_back() -> None:
    world = make_world()
    world.browser.post(world.urls()["decline_incoming"], {"reason": "full", "version": "1"})

    world.browser.post(world.urls()["reconsider_incoming"], {"version": "2"})

    world.incoming.refresh_from_db()
    assert world.incoming.state == "waiting"


def test_a_case_is_logged_with_what_is_known_and_keeps_where_it_came_from() -> None:
    world = make_world()
    url = f"{reverse('log_case')}?referral={world.incoming.pk}"
    form = world.browser.get(url).context["form"]
    today = timezone.localdate()
    typed = {
        "submit_token": str(uuid.uuid4()),
        "family_name": form.initial["family_name"],
        "given_name": form.initial["given_name"],
        "birth_year": "1990",
        "nationalities": ["RU"],
        "country": "KG",
        "entered_known": "exact",
        "entered_exact_day": str(today.day),
        "entered_exact_month": str(today.month),
        "entered_exact_year": str(today.year),
        "channel": form.initial["channel"],
        "reach": form.initial["reach"],
        "team": str(form.initial["team"]),
        "family-TOTAL_FORMS": "0",
        "family-INITIAL_FORMS": "0",
    }

    for _ in range(2):
        answer = world.browser.post(url, typed)

    world.incoming.refresh_from_db()
    assert world.incoming.state == "accepted"
    assert world.incoming.case is not None
    assert answer.url == reverse("case", args=[world.incoming.case.code])
    assert world.incoming.case.clients.get().family_name == "Присланный"


def test_a_referral_of_another_team_fills_in_nothing() -> None:
    world, stranger = make_world(), make_world()

    assert stranger.browser.get(reverse("log_case"), {"referral": str(world.incoming.pk)}).status_code == 404
    assert stranger.browser.get(reverse("log_case"), {"referral": "none"}).status_code == 404
