"""What a part of a case is that can be taken along, and what parts share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Case, Client
from casework.reports.table import Column, Kind, Table
from casework.web.templatetags.numbers import masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is taken along: a case that the reader may see, its people, and whether they are named in full."""

    case: Case
    people: Sequence[Client]
    today: date
    now: datetime
    in_full: bool
    reader: User

    def name(self, client: Client) -> str:
        """Return the name, or the initials: the paper may be found by somebody else."""
        if self.in_full:
            return str(client.full_name)
        return " ".join(f"{part[0]}." for part in (str(client.given_name), str(client.family_name)) if part)

    def number(self, text: str) -> str:
        """Return a number of a document, or its last letters."""
        return text if self.in_full else masked(text)

    def references(self, client_ids: Iterable[Any]) -> str:
        """Return those of the people who are meant, in the order of the case."""
        meant = set(client_ids)
        return ", ".join(client.reference for client in self.people if client.pk in meant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`is_sensitive`: left out unless somebody ticks it."""

    key: str
    label: Promise | str
    columns: Callable[[], Sequence[Column]]
    rows: Callable[[Taken], Iterable[Sequence[Any]]]
    is_sensitive: bool = False

    def table(self, taken: Taken) -> Table:
        return Table(key=self.key, title=str(self.label), columns=self.columns(), rows=list(self.rows(taken)))


def who_column() -> Column:
    return Column(key="person", label=_("Reference"), width=13)


def text_column(key: str, label: str, width: int = 16) -> Column:
    return Column(key=key, label=label, width=width)


def day_column(key: str, label: str) -> Column:
    return Column(key=key, label=label, kind=Kind.DAY, width=13)
