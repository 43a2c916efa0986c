"""Filters in the address."""

from django import forms
from django.http import QueryDict

from casework.web.filters import chips
from casework.web.forms.dates import DayField


class CaseFilterForm(forms.Form):
    status = forms.ChoiceField(label="Status", choices=[("", "All"), ("open", "Open")], required=False)
    team = forms.MultipleChoiceField(label="Team", choices=[("a", "Alpha"), ("b", "Beta")], required=False)
    due_by = DayField(label="Due by", required=False)
    mine = forms.BooleanField(label="Mine", required=False)


def chips_for(query: str) -> list[tuple[str, str, str]]:
    data = QueryDict(query)
    form = CaseFilterForm(data or None)
    return [(chip.label, chip.value, chip.remove_url) for chip in chips(form, data, "/cases/")]


def test_without_filters_there_are_no_chips() -> None:
    assert chips_for("") == []
    assert chips_for("status=&due_by_day=") == []


def test_each_filter_in_force_has_a_chip_in_words() -> None:
    found = chips_for("status=open&team=a&team=b&due_by_day=5&due_by_month=dec&due_by_year=2026")

    assert [(label, value) for label, value, _url in found] == [
        ("Status", "Open"),
        ("Team", "Alpha, Beta"),
        ("Due by", "5 Dec 2026"),
    ]


def test_removing_a_chip_keeps_the_other_filters_and_starts_at_the_first_page() -> None:
    found = chips_for("status=open&due_by_day=5&due_by_month=dec&due_by_year=2026&after=x")

    assert [url for _label, _value, url in found] == [
        "/cases/?due_by_day=5&due_by_month=dec&due_by_year=2026",
        "/cases/?status=open",
    ]


def test_removing_the_last_chip_leaves_a_clean_address() -> None:
    assert chips_for("status=open") == [("Status", "Open", "/cases/")]


def test_a_filter_that_was_refused_has_no_chip() -> None:
    assert chips_for("status=nonsense&due_by_day=40&due_by_month=1&due_by_year=2026") == []
