"""What two versions of a rule say, cell by cell, in words: parameters one by one, each source by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casework.lib.countries import country_name
from casework.residency import wording
from casework.residency.drafts import CITATIONS, FIELDS, Said
from casework.residency.models import Jurisdiction, Rule
from casework.residency.rules.choices import DOCUMENT_KINDS, PURPOSES
from casework.residency.rules.fields import PERIOD_UNITS, FieldType, ParameterField
from casework.residency.rules.kinds import Kind
from casework.residency.rules.schemas import SCHEMAS

# What a reader need not compare: the name of the rule is the same in every version.
_LEFT_OUT = frozenset({"key"})
_LEGAL_BASES = {"": "", "visa": "holders of a visa", "permit": "holders of a permit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing that a rule says: before and now, each as lines; no line where nothing is said."""

    label: str
    before: Sequence[str]
    after: Sequence[str]

    @property
    def is_changed(self) -> bool:
        return list(self.before) != list(self.after)


def cells_between(before: Said, after: Said) -> list[Cell]:
    """Return every cell of which either version says something, in the order in which a reader compares."""
    cells: list[Cell] = []
    for name in FIELDS:
        if name == "parameters":
            cells += _parameters(before, after)
        elif name == CITATIONS:
            cells += _citations(before.get(name) or [], after.get(name) or [])
        elif name not in _LEFT_OUT:
            cells.append(
                Cell(
                    label=label_of(name),
                    before=lines_of(name, before.get(name)),
                    after=lines_of(name, after.get(name)),
                )
            )
    return [cell for cell in cells if cell.before or cell.after]


def label_of(name: str, kind: str = "") -> str:
    """Return the label of a field, or of a parameter of a kind (`parameters.days`)."""
    field, _dot, parameter = name.partition(".")
    if parameter:
        schema = _schema(kind, parameter)
        return _(schema.label) if schema else parameter
    if field == CITATIONS:
        return _("Sources")
    model_field = field.removesuffix("_id")
    described: Any = Rule._meta.get_field(model_field)
    return capfirst(str(described.verbose_name))


def lines_of(name: str, value: Any, kind: str = "") -> list[str]:
    """Return what a field says, as lines; none where it says nothing."""
    field, _dot, parameter = name.partition(".")
    if parameter:
        return _parameter_lines(_schema(kind, parameter), value)
    if value in (None, "", [], {}):
        return []
    if field == CITATIONS:
        return [line for citation in value for line in _cited(citation)]
    if field == "worked_examples":
        return [_compact(each) for each in value]
    return [_field_in_words(field, value)]


def _field_in_words(field: str, value: Any) -> str:
    match field:
        case "jurisdiction_id":
            place = Jurisdiction.objects.filter(pk=value).first()
            return wording.place_name(place) if place else str(value)
        case "nationality":
            return wording.nationality(value) if value == "*" or len(value) == 2 else str(value)
        case "document_kind":
            return _(DOCUMENT_KINDS.get(value, value))
        case "purpose":
            return _(PURPOSES.get(value, value))
        case "legal_basis":
            return _(_LEGAL_BASES.get(value, value))
        case "valid":
            first, last = (date.fromisoformat(day) if day else None for day in value)
            return wording.days_of(DateRange(first, last, "[]"))
        case "published_on" | "last_verified_on":
            return wording.day(date.fromisoformat(value))
        case "days_before_commencement_count":
            return _("yes") if value else _("no")
    described: Any = Rule._meta.get_field(field)
    return str(dict(described.choices or ()).get(value, value))


def _parameters(before: Said, after: Said) -> list[Cell]:
    one, other = before.get("parameters") or {}, after.get("parameters") or {}
    known = [field.name for kind in (after.get("kind"), before.get("kind")) if kind for field in SCHEMAS[Kind(kind)]]
    names = dict.fromkeys([*known, *one, *other])
    return [
        Cell(
            label=label_of(f"parameters.{name}", after.get("kind") or before.get("kind") or ""),
            before=lines_of(f"parameters.{name}", one.get(name), before.get("kind") or ""),
            after=lines_of(f"parameters.{name}", other.get(name), after.get("kind") or ""),
        )
        for name in names
    ]


def _parameter_lines(schema: ParameterField | None, value: Any) -> list[str]:
    if value is None:
        return []
    if schema is None:
        return [_compact(value)]
    match schema.type:
        case FieldType.YES_NO:
            return [_("yes") if value else _("no")]
        case FieldType.DAY:
            return [wording.day(date.fromisoformat(value))]
        case FieldType.CHOICE:
            return [_(schema.choices.get(value, value))]
        case FieldType.CHOICES:
            return [_(schema.choices.get(each, each)) for each in value]
        case FieldType.TEXTS:
            return [str(each) for each in value]
        case FieldType.PERIOD:
            return [wording.length(count, unit) for unit, count in value.items() if unit in PERIOD_UNITS]
        case FieldType.AGES:
            return [f"{_(schema.choices.get(code, code))}: {age}" for code, age in value.items()]
        case FieldType.COHORT:
            return [f"{name}: {wording.day(date.fromisoformat(each))}" for name, each in value.items()]
    if schema.name == "calendar":
        return [country_name(value, wording.language())]
    return [str(value)]


def _citations(before: Sequence[Said], after: Sequence[Said]) -> list[Cell]:
    """Return a cell for each source: the same one has the same title and address."""
    one, other = ({(each["title"], each["url"]): each for each in cited} for cited in (before, after))
    return [
        Cell(
            label=_("Source: %(title)s") % {"title": key[0]},
            before=_cited(one[key]) if key in one else [],
            after=_cited(other[key]) if key in other else [],
        )
        for key in dict.fromkeys([*one, *other])
    ]


def _cited(citation: Mapping[str, Any]) -> list[str]:
    read_on = citation.get("read_on")
    return [
        line
        for line in (
            citation["title"],
            citation.get("url", ""),
            f"“{citation['quote']}”" if citation.get("quote") else "",
            _("read on %(day)s") % {"day": wording.day(date.fromisoformat(read_on))}
            if read_on
            else _("no day of reading"),
            "" if citation.get("supports", True) else _("contradicts the rule"),
        )
        if line
    ]


def _schema(kind: str, parameter: str) -> ParameterField | None:
    fields = SCHEMAS[Kind(kind)] if kind else ()
    return next((field for field in fields if field.name == parameter), None)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
