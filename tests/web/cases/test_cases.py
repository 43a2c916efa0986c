"""The list of cases."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, Client
from casework.lib.dates import today_in
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .pages import signed_in

pytestmark = pytest.mark.django_db


def listed(user: Any, **filters: str) -> list[str]:
    """The codes of the cases in the list, in its order."""
    page = signed_in(user).get(f"{reverse('cases')}?{urlencode(filters)}")
    assert page.status_code == 200
    return [row.case.code for row in page.context["rows"]]


def due_in(days: int, *, team: Any, **fields: Any) -> Client:
    """Somebody whose 30 days end in so many days from now."""
    client = make_client(team=team, **fields)
    entered = today_in("Asia/Almaty", timezone.now()) - timedelta(days=29 - days)
    make_stay(client, entered, now=timezone.now())
    return client


def test_it_shows_the_cases_of_the_team_newest_first() -> None:
    worker = make_user()
    team = team_of(worker)
    old = make_case(team=team, now=timezone.now() - timedelta(days=2))
    new = make_case(team=team, now=timezone.now() - timedelta(days=1))
    make_case()

    assert listed(worker) == [new.code, old.code]


def test_it_says_who_where_and_what_is_due_next() -> None:
    make_rule(parameters={"days": 30})
    worker = make_user()
    client = due_in(5, team=team_of(worker), family_name="Образцова", given_name="Вымышлена")
    make_client(case=client.case, relation="child")

    [row] = signed_in(worker).get(reverse("cases")).context["rows"]

    assert (row.applicant, row.others, row.country) == ("Образцова Вымышлена", 1, "KZ")
    assert (row.deadline.tag.severity, row.deadline.tag.days) == ("soon", 5)


def test_closed_cases_are_shown_where_they_are_asked_for() -> None:
    worker = make_user()
    team = team_of(worker)
    opened, closed = make_case(team=team), make_case(team=team)
    actions.close_case(case=closed, reason="needs_met", version=1, by=worker, now=timezone.now())

    assert listed(worker) == [opened.code]
    assert listed(worker, status="closed") == [closed.code]
    assert set(listed(worker, status="any")) == {opened.code, closed.code}


def test_filters_stand_in_the_address_and_each_can_be_taken_away() -> None:
    worker = make_user()
    team = team_of(worker)
    mine = make_case(team=team, caseworker=worker, priority="urgent")
    make_case(team=team, priority="urgent")
    make_case(team=team, caseworker=worker)

    assert listed(worker, caseworker=str(worker.pk), priority="urgent") == [mine.code]
    page = signed_in(worker).get(f"{reverse('cases')}?caseworker={worker.pk}&priority=urgent")
    assert {chip.label for chip in page.context["chips"]} == {"Caseworker", "Priority"}
    assert any(chip.remove_url == f"/cases/?caseworker={worker.pk}" for chip in page.context["chips"])


def test_cases_that_nobody_looks_after_can_be_found() -> None:
    worker = make_user()
    orphan = make_case(team=team_of(worker))
    make_case(team=team_of(worker), caseworker=worker)

    assert listed(worker, caseworker="nobody") == [orphan.code]


def test_the_country_is_where_they_are_now() -> None:
    worker = make_user()
    there, elsewhere = make_client(team=team_of(worker)), make_client(team=team_of(worker))
    make_stay(there, country="KZ")
    make_stay(elsewhere, country="RS")
    signed_in(worker).get(reverse("cases"))

    assert listed(worker, country="KZ") == [there.case.code]


def test_deadlines_are_found_by_how_near_they_are() -> None:
    make_rule(parameters={"days": 30})
    worker = make_user()
    people = {days: due_in(days, team=team_of(worker)) for days in (-3, 0, 6, 20)}
    signed_in(worker).get(reverse("cases"))
    codes = {days: client.case.code for days, client in people.items()}

    assert listed(worker, due="-1") == [codes[-3]]
    assert set(listed(worker, due="0")) == {codes[-3], codes[0]}
    assert set(listed(worker, due="7")) == {codes[-3], codes[0], codes[6]}
    assert listed(worker, order="deadline") == [codes[-3], codes[0], codes[6], codes[20]]


def test_what_a_filter_does_not_understand_filters_nothing() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))

    assert listed(worker, priority="whatever", country="ZZ", due="x", caseworker="' OR 1=1", order="-id") == [case.code]


def test_pages_follow_each_other_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.web import paging

    monkeypatch.setattr(paging.keyset_page, "__kwdefaults__", {"size": 2})
    worker = make_user()
    cases = [make_case(team=team_of(worker), now=timezone.now() - timedelta(days=day)) for day in range(5)]
    browser = signed_in(worker)

    for order in ("", "?order=deadline"):
        seen, url = [], reverse("cases") + order
        while url:
            page = browser.get(url)
            seen += [row.case.code for row in page.context["rows"]]
            url = page.context["page"].next_url
        assert sorted(seen) == sorted(case.code for case in cases)
        assert len(seen) == 5


def test_somebody_in_two_teams_sees_both_and_can_choose_one() -> None:
    worker, other = make_user(), make_team(name="Almaty")
    make_membership(worker, Role.COORDINATOR, team=other)
    here, there = make_case(team=team_of_first(worker)), make_case(team=other)

    assert set(listed(worker)) == {here.code, there.code}
    assert listed(worker, team=other.code) == [there.code]


def team_of_first(user: Any) -> Any:
    return user.memberships.filter(role=Role.CASEWORKER).get().team


def test_an_empty_list_names_the_next_step() -> None:
    worker = make_user()

    empty = signed_in(worker).get(reverse("cases")).content.decode()
    filtered = signed_in(worker).get(f"{reverse('cases')}?priority=urgent").content.decode()

    assert "There is no open case yet" in empty
    assert reverse("log_case") in empty
    assert "No case matches these filters" in filtered


def test_the_audit_keeps_which_cases_were_listed() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))

    listed(worker)

    assert Event.objects.get(type="clients.cases_listed").data == {"cases": [str(case.pk)]}


def test_the_number_of_queries_does_not_grow_with_the_list() -> None:
    make_rule(parameters={"days": 30})
    worker = make_user()
    browser = signed_in(worker)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            due_in(9, team=team_of(worker), by=worker)
        browser.get(reverse("cases"))  # deadlines are computed once
        with counted_queries() as asked:
            browser.get(reverse("cases"))
        counts.append(len(asked))

    assert Case.objects.count() == 30
    assert counts[0] == counts[1], asked
    assert counts[1] <= 12, "\n".join(asked)


def test_the_list_shows_deadlines_computed_from_the_latest_facts() -> None:
    make_rule(parameters={"days": 30})
    worker = make_user()
    client = make_client(team=team_of(worker))
    make_stay(client, date(2026, 11, 1))

    [row] = signed_in(worker).get(reverse("cases")).context["rows"]

    assert row.deadline.tag.due_on == date(2026, 11, 30)
