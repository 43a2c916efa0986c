from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders.models import MessageAgreement, Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import hide, make_contact
from tests.factories.messages import make_willing
from tests.pages import form_in
from tests.reminders.deadlines import make_deadline
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

PAGES = ("client_messages", "agree_to_messages")


@pytest.fixture
def agreed() -> MessageAgreement:
    agreement = make_willing(contact={"code_word": "ромашка"}, with_code_word=True)
    make_deadline(client=agreement.client, due_on=timezone.now().date() + timedelta(days=7))
    return agreement


def url(name: str, agreement: MessageAgreement, *more: Any) -> str:
    return reverse(name, args=[agreement.client.reference, *more])


def letter_of(agreement: MessageAgreement) -> Reminder:
    """A letter that waits to be handed over."""
    MessageAgreement.objects.update(
        contact=make_contact(agreement.client, channel="in_person", value="", code_word="мак")
    )
    plan(now=timezone.now())
    deliver_due(clock=timezone.now)
    return Reminder.objects.get(client=agreement.client)


def test_it_shows_what_they_agreed_to_and_never_the_code_word(agreed: MessageAgreement) -> None:
    page = signed_in(agreed.recorded_by).get(url("client_messages", agreed)).content.decode()

    assert "•••. Пожалуйста, свяжитесь с нами." in page
    assert "09:00 – 20:00" in page
    assert "ромашка" not in page


def test_it_says_why_nothing_goes(agreed: MessageAgreement) -> None:
    agreed.contact.verified_on = None
    agreed.contact.save(update_fields=["verified_on"])

    page = signed_in(agreed.recorded_by).get(url("client_messages", agreed)).content.decode()

    assert "Nobody has checked the number or address." in page


def test_who_has_not_agreed_is_asked_and_then_written_to() -> None:
    agreement = make_willing()
    client, worker = agreement.client, agreement.recorded_by
    agreement.delete()
    browser, page = signed_in(worker), reverse("client_messages", args=[client.reference])
    assert "nothing is ever sent to them" in browser.get(page).content.decode()
    form = reverse("agree_to_messages", args=[client.reference])
    fields = form_in(browser.get(form).content.decode(), having="contact")

    for _time in range(2):
        response = browser.post(form, {**fields, "leads": ["3"], "contact": str(agreement.contact_id)})

    assert response.status_code == 302
    made = MessageAgreement.objects.get()
    assert (made.client, made.leads) == (client, [3])


@pytest.mark.parametrize(("why", "stored"), [("asked", "asked"), ("wrong_number", "wrong_number")])
def test_it_is_stopped_with_one_button_and_what_waited_is_stopped_too(
    agreed: MessageAgreement, why: str, stored: str
) -> None:
    plan(now=timezone.now())

    signed_in(agreed.recorded_by).post(url("stop_client_messages", agreed), {"why": why})

    assert MessageAgreement.objects.get().stopped_why == stored
    assert Reminder.objects.get(client=agreed.client).state == "stopped"


def test_what_no_button_says_is_refused(agreed: MessageAgreement) -> None:
    assert (
        signed_in(agreed.recorded_by).post(url("stop_client_messages", agreed), {"why": "answered"}).status_code == 400
    )


def test_a_letter_is_printed_and_handed_over(agreed: MessageAgreement) -> None:
    letter, browser = letter_of(agreed), signed_in(agreed.recorded_by)

    printed = browser.get(url("client_letter", agreed, letter.pk))
    browser.post(url("letter_handed_over", agreed, letter.pk))

    assert printed["Content-Type"] == "application/pdf"
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert Event.objects.filter(type="reminders.letter_made").count() == 1


def test_a_letter_of_somebody_else_is_not_there(agreed: MessageAgreement) -> None:
    letter, other = letter_of(agreed), make_willing()

    assert signed_in(other.recorded_by).get(url("client_letter", other, letter.pk)).status_code == 404
    assert signed_in(other.recorded_by).post(url("letter_handed_over", other, letter.pk)).status_code == 404


def test_others_open_none_of_it(agreed: MessageAgreement) -> None:
    letter = letter_of(agreed)
    posts = [url("stop_client_messages", agreed), url("letter_handed_over", agreed, letter.pk)]
    gets = [*(url(name, agreed) for name in PAGES), url("client_letter", agreed, letter.pk)]
    strangers = {404: make_user(), 403: make_user(Role.ADMINISTRATOR)}
    for status, user in strangers.items():
        browser = signed_in(user)
        assert {browser.get(each).status_code for each in gets} == {status}
        assert {browser.post(each, {"why": "asked"}).status_code for each in posts} == {status}


def test_a_restricted_case_is_not_there_for_whom_it_does_not_name(agreed: MessageAgreement) -> None:
    colleague = make_user(team=agreed.client.case.team)
    hide(agreed.client.case, agreed.recorded_by)

    assert {signed_in(colleague).get(url(name, agreed)).status_code for name in PAGES} == {404}


def test_what_only_takes_a_post_changes_nothing_when_it_is_looked_at(agreed: MessageAgreement) -> None:
    assert signed_in(agreed.recorded_by).get(url("stop_client_messages", agreed)).status_code == 405


def test_the_page_costs_the_same_however_much_went(agreed: MessageAgreement) -> None:
    browser, page = signed_in(agreed.recorded_by), url("client_messages", agreed)
    browser.get(page)
    with counted_queries() as few:
        browser.get(page)
    now = timezone.now()
    Reminder.objects.bulk_create(
        Reminder(
            subject=f"client_deadline:{number}",
            due_on=now.date(),
            lead_days=0,
            client=agreed.client,
            case=agreed.client.case,
            channel="sms",
            send_at=now,
            created_at=now,
        )
        for number in range(30)
    )
    with counted_queries() as many:
        browser.get(page)

    assert len(few) == len(many) <= 20
