"""What was done to several cases, so short that a button can carry it: it may hold ids, versions and codes, and nothing else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

# Code, version, and what was before: nothing, a word of the software, or an id; of a to-do, its own id.
MADE = re.compile(r"(C-[A-Z0-9]{3}-[A-Z0-9]{3}):([0-9]{1,9}):([a-z]{0,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`version`: what the case has since; `before`: what the act that was done needs to take it back."""

    code: str
    version: int
    before: str


def in_short(made: Iterable[Made]) -> str:
    return " ".join(f"{each.code}:{each.version}:{each.before}" for each in made)


def made_in(text: str) -> list[Made]:
    """Return what a button carries; nothing where anybody has written something else into it."""
    found = [MADE.fullmatch(part) for part in text.split()]
    return [Made(code=it[1], version=int(it[2]), before=it[3]) for it in found if it]


def id_of(before: str) -> UUID:
    """Return the id that stands for what was before, or answer 404 where it is none."""
    try:
        return UUID(before)
    except ValueError as error:
        raise Http404 from error
