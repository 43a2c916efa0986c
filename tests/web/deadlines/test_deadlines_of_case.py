"""The deadlines on the page of a case: per person, with limits, opportunities and warnings."""

from datetime import date

import pytest
from django.test import Client as Browser

from casework.accounts.models import User
from casework.clients.models import Client
from casework.residency import actions
from casework.web.deadlines.panel import DeadlinesOfClient, deadlines_of_case
from tests.counting import counted_queries
from tests.factories.accounts import NOW, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import (
    count_as_computed,
    make_deadline,
    make_permit,
    make_registration,
    make_rule,
    make_stay,
)

from .people import client_of, in_days

pytestmark = pytest.mark.django_db


def loaded(*people: Client) -> list[Client]:
    """These people as the page of a case loads them."""
    rows = Client.objects.select_related("data_key", "computed_position", "case__team")
    return [rows.get(pk=client.pk) for client in people]


def panel_of(*people: Client) -> list[DeadlinesOfClient]:
    actions.ensure_fresh([client.pk for client in people], NOW)
    return deadlines_of_case(loaded(*people), NOW)


def test_each_person_has_their_own(worker: User) -> None:
    make_rule()
    case = make_case(team=team_of(worker), by=worker)
    parent, child = make_client(case=case, by=worker), make_client(case=case, by=worker)
    make_stay(parent, date(2026, 11, 1), by=worker)
    make_stay(child, date(2026, 11, 10), by=worker)

    of_parent, of_child = panel_of(parent, child)

    assert [row.deadline.due_on for row in of_parent.open] == [date(2027, 1, 29)]
    assert [row.deadline.due_on for row in of_child.open] == [date(2027, 2, 7)]
    assert [it.words for it in of_child.limits] == ["13 of 90 days used"]


def test_what_is_open_comes_before_what_is_settled(worker: User) -> None:
    make_rule()
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    case = make_case(team=team_of(worker), by=worker)
    client = make_client(case=case, by=worker)
    stay = make_stay(client, date(2026, 11, 1), by=worker)
    make_registration(client, stay=stay, by=worker)

    (person,) = panel_of(client)

    assert [row.deadline.duty for row in person.open] == ["leave"]
    assert [row.deadline.duty for row in person.settled] == ["register"]


def test_what_was_optional_and_has_passed_is_not_overdue(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    make_deadline(client, in_days(-3), optional=True)
    make_deadline(client, in_days(-3))

    (person,) = panel_of(client)
    page = browser.get(f"/cases/{client.case.code}/").content.decode()

    assert [row.is_lapsed for row in person.open] == [False]
    assert [row.is_lapsed for row in person.settled] == [True]
    assert "Passed (19 Nov 2026)" in page


def test_what_is_gone_is_not_shown(worker: User) -> None:
    client = client_of(worker)
    make_deadline(client, gone_at=NOW)

    (person,) = panel_of(client)

    assert person.open == person.settled == []


def test_what_becomes_possible_is_told_with_its_reasons(worker: User) -> None:
    make_rule(
        "renewal_window",
        {"opens": {"months": 3}, "closes": {"days": 30}, "of": "permit"},
        duty="renew_permit",
        legal_basis="permit",
    )
    case = make_case(team=team_of(worker), by=worker)
    client = make_client(case=case, by=worker)
    make_stay(client, date(2026, 2, 1), by=worker, legal_basis="permit")
    make_permit(client, by=worker)  # until 31 January 2027

    (person,) = panel_of(client)

    (window,) = person.opportunities
    assert (window.what, window.opens_on) == ("Renew the permit · Kazakhstan", date(2026, 10, 31))
    assert window.reasons


def test_warnings_that_ask_for_something_come_first(worker: User) -> None:
    client = client_of(worker)
    count_as_computed(
        client,
        warnings=[
            {"code": "own_national", "values": {}, "country": ""},
            {"code": "exit_missing", "values": {}, "country": ""},
        ],
    )

    (person,) = panel_of(client)

    assert person.warnings[0].startswith("A later stay has begun")
    assert len(person.warnings) == 2


def test_facts_that_cannot_be_computed_do_not_take_the_page_away(
    browser: Browser, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule()
    case = make_case(team=team_of(worker), by=worker)
    client = make_client(case=case, by=worker)
    make_stay(client, by=worker)
    panel_of(client)
    monkeypatch.setattr("casework.residency.computing.evaluate", lambda *_, **__: 1 / 0)
    make_stay(client, date(2026, 1, 1), date(2026, 1, 5), country="GE", by=worker)

    page = browser.get(f"/cases/{case.code}/")

    assert page.status_code == 200
    assert "The deadlines could not be computed" in page.content.decode()
    assert "29 Jan 2027" in page.content.decode()


def test_nothing_due_names_the_next_step(browser: Browser, worker: User) -> None:
    client = client_of(worker)

    page = browser.get(f"/cases/{client.case.code}/").content.decode()

    assert "Deadlines are computed from stays and papers" in page


@pytest.mark.parametrize("people", [1, 6])
def test_any_number_of_people_takes_the_same_queries(worker: User, people: int) -> None:
    make_rule()
    case = make_case(team=team_of(worker), by=worker)
    clients = [make_client(case=case, by=worker) for _ in range(people)]
    for client in clients:
        make_stay(client, by=worker)
    panel_of(*clients)
    family = loaded(*clients)

    with counted_queries() as asked:
        for person in deadlines_of_case(family, NOW):
            assert person.open[0].deadline.client.full_name

    assert len(asked) == 3
