"""The reports of coordinators about the cases of their teams: caseload, deadlines, arrivals, people helped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Permission, Role, roles_with
from casework.lib.dates import today_in
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.helping import help_people
from tests.factories.residency import make_deadline, make_stay
from tests.web.cases.pages import signed_in
from tests.web.exports.files import lines_of

from .pages import file_of, page_of, sheets_of, tables_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NAMES = ("report_caseload", "report_deadlines", "report_arrivals", "report_helped")
KEYS = ("caseload", "deadlines", "arrivals", "helped")


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def coordinator(team: Team) -> User:
    return make_user(Role.COORDINATOR, team=team, name="Coordinator")


@pytest.fixture
def browser(coordinator: User) -> Browser:
    return signed_in(coordinator)


@pytest.fixture
def worker(team: Team) -> User:
    return make_user(team=team, name="Worker One")


def everything(team: Team, worker: User, number: int = 1) -> None:
    """So many people of cases of their own, who came this month, have a deadline and were helped today."""
    now = timezone.now()
    today = today_in(team.time_zone, now)
    for _number in range(number):
        client = make_client(case=make_case(team=team, caseworker=worker), by=worker)
        make_stay(client, today, by=worker, now=now)
        make_deadline(client, today)
    help_people(number, today, by=worker, now=now)


def test_the_caseload_says_who_has_how_much_and_what_could_go_to_whom(
    browser: Browser, team: Team, worker: User
) -> None:
    free = make_user(team=team, name="Worker Two")
    opened = timezone.now() - timedelta(days=5)
    cases = [
        make_case(
            team=team,
            caseworker=worker,
            priority="normal" if number else "urgent",
            now=opened + timedelta(hours=number),
        )
        for number in range(4)
    ]
    unassigned = make_case(team=team, by=worker)

    tables = tables_on(page := page_of(browser, "report_caseload"))

    assert tables["by_worker"] == [
        ["Worker One", "4", "1", "0", "4", "0", "0"],
        ["Worker Two", "0", "0", "0", "0", "0", "0"],
        ["nobody", "1", "0", "0", "1", "0", "0"],
        ["Total", "5", "1", "0", "5", "0", "0"],
    ]
    assert [row[0] for row in tables["unassigned"]] == [unassigned.code]
    assert tables["without_step"][0][0] == cases[0].code  # the urgent one first
    assert [row[:3] for row in tables["balance"]] == [
        [unassigned.code, "nobody", "Worker Two"],
        [cases[3].code, "Worker One", "Worker Two"],
    ]
    assert tables["balance"][1][3].startswith("Load 4 becomes 3 there, and 1 becomes 2 here.")
    assert f'href="{reverse("assign_case", args=[cases[3].code])}"' in page.content.decode()
    assert f'href="{reverse("case", args=[unassigned.code])}"' in page.content.decode()
    assert free.cases.count() == 0


def test_what_was_not_touched_follows_the_days_that_are_asked_for(browser: Browser, team: Team, worker: User) -> None:
    case = make_case(team=team, by=worker, now=timezone.now() - timedelta(days=20))

    assert tables_on(page_of(browser, "report_caseload"))["untouched"] == []
    assert [row[0] for row in tables_on(page_of(browser, "report_caseload", days="14"))["untouched"]] == [case.code]
    refused = page_of(browser, "report_caseload", days="5")
    assert refused.context["form"].errors["days"]
    assert refused.context["sections"] == []


def test_without_any_case_each_page_says_so(browser: Browser) -> None:
    for name, said in zip(
        NAMES,
        ("There is none.", "No deadline lies in these months.", "No entry lies in these months.", "Nobody was helped"),
        strict=True,
    ):
        assert said in page_of(browser, name).content.decode()


def test_deadlines_arrivals_and_people_helped_of_this_month(browser: Browser, team: Team, worker: User) -> None:
    everything(team, worker)

    deadlines = tables_on(page_of(browser, "report_deadlines"))
    assert {key: rows[-1] for key, rows in deadlines.items()} == {
        key: ["Total", "1", "0", "0", "0", "0", "0", "1"] for key in ("by_month", "by_duty", "by_country", "by_worker")
    }
    assert deadlines["by_worker"][0][0] == "Worker One"
    assert deadlines["by_duty"][0][0] == "Register the stay"
    assert tables_on(page_of(browser, "report_arrivals"))["arrivals"][-2:] == [
        [tables_on(page_of(browser, "report_arrivals"))["arrivals"][-2][0], "1", "1"],
        ["Total", "1", "1"],
    ]
    assert tables_on(page_of(browser, "report_arrivals", step="week"))["arrivals"][-1] == ["Total", "1", "1"]
    assert tables_on(page_of(browser, "report_helped"))["by_service"][0][:5] == [
        "No programme",
        "",
        "legal advice",
        "1",
        "0",
    ]


def test_restricted_cases_and_those_of_others_are_in_none_of_them(browser: Browser, team: Team, worker: User) -> None:
    before = [tables_on(page_of(browser, name)) for name in NAMES]
    everything(team, worker)
    for case in [*team.cases.all()]:
        hide(case, worker)
    stranger = make_user()
    everything(stranger.memberships.get().team, stranger)  # type: ignore[arg-type]

    after = [tables_on(page_of(browser, name)) for name in NAMES]

    assert after[1:] == before[1:]
    assert {cell for row in after[0]["by_worker"] for cell in row[1:]} == {"0"}


def test_the_files_hold_what_the_pages_show(browser: Browser, team: Team, worker: User) -> None:
    everything(team, worker)

    for name, key in zip(NAMES, KEYS, strict=True):
        shown = tables_on(page_of(browser, name))
        sheets = sheets_of(file_of(browser, key))
        assert [len(sheet) for sheet in sheets] == [len(rows) for rows in shown.values()]
        first = next(iter(shown))
        lines = lines_of(file_of(browser, key, format=f"csv.{first}", with_hxl="on"))
        assert any(cell.startswith("#") for cell in lines[1])
        assert file_of(browser, key, format="pdf")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("role", sorted(set(Role) - roles_with(Permission.CASE_ASSIGN)))
def test_others_are_refused(role: Role, team: Team, worker: User) -> None:
    everything(team, worker)
    stranger = signed_in(make_user(role, team=team) if role == Role.CASEWORKER else make_user(role))

    for name, key in zip(NAMES, KEYS, strict=True):
        expected = 200 if role == Role.REPORT_READER and key in ("deadlines", "arrivals") else 403
        assert page_of(stranger, name).status_code == expected
        assert file_of(stranger, key).status_code == expected


def test_whoever_coordinates_two_teams_sees_both_apart(
    browser: Browser, coordinator: User, team: Team, worker: User
) -> None:
    second = make_team(name="Osh")
    make_membership(coordinator, Role.COORDINATOR, team=second)
    make_case(team=team, caseworker=worker)
    make_case(team=second, by=coordinator)

    rows = tables_on(page_of(browser, "report_caseload"))["by_worker"]

    assert [row[:3] for row in rows] == [["Worker One", "Bishkek", "1"], ["nobody", "Osh", "1"], ["Total", "", "2"]]


def test_the_pages_cost_few_queries_however_many_cases(browser: Browser, team: Team, worker: User) -> None:
    for name in NAMES:
        page_of(browser, name)
    costs: dict[str, list[int]] = {name: [] for name in NAMES}
    for number in (1, 4):
        everything(team, worker, number)
        for name in NAMES:
            with counted_queries() as queries:
                page_of(browser, name)
            costs[name].append(len(queries))

    assert all(few == many <= 12 for few, many in costs.values()), costs
