"""What lies on the paper: dates, rules and sources, and nothing that cannot be pressed there."""

from datetime import timedelta

import pypdfium2
import pytest
from django.utils import timezone

from casework.lib.dates import today_in
from tests.browser import DESK, Visitor
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def to_press(visitor: Visitor) -> list[str]:
    """Return what is visible of navigation, forms and buttons."""
    found: list[str] = visitor.page.locator("header, nav, form, button, input, textarea, select, summary").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 160))"
    )
    return found


def test_a_case_and_the_reason_of_a_date_print_without_controls(visit: Visit) -> None:
    team = almaty()
    worker, today = worker_of(team), today_in("Asia/Almaty", timezone.now())
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    make_rule(parameters={"days": 90}, citation="An invented decree of Almaty")
    make_stay(client, days_ago(80, today), by=worker)
    leave_by = days_ago(80, today) + timedelta(days=89)
    visitor = signed_in(visit(viewport=DESK), worker).go(f"/cases/{client.case.code}/")
    on_screen = to_press(visitor)

    visitor.page.emulate_media(media="print")
    assert on_screen
    assert to_press(visitor) == []
    assert "Test Worker · " in visitor.page.locator(".printed-by").inner_text()
    assert visitor.page.locator(".printed-by").inner_text().endswith(" · Almaty")
    assert f"{leave_by.day} {leave_by:%b}" in visitor.page.locator("#deadlines").inner_text()

    paper = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(visitor.page.pdf(format="A5"))]
    assert len(paper) > 1
    assert all("Test Worker" in text for text in paper)

    visitor.page.emulate_media(media="screen")
    visitor.follow("Why this date?", within="#deadlines")
    visitor.page.emulate_media(media="print")
    assert to_press(visitor) == []
    assert f"{leave_by.day} {leave_by:%B %Y}" in visitor.text
    assert "An invented decree of Almaty" in visitor.text
    assert visitor.page.locator(".rule-card").first.is_visible()
    assert "no legal advice" in visitor.page.locator("main .print-only").inner_text()
