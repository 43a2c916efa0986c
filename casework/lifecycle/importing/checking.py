"""The dry run: every row is read, compared with the others of its table and with people on record. Nobody is recorded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from casework.accounts.access import people_with
from casework.accounts.roles import Permission
from casework.clients.models import Case, Import, ImportRow
from casework.lib.dates import today_in
from casework.lib.scripts import skeleton

from ..duplicates import look_alikes_of_each
from .beds import Beds
from .families import Family, Member, arrange
from .reading import Place, Reading, read_row

CHUNK = 100
MOST_ALIKE = 3
State = ImportRow.State
# Rows that count when the table is compared with itself, as long as what they say is kept.
COUNTED = (State.WAITING, State.GOOD, State.WRONG, State.DOUBLE)


def place_of(of: Import, now: datetime) -> Place:
    """Return where the rows of an import come in."""
    team = of.team
    colleagues = people_with(Permission.CASE_CHANGE, [team], now)
    return Place(
        team_code=team.code,
        team_name=team.name,
        country=team.country,
        today=today_in(team.time_zone, now),
        colleagues={user.email.casefold(): user.pk for user in colleagues},
        day_order=of.day_order,
    )


def cells_of(of: Import, row: ImportRow) -> dict[str, str]:
    """Return what a row says, by the code of its column."""
    return {code: cell for code, cell in zip(of.columns, row.cells or (), strict=False) if code}


@dataclass(slots=True)
class Index:
    """What the table says of itself: digests of who is in which rows. Small, whatever the rows say."""

    prints: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, prints: Iterable[bytes]) -> None:
        for each in prints:
            self.prints[each].append(number)

    def others(self, number: int, prints: Iterable[bytes]) -> list[int]:
        """Return the rows before this one that have a print of it."""
        return sorted({other for each in prints for other in self.prints.get(each, ()) if other < number})


class Check:
    """The check of an import, made anew wherever a worker takes over."""

    def __init__(self, of: Import, now: datetime) -> None:
        self.of, self.place = of, place_of(of, now)
        self.beds = Beds(of.team)
        self.index = Index()
        self.person_of: dict[int, str] = {}  # of rows that share a number of the person
        self._arrange_families()

    def remaining(self) -> int:
        return self.of.rows.to_check().count()

    def step(self, by: Any, now: datetime, size: int = CHUNK) -> int:
        """Check the next rows, with the whole families of them; return how many of those that waited."""
        waiting: Any = self.of.rows.to_check().order_by("family", "number")
        numbers = list(dict.fromkeys(waiting.values_list("family", flat=True)[:size]))
        if not numbers:
            return 0
        rows = list(self.of.rows.filter(family__in=numbers, state__in=COUNTED).order_by("family", "number"))
        waited = sum(row.state == State.WAITING for row in rows)
        self._check(rows, by, now)
        good = {row.pk for row in rows if row.state == State.GOOD and not row.alike}
        ImportRow.objects.filter(pk__in=good).update(state=State.GOOD, problems=None, alike=[])
        for row in rows:
            if row.pk not in good:
                row.save(update_fields=["state", "problems", "alike"])
        return waited

    def _check(self, rows: Sequence[ImportRow], by: Any, now: datetime) -> None:
        readings = {row.number: read_row(cells_of(self.of, row), self.place) for row in rows}
        people: dict[int, Member] = {}
        for family in families_of(rows, readings, self.place):
            people |= {member.number: member for member in family.members}
            for number, problems in family.all_problems().items():
                readings[number].problems.update(problems)
        whole = [row for row in rows if row.number in people and not readings[row.number].problems
                 and not row.is_somebody_new]  # fmt: skip
        details = [people[row.number].details(self.place.country) for row in whole]
        on_record = look_alikes_of_each(by, details, now=now)
        known = {row.number: _of_record(found) for row, found in zip(whole, on_record, strict=True)}
        submitted = self._submitted(rows, by, now)
        for row in rows:
            reading = readings[row.number]
            if sentence := self.beds.why_not(reading):
                reading.problems["bed"] = sentence
            others = self.index.others(row.number, prints_of(reading, is_further=row.number not in people))
            twins = [{"row": number} for number in others if not self._is_same_person(row.number, number)][:MOST_ALIKE]
            row.problems = reading.problems
            row.alike = [*submitted.get(row.source_id, ()), *twins, *known.get(row.number, ())]
            row.state = _state_of(row)

    def _is_same_person(self, number: int, other: int) -> bool:
        person = self.person_of.get(number)
        return person is not None and person == self.person_of.get(other)

    def _submitted(self, rows: Sequence[ImportRow], by: Any, now: datetime) -> dict[str, list[dict[str, str]]]:
        """Return by the name of a submission the case that came from it before, where the user may see that."""
        names = [row.source_id for row in rows if row.source_id]
        if not names:
            return {}
        earlier = ImportRow.objects.filter(
            of__team=self.of.team, source_id__in=names, case__in=Case.objects.visible_to(by, now)
        )
        pairs = earlier.values_list("source_id", "case_id")
        return {name: [{"case": str(case_id)}] for name, case_id in pairs}

    def _arrange_families(self) -> None:
        """Number the families of the table, and take the prints of who is in it."""
        first_of: dict[str, int] = {}
        family_of_person: dict[str, int] = {}
        moved: list[ImportRow] = []
        rows: Any = self.of.rows.filter(state__in=COUNTED).order_by("number")
        for row in rows.iterator(chunk_size=500):
            reading = read_row(cells_of(self.of, row), self.place)
            person = reading.person_id.casefold()
            self.index.add(row.number, prints_of(reading, is_further=person in family_of_person))
            family = first_of.setdefault(reading.family.casefold(), row.number) if reading.family else row.number
            if person:
                family = family_of_person.setdefault(person, family)
                self.person_of[row.number] = person
            if row.family != family:
                row.family = family
                moved.append(row)
            if len(moved) >= 500:
                ImportRow.objects.bulk_update(moved, ["family"])
                moved.clear()
        if moved:
            ImportRow.objects.bulk_update(moved, ["family"])


def families_of(rows: Iterable[ImportRow], readings: Mapping[int, Reading], place: Place) -> Iterator[Family]:
    """Yield the families of these rows, in the order of the table."""
    found: dict[int, list[Member]] = defaultdict(list)
    for row in rows:
        found[row.family].append(Member(number=row.number, reading=readings[row.number]))
    for each in found.values():
        yield arrange(each, place.today)


def prints_of(reading: Reading, *, is_further: bool = False) -> list[bytes]:
    """Return digests by which the same person in two rows is noticed: a document, or name and birth however they are spelled.

    `is_further`: a row that adds to what another one says of the same person, whose name may stand there again.
    """
    person, found = reading.person, []
    if person.paper is not None and person.paper.number:
        number = "".join(each for each in person.paper.number.upper() if each.isalnum())
        found.append(f"document|{person.paper.country}|{number}")
    name = sorted(skeleton(f"{person.family_name} {person.given_name}").split())
    if name and not is_further:
        found.append(f"name|{' '.join(name)}|{person.birth.bounds.earliest}|{person.birth.bounds.latest}")
    return [blake2b(each.encode(), digest_size=12).digest() for each in found]


def _of_record(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"client": str(each.client.pk), "why": [reason.value for reason in each.likeness.reasons]}
        for each in found[:MOST_ALIKE]
    ]


def _state_of(row: ImportRow) -> str:
    if row.problems:
        return State.WRONG
    return State.DOUBLE if row.alike and not row.is_somebody_new else State.GOOD
