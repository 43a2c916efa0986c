"""A reminder that nobody answers goes on to the coordinator, and stops when the caseworker marks the deadline as done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.lib.dates import today_in
from casework.reminders.deadlines import subject_of
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from casework.residency.actions import refresh
from tests.browser import PHONE
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of
from tests.reminders.deadlines import at_any_hour

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_nobody_answers_the_coordinator_is_asked_and_all_is_quiet_once_it_is_done(
    visit: Visit, reference_rules: None
) -> None:
    at_any_hour()
    team, now = almaty(), timezone.now()
    worker, coordinator = worker_of(team), make_user(Role.COORDINATOR, team=team, name="Test Coordinator")
    case = make_case(team=team, caseworker=worker, by=worker)
    client = make_client(case=case, by=worker, nationalities=["RU"])
    entered = today_in("Asia/Almaty", now) - timedelta(days=88)  # the day of entry is the first of ninety
    make_stay(client, entered, by=worker)
    refresh(client_ids=[client.pk], now=now)
    deadline = client.deadlines.get(duty="leave")
    assert deadline.drives_on == today_in("Asia/Almaty", now) + timedelta(days=1)
    about, reminders = Reminder.objects.filter(subject=subject_of(deadline.pk)), f"/deadlines/{deadline.pk}/reminders/"

    # Five hours ago the caseworker was told, and only they. The coordinator has heard of nothing.
    earlier = now - timedelta(hours=5)
    plan(now=earlier)
    deliver_due(clock=lambda: earlier)
    theirs = signed_in(visit(viewport=PHONE), worker)
    theirs.go("/inbox/")
    assert case.code in theirs.text
    boss = signed_in(visit(), coordinator)
    boss.go("/inbox/")
    assert case.code not in boss.text

    # Nobody answered: the coordinator is asked, once. The page of the deadline says to whom, and why.
    for _twice in range(2):
        plan(now=now)
        deliver_due(clock=lambda: now)
    boss.go("/inbox/")
    assert case.code in boss.text
    assert about.filter(recipient=coordinator).count() == 1
    boss.go(reminders)
    assert "Test Coordinator" in boss.text
    assert "asked because nobody had answered" in boss.text

    # On the next day more is queued, for both of them. Before it goes, the caseworker marks the deadline as done.
    tomorrow = now + timedelta(days=1)
    plan(now=tomorrow)
    assert about.filter(state="waiting").exists()
    theirs.go(f"/cases/{case.code}/").press("Done", within="#deadlines .deadline-row:has-text('Leave the country by')")
    deadline.refresh_from_db()
    assert deadline.state == "done"

    # Nothing of it goes to anybody any more, on that day or on any later one.
    sent = about.filter(state="sent").count()
    for days in range(1, 12):
        later = now + timedelta(days=days)
        plan(now=later)
        deliver_due(clock=lambda: later)  # noqa: B023 - asked at once
    assert about.filter(state="sent").count() == sent
    assert not about.filter(state__in=["waiting", "sending"]).exists()
    boss.go(reminders)
    assert "the deadline was met" in boss.text
    boss.go("/messages/?state=stopped")
    assert case.code in boss.text
