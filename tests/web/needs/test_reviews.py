"""Who is to be asked again what they need: in My day and on the overview; and programmes in the list of cases."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.clients.actions.needs import record_assessment
from casework.clients.actions.programmes import set_programmes
from casework.clients.models import Client
from casework.lib.dates import today_in
from tests.counting import counted_queries
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_programme
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user(team=make_team(time_zone="Asia/Almaty", country="KZ"))


def somebody(worker: User, *, name: str = "Образцова", by: User | None = None) -> Client:
    case = make_case(team=worker.memberships.get().team, caseworker=by or worker, by=worker)
    return make_client(case=case, by=worker, family_name=name)


def ask(client: Client, worker: User, *, ago: int, again_in: int) -> None:
    today = today_in("Asia/Almaty", timezone.now())
    record_assessment(
        client=client,
        assessed_on=today - timedelta(days=ago),
        next_review_on=today + timedelta(days=again_in),
        by=worker,
        now=timezone.now(),
    )


def due(browser: Any, query: str = "") -> list[str]:
    references = [row.reference for row in browser.get(reverse("my_day") + query).context["reviews"].rows]
    return [Client.objects.get(reference=reference).family_name for reference in references]


def test_my_day_names_whom_to_ask_again_and_nobody_who_was_asked_since(worker: User) -> None:
    late, today, later, asked_since = (somebody(worker, name=name) for name in ("Поздняя", "Нынешняя", "Дальняя", "Та"))
    ask(late, worker, ago=60, again_in=-2)
    ask(today, worker, ago=60, again_in=0)
    ask(later, worker, ago=60, again_in=1)
    ask(asked_since, worker, ago=60, again_in=-5)
    ask(asked_since, worker, ago=1, again_in=30)

    assert due(signed_in(worker)) == ["Поздняя", "Нынешняя"]


def test_those_of_colleagues_stand_in_the_day_of_the_team_and_closed_cases_in_none(worker: User) -> None:
    colleague = make_user(team=worker.memberships.get().team)
    theirs, closed = somebody(worker, name="Чужая", by=colleague), somebody(worker, name="Закрытая")
    for client in (theirs, closed):
        ask(client, worker, ago=60, again_in=-2)
    type(closed.case).objects.filter(pk=closed.case.pk).update(
        status="closed", closed_at=timezone.now(), closing_reason="other"
    )
    somebody(worker)
    browser = signed_in(worker)

    assert due(browser) == due(browser, "?whose=me") == []
    assert due(browser, "?whose=team") == ["Чужая"]
    assert due(signed_in(make_user(team=worker.memberships.get().team))) == ["Чужая"]  # looks after no case
    assert due(signed_in(make_user())) == []


def test_the_overview_says_when_it_is_time_and_when_nobody_has_asked(worker: User) -> None:
    client = somebody(worker)
    browser, url = signed_in(worker), reverse("case", args=[client.case.code])
    before = browser.get(url).content.decode()
    ask(client, worker, ago=60, again_in=-2)
    after = browser.get(url).content.decode()
    ask(client, worker, ago=0, again_in=30)
    with counted_queries() as asked:
        at_rest = browser.get(url).content.decode()

    assert "Nobody has asked what they need yet." in before
    assert "what they need.</strong>" in after
    assert "what they need.</strong>" not in at_rest
    assert "Nobody has asked" not in at_rest
    assert len(asked) <= 20


def test_rows_of_the_list_name_their_programmes_at_the_same_cost_and_lead_to_others_of_it(worker: User) -> None:
    browser, url = signed_in(worker), reverse("cases")
    programme, other = make_programme(code="WINTER-26", name="Winter"), make_programme(name="Rent")

    def cost() -> int:
        browser.get(url)
        with counted_queries() as asked:
            browser.get(url)
        return len(asked)

    somebody(worker)
    few = cost()
    for _number in range(3):
        set_programmes(case=somebody(worker).case, programmes=[programme, other], by=worker, now=timezone.now())
    rows = browser.get(url + "?programme=WINTER-26").context["rows"]

    assert cost() == few <= 12
    assert [[each["name"] for each in row.programmes] for row in rows] == [["Rent", "Winter"]] * 3
    assert 'href="?programme=WINTER-26"' in browser.get(url).content.decode()
