"""What KoboToolbox exports as a workbook: submissions in one sheet, and each repeated group in a sheet of its own.

A group that asks for names holds people: they are the family of their submission. A group that asks for none holds more about one
person, such as each country in which they were. Groups may stand in groups. The tool's own numbers say what belongs to what.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .columns import guess, plain
from .words import RELATION

PARENT, INDEX = "_parent_index", "_index"
_PARENT_TABLE = "_parent_table_name"
_UUID = ("_uuid", "meta/instanceid", "_submission__uuid")
_NAMES = frozenset({"family_name", "given_name"})
_MAIN = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A sheet: what it asks, and its rows."""

    headings: list[str]
    rows: Iterable[list[str]]

    def codes(self) -> list[str]:
        return guess(self.headings, {})

    @property
    def asks_names(self) -> bool:
        return bool(_NAMES & set(self.codes()))


def source_id(headings: Sequence[str], cells: Sequence[str]) -> str:
    """Return the name of the submission, if the tool gave one to it alone: members of a repeated group share theirs."""
    if PARENT in headings:
        return ""
    return next((cells[at][:60] for at, name in enumerate(headings) if name.casefold() in _UUID), "")


def join(main: Group, groups: Mapping[str, Group]) -> tuple[list[str], Iterator[tuple[list[str], str]]]:
    """Return one table: its headings, and its rows with the name of their submission."""
    work = _Join(main, groups)
    return work.headings, work.rows()


class _Join:
    def __init__(self, main: Group, groups: Mapping[str, Group]) -> None:
        self.main, self.groups = main, groups
        self.headings = list(main.headings)
        # A question of a group that is asked elsewhere too, such as a name, stands in one column.
        self.place = {_question(heading): at for at, heading in reversed(list(enumerate(main.headings)))}
        for group in groups.values():
            for heading in group.headings:
                if not heading.startswith("_") and _question(heading) not in self.place:
                    self.place[_question(heading)] = len(self.headings)
                    self.headings.append(heading)
        self.family = len(self.headings)
        self.headings += ["family", "person_id"]
        self.numbers = {name: number for number, name in enumerate(groups, 1)}
        self.below = self._below()
        # A form about households: whoever fills it in asks for names in the group alone.
        self.is_of_households = not main.asks_names and any(group.asks_names for group in groups.values())

    def rows(self) -> Iterator[tuple[list[str], str]]:
        at = self.main.headings.index(INDEX)
        for cells in self.main.rows:
            found = [*cells, *[""] * (len(self.headings) - len(cells))]
            source = source_id(self.main.headings, cells)
            people = list(self._beneath(_MAIN, cells[at], family=cells[at], person=f"0.{cells[at]}"))
            if self.is_of_households and people:
                head = self._head(people)
                people[head] = [own or shared for own, shared in zip(people[head], found, strict=True)]
                yield from ((row, source if number == head else "") for number, row in enumerate(people))
                continue
            found[self.family :] = [cells[at], f"0.{cells[at]}"]
            yield found, source
            yield from ((row, "") for row in people)

    def _beneath(self, sheet: str, index: str, *, family: str, person: str) -> Iterator[list[str]]:
        for name, cells in self.below.pop((sheet, index), ()):
            group = self.groups[name]
            own = cells[group.headings.index(INDEX)] if INDEX in group.headings else ""
            number = f"{self.numbers[name]}.{own or id(cells)}" if group.asks_names else person
            found = [""] * len(self.headings)
            for heading, cell in zip(group.headings, cells, strict=True):
                if not heading.startswith("_"):
                    found[self.place[_question(heading)]] = cell
            found[self.family :] = [family, number]
            yield found
            if own:
                yield from self._beneath(name, own, family=family, person=number)

    def _below(self) -> dict[tuple[str, str], list[tuple[str, list[str]]]]:
        """Return the rows of the groups by the sheet and the number of the row above them."""
        found: dict[tuple[str, str], list[tuple[str, list[str]]]] = defaultdict(list)
        for name, group in self.groups.items():
            at = group.headings.index(PARENT)
            table = group.headings.index(_PARENT_TABLE) if _PARENT_TABLE in group.headings else None
            for cells in group.rows:
                above = cells[table] if table is not None else _MAIN
                found[above if above in self.groups else _MAIN, cells[at]].append((name, cells))
        return found

    def _head(self, people: Sequence[list[str]]) -> int:
        """Return which of the people of a household is its principal applicant: who says so, else the first."""
        at = next((place for question, place in self.place.items() if question == "relation"), None)
        if at is None:
            return 0
        said = (number for number, row in enumerate(people) if RELATION.get(plain(row[at])) == "principal")
        return next(said, 0)


def _question(heading: str) -> str:
    """Return what a heading asks, without the groups in which it stands: its code where its words are known."""
    return guess([heading], {})[0] or heading.rsplit("/", 1)[-1]
