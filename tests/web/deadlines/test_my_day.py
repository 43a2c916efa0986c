"""My day: what is due for whom, in groups by urgency."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import close_case, restrict_case
from casework.residency.models import Deadline
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import count_as_computed, make_deadline, make_rule, make_stay

from .conftest import signed_in
from .people import client_of, due_in, in_days

pytestmark = pytest.mark.django_db

URL = "/my-day/"


def groups(browser: Browser, url: str = URL) -> dict[str, list[date | None]]:
    """The due dates in each group, in the order shown."""
    day = browser.get(url).context["day"]
    return {group.key: [row.deadline.drives_on for row in group.rows] for group in day.groups}


def test_deadlines_stand_in_groups_by_urgency(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    due_in(client, 31, 30, 8, 7, 1, 0, -1, -400)
    make_deadline(client, None)

    assert groups(browser) == {
        "overdue": [in_days(-400), in_days(-1)],
        "today": [in_days(0)],
        "soon": [in_days(1), in_days(7)],
        "near": [in_days(8), in_days(30)],
        "unknown": [None],
    }


def test_the_counts_are_those_of_the_groups(browser: Browser, worker: User) -> None:
    due_in(client_of(worker), -1, -2, 0, 3, 20, 40)

    counts = {key: count for key, _, count in browser.get(URL).context["day"].counts}

    assert counts == {"overdue": 2, "today": 1, "look": 0, "soon": 1, "near": 1, "unknown": 0}


def test_a_row_says_whose_what_where_and_until_when(browser: Browser, worker: User) -> None:
    client = client_of(worker, family_name="Придуманова", given_name="Ася", patronymic="")
    deadline = make_deadline(client, in_days(3), duty="register", country="KZ")

    page = browser.get(URL).content.decode()

    for text in ("Придуманова Ася", client.case.code, "Register the stay", "Kazakhstan", "Due in 3 days", "Wed 25 Nov"):
        assert text in page
    assert "Not legally reviewed" in page
    assert reverse("why_this_date", args=[deadline.pk]) in page


def test_a_reviewed_rule_has_no_caveat(browser: Browser, worker: User) -> None:
    make_deadline(client_of(worker), in_days(3), review="reviewed")

    assert "Not legally reviewed" not in browser.get(URL).content.decode()


def test_a_date_that_moved_says_what_it_was(browser: Browser, worker: User) -> None:
    make_deadline(client_of(worker), in_days(3), was_due_on=date(2027, 3, 12), moved_at=NOW)

    assert "Was 12 Mar 2027." in browser.get(URL).content.decode()


def test_an_answer_that_no_longer_fits_is_shown_at_once_however_far_its_date(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    make_deadline(client, in_days(90), contradicted=True)
    make_deadline(client, in_days(3), contradicted=True)

    assert groups(browser) == {"look": [in_days(90)], "soon": [in_days(3)]}
    assert "It was answered for another date or another fact." in browser.get(URL).content.decode()


def test_an_imposed_date_drives_and_names_the_computed_one(browser: Browser, worker: User) -> None:
    make_deadline(client_of(worker), in_days(20), imposed_on=in_days(3), set_by="authority", state="open")

    assert groups(browser) == {"soon": [in_days(3)]}
    assert "Set by an authority; the rules say 12 Dec 2026." in browser.get(URL).content.decode()


def test_what_is_answered_gone_or_of_a_closed_case_is_not_there(browser: Browser, worker: User) -> None:
    client, closed = client_of(worker), client_of(worker)
    make_deadline(client, in_days(1), state="done")
    make_deadline(client, in_days(1), state="waived")
    make_deadline(client, in_days(1), gone_at=NOW)
    make_deadline(closed, in_days(1))
    close_case(case=closed.case, reason="left_country", version=closed.case.version, by=worker, now=NOW)

    assert groups(browser) == {}


def test_what_is_optional_asks_for_nothing_once_it_has_passed(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    make_deadline(client, in_days(-1), optional=True)
    make_deadline(client, in_days(0), optional=True)

    assert groups(browser) == {"today": [in_days(0)]}


@pytest.mark.parametrize(
    ("zone", "group"),
    [("Asia/Almaty", "overdue"), ("", "today")],
    ids=["already Monday in Almaty", "still Sunday in the team in Belgrade"],
)
def test_today_is_the_day_where_the_person_is(zone: str, group: str) -> None:
    worker = make_user(team=make_team(country="RS", time_zone="Europe/Belgrade"))
    client = client_of(worker)
    make_deadline(client, date(2026, 11, 22))
    count_as_computed(client, time_zone=zone)

    with time_machine.travel(datetime(2026, 11, 22, 20, 30, tzinfo=UTC), tick=False):
        assert list(groups(signed_in(worker))) == [group]


def test_my_cases_are_those_i_look_after(browser: Browser, worker: User) -> None:
    due_in(client_of(worker), 1)
    due_in(client_of(worker, looked_after=False), 2)

    assert groups(browser, URL + "?whose=me") == {"soon": [in_days(1)]}
    assert groups(browser, URL + "?whose=team") == {"soon": [in_days(1), in_days(2)]}


def test_who_looks_after_no_case_sees_those_of_the_team() -> None:
    coordinator = make_user(Role.COORDINATOR)
    due_in(client_of(coordinator, looked_after=False), 1)

    assert groups(signed_in(coordinator)) == {"soon": [in_days(1)]}


def test_nobody_sees_another_team(browser: Browser, worker: User) -> None:
    due_in(client_of(worker, team=make_team(), looked_after=False), 1)

    assert groups(browser, URL + "?whose=team") == {}


def test_nobody_is_warned_of_people_of_another_team_and_of_those_of_colleagues_only_if_asked(
    browser: Browser, worker: User
) -> None:
    warning = {"code": "exit_missing", "values": {}, "country": ""}
    mine, colleagues = client_of(worker), client_of(worker, looked_after=False)
    for client in (mine, colleagues, client_of(worker, team=make_team(), looked_after=False)):
        count_as_computed(client, warnings=[warning])

    def warned(query: str) -> set[str]:
        return {row.case_url for row in browser.get(URL + query).context["day"].warnings}

    places = [reverse("case", args=[client.case.code]) for client in (mine, colleagues)]
    assert warned("?whose=me") == {places[0]}
    assert warned("?whose=team") == set(places)


def test_who_has_left_the_team_sees_none_of_their_former_cases(browser: Browser, worker: User) -> None:
    due_in(client_of(worker), 1)
    worker.memberships.update(team=make_team())

    assert groups(browser, URL + "?whose=me") == {}


def test_nobody_sees_a_restricted_case_on_which_they_are_not_named(browser: Browser, worker: User) -> None:
    client = client_of(worker, looked_after=False)
    due_in(client, 1)
    people = [make_user(team=team_of(worker)) for _ in range(2)]
    restrict_case(case=client.case, people=people, version=client.case.version, by=worker, now=NOW)

    assert groups(browser, URL + "?whose=team") == {}
    assert groups(signed_in(people[0]), URL + "?whose=team") == {"soon": [in_days(1)]}


def test_whoever_is_stale_is_computed_before_anything_is_shown(browser: Browser, worker: User) -> None:
    make_rule(parameters={"days": 30})
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    make_stay(make_client(case=case, by=worker), date(2026, 11, 1), by=worker)

    assert groups(browser) == {"near": [date(2026, 11, 30)]}


def test_what_is_left_to_the_workers_is_said(browser: Browser, worker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.residency.actions.deadlines.AT_ONCE", 1)
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    for _ in range(3):
        make_client(case=case, by=worker)

    assert "The dates of 2 people are being computed anew" in browser.get(URL).content.decode()


def test_what_a_person_must_look_at_is_below(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    warnings = [
        {"code": "exit_missing", "values": {}, "country": "KZ"},
        {"code": "own_national", "values": {}, "country": "KZ"},
    ]
    count_as_computed(client, warnings=warnings)

    page = browser.get(URL).content.decode()

    assert "Kazakhstan: A later stay has begun, but no exit is recorded for this one." in page
    assert "A national of this country" not in page


def test_an_empty_day_names_the_next_step(browser: Browser) -> None:
    page = browser.get(URL)

    assert "Nothing is due within 30 days" in page.content.decode()
    assert reverse("log_case") in page.content.decode()


def test_more_rows_than_fit_stand_on_the_next_page(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    due_in(client, *[number % 20 for number in range(60)])
    first = browser.get(URL).context["day"]

    second = browser.get(first.page.next_url).context["day"]

    shown = [row.deadline.pk for day in (first, second) for group in day.groups for row in group.rows]
    assert (len(shown), len(set(shown))) == (60, 60)
    assert second.page.next_url == ""


@pytest.mark.parametrize("place", ["after=x", "after=2026-99-99~" + "0" * 32, "before=~", "after=%00~%00"])
def test_an_address_that_names_no_place_shows_the_first_page(browser: Browser, worker: User, place: str) -> None:
    due_in(client_of(worker), 1)

    assert groups(browser, f"{URL}?{place}") == {"soon": [in_days(1)]}


@pytest.mark.parametrize("whose", ["me", "team"])
def test_the_pictures_of_the_weeks_ahead_are_beside_the_title(browser: Browser, worker: User, whose: str) -> None:
    due_in(client_of(worker), 1)

    head = browser.get(URL, {"whose": whose}).content.decode().split('class="day-head"')[1].split("</div>")[0]

    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', head) == [
        (f"{reverse('deadline_calendar')}?whose={whose}", "Calendar of deadlines"),
        (f"{reverse('deadline_timeline')}?whose={whose}", "Timeline of deadlines"),
    ]


@pytest.mark.parametrize("rows", [1, 30])
def test_any_number_of_rows_takes_the_same_queries(browser: Browser, worker: User, rows: int) -> None:
    for number in range(rows):
        client = client_of(worker)
        due_in(client, number - 5)
        count_as_computed(client, warnings=[{"code": "exit_missing", "values": {}, "country": ""}])
    browser.get(URL)

    with counted_queries() as asked:
        browser.get(URL)

    assert len(asked) <= 12


def test_looking_is_an_event(browser: Browser, worker: User) -> None:
    due_in(client_of(worker), 1)

    browser.get(URL)

    event = Event.objects.get(type="residency.deadlines_listed")
    assert (event.actor_id, event.data) == (worker.pk, {"whose": "me", "rows": 1})


def test_looking_changes_nothing(browser: Browser, worker: User) -> None:
    due_in(client_of(worker), 1)
    before = list(Deadline.objects.values())

    browser.get(URL)

    assert list(Deadline.objects.values()) == before


def test_a_stranger_is_sent_to_sign_in() -> None:
    response = Browser().get(URL)

    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/my-day/")


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, None])
def test_it_is_refused_to_roles_without_cases(role: Role | None) -> None:
    assert signed_in(make_user(role)).get(URL).status_code == 403


def test_it_answers_get_only(browser: Browser) -> None:
    assert browser.post(URL).status_code == 405


def test_it_is_shown_in_russian() -> None:
    worker = make_user(language="ru")
    due_in(client_of(worker), 3)

    page = signed_in(worker).get(URL).content.decode()

    assert "25 нояб" in page
    assert "Register the stay" not in page
    assert "..<" not in page
