"""Whoever has switched scripts off does all of it too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.clients.models import Case
from casework.lib.dates import today_in
from casework.residency.models import Deadline, Stay
from tests.browser import PHONE
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_case_is_logged_a_stay_added_and_a_deadline_waived(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=False), worker)
    page = visitor.page

    visitor.go("/cases/new/")
    type_case(visitor, entered=days_ago(20, today))
    visitor.press("Log this case")
    case = Case.objects.get()
    deadline = page.locator("#deadlines .deadline-row", has_text="Leave the country by").first
    without_the_other_stay = deadline.locator(".deadline-row-tag").inner_text()

    # Thirty days before, in another stay, count in the same window.
    visitor.follow("Record a stay")
    page.select_option("[name=country]", "KZ")
    for name, day in (("entered", days_ago(99, today)), ("left", days_ago(30, today))):
        page.check(f"[name={name}_known][value=exact]")
        type_day(visitor, f"{name}_exact", day)
    visitor.press("Save this stay")
    assert visitor.path.startswith(f"/cases/{case.code}/")
    assert Stay.objects.filter(client__case=case).count() == 2
    assert deadline.locator(".deadline-row-tag").inner_text() != without_the_other_stay

    # Seventy days were used before the entry twenty days ago; the last of ninety is the day before today.
    waived = Deadline.objects.get(client__case=case, duty="leave")
    assert waived.due_on == days_ago(20, today) + timedelta(days=19)

    deadline.locator(".waive summary").click()
    deadline.locator("[name=reason]").fill("Подал на убежище")
    visitor.press("Waive this deadline", within=f"#deadlines .waive:has(#reason-{waived.pk})")
    waived.refresh_from_db()
    assert waived.state == Deadline.State.WAIVED

    page.locator("#deadlines summary", has_text="Done, waived or passed").click()
    visitor.follow("Why this date? Leave the country by", within="#deadlines")
    assert "Подал на убежище" in visitor.text
