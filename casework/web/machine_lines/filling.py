"""From lines to the fields of a form.

A field is filled if it is free: blank, or as the form offered it, or as an earlier reading filled it. What somebody typed stays,
and the difference is said. What is not backed by its check digit is not filled in; why stands beside the field.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.documents.mrz import Reading, read
from casework.lib.strict_json import read_json
from casework.web.forms.dates import BirthTyped, DayParts

from .wording import Note, beside, compare, kept, note_of

BUTTON, LINES, FILLED = "read_lines", "machine_lines", "machine_filled"
LONGEST_SHOWN = 2_000
ORDER = ("wrong", "differs", "corrected", "warning", "compare", "remark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which value of a reading fills which field of a form. Papers are left alone where the lines are those of a visa."""

    person: Mapping[str, str] = field(default_factory=dict)
    paper: Mapping[str, str] = field(default_factory=dict)
    has_names: bool = False

    def field_of(self, value: str) -> str:
        """Return the field in which a value stands, "" if the form has none for it."""
        if self.has_names and value in ("family_name", "given_names"):
            return "given_name" if value == "given_names" else value
        return next((name for name, each in {**self.person, **self.paper}.items() if each == value), "")


_WHO = {"birth": "birth", "sex": "sex", "nationalities": "nationality"}
_PAPER = {"kind": "kind", "number": "number", "country": "issuer", "valid_until": "expires_on"}
PERSON = Target(person=_WHO, has_names=True)
DOCUMENT = Target(paper=_PAPER | {"issued_on": "issued_on"})
INTAKE = Target(person=_WHO, paper={f"document_{name}": value for name, value in _PAPER.items()}, has_names=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPanel:
    """The part of a page in which lines are typed, and what came of the last reading. `filled` remembers it for the next."""

    text: str = ""
    filled: str = ""
    said: str = ""
    notes: tuple[Note, ...] = ()
    was_read: bool = False


def sent_data(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: nothing if it is shown for the first time, or if lines are to be read into it."""
    return None if BUTTON in request.POST else request.POST or None


def read_lines(
    request: HttpRequest,
    form: forms.Form,
    target: Target,
    *,
    today: date,
    is_new: bool,
    compare_with: Callable[[Reading], list[Note]] | None = None,
) -> LinesPanel:
    """Read the lines into `form` if that was asked for, keeping what else was typed; mark what came from a reading.

    `is_new` tells a form for a new row, whose choices are offers, from one that shows what is stored.
    """
    posted = request.POST
    text, before = posted.get(LINES, "")[:LONGEST_SHOWN], _remembered(posted.get(FILLED, ""))
    if request.method != "POST" or BUTTON not in posted:
        marks = {name: [compare()] for name in before if _is_still(form, posted, name, before)}
        _say_beside(form, marks)
        return LinesPanel(text=text, filled=json.dumps({name: before[name] for name in marks}) if marks else "")
    reading = read(posted.get(LINES, ""), today)
    offered = _offers(form) if is_new else {}
    keep_typed(form, posted)
    filling = _Filling(form, target, before, offered)
    filling.fill(reading)
    _say_beside(form, filling.notes)
    return LinesPanel(
        text=text,
        filled=json.dumps(filling.filled),
        said=_in_short(len(filling.filled)),
        notes=(*filling.general, *(compare_with(reading) if compare_with else ())),
        was_read=True,
    )


def keep_typed(form: forms.Form, posted: QueryDict) -> None:
    """Let an unbound form show what was typed, right or wrong, without judging it yet."""
    for name, each in form.fields.items():
        if not isinstance(each, forms.BooleanField) or not each.widget.is_hidden:
            form.initial[name] = each.widget.value_from_datadict(posted, {}, form.add_prefix(name))


class _Filling:
    """One reading on its way into one form, which shows what was typed."""

    def __init__(self, form: forms.Form, target: Target, before: Mapping[str, str], offered: Mapping[str, Any]) -> None:
        self.form, self.target, self.before, self.offered = form, target, before, offered
        self.filled: dict[str, str] = {}
        self.notes: dict[str, list[Note]] = {}
        self.general: list[Note] = []

    def fill(self, reading: Reading) -> None:
        paper = {} if reading.is_visa else self.target.paper
        self._sort_out(reading, paper)
        if self.target.has_names:
            self._fill_names(reading)
        for name, value in {**self.target.person, **paper}.items():
            found = getattr(reading, value)
            if found and not getattr(found, "is_unknown", False):
                self._fill(name, [found] if value == "nationality" else found)
        self._point_to_gaps()

    def _sort_out(self, reading: Reading, paper: Mapping[str, str]) -> None:
        """Put each sentence beside its field, or above all if it is about the lines."""
        for problem in reading.problems:
            name = self.target.field_of(problem.field)
            if problem.field in ("", "kind"):
                self.general.append(note_of(problem))
            elif name and (name not in self.target.paper or paper):
                self.notes.setdefault(name, []).append(note_of(problem))
                if problem.weight == "warning":
                    self.general.append(note_of(problem))

    def _point_to_gaps(self) -> None:
        """Name on top the fields that need somebody: what is said beside them may be far down on a phone."""
        gaps = [
            str(self.form.fields[name].label)
            for name in self.form.fields
            if any(note.weight in ("wrong", "differs") for note in self.notes.get(name, ()))
        ]
        if gaps:
            self.general.append(Note(_("Look at these yourself: %(fields)s.") % {"fields": ", ".join(gaps)}, "wrong"))

    def _fill(self, name: str, value: Any) -> None:
        is_same = _canonical(self.form, name, self.form.initial.get(name)) == _canonical(self.form, name, value)
        if is_same or self._is_free(name):
            self._put(name, value)
        else:
            self.notes.setdefault(name, []).append(kept(self.form[name], value))

    def _fill_names(self, reading: Reading) -> None:
        """Fill the name; where one stands already, in Cyrillic perhaps, what is printed becomes another spelling of it."""
        parts = {
            "family_name": reading.family_name,
            "given_name": reading.given_names,
            "patronymic": reading.patronymic,
        }
        parts = {name: part for name, part in parts.items() if part}
        typed = {name: self.form.initial.get(name) for name in parts}
        are_free = all(self._is_free(name) for name in ("family_name", "given_name"))
        are_same = all(
            _canonical(self.form, name, typed[name]) == _canonical(self.form, name, parts[name]) for name in parts
        )
        if are_free or are_same:
            for name, part in parts.items():
                self._fill(name, part)
            return
        printed, others = " ".join(parts.values()), str(self.form.initial.get("other_names") or "").strip()
        if printed.casefold() not in others.casefold():
            separator = "\n" if isinstance(self.form.fields["other_names"].widget, forms.Textarea) else ", "
            self._put("other_names", f"{others}{separator}{printed}" if others else printed)

    def _put(self, name: str, value: Any) -> None:
        self.form.initial[name] = value
        self.filled[name] = _canonical(self.form, name, value)
        self.notes.setdefault(name, []).append(compare())

    def _is_free(self, name: str) -> bool:
        typed = self.form.initial.get(name)
        return (
            _is_blank(typed)
            or typed in (self.form.fields[name].initial, self.offered.get(name))
            or _canonical(self.form, name, typed) == self.before.get(name)
        )


def _offers(form: forms.Form) -> dict[str, Any]:
    """Return what stands in the lists of a new form before anybody touches them: what it offers, else the first."""
    lists: dict[str, Any] = {name: each for name, each in form.fields.items() if isinstance(each, forms.ChoiceField)}
    return {
        name: form.get_initial_for_field(each, name) or next((key for key, _label in each.choices), None)
        for name, each in lists.items()
    }


def _is_blank(typed: Any) -> bool:
    parts = typed.parts if isinstance(typed, BirthTyped) else typed
    return parts.are_blank if isinstance(parts, DayParts) else not parts


def _canonical(form: forms.Form, name: str, typed: Any) -> str:
    """Return a form of a value by which what was typed and what was read can be compared."""
    try:
        value = form.fields[name].clean(typed)
    except ValidationError:
        value = typed
    return repr(value.strip().casefold() if isinstance(value, str) else value)


def _is_still(form: forms.Form, posted: QueryDict, name: str, before: Mapping[str, str]) -> bool:
    """Whether a field holds what a reading filled in."""
    if name not in form.fields:
        return False
    typed = form.fields[name].widget.value_from_datadict(posted, {}, form.add_prefix(name))
    return _canonical(form, name, typed) == before[name]


def _remembered(text: str) -> dict[str, str]:
    """Return what an earlier reading filled in, as the page remembers it; nothing if that was tampered with."""
    try:
        found = read_json(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _say_beside(form: forms.Form, notes: Mapping[str, list[Note]]) -> None:
    for name, said in notes.items():
        each = form.fields[name]
        each.help_text = beside(each.help_text, sorted(said, key=lambda note: ORDER.index(note.weight)))


def _in_short(count: int) -> str:
    if not count:
        return _("Nothing was filled in.")
    said = ngettext(
        "%(count)s field was filled in from the document. Compare it, then send the form.",
        "%(count)s fields were filled in from the document. Compare each of them, then send the form.",
        count,
    )
    return said % {"count": count}
