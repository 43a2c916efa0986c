"""Reference files come into the database once; what changed is superseded, what people did is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from casework.audit.models import Event
from casework.residency.models import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule
from casework.residency.rulebook import load_book, rules_of
from casework.residency.rules.reference import read_reference

from ..factories.accounts import make_user
from .reference_texts import LATER, NOW, PLACES, RULE, load_text, versions

pytestmark = pytest.mark.django_db


def test_a_rule_is_loaded_with_everything_that_the_file_says():
    report = load_text(RULE)

    row = Rule.objects.get()
    assert report.added == ["kz-ru-leave"]
    assert (row.valid, row.known) == (DateRange(date(2023, 1, 27), None), DateTimeTZRange(None, None))
    assert (row.reference_rows, row.published_at, row.published_by) == ([3], NOW, None)
    assert list(Citation.objects.order_by("pk").values_list("title", "url", "quote", "supports")) == [
        ("A page", "https://example.org/kz", "90 days", True),
        ("Another", "", "", False),
    ]
    reference = read_reference({"a.toml": (PLACES + RULE).encode()})
    (rule,) = rules_of(Rule.objects.all())
    assert rule.parameters == reference.entries[0].rule.parameters
    assert rule.citations == reference.entries[0].rule.citations


def test_a_second_run_writes_nothing():
    load_text(RULE)

    report = load_text(RULE, now=LATER)

    assert (report.unchanged, report.has_written) == (["kz-ru-leave"], False)
    assert Rule.objects.count() == 1
    assert Event.objects.filter(type="residency.reference_rules_loaded").count() == 1


def test_what_changed_supersedes_the_version_that_was_held():
    load_text(RULE)

    report = load_text(RULE.replace("days = 90", "days = 60"), now=LATER)

    assert report.changed == ["kz-ru-leave"]
    assert versions() == [(90, None, LATER), (60, LATER, None)]
    assert load_text(RULE.replace("days = 90", "days = 60"), now=LATER + timedelta(days=1)).has_written is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"A page"', '"The page"'),
        ("supports = false", "supports = true"),
        ("Since 27", "From 27"),
        ("2023-01-27", "2023-01-26"),
        ("row = 3", "row = [3, 4]"),
        ('"provisional"', '"needs_review"'),
    ],
)
def test_every_field_of_an_entry_makes_a_new_version(old, new):
    load_text(RULE)

    assert load_text(RULE.replace(old, new), now=LATER).changed == ["kz-ru-leave"]


def test_what_a_person_has_published_is_kept_and_reported():
    load_text(RULE)
    person = make_user()
    row = Rule.objects.get()
    Rule.objects.filter(pk=row.pk).update(known=DateTimeTZRange(None, LATER))
    row.pk, row._state.adding = None, True
    row.known, row.published_by, row.parameters = DateTimeTZRange(LATER, None), person, {"days": 45, "window_days": 180}
    row.save()

    report = load_text(RULE.replace("days = 90", "days = 60"), now=LATER + timedelta(days=1))

    assert report.kept == {"kz-ru-leave": "The latest version was published here by a person."}
    assert versions() == [(90, None, LATER), (45, LATER, None)]


def test_what_a_person_has_closed_is_not_opened_again():
    load_text(RULE)
    Rule.objects.update(known=DateTimeTZRange(None, LATER))

    report = load_text(RULE, now=LATER + timedelta(days=1))

    assert (report.kept, report.has_written) == ({"kz-ru-leave": "It was superseded or withdrawn here."}, False)


def test_a_draft_of_a_person_does_not_stand_in_the_way():
    load_text(RULE)
    row = Rule.objects.get()
    row.pk, row._state.adding = None, True
    row.known = row.published_at = None
    row.parameters = {"days": 45, "window_days": 180}
    row.save()

    assert load_text(RULE, now=LATER).unchanged == ["kz-ru-leave"]


def test_an_entry_that_overlaps_a_rule_held_under_another_key_is_refused_alone():
    load_text(RULE)
    other = RULE.replace("kz-ru-leave", "kz-ru-new")
    third = RULE.replace("kz-ru-leave", "kz-ru-third").replace("row = 3", 'part = "third"')

    report = load_text(other + third, now=LATER)

    assert report.added == ["kz-ru-third"]
    assert [str(fault) for fault in report.refused] == [
        (
            "rules.toml, kz-ru-new, valid_from: This overlaps kz-ru-leave, which is held here. "
            "Close that rule first or change the days or the part."
        )
    ]
    assert versions() == [(90, None, None)]


def test_a_changed_entry_that_clashes_leaves_the_version_held_as_it_is():
    early = RULE.replace("kz-ru-leave", "kz-ru-early").replace("valid_from", "valid_until")
    load_text(RULE.replace("2023-01-27", "2023-01-28") + early)
    Rule.objects.filter(key="kz-ru-early").get()

    report = load_text(RULE, now=LATER)

    assert [fault.key for fault in report.refused] == ["kz-ru-leave"]
    assert versions() == [(90, None, None)]


def test_two_entries_may_change_places_in_time():
    first = RULE.replace("kz-ru-leave", "kz-ru-a").replace("valid_from = 2023-01-27", "valid_until = 2023-01-26")
    second = RULE.replace("kz-ru-leave", "kz-ru-b")
    load_text(first + second)

    moved = (first + second).replace("2023-01-27", "2023-02-01").replace("2023-01-26", "2023-01-31")
    report = load_text(moved, now=LATER)

    assert (report.changed, report.refused) == (["kz-ru-a", "kz-ru-b"], [])


def test_the_first_load_keeps_when_a_rule_could_be_known():
    load_text(RULE + "published_on = 2023-02-01\n")

    assert versions() == [(90, datetime(2023, 2, 1, tzinfo=UTC), None)]


def test_what_is_added_later_is_known_from_then():
    load_text(RULE)
    other = RULE.replace("kz-ru-leave", "kz-ru-other").replace("row = 3", 'part = "other"\npublished_on = 2023-02-01')

    load_text(RULE + other, now=LATER)

    assert versions("kz-ru-other") == [(90, LATER, None)]


def test_an_entry_that_the_files_withdraw_is_closed_once():
    load_text(RULE)
    withdrawn = RULE + "known_until = 2026-11-22\n"

    assert load_text(withdrawn, now=LATER).closed == ["kz-ru-leave"]
    assert versions() == [(90, None, LATER)]
    assert load_text(withdrawn, now=LATER + timedelta(days=1)).unchanged == ["kz-ru-leave"]


def test_history_that_the_files_tell_is_loaded_at_first_only():
    history = RULE.replace("kz-ru-leave", "kz-ru-past").replace("row = 3", 'part = "past"\nknown_until = 2024-04-23')
    load_text(RULE)

    report = load_text(RULE + history, now=LATER)

    assert list(report.kept) == ["kz-ru-past"]
    assert Rule.objects.count() == 1


def test_history_cannot_be_rewritten():
    history = RULE + "known_until = 2024-04-23\n"
    load_text(history)

    report = load_text(history.replace("days = 90", "days = 60"), now=LATER)

    assert [fault.sentence for fault in report.refused] == [
        "What was held in the past cannot be changed. Write a new entry under another key."
    ]
    assert versions() == [(90, None, datetime(2024, 4, 23, tzinfo=UTC))]


def test_places_that_people_have_changed_stay():
    load_text(RULE)
    Jurisdiction.objects.filter(code="KZ").update(time_zone="Asia/Aqtau")

    load_text(RULE, now=LATER)

    assert Jurisdiction.objects.get(code="KZ").time_zone == "Asia/Aqtau"


def test_places_groups_and_days_come_from_the_files():
    more = (
        '[zone]\nSCHENGEN = "Schengen area"\n[group.EAEU]\nname = "Union"\nnationalities = ["KZ", "RU"]\n'
        '[[special_day]]\ncountry = "KZ"\nday = 2026-12-31\nis_working_day = false\nreason = "Day off"\n'
    )

    report = load_text(more + RULE)

    assert report.places == 5
    assert NationalityGroup.objects.get().nationalities == ["KZ", "RU"]
    assert CalendarDay.objects.get().day == date(2026, 12, 31)
    book = load_book()
    assert book.groups == {"EAEU": frozenset({"KZ", "RU"})}
    assert book.time_zones == {"KZ": "Asia/Almaty", "RU": "Europe/Moscow"}
    assert book.day_overrides == {"KZ": {date(2026, 12, 31): False}}
