"""The fields for days: what they clean to, what they refuse, and that nothing typed is lost."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.utils import translation

from casework.lib.dates import Birth, BoundedDay
from casework.web.forms.dates import BirthField, BoundedDayField, DayField
from casework.web.forms.errors import error_lines


def day_form(**options: Any) -> type[forms.Form]:
    return type("DayForm", (forms.Form,), {"on": DayField(**options)})


def bounded_form(**options: Any) -> type[forms.Form]:
    return type("BoundedForm", (forms.Form,), {"left": BoundedDayField(**options)})


def birth_form(**options: Any) -> type[forms.Form]:
    return type("BirthForm", (forms.Form,), {"born": BirthField(**options)})


def boxes(name: str, day: str = "", month: str = "", year: str = "") -> dict[str, str]:
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def test_a_day_is_cleaned_to_a_date() -> None:
    form = day_form()(boxes("on", "27", "марта", "2027"))

    assert form.is_valid()
    assert form.cleaned_data == {"on": date(2027, 3, 27)}


def test_a_day_that_is_not_required_may_be_blank() -> None:
    form = day_form(required=False)({})

    assert form.is_valid()
    assert form.cleaned_data == {"on": None}


def test_a_required_day_asks_for_all_three_parts() -> None:
    form = day_form()(boxes("on"))

    assert form.errors == {"on": ["Enter the date: day, month and year."]}


@pytest.mark.parametrize(
    ("typed", "message", "target"),
    [
        (("30", "2", "2026"), "30 February does not exist.", "id_on_day"),
        (("29", "feb", "2027"), "29 February 2027 does not exist.", "id_on_day"),
        (("5", "12", "26"), "Year must have four digits, for example 2027.", "id_on_year"),
        (
            ("5", "foo", "2026"),
            "“foo” is not a month. Write its name, such as March, or its number from 1 to 12.",
            "id_on_month",
        ),
        (("5", "", "2026"), "The date must include a month.", "id_on_month"),
        (("5", "12", "2206"), "The date must be 31 Dec 2100 or earlier.", "id_on_day"),
        (("5", "12", "1066"), "The date must be 1 Jan 1900 or later.", "id_on_day"),
    ],
)
def test_a_refusal_is_precise_and_leads_to_the_part_to_mend(
    typed: tuple[str, str, str], message: str, target: str
) -> None:
    form = day_form()(boxes("on", *typed))

    assert [(line.message, line.target) for line in error_lines(form)] == [(message, target)]


def test_the_bounds_of_a_day_may_be_set_on_the_form() -> None:
    form = day_form()(boxes("on", "23", "11", "2026"))
    form.fields["on"].max_day = date(2026, 11, 22)

    assert form.errors == {"on": ["The date must be 22 Nov 2026 or earlier."]}


def test_the_bounds_themselves_are_allowed() -> None:
    bounds = {"min_day": date(2026, 11, 1), "max_day": date(2026, 11, 22)}

    assert day_form(**bounds)(boxes("on", "1", "11", "2026")).is_valid()
    assert day_form(**bounds)(boxes("on", "22", "11", "2026")).is_valid()


def test_a_refused_day_is_shown_again_as_it_was_typed() -> None:
    html = day_form()(boxes("on", "30", "feb<", "26")).as_p()

    assert 'value="30"' in html
    assert 'value="feb&lt;"' in html
    assert 'value="26"' in html


def test_a_known_day_is_shown_with_its_month_in_words() -> None:
    with translation.override("ru"):
        html = day_form()(initial={"on": date(2027, 3, 5)}).as_p()

    assert 'value="5"' in html
    assert 'value="март"' in html
    assert 'value="2027"' in html


def test_a_day_shown_and_sent_back_has_not_changed() -> None:
    form = day_form()(boxes("on", "5", "March", "2027"), initial={"on": date(2027, 3, 5)})

    assert not form.has_changed()
    assert day_form()(boxes("on", "6", "March", "2027"), initial={"on": date(2027, 3, 5)}).has_changed()
    assert day_form()(boxes("on", "x", "March", "2027"), initial={"on": date(2027, 3, 5)}).has_changed()


def test_each_box_has_a_label_and_the_keyboard_that_suits_it() -> None:
    html = day_form()().as_p()

    assert html.count("<label for=") == 3
    assert html.count('inputmode="numeric"') == 2
    assert "maxlength" not in html


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"left_known": "exact", **boxes("left_exact", "1", "5", "2026")}, BoundedDay.exactly(date(2026, 5, 1))),
        (boxes("left_exact", "1", "5", "2026"), BoundedDay.exactly(date(2026, 5, 1))),
        (
            {
                "left_known": "between",
                **boxes("left_earliest", "1", "5", "2026"),
                **boxes("left_latest", "9", "мая", "2026"),
            },
            BoundedDay(date(2026, 5, 1), date(2026, 5, 9)),
        ),
        (
            {"left_known": "between", **boxes("left_latest", "9", "5", "2026")},
            BoundedDay(None, date(2026, 5, 9)),
        ),
        ({"left_known": "unknown"}, BoundedDay()),
        ({"left_known": "unknown", **boxes("left_exact", "1", "5", "2026")}, BoundedDay()),
        ({"left_known": "absent"}, None),
        ({}, None),
    ],
)
def test_a_bounded_day_is_as_exact_as_it_is_known(data: dict[str, str], value: BoundedDay | None) -> None:
    form = bounded_form(required=False, absent="Has not left yet")(data)

    assert form.is_valid()
    assert form.cleaned_data == {"left": value}


@pytest.mark.parametrize(
    ("data", "message", "target"),
    [
        ({}, "Say whether the date is known, and enter it.", "id_left_known_exact"),
        ({"left_known": "exact"}, "Enter the date: day, month and year.", "id_left_exact_day"),
        ({"left_known": "between"}, "Enter the earliest day, the latest day or both.", "id_left_earliest_day"),
        ({"left_known": "absent"}, "Say whether the date is known, and enter it.", "id_left_known_exact"),
        (
            {
                "left_known": "between",
                **boxes("left_earliest", "9", "5", "2026"),
                **boxes("left_latest", "1", "5", "2026"),
            },
            "The latest day must not lie before the earliest day.",
            "id_left_latest_day",
        ),
        (
            {"left_known": "between", **boxes("left_latest", "9", "5", "26")},
            "Year must have four digits, for example 2027.",
            "id_left_latest_year",
        ),
        (
            {"left_known": "exact", **boxes("left_exact", "9", "5", "2206")},
            "The date must be 31 Dec 2100 or earlier.",
            "id_left_exact_day",
        ),
    ],
)
def test_a_bounded_day_is_refused_with_a_reason(data: dict[str, str], message: str, target: str) -> None:
    form = bounded_form()(data)

    assert [(line.message, line.target) for line in error_lines(form)] == [(message, target)]


@pytest.mark.parametrize(
    "value",
    [
        BoundedDay.exactly(date(2026, 5, 1)),
        BoundedDay(date(2026, 5, 1), date(2026, 5, 9)),
        BoundedDay(None, date(2026, 5, 9)),
        BoundedDay(),
    ],
)
def test_a_bounded_day_shown_and_sent_back_is_the_same(value: BoundedDay) -> None:
    shown = bounded_form()(initial={"left": value})

    data = sent_back(shown.as_p())

    form = bounded_form()(data, initial={"left": value})
    assert form.is_valid()
    assert form.cleaned_data == {"left": value}
    assert not form.has_changed()


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (boxes("born", "27", "3", "1991"), Birth(date(1991, 3, 27))),
        (boxes("born", "27 марта 1991"), Birth(date(1991, 3, 27))),
        (boxes("born", "", "", "1991"), Birth(year=1991)),
        ({"born_unknown": "1"}, Birth()),
    ],
)
def test_a_birth_is_a_day_a_year_or_unknown(data: dict[str, str], value: Birth) -> None:
    form = birth_form()(data)

    assert form.is_valid()
    assert form.cleaned_data == {"born": value}


@pytest.mark.parametrize(
    ("data", "message", "target"),
    [
        ({}, "Enter the date of birth, or the year alone, or tick “Not known”.", "id_born_day"),
        (
            boxes("born", "", "3", "1991"),
            "Enter the day as well, or leave day and month blank and give the year.",
            "id_born_day",
        ),
        (boxes("born", "", "", "91"), "Year must have four digits, for example 2027.", "id_born_year"),
        (boxes("born", "", "", "1891"), "The year must lie between 1900 and 2026.", "id_born_year"),
        (boxes("born", "", "", "2027"), "The year must lie between 1900 and 2026.", "id_born_year"),
        (boxes("born", "23", "11", "2026"), "The date must be 22 Nov 2026 or earlier.", "id_born_day"),
        (
            {"born_unknown": "1", **boxes("born", "", "", "1991")},
            "Enter the date of birth or tick “Not known”, not both.",
            "id_born_day",
        ),
    ],
)
def test_a_birth_is_refused_with_a_reason(data: dict[str, str], message: str, target: str) -> None:
    form = birth_form(max_day=date(2026, 11, 22))(data)

    assert [(line.message, line.target) for line in error_lines(form)] == [(message, target)]


def test_a_birth_that_is_not_required_may_be_left_blank() -> None:
    form = birth_form(required=False)({})

    assert form.is_valid()
    assert form.cleaned_data == {"born": Birth()}


@pytest.mark.parametrize("value", [Birth(date(1991, 3, 27)), Birth(year=1991), Birth()])
def test_a_birth_shown_and_sent_back_is_the_same(value: Birth) -> None:
    data = sent_back(birth_form()(initial={"born": value}).as_p())

    form = birth_form()(data, initial={"born": value})

    assert form.is_valid()
    assert form.cleaned_data == {"born": value}
    assert not form.has_changed()


def sent_back(html: str) -> dict[str, str]:
    """Return what a browser would send for the inputs in `html`."""
    parser = Inputs()
    parser.feed(html)
    return parser.sent


class Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and chosen:
            self.sent[str(given["name"])] = given.get("value") or ""
