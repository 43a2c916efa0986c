"""What must never be said of rules, the database refuses by name."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from casework.residency.models import CalendarDay, Rule
from casework.residency.models.rule import SAME

from ..factories.accounts import LONG_AGO, NOW
from ..factories.residency import make_jurisdiction, make_rule
from ..factories.rules import make_draft

pytestmark = pytest.mark.django_db


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_rule_says_one_thing_at_a_time():
    make_rule(valid=(date(2023, 1, 1), date(2024, 1, 1)))

    with refused("rule_says_one_thing_at_a_time"), transaction.atomic():
        make_rule(key="another", valid=(date(2023, 12, 31), None))

    assert make_rule(key="another", valid=(date(2024, 1, 1), None)).is_published


@pytest.mark.parametrize(
    "difference",
    [
        {"country": "KG"},
        {"duty": "work"},
        {"nationality": "BY"},
        {"age_from": 14},
        {"age_below": 14},
        {"document_kind": "internal_passport"},
        {"purpose": "work"},
        {"legal_basis": "permit"},
        {"part": "window"},
        {"is_exception": True, "valid": (date(2024, 1, 1), date(2024, 5, 1))},
        {"known": (LONG_AGO - timedelta(days=9), LONG_AGO)},
    ],
    ids=lambda it: next(iter(it)),
)
def test_rules_that_differ_in_whom_or_what_they_speak_to_stand_side_by_side(difference):
    make_rule()

    assert make_rule(key="another", **difference).is_published


def test_the_search_for_overlaps_asks_what_the_constraint_asks():
    (constraint,) = [it for it in Rule._meta.constraints if it.name == "rule_says_one_thing_at_a_time"]
    columns = [expression for expression, _ in constraint.expressions]

    assert [name.removesuffix("_id") for name in SAME] == columns[:-2]


def test_two_exceptions_to_one_rule_do_not_hold_on_one_day():
    make_rule()
    make_rule(key="season", is_exception=True, valid=(date(2024, 4, 15), date(2024, 11, 1)))

    with refused("rule_says_one_thing_at_a_time"), transaction.atomic():
        make_rule(key="another", is_exception=True, valid=(date(2024, 10, 31), date(2024, 12, 1)))


def test_rule_exception_begins_on_a_day():
    with refused("rule_exception_begins_on_a_day"), transaction.atomic():
        make_rule(is_exception=True, valid=(None, date(2024, 11, 1)))


def test_drafts_may_contradict_each_other():
    make_draft()

    assert make_draft(key="another").pk


def test_rule_known_once_published():
    draft = make_draft()

    with refused("rule_known_once_published"), transaction.atomic():
        Rule.objects.filter(pk=draft.pk).update(known=DateTimeTZRange(NOW, None))
    with refused("rule_known_once_published"), transaction.atomic():
        Rule.objects.filter(pk=draft.pk).update(published_at=NOW)


def test_rule_valid_some_day():
    draft = make_draft()

    with refused("rule_valid_some_day"), transaction.atomic():
        Rule.objects.filter(pk=draft.pk).update(valid=DateRange(empty=True))


def test_rule_ages_in_order():
    draft = make_draft()

    with refused("rule_ages_in_order"), transaction.atomic():
        Rule.objects.filter(pk=draft.pk).update(age_from=18, age_below=18)


def test_rule_supersedes_another():
    draft = make_draft()

    with refused("rule_supersedes_another"), transaction.atomic():
        Rule.objects.filter(pk=draft.pk).update(supersedes=draft.pk)


def test_calendar_day_once():
    day = {"jurisdiction": make_jurisdiction(), "day": date(2026, 11, 23), "reason": "Bridge", "is_working_day": False}
    CalendarDay.objects.create(**day)

    with refused("calendar_day_once"), transaction.atomic():
        CalendarDay.objects.create(**day)
