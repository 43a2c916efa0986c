"""The copy to read: every table with what it says, in words, and nothing of what is empty."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from casework.lifecycle.own_copy.columns import columns_of
from casework.lifecycle.own_copy.content import Copy, plain
from casework.reports.pdf import pdf_of
from casework.reports.table import About, Column, Table
from casework.vault.fields import ERASED
from casework.web.templatetags.countries import country

from .words import COLUMNS, EARLIER, LABELS_IN, LEFT_OUT, NO, SAYS, TABLES, WHAT, YES

COUNTRIES = ("country", "nationalities", "answered_country")


def paper_of(copy: Copy, about: About, language: str) -> bytes:
    """Return the copy as a PDF in a language of the people. Raises OverflowError for more than serves anybody on paper."""
    with translation.override(language):
        tables = list(tables_of(copy))
    return pdf_of(tables, about)


def nearest(text: Any) -> str:
    """Return a text in the language in force, or where that has no word for it, in the one that is nearest."""
    said, language = str(text), translation.get_language() or "en"
    near = LABELS_IN.get(language, language)
    if near == language or not isinstance(text, Promise):
        return said
    with translation.override("en"):
        if said != str(text):
            return said
    with translation.override(near):
        return str(text)


def name_of(model: Any) -> str:
    """Return what a table is called."""
    return nearest(TABLES.get(model._meta.label, model._meta.verbose_name_plural))


def tables_of(copy: Copy) -> Iterator[Table]:
    columns = (Column(key="what", label=nearest(WHAT), width=26), Column(key="says", label=nearest(SAYS), width=60))
    for model, rows in copy.rows.items():
        lines = [line for row in rows for line in _lines(row)]
        if lines:
            title = name_of(model)
            yield Table(key=model._meta.label, title=title[:1].upper() + title[1:], columns=columns, rows=lines)
    for model, rows in copy.earlier.items():
        lines = [line for row in rows for line in _lines(row)]
        if lines:
            source: Any = model.pgh_tracked_model  # type: ignore[attr-defined]  # every model of history has it
            title = nearest(EARLIER) % {"what": name_of(source)}
            yield Table(key=model._meta.label, title=title, columns=columns, rows=lines)
    if copy.left:
        rest = [(name_of(model), str(count)) for model, count in copy.left.items()]
        title = nearest(LEFT_OUT)
        yield Table(key="left", title=title, columns=columns, rows=rest)


def label_of(field: Any) -> str:
    """Return what a column is called, "" for what is of the machine alone."""
    model = getattr(field.model, "pgh_tracked_model", field.model)
    name = f"{model._meta.label}.{field.name}"
    if name in COLUMNS:
        return nearest(COLUMNS[name])
    return nearest(field.verbose_name) if isinstance(field.verbose_name, Promise) else ""


def _lines(row: Any) -> list[tuple[str, str]]:
    """Return what a row says, and a line between it and the next."""
    found = [
        (label, said) for field in columns_of(type(row)) if (label := label_of(field)) and (said := _said(row, field))
    ]
    return [*found, ("", "")] if found else []


def _said(row: Any, field: Any) -> str:
    if field.is_relation:
        return ""  # what it refers to stands in the copy itself; the JSON has the ids
    value = getattr(row, field.name)
    if value is None or value == "" or value is ERASED or value == []:
        return ""
    if field.name in COUNTRIES:
        codes = value if isinstance(value, list) else [value]
        return ", ".join(country(str(code)) for code in codes)
    if field.choices and not isinstance(value, list):
        return nearest(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return nearest(YES if value else NO)
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return _in_lines(plain(value))


def _in_lines(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_in_lines(each)}" for key, each in value.items() if each not in (None, "", []))
    return ", ".join(_in_lines(each) for each in value) if isinstance(value, list) else str(value)
