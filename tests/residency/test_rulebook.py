"""The book holds what is held, is read once, and is another one after every change."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from casework.residency.load import load
from casework.residency.models import CalendarDay, Jurisdiction, NationalityGroup, Rule
from casework.residency.reference import shipped_files
from casework.residency.rulebook import load_book, rules_of, rules_version
from casework.residency.rules.reference import read_reference

from .reference_texts import LATER, NOW, RULE, load_text

pytestmark = pytest.mark.django_db


def test_it_holds_what_is_held_now():
    load_text(RULE)
    load_text(RULE.replace("days = 90", "days = 60"), now=LATER)

    assert [rule.parameters["days"] for rule in load_book().rules] == [60]


def test_it_holds_what_was_held_then():
    load_text(RULE)
    load_text(RULE.replace("days = 90", "days = 60"), now=LATER)

    assert [rule.parameters["days"] for rule in load_book(LATER - timedelta(minutes=1)).rules] == [90]
    assert [rule.parameters["days"] for rule in load_book(LATER).rules] == [60]


def test_it_is_read_once_until_something_changes(django_assert_num_queries):
    load_text(RULE)
    first = load_book()

    with django_assert_num_queries(1):
        assert load_book() is first
    CalendarDay.objects.create(jurisdiction_id="KZ", day=date(2026, 12, 31), is_working_day=False, reason="Day off")
    assert load_book() is not first


def test_its_version_follows_every_change():
    seen = [rules_version()]
    load_text(RULE)
    seen.append(rules_version())
    Jurisdiction.objects.filter(code="KZ").update(time_zone="Asia/Aqtau")
    seen.append(rules_version())
    Rule.objects.update(known=DateTimeTZRange(None, LATER))
    seen.append(rules_version())
    NationalityGroup.objects.create(code="EAEU", name="Union", nationalities=["KZ"])
    seen.append(rules_version())
    NationalityGroup.objects.update(nationalities=["RU"])
    seen.append(rules_version())

    assert len(set(seen)) == len(seen)
    assert rules_version() == seen[-1]


def test_it_is_what_the_files_say():
    reference = read_reference(shipped_files())
    load(reference=reference, now=NOW)

    stored = {rule.key: rule for rule in rules_of(Rule.objects.all())}
    assert len(stored) == len(reference.entries)
    for entry in reference.entries:
        rule = stored[entry.rule.key]
        assert (rule.parameters, rule.audience, rule.citations) == (
            entry.rule.parameters,
            entry.rule.audience,
            entry.rule.citations,
        )
        assert (rule.valid_from, rule.valid_until, rule.known_from, rule.known_until) == (
            entry.rule.valid_from,
            entry.rule.valid_until,
            entry.rule.known_from,
            entry.rule.known_until,
        )
