"""Rents: a bed a month by town and currency, never added across currencies, and what prices did."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.accounts.roles import Role
from casework.housing import actions
from casework.housing.models import Lease
from casework.web.reports.periods import first_of_month
from tests.factories.accounts import make_user
from tests.factories.housing import make_beds, make_lease, make_site
from tests.web.cases.pages import signed_in

from .pages import World, page_of, tables_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def months_ago(world: World, months: int) -> date:
    return first_of_month(world.today, months_before=months)


def lease_of(world: World, **fields: Any) -> Lease:
    known: dict[str, Any] = {"since": months_ago(world, 6), "until": None, "currency": "KGS", "rent": Decimal(50000)}
    return make_lease(world.site, by=world.coordinator, **(known | fields))


def test_a_rent_that_rose_is_told_month_by_month(world: World) -> None:
    lease = lease_of(world)
    since = months_ago(world, 2)
    actions.change_rent(lease=lease, since=since, amount=Decimal(75000), by=world.coordinator, now=world.now)

    page = page_of(world.browser, "report_rents")

    tables = tables_on(page)
    assert tables["now"] == [["Bishkek", "Kyrgyzstan", "KGS", "1", "5", "75000.00", "15000.00", "150.0"]]
    assert [row[7:] for row in tables["by_month"]] == [["10000.00", "100.0"]] * 4 + [["15000.00", "150.0"]] * 3
    text = page.content.decode()
    assert "chart-line-1" in text
    assert "Bishkek, KGS: 100 – 150" in text


def test_currencies_and_towns_stay_apart(world: World) -> None:
    lease_of(world)
    osh = make_site(team=world.team, by=world.coordinator, city="Osh")
    make_beds(2, site=osh)
    make_lease(osh, by=world.coordinator, since=months_ago(world, 1), until=None, currency="USD", rent=Decimal(300))

    rows = tables_on(page_of(world.browser, "report_rents"))["now"]

    assert [row[0:1] + row[2:7] for row in rows] == [
        ["Bishkek", "KGS", "1", "5", "50000.00", "10000.00"],
        ["Osh", "USD", "1", "2", "300.00", "150.00"],
    ]


def test_a_room_with_a_lease_of_its_own_is_no_part_of_that_of_the_site(world: World) -> None:
    lease_of(world)
    own = make_beds(3, site=world.site)[0].unit
    make_lease(world.site, own, by=world.coordinator, since=months_ago(world, 6), until=None, rent=Decimal(9000))

    [row] = tables_on(page_of(world.browser, "report_rents"))["now"]

    assert row[3:7] == ["2", "8", "59000.00", "7375.00"]


def test_a_rent_by_the_night_is_told_as_a_month(world: World) -> None:
    lease_of(world, rent=Decimal(100), per="night")

    [row] = tables_on(page_of(world.browser, "report_rents"))["now"]

    assert row[5] == "3043.75"


def test_a_lease_that_has_ended_and_one_without_a_rent_are_not_of_today(world: World) -> None:
    over = make_site(team=world.team, by=world.coordinator)
    make_lease(over, by=world.coordinator, since=months_ago(world, 6), until=months_ago(world, 1) + timedelta(days=1))
    flat = make_site(team=world.team, by=world.coordinator, city="Osh")
    make_lease(flat, by=world.coordinator, since=months_ago(world, 2), until=None, rent=None)

    page = page_of(world.browser, "report_rents")

    assert tables_on(page)["now"] == [["Bishkek", "Kyrgyzstan", "KGS", "0", "0", "", "", ""]]
    assert "no rent on record: 1." in page.content.decode()


def test_nothing_on_record_is_said(world: World) -> None:
    assert "No lease with a rent is on record." in page_of(world.browser, "report_rents").content.decode()


def test_the_report_reader_reads_them_too(world: World) -> None:
    lease_of(world)

    assert len(tables_on(page_of(signed_in(make_user(Role.REPORT_READER)), "report_rents"))["now"]) == 1
    assert tables_on(page_of(signed_in(make_user(Role.COORDINATOR)), "report_rents"))["now"] == []
