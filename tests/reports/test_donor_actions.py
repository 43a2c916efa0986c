"""Keeping a report to donors: once, of a period that is over; changed never, deleted after years."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reports.donor_actions import UnableToKeepReport, forget_old_donor_reports, keep_donor_report
from casework.reports.models import DonorReport
from casework.reports.periods import Period, parse_period
from tests.factories.accounts import NOW, make_user
from tests.factories.helping import help_people
from tests.factories.needs import make_programme
from tests.racing import at_once

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def reader() -> User:
    return make_user(Role.REPORT_READER)


def keep(key: str, by: User, **fields: Any) -> DonorReport:
    return keep_donor_report(period=parse_period(key), by=by, **({"today": TODAY, "now": NOW} | fields))


def test_it_keeps_what_may_be_told_and_what_the_programmes_are_called(reader: User) -> None:
    programme = make_programme(code="WINTER", name="Invented Winter Help", donor="Invented Fund")
    worker = make_user()
    help_people(9, by=worker, programme=programme)
    help_people(12, by=worker)
    help_people(3, by=worker, kind="school")

    report = keep("2026-10", reader)
    programme.name = "Renamed"
    programme.save()

    report.refresh_from_db()
    assert report.programmes == [
        {"id": str(programme.pk), "code": "WINTER", "name": "Invented Winter Help", "donor": "Invented Fund"}
    ]
    counts = {tuple(place): count for *place, count in report.places}
    assert counts["all", "all", "all", "all", "2026-10"] == 24
    assert counts["", "school", "unknown", "18-59", "2026-10"] is None
    assert not {count for count in counts.values() if count is not None and count < 8}
    event = Event.objects.latest("pk")
    assert (event.type, event.data, event.actor_id) == ("reports.donor_report_made", {"period": "2026-10"}, reader.pk)


def test_what_is_recorded_later_changes_nothing_of_it(reader: User) -> None:
    worker = make_user()
    help_people(9, by=worker)
    before = keep("2026-10", reader).places
    help_people(9, by=worker)

    assert DonorReport.objects.get().places == before
    with pytest.raises(UnableToKeepReport, match="There is a report of this period"):
        keep("2026-10", reader)


def test_a_period_in_which_nobody_was_helped_is_kept_too(reader: User) -> None:
    assert keep("2026-10", reader).places == []


@pytest.mark.parametrize(
    ("key", "today", "why"),
    [
        ("2026-11", TODAY, "not over yet"),
        ("2026-10", date(2026, 11, 5), "still being written down"),
        ("2026-q4", TODAY, "not over yet"),
        ("2024-10", TODAY, "too long ago"),
        ("2024-q3", TODAY, "too long ago"),
    ],
)
def test_it_refuses_what_is_not_over_or_long_ago(reader: User, key: str, today: date, why: str) -> None:
    with pytest.raises(UnableToKeepReport, match=why):
        keep(key, reader, today=today)
    assert not DonorReport.objects.exists()


@pytest.mark.parametrize(("first", "second"), [("2026-q3", "2026-08"), ("2026-09", "2026-q3")])
def test_a_quarter_and_one_of_its_months_are_not_both_kept(reader: User, first: str, second: str) -> None:
    keep(first, reader)

    with pytest.raises(UnableToKeepReport, match="or of a part of it"):
        keep(second, reader)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_keep_one_at_once_the_second_is_told_so() -> None:
    readers = [make_user(Role.REPORT_READER) for _number in range(2)]

    later: dict[str, Any] = {"today": date(2027, 1, 9), "now": datetime(2027, 1, 9, 9, 0, tzinfo=UTC)}

    outcomes = at_once(lambda: keep("2026-10", readers[0], **later), lambda: keep("2026-q4", readers[1], **later))

    assert {type(outcome) for outcome in outcomes} == {DonorReport, UnableToKeepReport}
    assert DonorReport.objects.count() == 1


# --- What the database refuses ---


def stored(period: Period, by: User, **fields: Any) -> DonorReport:
    known: dict[str, Any] = {
        "first_on": period.first,
        "after_on": period.after,
        "months": period.months,
        "made_at": datetime.combine(period.after + timedelta(days=9), datetime.min.time(), UTC),
        "made_by": by,
    }
    return DonorReport.objects.create(**(known | fields))


OCTOBER = parse_period("2026-10")


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        (
            "donor_report_of_month_or_quarter",
            {"months": 2, "after_on": date(2026, 12, 1), "made_at": NOW + timedelta(days=99)},
        ),
        ("donor_report_begins_with_a_month", {"first_on": date(2026, 10, 2), "after_on": date(2026, 11, 2)}),
        (
            "donor_report_begins_with_a_month",
            {"months": 3, "first_on": date(2026, 8, 1), "after_on": date(2026, 11, 1)},
        ),
        ("donor_report_is_whole", {"after_on": date(2026, 10, 31)}),
        ("donor_report_is_over", {"made_at": datetime(2026, 10, 31, 12, tzinfo=UTC)}),
        ("donor_report_hides_small_numbers", {"places": [["", "legal", "female", "0-4", "2026-10", 7]]}),
        ("donor_report_hides_small_numbers", {"places": [["a", 8], ["b", None], ["c", 1]]}),
    ],
)
def test_the_database_refuses_what_no_report_may_be(reader: User, constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as refused:
        stored(OCTOBER, reader, **fields)
    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_the_database_refuses_two_that_overlap(reader: User) -> None:
    stored(OCTOBER, reader)

    with pytest.raises(IntegrityError, match="donor_report_overlaps_no_other"):
        stored(parse_period("2026-q4"), reader)


def test_the_database_refuses_to_change_a_report_or_to_delete_a_young_one(reader: User) -> None:
    report = stored(OCTOBER, reader)

    for act in (
        lambda: DonorReport.objects.update(places=[]),
        report.save,
        report.delete,
        DonorReport.objects.all().delete,
    ):
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete) rows"), transaction.atomic():
            act()
    assert DonorReport.objects.count() == 1


def test_a_report_is_deleted_when_its_years_are_over(reader: User) -> None:
    old = stored(parse_period("2019-01"), reader)
    young = stored(parse_period("2026-09"), reader)

    assert forget_old_donor_reports(datetime(2026, 11, 27, tzinfo=UTC)) == 1

    assert list(DonorReport.objects.all()) == [young]
    event = Event.objects.latest("pk")
    assert (event.type, event.subject_id, event.data) == (
        "reports.donor_report_forgotten",
        str(old.pk),
        {"period": "2019-01"},
    )
    assert forget_old_donor_reports(datetime(2026, 11, 27, tzinfo=UTC)) == 0


def test_a_report_is_found_by_its_first_day_and_by_how_long_it_is(reader: User) -> None:
    july, august = (stored(parse_period(key), reader) for key in ("2026-07", "2026-08"))

    assert DonorReport.objects.of(july.period).get() == july
    assert DonorReport.objects.of(august.period).get() == august
    assert not DonorReport.objects.of(parse_period("2026-q3")).exists()
