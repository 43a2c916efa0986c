"""Two people changed the same thing: who changed which field, shown side by side, for the writer to choose.

A form remembers what it showed as one short keyed digest a field, which says nothing to a reader. That is enough to tell
who changed what: mine differs from what was shown, theirs does, or both do. No earlier state has to be kept anywhere.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BoundField
from django.utils.choices import flatten_choices

from casework.vault import secret_text
from casework.web.filters import in_words_of_field

_PURPOSE = "casework.web.conflicts"
_DIGITS = 12

Digests = dict[str, str]


class Side(StrEnum):
    """Whose value of a field: that which is stored now, or that which was typed."""

    THEIRS = "theirs"
    MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field: what is stored now and what was typed. Without a name there is nothing to choose.

    `changed_by` is None where both changed it, or nobody knows; `choice` is None as long as nobody has chosen.
    """

    label: str
    theirs: Any
    mine: Any
    name: str = ""
    changed_by: Side | None = None
    choice: Side | None = None

    @property
    def is_conflict(self) -> bool:
        return self.changed_by is None


def who_changed(opened: str | None, theirs: str, mine: str) -> Side | None:
    """Return who alone changed a field since it was opened, by digests of its values; None for both, or if it is not known."""
    if opened == mine != theirs:
        return Side.THEIRS
    if opened == theirs != mine:
        return Side.MINE
    return None


def digest(name: str, value: Any) -> str:
    """Return what stands for the value of a field in a page."""
    said = json.dumps([name, _plain(value)], ensure_ascii=False)
    return secret_text.digest(_PURPOSE, said)[:_DIGITS]


def write_digests(digests: Mapping[str, str]) -> str:
    return " ".join(f"{name}={each}" for name, each in digests.items())


def read_digests(text: str) -> Digests:
    """Return what `write_digests` wrote; what cannot be read is not known."""
    parts = (part.partition("=") for part in text.split())
    return {name: each for name, _sign, each in parts if name and each}


def in_words(bound: BoundField, value: Any) -> str:
    """Return a value as the form shows it; what is not there by the words of the form for that, if it has any."""
    if value is not None:
        return in_words_of_field(bound, value)
    if absent := getattr(bound.field, "absent", ""):
        return str(absent)
    choices: Any = flatten_choices(getattr(bound.field, "choices", ()))
    return next((str(label) for key, label in choices if key == ""), "")


def _plain(value: Any) -> Any:
    """Return the same text for values that a reader of the form could not tell apart."""
    if value is None or value == "":
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, str):
        return "\n".join(value.strip().splitlines())
    if isinstance(value, QuerySet | set | frozenset):
        return _plain(sorted(str(_plain(each)) for each in value))
    if isinstance(value, Iterable):
        return [_plain(each) for each in value] or ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
