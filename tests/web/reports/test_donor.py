"""The report to donors: made once, read by those who may, and the same wherever it goes."""

import gzip
import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Permission, Role, roles_with
from casework.audit.models import Event
from casework.clients.models import Service
from casework.reports.age_groups import AgeGroup
from casework.reports.donor import Counted, programmes_in, suppressed_places
from casework.reports.models import DonorReport
from casework.reports.periods import Period, month_of, quarter_of
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.helping import help_people
from tests.factories.needs import make_programme
from tests.web.cases.pages import signed_in
from tests.web.exports.files import content_of, lines_of

from .pages import file_of, page_of, sheets_of, tables_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def reader() -> Browser:
    return signed_in(make_user(Role.REPORT_READER))


@pytest.fixture
def worker() -> User:
    return make_user()


def last_settled() -> Period:
    """The last month of which a report can be made today."""
    return month_of((timezone.now() - timedelta(days=5)).date().replace(day=1) - timedelta(days=1))


def make(browser: Browser, period: Period) -> Any:
    return browser.post(reverse("make_donor_report"), {"period": period.key})


def helped(worker: User, period: Period) -> None:
    """Twelve women with a lawyer, nine of them from a programme; two men and ten women with school things."""
    programme = make_programme(code="WINTER", name="Invented Winter Help", donor="Invented Fund")
    help_people(12, period.first, by=worker, sex="female", programme=programme)
    help_people(2, period.first, by=worker, sex="male", kind="school")
    help_people(10, period.first, by=worker, sex="female", kind="school")


def test_a_reader_makes_the_report_of_a_month_and_reads_it(reader: Browser, worker: User) -> None:
    period = last_settled()
    helped(worker, period)

    made = make(reader, period)

    assert made.status_code == 302
    page = reader.get(made.url)
    rows = tables_on(page)["by_service"]
    assert rows[0][:5] == ["Invented Winter Help (WINTER)", "Invented Fund", "legal advice", "12", "12"]
    assert [row[0] for row in rows] == [
        *["Invented Winter Help (WINTER)"] * 2,
        *["No programme"] * 2,
        *["All programmes"] * 3,
    ]
    assert rows[-1][2:4] == ["all services", "24"]
    men_with_school_things = next(row for row in rows if row[:3] == ["No programme", "", "school"])
    assert men_with_school_things[5] == "*"
    assert "* stands for a number that is not told" in page.content.decode()
    assert not {cell for table in tables_on(page).values() for row in table for cell in row} & set("1234567")


def test_a_quarter_shows_its_months(reader: Browser, worker: User) -> None:
    month = last_settled()
    period = quarter_of(quarter_of(month.first).first - timedelta(days=1))
    for number in range(3):
        help_people(8 + number, month_of(period.first + timedelta(days=32 * number)).first, by=worker)

    page = reader.get(make(reader, period).url)

    rows = tables_on(page)["by_month"]
    assert rows[-1] == ["All programmes", "", "all services", "8", "9", "10", "27"]
    assert tables_on(page)["by_service"][-1][3] == "27"
    assert len({row[3] for row in tables_on(page)["in_full"]}) == 4


def test_without_any_report_the_page_says_so_and_leads_to_making_one(reader: Browser) -> None:
    page = page_of(reader, "report_donor")

    assert "No report is kept yet." in page.content.decode()
    assert reverse("make_donor_report") in page.content.decode()


def test_the_files_hold_what_the_page_shows(reader: Browser, worker: User) -> None:
    period = last_settled()
    helped(worker, period)
    page = reader.get(make(reader, period).url)
    query = f"period={period.key}"

    shown = [
        [["" if cell is None else str(cell) for cell in row] for row in sheet]
        for sheet in sheets_of(file_of(reader, "donor", query=query))
    ]

    assert shown == list(tables_on(page).values())
    lines = lines_of(file_of(reader, "donor", query=query, format="csv.by_service", with_hxl="on"))
    assert lines[1][:6] == [
        "#activity+programme",
        "#org+funder",
        "#service",
        "#reached+total",
        "#reached+f",
        "#reached+m",
    ]
    assert lines[1][-3:] == ["#reached+adults+age_18_59", "#reached+elderly+age_60", "#reached+age_unknown"]
    text = content_of(file_of(reader, "donor", query=query, format="csv.by_service")).decode()
    assert "* stands for a number from 1 to 7, or for one that would tell such a number." in text.splitlines()[-1]
    assert file_of(reader, "donor", query=query, format="pdf")["Content-Type"] == "application/pdf"
    assert Event.objects.filter(type="reports.list_exported", data__listing="donor").count() == 4


def test_what_is_recorded_later_is_not_in_it_and_it_is_not_made_again(reader: Browser, worker: User) -> None:
    period = last_settled()
    helped(worker, period)
    address = make(reader, period).url
    before = tables_on(reader.get(address))
    help_people(20, period.first, by=worker)

    again = make(reader, period)

    assert again.url == address
    assert "was made before" in reader.get(address).content.decode()
    assert tables_on(reader.get(address)) == before
    assert DonorReport.objects.count() == 1


@pytest.mark.parametrize("asked", ["", "2019-01", "2099-01", "x"])
def test_what_cannot_be_made_is_refused_and_nothing_is_kept(reader: Browser, asked: str) -> None:
    page = reader.post(reverse("make_donor_report"), {"period": asked})

    assert page.status_code == 200
    assert page.context["form"].errors["period"]
    assert not DonorReport.objects.exists()


def test_a_quarter_is_not_offered_once_one_of_its_months_is_made(reader: Browser) -> None:
    month = last_settled()
    quarter = quarter_of(quarter_of(month.first).first - timedelta(days=1))
    make(reader, month_of(quarter.last))

    offered = reader.get(reverse("make_donor_report")).content.decode()

    assert f'value="{quarter.key}"' not in offered
    assert f'value="{month_of(quarter.first).key}"' in offered


def test_a_period_that_is_not_kept_is_refused_in_the_address(reader: Browser) -> None:
    make(reader, last_settled())

    page = reader.get(reverse("report_donor"), {"period": "2019-01"})

    assert page.context["form"].errors["period"]
    assert page.context["sections"] == []


@pytest.mark.parametrize("role", sorted(set(Role) - roles_with(Permission.DONOR_REPORTS)))
def test_others_neither_read_nor_make_one(role: Role) -> None:
    """Coordinators neither: they could take the numbers of their own team away from those of all."""
    browser = signed_in(make_user(role))

    for answer in (
        page_of(browser, "report_donor"),
        page_of(browser, "make_donor_report"),
        make(browser, last_settled()),
        file_of(browser, "donor"),
    ):
        assert answer.status_code == 403
    assert not DonorReport.objects.exists()


def test_coordinators_are_not_offered_what_they_may_not_read(reader: Browser) -> None:
    coordinator = signed_in(make_user(Role.COORDINATOR))

    assert reverse("report_donor") not in page_of(coordinator, "reports").content.decode()
    assert reverse("report_donor") in page_of(reader, "reports").content.decode()


def test_the_page_costs_few_queries_and_few_bytes_however_much_is_in_it(reader: Browser, worker: User) -> None:
    period = last_settled()
    make(reader, month_of(period.first - timedelta(days=1)))
    costs = []
    for each in (month_of(period.first - timedelta(days=1)), period):
        if each == period:
            helped(worker, period)
            make(reader, period)
        with counted_queries() as queries:
            page_of(reader, "report_donor", period=each.key)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 12


def test_a_large_report_stays_a_small_document(reader: Browser) -> None:
    """Five programmes, eight services, both sexes and every age group, most of it hidden or small as in life."""
    invented, period = random.Random(9), last_settled()
    programmes = [make_programme(name=f"Invented {number}") for number in range(5)]
    cells = {
        Counted(str(programme.pk), kind, sex, age, period.key): invented.choice([0, 0, 2, 5, 9, 14, 30, 80])
        for programme in programmes
        for kind in Service.Kind.values[:8]
        for sex in ("female", "male")
        for age in AgeGroup
    }
    DonorReport.objects.create(
        first_on=period.first,
        after_on=period.after,
        months=period.months,
        programmes=programmes_in(cells),
        places=suppressed_places({cell: number for cell, number in cells.items() if number}, period),
        made_at=timezone.now(),
        made_by=make_user(),
    )

    page = page_of(reader, "report_donor")

    assert len(tables_on(page)["in_full"]) > 100
    assert len(gzip.compress(page.content)) <= 20 * 1024
