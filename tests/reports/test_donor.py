"""Who was helped, counted by programme, service, sex, age group and month; and what of it may be kept."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest

from casework.accounts.models import User
from casework.clients.models import Client
from casework.lib.dates import Birth
from casework.lib.suppression import ALL, LARGEST_HIDDEN, Place, is_small
from casework.reports.donor import TOTAL, Counted, cells_of, programmes_in, suppressed_places
from casework.reports.periods import parse_period
from casework.vault.actions import destroy_key
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.helping import OCTOBER, deliver, help_people
from tests.factories.needs import make_programme, make_service
from tests.lib.test_suppression import is_possible

MONTH, QUARTER = parse_period("2026-10"), parse_period("2026-q3")
LEGAL = Counted("", "legal", "unknown", "18-59", "2026-10")


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.mark.django_db
def test_everybody_of_a_case_counts_where_nobody_is_named_and_else_those_who_are(worker: User) -> None:
    case = make_case(team=worker.memberships.get().team, by=worker)
    mother = make_client(case=case, by=worker, sex="female")
    make_client(case=case, by=worker, sex="male", birth=Birth(date(2020, 10, 15)), relation="child")
    deliver(case, by=worker)
    deliver(case, by=worker, kind="medical", people=[mother])

    assert cells_of(MONTH) == {
        ("", "legal", "female", "18-59", "2026-10"): 1,
        ("", "legal", "male", "5-11", "2026-10"): 1,
        ("", "medical", "female", "18-59", "2026-10"): 1,
    }


@pytest.mark.django_db
def test_somebody_who_is_helped_twice_counts_once_for_each_programme_service_and_month(worker: User) -> None:
    programme = make_programme()
    client = make_client(team=worker.memberships.get().team, by=worker, birth=Birth(date(2008, 9, 20)))
    for day in (date(2026, 9, 3), date(2026, 9, 28), date(2026, 8, 1)):
        deliver(client.case, day, by=worker)
    deliver(client.case, date(2026, 9, 3), by=worker, programme=programme)
    deliver(client.case, date(2026, 9, 3), by=worker, kind="school")

    assert cells_of(QUARTER) == {
        ("", "legal", "unknown", "12-17", "2026-09"): 1,  # their age when it was for the first time
        ("", "legal", "unknown", "12-17", "2026-08"): 1,
        (str(programme.pk), "legal", "unknown", "12-17", "2026-09"): 1,
        ("", "school", "unknown", "12-17", "2026-09"): 1,
    }


@pytest.mark.django_db
def test_only_what_was_delivered_in_the_period_counts(worker: User) -> None:
    case = make_client(team=worker.memberships.get().team, by=worker).case
    for day in (date(2026, 9, 30), date(2026, 11, 1)):
        deliver(case, day, by=worker)
    make_service(case, by=worker, planned_on=OCTOBER)

    assert cells_of(MONTH) == {}
    deliver(case, date(2026, 10, 1), by=worker)
    deliver(case, date(2026, 10, 31), by=worker, kind="school")
    assert sum(cells_of(MONTH).values()) == 2


@pytest.mark.django_db
def test_people_of_restricted_cases_are_counted_for_nobody(worker: User) -> None:
    first, _second = help_people(2, by=worker)
    hide(first)

    assert cells_of(MONTH) == {LEGAL: 1}


@pytest.mark.django_db
def test_a_child_born_after_the_service_had_none_of_it(worker: User) -> None:
    case = make_client(team=worker.memberships.get().team, by=worker).case
    make_client(case=case, by=worker, birth=Birth(date(2026, 10, 15)), relation="child")
    deliver(case, by=worker)

    assert cells_of(MONTH) == {LEGAL: 1}


@pytest.mark.django_db
def test_whose_birth_was_erased_is_counted_without_an_age(worker: User) -> None:
    (case,) = help_people(1, by=worker)
    destroy_key(Client.objects.get(case=case).data_key, by=worker, now=NOW)

    assert cells_of(MONTH) == {LEGAL._replace(age="unknown"): 1}


@pytest.mark.django_db
def test_many_are_counted_in_as_many_queries_as_few(worker: User) -> None:
    asked = []
    for number in (1, 6):
        help_people(number, by=worker)
        with counted_queries() as queries:
            programmes_in(cells_of(MONTH))
        asked.append(len(queries))

    assert asked == [3, 3]  # and one for what the programmes are called, where there are any


@pytest.mark.django_db
def test_the_count_is_that_of_whoever_goes_through_the_files_by_hand(worker: User) -> None:
    """The same counted naively: for each service and person a line, and of the lines the different ones."""
    invented = random.Random(6)
    births = [Birth(date(2024, 1, 1)), Birth(date(2010, 6, 1)), Birth(date(1990, 1, 1)), Birth(year=1950), Birth()]
    groups = ["0-4", "12-17", "18-59", "60+", "unknown"]
    lines = set()
    for number in range(12):
        kind, sex = invented.choice(["legal", "school"]), invented.choice(["female", "male"])
        age, day = invented.randrange(5), date(2026, invented.choice([7, 8, 9]), invented.randint(1, 28))
        (case,) = help_people(1, day, by=worker, kind=kind, sex=sex, birth=births[age])
        deliver(case, day, by=worker, kind=kind)
        lines.add((number, "", kind, sex, groups[age], f"2026-{day.month:02}"))

    assert cells_of(QUARTER) == Counter(line[1:] for line in lines)


# --- What may be kept ---


def invented_cells(invented: random.Random, months: list[str]) -> dict[Counted, int]:
    counts = [0, 0, 1, 2, 4, 7, 8, 11, 25]
    return {
        Counted("", kind, sex, "18-59", month): number
        for kind, sex, month in product(["legal", "school"], ["female", "male"], months)
        if (number := invented.choice(counts))
    }


def kept(cells: Mapping[Counted, int], key: str) -> dict[Place, int | None]:
    """What whoever reads the report knows of each place: what is not there is none.

    Properties of one value are left out here: their total is what it is the total of, and who knows one knows the other.
    """
    values: list[set[str]] = [{cell[number] for cell in cells} for number in range(5)]
    several = [number for number in range(5) if len(values[number]) > 1]
    known: dict[Place, int | None] = dict.fromkeys(product(*({*values[number], ALL} for number in several)), 0)
    hidden: set[Place] = set()
    for *found, count in suppressed_places(cells, parse_period(key)):
        place = tuple(ALL if found[number] == TOTAL else found[number] for number in several)
        if count is None:
            hidden.add(place)
        known[place] = known[place] or count  # type: ignore[assignment]
    return {place: count or (None if place in hidden else 0) for place, count in known.items()}


def seen_by(known: Mapping[Place, int | None], cell: Counted) -> Place:
    """Return the place of a cell among what is known."""
    width = len(next(iter(known)))
    return next(place for place in known if ALL not in place and set(place) <= set(cell) and len(place) == width)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("key", "months"), [("2026-10", ["2026-10"]), ("2026-q3", ["2026-07", "2026-08"])])
def test_no_hidden_count_can_be_narrowed_by_whoever_tries_out_all_tables_that_fit(
    seed: int, key: str, months: list[str]
) -> None:
    cells = invented_cells(random.Random(seed), months)
    known = kept(cells, key)

    assert not any(count is not None and is_small(count) for count in known.values())
    for cell, number in cells.items():
        if is_small(number):
            place = seen_by(known, cell)
            assert known[place] is None
            assert is_possible(known, place, 1, 1)
            assert is_possible(known, place, LARGEST_HIDDEN, LARGEST_HIDDEN)


def test_reports_of_different_months_have_no_cell_and_no_total_in_common() -> None:
    """So a hidden count of one month stays as free as it was, whatever the reports of other months say."""
    invented = random.Random(3)
    keys = ["2026-07", "2026-08", "2026-09"]
    reports = [suppressed_places(invented_cells(invented, [key]), parse_period(key)) for key in keys]

    assert [{row[4] for row in rows} for rows in reports] == [{key} for key in keys]
    of_the_quarter = suppressed_places(invented_cells(invented, keys), QUARTER)
    assert {row[4] for row in of_the_quarter} == {*keys, TOTAL}


def test_the_months_of_a_quarter_are_hidden_together_so_that_its_totals_tell_none_of_them() -> None:
    """By themselves two months would show their 20; beside the total of the quarter the small one would be told."""
    counts = {"2026-07": 20, "2026-08": 20, "2026-09": 3}
    known = kept({LEGAL._replace(month=month): count for month, count in counts.items()}, "2026-q3")

    assert known["2026-09",] is None
    assert sum(known[month,] is None for month in counts) == 2
    assert known[ALL,] == 43
    assert is_possible(known, ("2026-09",), 1, 1)
    assert is_possible(known, ("2026-09",), LARGEST_HIDDEN, LARGEST_HIDDEN)
