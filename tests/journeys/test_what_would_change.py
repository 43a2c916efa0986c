"""What a draft would change, from the editor who asks to the caseworker who is told, in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.lib.dates import today_in
from casework.residency.actions import refresh
from casework.residency.actions.rules import supersede_rule
from casework.residency.models import Impact
from tests.browser import DESK, PHONE
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.factories.impacts import compute
from tests.factories.residency import make_rule, make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_asks_publishes_and_the_caseworker_is_told(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    # The worker of this test is `compute`.
    monkeypatch.setattr("casework.residency.actions.impacts._ask_a_worker", lambda job_id: None)
    team = almaty()
    worker, editor = worker_of(team), make_user(Role.POLICY_EDITOR)
    today, now = today_in("Asia/Almaty", timezone.now()), timezone.now() - timedelta(minutes=5)
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    rule = make_rule()
    make_stay(client, days_ago(20, today), by=worker, now=now)
    refresh(client_ids=[client.pk], now=now)
    draft = supersede_rule(rule=rule, by=editor, now=now, parameters={"days": 60})
    address = f"/rules/{draft.pk}/what-would-change/"

    desk = signed_in(visit(viewport=DESK), editor).go(address)
    desk.press("Work out what would change")
    assert "Waiting to start" in desk.text
    compute(Impact.objects.get(), now=timezone.now())
    desk.go(address)
    assert "Few people are concerned; their number is hidden." in desk.text
    assert client.reference not in desk.text

    phone = signed_in(visit(viewport=PHONE), worker).go(address)
    assert "1 person of your teams is concerned" in phone.text
    assert "30 days fewer" in phone.text
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.page.locator(".impact-why summary").first.click()
    assert "Before:" in phone.text

    desk.go(f"/admin/residency/rule/{draft.pk}/publish/")
    with desk.page.expect_navigation():
        desk.page.click("#content-main input[type=submit]")
    compute(Impact.objects.get(kind="publication"), now=timezone.now())

    phone.go("/my-day/")
    phone.follow("a new rule was published")
    assert client.reference in phone.text
    phone.press("I have seen all of them")
    assert "Done on" in phone.text
    phone.go("/my-day/")
    assert "a new rule was published" not in phone.text

    phone.go(f"/deadlines/{client.deadlines.get(duty='leave').pk}/")
    assert "What we said before" in phone.text
