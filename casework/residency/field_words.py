"""What a field of a rule says, in words: for differences between versions and for the history of a draft."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from casework.lib.countries import country_name

from . import wording
from .drafts import CITATIONS
from .models import Jurisdiction, Rule
from .rules.choices import DOCUMENT_KINDS, PURPOSES
from .rules.fields import PERIOD_UNITS, FieldType, ParameterField
from .rules.kinds import Kind
from .rules.schemas import SCHEMAS

LONGEST = 160  # letters of one value in a line of history; the pages of the versions show the whole
_LEGAL_BASES = {"": "", "visa": "holders of a visa", "permit": "holders of a permit"}


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
    if value in (None, "", [], {}) or (field == "is_exception" and not value):
        return []
    if field == CITATIONS:
        return [line for citation in value for line in cited_in_words(citation)]
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
        case "days_before_commencement_count" | "is_exception":
            return _("yes") if value else _("no")
    described: Any = Rule._meta.get_field(field)
    return str(dict(described.choices or ()).get(value, value))


def change_in_words(name: str, before: Any, after: Any, kind: str) -> str:
    """Return e.g. "Days: 90 → 60"."""
    values = ("; ".join(lines_of(name, value, kind)) or "–" for value in (before, after))
    was, now = (Truncator(value).chars(LONGEST) for value in values)
    return _("%(field)s: %(before)s → %(after)s") % {"field": label_of(name, kind), "before": was, "after": now}


def cited_in_words(citation: Mapping[str, Any]) -> list[str]:
    """Return one source, as lines."""
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
