from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Case, Client
from casework.reminders.models import Reminder
from casework.reminders.notices import queue_notices
from casework.reminders.plan import plan
from tests.factories.accounts import make_user
from tests.factories.clients import hide
from tests.reminders.deadlines import make_deadline
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

URL, READ = "/inbox/", "/inbox/read/"


@pytest.fixture
def person() -> Client:
    """Somebody with a deadline of which their caseworker was told."""
    deadline = make_deadline(due_on=timezone.now().date() + timedelta(days=3))
    plan(now=timezone.now())
    say()
    return deadline.client


def say() -> None:
    """Let what waits have been said, whatever hour it is in the office."""
    Reminder.objects.filter(state="waiting").update(state="sent", settled_at=timezone.now())


def worker_of(person: Client) -> User:
    worker = person.case.caseworker
    assert worker is not None
    return worker


def page_of(user: User) -> str:
    return signed_in(user).get(URL).content.decode()


def test_it_shows_what_was_said_to_me_with_the_way_to_the_case(person: Client) -> None:
    page = page_of(worker_of(person))

    assert f'href="/cases/{person.case.code}/"' in page
    assert "1 message is unread" in page
    assert person.family_name not in page


def test_what_was_said_to_others_is_not_there(person: Client) -> None:
    page = page_of(make_user(team=person.case.team))

    assert person.case.code not in page
    assert "Nothing was said to you yet" in page


def test_what_has_not_gone_was_not_said(person: Client) -> None:
    Reminder.objects.update(state="waiting", settled_at=None)

    assert "Nothing was said to you yet" in page_of(worker_of(person))


def test_one_message_is_marked_as_read_and_so_are_all(person: Client) -> None:
    worker, browser = worker_of(person), signed_in(worker_of(person))
    queue_notices("alone:x", [worker.pk], case=None, now=timezone.now())
    say()
    about_case = Reminder.objects.get(case=person.case)

    browser.post(READ, {"one": str(about_case.pk)})
    after_one = Reminder.objects.filter(read_at__isnull=True).count()
    browser.post(READ, {"all": "yes"})

    assert (after_one, Reminder.objects.filter(read_at__isnull=True).count()) == (1, 0)


def test_nobody_marks_what_was_said_to_another(person: Client) -> None:
    signed_in(make_user()).post(READ, {"one": str(Reminder.objects.get().pk)})

    assert Reminder.objects.get().read_at is None


def test_what_is_no_message_is_refused(person: Client) -> None:
    assert signed_in(worker_of(person)).post(READ, {"one": "x"}).status_code == 400


def test_a_case_that_became_restricted_is_not_named_to_whom_it_does_not_name(person: Client) -> None:
    hide(Case.objects.get(pk=person.case_id), make_user(team=person.case.team))

    page = page_of(worker_of(person))

    assert person.case.code not in page
    assert "a case that you may not see any more" in page


def test_an_auditor_reads_what_was_said_to_them_without_the_case() -> None:
    auditor = make_user(Role.AUDITOR)
    queue_notices("emergency:x", [auditor.pk], case=None, now=timezone.now())
    say()

    page = page_of(auditor)

    assert "A case was opened in an emergency" in page
    assert "about no case" in page


def test_marking_takes_a_post(client: Browser, person: Client) -> None:
    client.force_login(worker_of(person))

    assert client.get(READ).status_code == 405


def test_a_reminder_goes_to_staff_or_to_a_client_and_never_to_nobody_or_both(person: Client) -> None:
    reminder = Reminder.objects.get()
    for wrong in ({"recipient": None}, {"client": person}):
        with pytest.raises(IntegrityError, match="reminder_to_staff_or_to_a_client"), transaction.atomic():
            Reminder.objects.filter(pk=reminder.pk).update(**wrong)


def test_what_was_not_said_is_not_read() -> None:
    make_deadline()
    plan(now=timezone.now())

    with pytest.raises(IntegrityError, match="reminder_read_by_staff_once_sent"), transaction.atomic():
        Reminder.objects.update(read_at=timezone.now())


def test_the_identity_of_what_goes_to_a_client_is_unique_too(person: Client) -> None:
    now = timezone.now()
    same = {"subject": "x:1", "due_on": now.date(), "lead_days": 0, "client": person, "case": person.case}
    Reminder.objects.create(**same, channel="sms", send_at=now, created_at=now)

    with pytest.raises(IntegrityError, match="reminder_identity"), transaction.atomic():
        Reminder.objects.create(**same, channel="sms", send_at=now, created_at=now)
