"""Rows of one family: who of them is the principal applicant, how the others are related, and what does not fit together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from casework.clients.models import Client

from ..intake import Arrival, Person, might_be_a_child
from .reading import Reading

PRINCIPAL = Client.Relation.PRINCIPAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row of a family, by its number in the table."""

    number: int
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """`problems`: sentences by row and column, for what is wrong between rows."""

    members: Sequence[Member]  # the principal applicant first
    problems: dict[int, dict[str, str]] = field(default_factory=dict)

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


def arrange(members: Sequence[Member], today: date) -> Family:
    """Return the rows of one family in order, with what is wrong between them."""
    said = [member for member in members if member.reading.relation == PRINCIPAL]
    unsaid = [member for member in members if not member.reading.relation]
    problems: dict[int, dict[str, str]] = {}

    def say(member: Member, column: str, sentence: str) -> None:
        if column not in member.reading.problems:
            problems.setdefault(member.number, {})[column] = sentence

    first = (said or unsaid or list(members))[0]
    for member in said[1:]:
        say(
            member,
            "relation",
            _("Row %(row)s is the principal applicant of this family already.") % {"row": first.number},
        )
    for member in unsaid:
        if member is not first:
            say(member, "relation", _("Say how this person is related to the principal applicant of the family."))
    if not said and not unsaid and "relation" not in first.reading.problems:
        sentence = _("One person of a case is its principal applicant: write principal in one row of the family.")
        if len(members) == 1:
            sentence = _(
                "A relation is said, but no other row shares the family of this one. Write it in both, or clear this."
            )
        say(first, "relation", sentence)
    if might_be_a_child(first.reading.person.birth, today) and not first.reading.is_unaccompanied_child:
        say(
            first,
            "birth_date",
            _(
                "By this birth the principal applicant is a child. Put the child into the family of a parent, write yes "
                "under unaccompanied_child, or correct the birth."
            ),
        )
    entered = first.reading.arrival.entered
    for member in members:
        born = member.reading.person.birth.bounds.earliest
        if member is first or member.reading.has_own_arrival or not (born and entered and entered.latest):
            continue
        if born > entered.latest:
            say(member, "entered_on", _("This person was born after the family entered. Say where and when they came."))
    return Family(members=[first, *(member for member in members if member is not first)], problems=problems)
