"""Consent and safety, as a caseworker meets it."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import DEFINITIONS, Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Consent, Contact, ContactStop, NeverContact
from tests.factories.accounts import NOW, make_user
from tests.factories.referrals import make_partner, make_referral
from tests.factories.safety import make_consent
from tests.web.cases.pages import signed_in

from .pages import make_world

pytestmark = pytest.mark.django_db


def answer(**changes: Any) -> dict[str, Any]:
    known = {"id": str(uuid.uuid4()), "purpose": "partner", "said": "yes", "categories": ["identity", "needs"]}
    known |= {
        "given_on_day": "1",
        "given_on_month": "6",
        "given_on_year": "2026",
        "how": "signed",
        "given_by": "client",
    }
    return known | {"basis": "explicit_consent"} | changes


def test_the_page_says_what_was_agreed_and_what_nobody_asked() -> None:
    world = make_world()

    page = world.browser.get(world.urls()["case_safety"]).content.decode()

    assert "a partner is told: agreed on" in page
    assert "Not asked yet" in page
    assert "an interpreter takes part" in page
    assert "+996 700 999999" in page
    assert "вымышленный ключ" not in page


def test_an_answer_is_recorded_once_however_often_the_form_is_sent() -> None:
    world, data = make_world(), answer(said="no", categories=["needs"])

    for _each in range(2):
        sent = world.browser.post(world.urls()["record_consent"], data)

    assert sent.status_code == 302, sent.context["form"].errors
    assert Consent.objects.filter(said="no").count() == 1
    assert "They refused on" in world.browser.get(world.urls()["case_safety"]).content.decode()


def test_an_authority_is_not_chosen_as_a_partner() -> None:
    world = make_world()
    authority = make_partner(kind="authority")

    page = world.browser.post(world.urls()["record_consent"], answer(recipient=str(authority.pk)))

    assert "recipient" in page.context["form"].errors


def test_what_is_taken_back_names_the_referrals_that_hang_on_it_and_counts_at_once() -> None:
    world = make_world()
    referral = make_referral(world.client, by=world.worker)
    url = world.urls()["withdraw_consent"]

    page = world.browser.get(url).content.decode()
    form = world.browser.get(url).context["form"]
    on = form.initial["on"]
    data = {"version": "1", "on_day": on.day, "on_month": on.month, "on_year": on.year, "words": "Передумал"}
    world.browser.post(url, data)

    assert reverse("referral", args=[referral.pk]) in page
    assert Consent.objects.get().is_withdrawn
    assert "They withdrew it on" in world.browser.get(world.urls()["case_safety"]).content.decode()


def test_a_referral_is_not_sent_against_a_refusal() -> None:
    world = make_world()
    referral = make_referral(world.client, by=world.worker, shared=["name", "needs"])
    page = world.browser.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "They refused on" not in page

    make_consent(world.client, by=world.worker, said="no", categories=["needs"])

    page = world.browser.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "They refused on" in page
    sent = world.browser.post(
        reverse("step_referral", args=[referral.pk, "send"]), {"version": referral.version, "how": "email"}
    )
    referral.refresh_from_db()
    assert sent.status_code == 200
    assert referral.state == "draft"


def test_nothing_goes_to_a_partner_on_the_never_contact_list() -> None:
    world = make_world()
    referral = make_referral(world.client, by=world.worker, shared=[])
    data = {"id": str(uuid.uuid4()), "client": "", "kind": "organisation", "value": "Выдуманная организация"}
    data |= {"recipient_id": str(referral.partner_id), "since_day": "1", "since_month": "6", "since_year": "2026"}
    assert world.browser.post(world.urls()["record_never_contact"], data).status_code == 302

    page = world.browser.get(reverse("referral", args=[referral.pk])).content.decode()

    assert "On the never-contact list." in page


def test_an_entry_leaves_the_list_only_when_a_second_person_has_looked() -> None:
    world = make_world()
    urls = world.urls()
    world.browser.post(urls["ask_off_never_contact"], {"version": "1", "reason": "Больше не опасен"})

    alone = world.browser.post(urls["take_off_never_contact"], {"version": "2"})
    assert "Another person has to look" in alone.content.decode()
    colleague = signed_in(make_user(team=world.client.case.team))
    assert "Take off the list" in colleague.get(urls["case_safety"]).content.decode()
    colleague.post(urls["take_off_never_contact"], {"version": "2"})

    assert NeverContact.objects.get().is_withdrawn


def test_all_contact_is_stopped_in_one_tap_and_allowed_again() -> None:
    world = make_world()
    case_page = reverse("case", args=[world.client.case.code])
    assert "Never contact: 1" in world.browser.get(case_page).content.decode()

    world.browser.post(world.posted()["stop_contact"])
    assert not Contact.objects.filter(is_safe=True).exists()
    assert "All contact with these people is stopped" in world.browser.get(case_page).content.decode()
    world.browser.post(world.posted()["allow_contact"])

    assert Contact.objects.get().is_safe
    assert ContactStop.objects.get().lifted_by_id == world.worker.pk


def test_a_code_word_is_shown_when_asked_for_and_that_is_on_record() -> None:
    world = make_world()
    case_page = world.browser.get(reverse("case", args=[world.client.case.code])).content.decode()
    form = world.browser.get(reverse("change_contact", args=[world.contact.pk])).content.decode()

    shown = world.browser.post(world.posted()["code_word"]).content.decode()

    assert "вымышленный ключ" not in case_page + form
    assert "Show the code word" in case_page
    assert "вымышленный ключ" in shown
    assert Event.objects.filter(type="clients.code_word_seen").count() == 1
    assert world.browser.get(world.posted()["code_word"]).status_code == 405


def test_another_team_and_an_unnamed_colleague_learn_nothing() -> None:
    world = make_world()
    case = world.client.case
    colleague = make_user(team=case.team)
    people = [world.worker, make_user(team=case.team)]
    actions.restrict_case(case=case, people=people, version=case.version, by=world.worker, now=NOW)

    for browser in (signed_in(make_user()), signed_in(colleague)):
        assert {browser.get(url).status_code for url in world.urls().values()} == {404}
        assert {browser.post(url, {"version": "1"}).status_code for url in world.posted().values()} == {404}


def test_roles_without_people_are_refused() -> None:
    world = make_world()

    for role in (role for role in Role if not DEFINITIONS[role].of_a_team):
        browser = signed_in(make_user(role))
        assert {browser.get(url).status_code for url in world.urls().values()} == {403}, role


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_opens_and_names_nobody_in_its_title(language: str) -> None:
    world = make_world()
    world.worker.language = language
    world.worker.save(update_fields=["language"])

    for url in world.urls().values():
        reply = world.browser.get(url)
        page = reply.content.decode()
        title = page[page.index("<title>") : page.index("</title>")]
        assert reply.status_code == 200
        assert world.client.family_name not in title + url
