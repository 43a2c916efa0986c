"""Rows of one family: who of them is the principal applicant, how the others are related, and what does not fit together.

Several rows may be about one person (they share a `person_id`): the first says who it is, the others add stays and papers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from casework.clients.models import Client
from casework.lib.dates import Birth
from casework.lib.likeness import Details
from casework.lib.scripts import skeleton
from casework.residency.actions.stays import overlap

from ..intake import Arrival, Person, might_be_a_child
from .reading import Reading

NOT_KNOWN = "XXX"  # no country said
PRINCIPAL = Client.Relation.PRINCIPAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a family, by the number of their row in the table. `further`: more rows about the same person."""

    number: int
    reading: Reading
    further: "tuple[Member, ...]" = ()

    @property
    def readings(self) -> list[Reading]:
        return [self.reading, *(each.reading for each in self.further)]

    def details(self, region: str) -> Details:
        return self.reading.details(region, [each.reading for each in self.further])


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """`problems`: sentences by row and column, for what is wrong between rows."""

    members: Sequence[Member]  # the principal applicant first
    problems: dict[int, dict[str, str]] = field(default_factory=dict)

    def rows(self) -> Iterator[Member]:
        """Yield every row of the family, that of the principal applicant first."""
        for member in self.members:
            yield member
            yield from member.further

    def all_problems(self) -> dict[int, dict[str, str]]:
        """Return what is wrong with rows and between them, by row."""
        found = {row.number: {**row.reading.problems, **self.problems.get(row.number, {})} for row in self.rows()}
        return {number: problems for number, problems in found.items() if problems}

    @property
    def principal(self) -> Reading:
        return self.members[0].reading

    @property
    def arrival(self) -> Arrival:
        """How the family came: as the principal applicant says."""
        return self.principal.arrival

    def relatives(self) -> list[Person]:
        """Return the others, each with their relation; whose row says no arrival of its own came with the principal."""
        return [
            replace(
                member.reading.person,
                relation=member.reading.relation,
                arrival=member.reading.arrival if member.reading.has_own_arrival else None,
            )
            for member in self.members[1:]
        ]


def arrange(rows: Sequence[Member], today: date) -> Family:
    """Return the people of one family in order, with what is wrong between their rows."""
    members = _people_of(rows)
    said = [member for member in members if member.reading.relation == PRINCIPAL]
    unsaid = [member for member in members if not member.reading.relation]
    first = (said or unsaid or members)[0]
    problems: dict[int, dict[str, str]] = {}
    for row, column, sentence in (
        *(each for member in members for each in _between_rows_of(member)),
        *_about_relations(first, members),
        *_about_ages(first, members, today),
    ):
        if column not in row.reading.problems:
            problems.setdefault(row.number, {})[column] = sentence
    return Family(members=[first, *(member for member in members if member is not first)], problems=problems)


def _about_relations(first: Member, members: Sequence[Member]) -> Iterator[tuple[Member, str, str]]:
    for member in members:
        relation = member.reading.relation
        if member is not first and relation == PRINCIPAL:
            sentence = _("Row %(row)s is the principal applicant of this family already.") % {"row": first.number}
            yield member, "relation", sentence
        elif member is not first and not relation:
            yield member, "relation", _("Say how this person is related to the principal applicant of the family.")
    if first.reading.relation in (PRINCIPAL, "") or "relation" in first.reading.problems:
        return
    if len(members) == 1:
        yield (
            first,
            "relation",
            _("A relation is said, but no other row shares the family of this one. Write it in both, or clear this."),
        )
    else:
        yield (
            first,
            "relation",
            _("One person of a case is its principal applicant: write principal in one row of the family."),
        )


def _about_ages(first: Member, members: Sequence[Member], today: date) -> Iterator[tuple[Member, str, str]]:
    if might_be_a_child(first.reading.person.birth, today) and not first.reading.is_unaccompanied_child:
        sentence = _(
            "By this birth the principal applicant is a child. Put the child into the family of a parent, write yes "
            "under unaccompanied_child, or correct the birth."
        )
        yield first, "birth_date", sentence
    entered = first.reading.arrival.entered
    for member in members:
        born = member.reading.person.birth.bounds.earliest
        if member is first or member.reading.has_own_arrival or not (born and entered and entered.latest):
            continue
        if born > entered.latest:
            sentence = _("This person was born after the family entered. Say where and when they came.")
            yield member, "entered_on", sentence


def _people_of(rows: Sequence[Member]) -> list[Member]:
    """Join rows that share a number of the person, in the order of the table."""
    found: dict[str | int, list[Member]] = {}
    for row in rows:
        found.setdefault(row.reading.person_id.casefold() or row.number, []).append(row)
    for first, *further in found.values():
        for row in further:
            _take_issuer(row.reading, first.reading)
    return [replace(first, further=tuple(further)) for first, *further in found.values()]


def _take_issuer(reading: Reading, first: Reading) -> None:
    """A document of which nothing else is said is of the first nationality, which need not stand in every row of a person."""
    person, paper = reading.person, reading.person.paper
    if paper is not None and paper.country == NOT_KNOWN and not person.nationalities and first.person.nationalities:
        reading.person = replace(person, paper=replace(paper, country=first.person.nationalities[0]))


def _between_rows_of(member: Member) -> Iterator[tuple[Member, str, str]]:
    """Yield what does not fit together in the rows of one person: row, column, sentence."""
    first = member.reading
    if not first.has_name and not {"family_name", "given_name"} & first.problems.keys():
        yield member, "family_name", _("This is the first row with this number of a person: say who they are.")
    if not first.person.nationalities and "nationality" not in first.problems:
        yield member, "nationality", _("Say the nationality; XXX stands for not known, XXA for stateless.")
    for row in member.further:
        for column in _told_otherwise(first, row.reading):
            yield row, column, _("Row %(row)s says something else here of the same person.") % {"row": member.number}
    yield from _clashing_stays(member)
    lacking = [row for row in (member, *member.further) if row.reading.address and not row.reading.address.since]
    if lacking and sum(each.address is not None for each in member.readings) > 1:
        for row in lacking:
            yield row, "address_since", _("There are several addresses of this person: say of each since when.")
    for row in member.further:
        if row.reading.bed and first.bed:
            yield row, "bed", _("Row %(row)s has a bed for this person already.") % {"row": member.number}


def _told_otherwise(first: Reading, other: Reading) -> Iterator[str]:
    """Yield the columns in which another row of a person contradicts the first; blank cells contradict nothing."""
    one, two = first.person, other.person
    for column in ("family_name", "given_name"):
        said = getattr(two, column)
        if said and skeleton(said) != skeleton(getattr(one, column)):
            yield column
    if two.birth not in (Birth(), one.birth):
        yield "birth_date"
    if two.nationalities and two.nationalities != one.nationalities:
        yield "nationality"
    if other.family and other.family.casefold() != first.family.casefold():
        yield "family"


def _clashing_stays(member: Member) -> Iterator[tuple[Member, str, str]]:
    earlier: list[tuple[int, tuple[date, date]]] = []
    for row in (member, *member.further):
        days = _days_of(row.reading)
        if days is None:
            continue
        clash = next((number for number, other in earlier if overlap(days, other)), None)
        if clash is not None:
            sentence = _(
                "By row %(row)s this person was there on some of these days. Say when they left, under left_on."
            )
            yield row, "entered_on", sentence % {"row": clash}
        earlier.append((row.number, days))


def _days_of(reading: Reading) -> tuple[date, date] | None:
    entered = reading.arrival.entered
    if entered is None or entered.latest is None:
        return None
    left = reading.arrival.left or date.max
    return (entered.latest, left) if entered.latest < left else None
