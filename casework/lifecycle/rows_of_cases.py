"""What becomes of everything that hangs on a case when it is split, and when it is joined into another.

One entry for each foreign key to a case; a test fails for a model that has none. What belongs to a person (their stays,
papers, addresses, needs, consents) follows them by itself and does not stand here. Whatever moves keeps its data key.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction

from casework.clients.models import Case, Client
from casework.lib.ids import new_id


class OnJoin(Enum):
    MOVES = auto()
    MOVES_UNLESS_THERE = auto()  # where the other case has its own, that one counts and this one stays
    STAYS = auto()
    BY_ITSELF = auto()  # `cases.py` does it


class OnSplit(Enum):
    FOLLOWS = auto()  # with the people it names, if none of them stays
    CHOSEN = auto()  # somebody ticks what goes along
    COPIED = auto()  # it protects or describes whoever was in the case: both have it from then on
    STAYS = auto()
    BY_ITSELF = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`people` leads from a row to the people whom it names; `copied` says which rows are copied."""

    on_join: OnJoin
    on_split: OnSplit
    people: str = ""
    copied: Mapping[str, Any] = field(default_factory=dict)


RULES: dict[str, Rule] = {
    "clients.Client.case": Rule(on_join=OnJoin.BY_ITSELF, on_split=OnSplit.BY_ITSELF),
    # United after asking; whoever may see a restricted case may see what is split off, unless others are named.
    "clients.CaseMember.case": Rule(on_join=OnJoin.BY_ITSELF, on_split=OnSplit.BY_ITSELF),
    # Access was given to what the case was then; nobody is let in by a join or a split.
    "clients.TimedAccess.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    "clients.EmergencyAccess.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    "clients.CaseSight.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    # What had been joined into an emptied case leads on to where everything is now.
    "clients.Case.joined_into": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.STAYS),
    "clients.Note.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.CHOSEN),
    "clients.ToDo.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.CHOSEN),
    # An open offer is withdrawn; who offered what to whom is told of the case it was about.
    "clients.Transfer.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    # Each goes with the person whose deadline it speaks of.
    "reminders.Reminder.case": Rule(on_join=OnJoin.BY_ITSELF, on_split=OnSplit.BY_ITSELF),
    "clients.Appointment.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.FOLLOWS, people="people__client"),
    "clients.Service.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.FOLLOWS, people="people"),
    "clients.Referral.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.FOLLOWS, people="people"),
    # In which case somebody was before a merge.
    "clients.Merge.left_case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    # How the case came to us.
    "clients.IncomingReferral.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.STAYS),
    "clients.CaseProgramme.case": Rule(on_join=OnJoin.MOVES_UNLESS_THERE, on_split=OnSplit.COPIED),
    # Answers and scores are about who is in the case: somebody gives them anew for those who left.
    "clients.Answers.case": Rule(on_join=OnJoin.MOVES_UNLESS_THERE, on_split=OnSplit.STAYS),
    "clients.Score.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    # Whoever is in a bed takes the placement along; the search for one goes with those who search.
    "housing.HousingRequest.case": Rule(
        on_join=OnJoin.MOVES_UNLESS_THERE, on_split=OnSplit.FOLLOWS, people="people__client"
    ),
    "housing.TurnAway.case": Rule(on_join=OnJoin.MOVES, on_split=OnSplit.STAYS),
    # What protects everybody of a case goes on protecting everybody who was in it.
    "clients.NeverContact.case": Rule(
        on_join=OnJoin.MOVES, on_split=OnSplit.COPIED, copied={"withdrawn_at__isnull": True}
    ),
    # Evidence stays evidence, wherever its people and papers go.
    "clients.LegalHold.case": Rule(
        on_join=OnJoin.MOVES_UNLESS_THERE, on_split=OnSplit.COPIED, copied={"lifted_at__isnull": True}
    ),
    # From which table a case came; it is taken back as long as nobody has worked on it, a join included.
    "clients.ImportRow.case": Rule(on_join=OnJoin.STAYS, on_split=OnSplit.STAYS),
    "clients.ContactStop.case": Rule(
        on_join=OnJoin.MOVES_UNLESS_THERE, on_split=OnSplit.COPIED, copied={"lifted_at__isnull": True}
    ),
}


NOTES = "clients.Note.case"


def keys_to_cases() -> Iterator[tuple[str, type[models.Model], str]]:
    """Yield every foreign key to a case: its name in the table, its model, its field."""
    for model in apps.get_models():
        for each in model._meta.get_fields():
            if each.concrete and each.related_model is Case:
                yield f"{model._meta.label}.{each.name}", model, each.name


def join_rows(source: Case, into: Case) -> dict[str, int]:
    """Move what hangs on `source` to the case into which it is joined. Return how many of what."""
    moved = {}
    for name, model, column in keys_to_cases():
        rows = model._base_manager.filter(**{column: source})
        match RULES[name].on_join:
            case OnJoin.MOVES:
                moved[name] = rows.update(**{column: into})
            case OnJoin.MOVES_UNLESS_THERE:
                moved[name] = sum(_moves(row, column, into) for row in rows.order_by("pk"))
    return {name: count for name, count in moved.items() if count}


def split_rows(
    source: Case, new: Case, leaving: Collection[UUID], chosen: Mapping[str, Collection[UUID]]
) -> dict[str, int]:
    """Give a case that is split off what goes along with the people who leave. Return how many of what.

    `chosen` names, by key of the table, the rows that somebody has ticked.
    """
    went = {}
    for name, model, column in keys_to_cases():
        rule, rows = RULES[name], model._base_manager.filter(**{column: source})
        match rule.on_split:
            case OnSplit.CHOSEN:
                went[name] = rows.filter(pk__in=chosen.get(name, ())).update(**{column: new})
            case OnSplit.FOLLOWS:
                went[name] = _following(source, rows, rule.people, leaving).update(**{column: new})
            case OnSplit.COPIED:
                went[name] = sum(1 for row in rows.filter(**rule.copied) if _copy(row, column, new))
    return {name: count for name, count in went.items() if count}


def follow(source: Case, into: Case, leaving: Collection[UUID]) -> dict[str, int]:
    """Give a case that is there already what goes along with people who come to it. Return how many of what.

    Notes that are about them and nobody who stays come along too; what the other case has of its own counts there.
    """
    went = {}
    for name, model, column in keys_to_cases():
        rule, rows = RULES[name], model._base_manager.filter(**{column: source})
        if rule.on_split is OnSplit.FOLLOWS or name == NOTES:
            following = _following(source, rows, rule.people or "about__client", leaving)
            went[name] = sum(_moves(row, column, into) for row in following.order_by("pk"))
        elif rule.on_split is OnSplit.COPIED:
            went[name] = sum(_copies(row, column, into) for row in rows.filter(**rule.copied).order_by("pk"))
    return {name: count for name, count in went.items() if count}


def following_rows(source: Case, leaving: Collection[UUID]) -> dict[str, int]:
    """Return how many of what would go along by itself, for whoever looks before acting."""
    found = {}
    for name, model, column in keys_to_cases():
        rule = RULES[name]
        if rule.on_split is OnSplit.FOLLOWS:
            rows = model._base_manager.filter(**{column: source})
            found[name] = _following(source, rows, rule.people, leaving).count()
    return {name: count for name, count in found.items() if count}


def _following(source: Case, rows: Any, people: str, leaving: Collection[UUID]) -> Any:
    """Return the rows that name people who leave, and nobody who stays."""
    staying = Client.objects.filter(case=source).exclude(pk__in=leaving).order_by()
    of_those_who_stay = rows.filter(**{f"{people}__in": staying.values("pk")}).values("pk")
    of_those_who_leave = rows.filter(**{f"{people}__in": leaving}).values("pk")
    return rows.filter(pk__in=of_those_who_leave).exclude(pk__in=of_those_who_stay)


def _moves(row: Any, column: str, into: Case) -> bool:
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{column: into})
    except IntegrityError:
        return False
    return True


def _copies(row: Any, column: str, into: Case) -> bool:
    try:
        with transaction.atomic():
            _copy(row, column, into)
    except IntegrityError:
        return False
    return True


def _copy(row: Any, column: str, new: Case) -> Any:
    """Insert the same for another case: what is sealed is read and sealed anew, under the same key."""
    values = {each.name: getattr(row, each.name) for each in row._meta.concrete_fields if not each.primary_key}
    copy = type(row)(**(values | {column: new}), id=new_id())
    copy.save(force_insert=True)
    return copy
