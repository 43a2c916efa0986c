"""Exceptional days: stated, several at once, swapped, corrected, taken back; two writers at once make one."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.residency.actions.calendars import (
    UnableToStateDays,
    correct_days,
    state_days,
    swap_days,
    take_back_days,
)
from casework.residency.models import CalendarDay
from casework.residency.rulebook import rules_version
from tests.factories.accounts import NOW, make_user
from tests.factories.residency import make_jurisdiction
from tests.racing import at_once

pytestmark = pytest.mark.django_db

SOURCE = {"reason": "Invented decree", "source_title": "An invented decree", "source_read_on": date(2026, 11, 1)}
THURSDAY, SATURDAY = date(2026, 12, 10), date(2026, 12, 12)


@pytest.fixture
def editor():
    return make_user(Role.POLICY_EDITOR)


def state(editor, first=THURSDAY, last=None, *, is_working_day=False, country="KZ"):
    return state_days(
        place=make_jurisdiction(country),
        first=first,
        last=last or first,
        is_working_day=is_working_day,
        by=editor,
        now=NOW,
        **SOURCE,
    )


def swap(editor, worked=SATURDAY, off=THURSDAY):
    return swap_days(place=make_jurisdiction(), worked=worked, off=off, by=editor, now=NOW, **SOURCE)


def refused(act, *args, **kwargs):
    before = CalendarDay.objects.count()
    with pytest.raises(UnableToStateDays) as refusal:
        act(*args, **kwargs)
    assert CalendarDay.objects.count() == before
    return refusal.value.sentence


def test_a_day_off_is_stated_and_makes_the_rules_another_version(editor):
    before = rules_version()

    [row] = state(editor)

    assert (row.day, row.is_working_day, row.reason, row.swap) == (THURSDAY, False, "Invented decree", None)
    assert rules_version() != before
    event = Event.objects.get(type="residency.calendar_days_stated")
    assert event.data == {"country": "KZ", "days": ["2026-12-10"]}


def test_several_days_at_once_leave_out_those_that_are_so_already(editor):
    rows = state(editor, date(2027, 1, 1), date(2027, 1, 8))

    assert [row.day.day for row in rows] == [5, 6, 8]  # 1, 2 and 7 are holidays, 2 and 3 a weekend, 4 is the day moved


def test_a_swap_is_two_days_that_belong_together(editor):
    rows = swap(editor)

    assert [(row.day, row.is_working_day) for row in rows] == [(SATURDAY, True), (THURSDAY, False)]
    assert rows[0].swap == rows[1].swap is not None


def test_taking_back_half_a_swap_takes_back_both(editor):
    make_jurisdiction()
    before = rules_version()
    rows = swap(editor)

    assert take_back_days(day=rows[1], by=editor, now=NOW) == [THURSDAY, SATURDAY]
    assert not CalendarDay.objects.exists()
    assert rules_version() == before


def test_what_was_taken_back_is_gone(editor):
    [row] = state(editor)
    take_back_days(day=CalendarDay.objects.get(), by=editor, now=NOW)

    assert "took this day back meanwhile" in refused(take_back_days, day=row, by=editor, now=NOW)
    assert "took this day back meanwhile" in refused(correct_days, day=row, by=editor, now=NOW, reason="x")


def test_reason_and_source_of_a_swap_are_corrected_together(editor):
    rows = swap(editor)

    correct_days(day=rows[0], by=editor, now=NOW, reason="Another", source_url="https://law.example/2")

    assert set(CalendarDay.objects.values_list("reason", "source_url")) == {("Another", "https://law.example/2")}


def test_refusals_say_what_is_in_the_way(editor):
    assert refused(state, editor, SATURDAY) == "12 Dec 2026 is a day off already."
    assert refused(state, editor, THURSDAY, is_working_day=True) == "10 Dec 2026 is a working day already."
    assert refused(state, editor, SATURDAY, date(2026, 12, 13)) == "All these days are off already."
    assert refused(state, editor, THURSDAY, date(2026, 12, 9)) == "The last day is before the first."
    assert "State at most 31 at once." in refused(state, editor, date(2026, 1, 1), date(2026, 3, 1))
    assert "from 1990 to 2100" in refused(state, editor, date(1989, 12, 29))
    assert "from 1990 to 2100" in refused(swap, editor, date(2101, 1, 1), THURSDAY)
    assert refused(swap, editor, THURSDAY, THURSDAY) == "A day cannot be swapped with itself."
    assert "10 Dec 2026 is worked and 12 Dec 2026 is a day off" in refused(swap, editor, THURSDAY, SATURDAY)
    assert "state it alone" in refused(swap, editor, date(2026, 12, 11), THURSDAY)
    assert "No calendar of working days" in refused(state, editor, country="XZ")


def test_what_was_stated_before_is_not_stated_again(editor):
    state(editor)

    assert "Something was stated before about: 10 Dec 2026." in refused(
        state, editor, date(2026, 12, 9), date(2026, 12, 11)
    )
    assert "Something was stated before about: 10 Dec 2026." in refused(swap, editor)


def test_the_database_refuses_days_beyond_the_years_and_swaps_of_three(editor):
    make_jurisdiction()
    rows = swap(editor)
    wrong = [
        {"day": date(1989, 1, 1), "jurisdiction_id": "KZ"},
        {"day": date(2026, 12, 17), "jurisdiction_id": "KZ", "swap": rows[0].swap},
        {"day": THURSDAY, "jurisdiction_id": "KZ"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarDay.objects.create(is_working_day=False, reason="x", **values)


def test_the_database_refuses_a_swap_between_two_countries(editor):
    make_jurisdiction("KG")
    [worked] = [row for row in swap(editor) if row.is_working_day]
    CalendarDay.objects.filter(swap=worked.swap, is_working_day=False).delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(
            jurisdiction_id="KG", day=THURSDAY, is_working_day=False, reason="x", swap=worked.swap
        )


@pytest.mark.django_db(transaction=True)
def test_two_editors_state_the_same_day_at_once_and_one_is_refused():
    make_jurisdiction()
    editors = [make_user(Role.POLICY_EDITOR) for _each in range(2)]

    outcomes = at_once(*(lambda by=by: state(by) for by in editors))

    assert sorted(type(it).__name__ for it in outcomes) == ["UnableToStateDays", "list"]
    assert CalendarDay.objects.count() == 1
    [refusal] = [it for it in outcomes if isinstance(it, UnableToStateDays)]
    assert "Something was stated before about: 10 Dec 2026." in refusal.sentence
