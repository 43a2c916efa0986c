"""The calendar of deadlines: a cell a day, the same in the table, of one's own cases or of the team, and of nobody else."""

import re
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client
from casework.web.deadlines.calendar import Due, picture_of
from casework.web.deadlines.weeks import days_shown
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_deadline
from tests.web.cases.pages import signed_in

DAY = date(2026, 12, 2)  # a Wednesday


@given(st.lists(st.integers(0, 85), max_size=60))
def test_every_deadline_is_in_the_cell_of_its_day_and_in_its_row(offsets: list[int]) -> None:
    picture = picture_of([Due(on=DAY + timedelta(days=each), duty="leave", code=f"C-{each}") for each in offsets], DAY)

    assert sum(cell.number for cell in picture.cells) == len(offsets) == picture.total
    assert {row.on: row.number for row in picture.rows} == {
        DAY + timedelta(days=each): offsets.count(each) for each in set(offsets)
    }
    assert len({(cell.x, cell.y) for cell in picture.cells}) == len(picture.cells) == 91
    assert [cell.is_today for cell in picture.cells].index(True) == 2


def test_whoever_reads_from_the_right_begins_the_week_there() -> None:
    assert days_shown(DAY) == (date(2026, 11, 30), date(2027, 2, 28))
    left = [cell.x for cell in picture_of([], DAY).cells[:7]]
    with translation.override("ar"):
        right = [cell.x for cell in picture_of([], DAY).cells[:7]]

    assert left == sorted(left)
    assert right == sorted(right, reverse=True)


@pytest.mark.parametrize(("language", "first"), [("en", "Mon"), ("ru", "пн"), ("ky", "дүй")])
def test_columns_are_headed_by_days_of_the_week(language: str, first: str) -> None:
    """In Kyrgyz a day goes before its weekday."""
    with translation.override(language):
        heads = [label.words for label in picture_of([], DAY).weekdays]

    assert heads[0] == first
    assert len(set(heads)) == 7


def test_what_it_shows_is_told_in_words() -> None:
    due = [Due(on=DAY + timedelta(days=each), duty="leave", code="C-1") for each in (3, 9, 9)]

    assert picture_of(due, DAY).told == "3 in all, the first on 5 Dec 2026, most on 11 Dec 2026: 2."
    assert picture_of([], DAY).told == "No day has a deadline."


@pytest.fixture
def worker() -> User:
    return make_user()


def due(worker: User, *, days: int = 5, of: User | None = None) -> Client:
    client: Client = make_client(case=make_case(team=team_of(worker), caseworker=of or worker), by=worker)
    make_deadline(client, timezone.localdate() + timedelta(days=days))
    return client


def page(browser: Browser, whose: str = "team") -> Any:
    return browser.get(reverse("deadline_calendar"), {"whose": whose})


def codes(answer: Any) -> set[str]:
    return {code for row in answer.context["picture"].rows for code in row.codes}


@pytest.mark.django_db
def test_it_shows_what_is_due_and_leads_to_the_cases(worker: User) -> None:
    mine, overdue, far = due(worker), due(worker, days=-3), due(worker, days=200)
    answer = page(signed_in(worker), "me")
    said = answer.content.decode()

    assert codes(answer) == {mine.case.code}
    assert reverse("case", args=[mine.case.code]) in said
    assert overdue.case.code not in said
    assert far.case.code not in said
    assert 'role="img"' in said
    assert "style=" not in said.split("<main")[1]
    assert Event.objects.filter(type="residency.deadlines_listed", actor_id=worker.pk).exists()


@pytest.mark.django_db
def test_one_s_own_and_the_team_s_are_two_views(worker: User) -> None:
    colleague = make_user(team=team_of(worker))
    mine, theirs = due(worker), due(worker, of=colleague)
    browser = signed_in(worker)

    assert codes(page(browser, "me")) == {mine.case.code}
    assert codes(page(browser)) == {mine.case.code, theirs.case.code}


@pytest.mark.django_db
def test_it_is_narrowed_by_what_has_to_be_done_where_and_who_looks_after_it(worker: User) -> None:
    colleague = make_user(team=team_of(worker))
    mine, theirs = due(worker), due(worker, of=colleague)
    leaving: Client = make_client(case=make_case(team=team_of(worker)), by=worker)
    make_deadline(leaving, timezone.localdate() + timedelta(days=9), duty="leave", country="GE")
    browser = signed_in(worker)

    def found(query: str) -> set[str]:
        return codes(browser.get(f"{reverse('deadline_calendar')}?whose=team&{query}"))

    assert found("duty=leave") == {leaving.case.code}
    assert found("country=GE") == {leaving.case.code}
    assert found(f"caseworker={colleague.pk}") == {theirs.case.code}
    assert found("caseworker=nobody") == {leaving.case.code}
    assert found("duty=register") == {mine.case.code, theirs.case.code}
    assert found(f"duty=leave&caseworker={colleague.pk}") == set()
    assert found("duty=dance&country=ZZ&caseworker=me") == {mine.case.code, theirs.case.code, leaving.case.code}
    answer = browser.get(f"{reverse('deadline_calendar')}?whose=team&duty=citizenship")
    assert "No deadline is like that" in answer.content.decode()
    assert [tab.url.split("?")[1] for tab in answer.context["tabs"]] == [
        "whose=me&duty=citizenship",
        "whose=team&duty=citizenship",
    ]


@pytest.mark.django_db
def test_it_offers_no_country_and_no_colleague_of_others(worker: User) -> None:
    other = make_user()
    client: Client = make_client(case=make_case(team=team_of(other)), by=other)
    make_deadline(client, timezone.localdate() + timedelta(days=9), country="AM")
    form = page(signed_in(worker)).context["form"]

    assert [code for code, _name in form.fields["country"].choices] == [""]
    assert [key for key, _name in form.fields["caseworker"].choices] == ["", "nobody", str(worker.pk)]


@pytest.mark.django_db
def test_nobody_finds_cases_of_others_in_it(worker: User) -> None:
    client, hidden = due(worker), due(worker)
    hide(hidden.case, worker)

    assert codes(page(signed_in(make_user()))) == set()
    assert codes(page(signed_in(make_user(team=client.case.team)))) == {client.case.code}
    assert page(signed_in(make_user(Role.ADMINISTRATOR))).status_code == 403


@pytest.mark.django_db
def test_it_costs_the_same_at_every_size_and_stays_small(worker: User) -> None:
    browser, costs = signed_in(worker), []
    for number in (1, 12):
        for each in range(number):
            due(worker, days=each * 5)
        page(browser)
        with counted_queries() as asked:
            answer = page(browser)
        costs.append(len(asked))

    assert costs[0] == costs[1] <= 12
    assert len(zlib.compress(answer.content)) < 20_000
    assert re.search(r"<desc[^>]*>1[0-9] in all", answer.content.decode())
