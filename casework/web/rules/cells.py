"""What two versions of a rule say, cell by cell, in words: parameters one by one, each source by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.residency.drafts import CITATIONS, FIELDS, Said
from casework.residency.field_words import cited_in_words, label_of, lines_of
from casework.residency.rules.kinds import Kind
from casework.residency.rules.schemas import SCHEMAS

# What a reader need not compare: the name of the rule is the same in every version.
_LEFT_OUT = frozenset({"key"})


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


def _citations(before: Sequence[Said], after: Sequence[Said]) -> list[Cell]:
    """Return a cell for each source: the same one has the same title and address."""
    one, other = ({(each["title"], each["url"]): each for each in cited} for cited in (before, after))
    return [
        Cell(
            label=_("Source: %(title)s") % {"title": key[0]},
            before=cited_in_words(one[key]) if key in one else [],
            after=cited_in_words(other[key]) if key in other else [],
        )
        for key in dict.fromkeys([*one, *other])
    ]
