"""A day of a caseworker on a phone: a case is logged, explained, answered, found again and reminded of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.clients.models import Case
from casework.lib.dates import today_in
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from tests.browser import PHONE
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_deadline
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, worker_of
from tests.reminders.deadlines import at_any_hour

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_first_visit_of_a_client_to_the_reminder(visit: Visit, reference_rules: None) -> None:
    team = almaty()
    worker, today = worker_of(team), today_in("Asia/Almaty", timezone.now())
    earlier = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    make_deadline(earlier, today + timedelta(days=2))
    visitor = visit(viewport=PHONE)

    # My day says what is due.
    signed_in(visitor, worker)
    assert visitor.path == "/my-day/"
    assert visitor.page.locator("main section h2").count() >= 1
    assert "Образцова" in visitor.text

    # Logging a case: the deadlines stand on its page at once.
    visitor.go("/cases/new/")
    type_case(visitor, entered=days_ago(86, today))
    visitor.press("Log this case")
    case = Case.objects.exclude(pk=earlier.case.pk).get()
    assert visitor.path == f"/cases/{case.code}/"
    assert f"Case {case.code} is logged." in visitor.text
    leave_by = days_ago(86, today) + timedelta(days=89)  # the day of entry is the first of ninety
    row = visitor.page.locator("#deadlines .deadline-row", has_text="Leave the country by").first
    assert f"({leave_by:%a} {leave_by.day} {leave_by:%b})" in row.inner_text()

    # Why this date: the rule, the arithmetic, the source.
    visitor.follow("Why this date? Leave the country by", within="#deadlines")
    assert "90" in visitor.page.locator(".because").inner_text()
    assert "90" in visitor.page.locator(".rule-card").first.inner_text()
    assert "Intermark" in visitor.page.locator(".citation").first.inner_text()
    assert f"{leave_by.day} {leave_by:%B %Y}" in visitor.page.locator(".why-date").inner_text()

    # The planner runs, and the message shows with a masked recipient.
    at_any_hour()
    plan(now=timezone.now())
    deliver_due(clock=timezone.now)
    assert Reminder.objects.filter(case=case, recipient=worker).exists()
    visitor.go("/messages/")
    message = visitor.page.locator("main tbody tr", has_text=case.code).first.inner_text()
    assert "sent" in message
    assert "•••@example.org" in message
    assert worker.email not in visitor.text

    # Done, in one step.
    visitor.go(f"/cases/{case.code}/")
    before = visitor.page.locator("#deadlines .deadlines-of-person > .deadline-rows > li").count()
    visitor.press("Done", within="#deadlines .deadline-row:has-text('Leave the country by')")
    assert visitor.path.startswith(f"/cases/{case.code}/")
    assert visitor.page.locator("#deadlines .deadlines-of-person > .deadline-rows > li").count() == before - 1

    # Found by another spelling, and no address says of whom.
    visitor.page.fill("#search", "Yevgeny Pridumanov")
    visitor.press("Search", within="header")
    assert "Придуманов Евгений" in visitor.text
    assert visitor.path == "/search/"
