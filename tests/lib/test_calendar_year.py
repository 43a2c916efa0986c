"""A year of a country as its calendar has it."""

from datetime import date

import pytest

from casework.lib.calendar_year import days_of_year, language_of_names, years_covered
from casework.lib.working_days import UnknownCalendar


def of(calendar, day, language="en", overrides=None):
    return next(it for it in days_of_year(calendar, day.year, language, overrides or {}) if it.day == day)


def test_a_year_has_all_of_its_days():
    assert len(days_of_year("KZ", 2024, "en")) == 366
    assert len(days_of_year("KZ", 2025, "en")) == 365


def test_a_holiday_has_its_name_and_a_swapped_saturday_is_worked():
    holiday, substitute, swapped = (of("KZ", date(2024, 5, day)) for day in (9, 8, 4))

    assert (holiday.name, holiday.is_working_day) == ("Victory Day", False)
    assert (substitute.name, substitute.is_working_day) == ("Day off (substituted from 4 May 2024)", False)
    assert (swapped.is_weekend, swapped.is_working_day, swapped.is_swapped) == (True, True, True)


def test_weekends_are_those_of_the_country():
    friday, sunday = date(2026, 12, 4), date(2026, 12, 6)

    assert (of("EG", friday).is_weekend, of("EG", sunday).is_weekend) == (True, False)
    assert (of("KZ", friday).is_weekend, of("KZ", sunday).is_weekend) == (False, True)


def test_names_come_in_the_language_of_the_reader_where_there_is_one():
    assert of("RU", date(2024, 5, 9), "ru").name == "День Победы"
    assert of("KZ", date(2024, 5, 9), "ru").name == "Victory Day"
    assert (language_of_names("RU", "ru"), language_of_names("KZ", "ru")) == ("ru", "en_US")


def test_what_was_set_here_decides():
    day = date(2026, 12, 17)
    stated = of("KZ", day, overrides={day: False})

    assert (stated.usually, stated.set_here, stated.is_working_day) == (True, False, False)


def test_estimated_holidays_are_marked():
    assert any(day.is_estimated for day in days_of_year("KZ", 2027, "en"))


def test_unknown_countries_are_not_covered():
    assert years_covered("XX") is None
    assert years_covered("KZ")[0] == 1991
    with pytest.raises(UnknownCalendar):
        days_of_year("XX", 2024, "en")
