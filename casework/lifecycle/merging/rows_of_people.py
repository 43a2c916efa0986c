"""What becomes of everything that hangs on a person who is merged into another.

One entry for each foreign key to a person; a test fails for a model that has none. Whatever moves keeps its data key.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from casework.clients.models import Client, Contact, Relation, SuspectedPair
from casework.housing.models import Placement
from casework.lib.ids import new_id
from casework.lib.kinship import EITHER_WAY
from casework.reminders.models import MessageAgreement, Reminder
from casework.residency.models import ComputedPosition, Deadline


class OnMerge(Enum):
    MOVES = auto()
    MOVES_UNLESS_THERE = auto()  # both are named: once is enough, and the row that is too many is kept for an undo only
    BY_ITSELF = auto()  # a function below does it


RULES: dict[str, OnMerge] = {
    "clients.Address.client": OnMerge.MOVES,
    "clients.AppointmentPerson.client": OnMerge.MOVES_UNLESS_THERE,
    "clients.Assessment.client": OnMerge.MOVES,
    "clients.Consent.client": OnMerge.MOVES,
    "clients.Contact.client": OnMerge.BY_ITSELF,
    "clients.Merge.into": OnMerge.MOVES,
    "clients.Need.client": OnMerge.MOVES,
    "clients.NeverContact.client": OnMerge.MOVES,
    "clients.NotePerson.client": OnMerge.MOVES_UNLESS_THERE,
    "clients.ReferralPerson.client": OnMerge.MOVES_UNLESS_THERE,
    "clients.Relation.one": OnMerge.BY_ITSELF,
    "clients.Relation.other": OnMerge.BY_ITSELF,
    "clients.ServicePerson.client": OnMerge.MOVES_UNLESS_THERE,
    "clients.SuspectedPair.first": OnMerge.BY_ITSELF,
    "clients.SuspectedPair.second": OnMerge.BY_ITSELF,
    "documents.Document.client": OnMerge.MOVES,
    "documents.Scan.client": OnMerge.MOVES,
    "housing.Placement.client": OnMerge.BY_ITSELF,
    "housing.RequestPerson.client": OnMerge.MOVES_UNLESS_THERE,
    "reminders.MessageAgreement.client": OnMerge.BY_ITSELF,
    "reminders.Reminder.client": OnMerge.BY_ITSELF,
    "residency.Application.client": OnMerge.MOVES,
    "residency.ComputedPosition.client": OnMerge.BY_ITSELF,
    "residency.Deadline.client": OnMerge.BY_ITSELF,
    "residency.ImpactLine.client": OnMerge.MOVES_UNLESS_THERE,
    "residency.Permit.client": OnMerge.MOVES,
    "residency.Registration.client": OnMerge.MOVES,
    "residency.Stay.client": OnMerge.MOVES,
}


def keys_to_people() -> Iterator[tuple[str, type[models.Model], str]]:
    """Yield every foreign key to a person: its name in the table, its model, its field."""
    for model in apps.get_models():
        for each in model._meta.get_fields():
            if each.concrete and not each.many_to_many and each.related_model is Client:
                yield f"{model._meta.label}.{each.name}", model, each.name


def move_rows(gone: Client, into: Client, now: datetime) -> dict[str, int]:
    """Give everything of one person to another. Return how many rows of what. Nothing of `gone` is left but the row itself."""
    counts = {}
    for name, model, column in keys_to_people():
        rows = model._base_manager.filter(**{column: gone})
        match RULES[name]:
            case OnMerge.MOVES:
                counts[name] = rows.update(**{column: into})
            case OnMerge.MOVES_UNLESS_THERE:
                counts[name] = sum(_moves_or_goes(row, {column: into}) for row in rows.order_by("pk"))
    counts["clients.Contact.client"] = _move_contacts(gone, into)
    counts["clients.Relation.one"] = _move_relations(gone, into)
    counts["housing.Placement.client"] = _move_placements(gone, into)
    counts["residency.Deadline.client"] = _move_deadlines(gone, into)
    counts["reminders.MessageAgreement.client"] = _move_agreement(gone, into)
    counts["reminders.Reminder.client"] = _move_reminders(gone, into, now)
    _move_pairs(gone, into)
    ComputedPosition.objects.filter(client=gone).delete()  # computed anew
    return {name: count for name, count in counts.items() if count}


def fits(row: models.Model, values: dict[str, Any]) -> bool:
    """Write values into a row, unless the database refuses them."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return False
    return True


def _moves_or_goes(row: models.Model, values: dict[str, Any]) -> bool:
    if fits(row, values):
        return True
    rows: Any = type(row)._base_manager.filter(pk=row.pk)
    rows._raw_delete(rows.db)
    return False


def _move_contacts(gone: Client, into: Client) -> int:
    if Contact.objects.filter(client=into, is_preferred=True, ended_at__isnull=True).exists():
        Contact.objects.filter(client=gone, is_preferred=True).update(is_preferred=False)
    return Contact.objects.filter(client=gone).update(client=into)


def _move_placements(gone: Client, into: Client) -> int:
    """Give their beds to the other. Of two beds in which one act has placed both, the one that is over is none of that act any more."""
    for row in Placement.objects.filter(client=gone).order_by("pk"):
        twin = Placement.objects.filter(client=into, act=row.act).first()
        if twin is not None:
            over = twin if row.is_live else row
            Placement.objects.filter(pk=over.pk).update(act=new_id())
    return Placement.objects.filter(client=gone).update(client=into)


def _move_relations(gone: Client, into: Client) -> int:
    """Say of the other person what was said of both; what is said twice, or cannot be true of one person, is taken out."""
    moved = 0
    for row in Relation.objects.filter(Q(one=gone) | Q(other=gone)).order_by("pk"):
        sides = [into.pk if pk == gone.pk else pk for pk in (row.one_id, row.other_id)]
        if row.kind in EITHER_WAY:
            sides.sort()
        moved += _moves_or_goes(row, {"one_id": sides[0], "other_id": sides[1]})
    return moved


def _move_pairs(gone: Client, into: Client) -> None:
    """Suspect the other person instead; what was decided of both stays as it was decided first."""
    for row in SuspectedPair.objects.filter(Q(first=gone) | Q(second=gone)).order_by("pk"):
        sides = sorted(into.pk if pk == gone.pk else pk for pk in (row.first_id, row.second_id))
        _moves_or_goes(row, {"first_id": sides[0], "second_id": sides[1]})


def _move_deadlines(gone: Client, into: Client) -> int:
    """Take deadlines along with what was decided of them. One about the person themselves is about the other from now on.

    Where they have the same, it keeps its old subject: nothing gives rise to it any more, and it is shown as past.
    """
    for row in Deadline.objects.filter(client=gone, subject_id=gone.pk).order_by("pk"):
        fits(row, {"client": into, "subject_id": into.pk})
    return Deadline.objects.filter(client=gone).update(client=into)


def _move_agreement(gone: Client, into: Client) -> int:
    """Somebody who has asked us to stop, under either name, is not written to."""
    theirs = MessageAgreement.objects.filter(client=gone).first()
    own = MessageAgreement.objects.filter(client=into).first()
    if theirs is None:
        return 0
    if own is not None and own.stopped_at is None and theirs.stopped_at is not None:
        stop = {"stopped_at": theirs.stopped_at, "stopped_why": theirs.stopped_why}
        MessageAgreement.objects.filter(pk=own.pk).update(**stop)
    return int(_moves_or_goes(theirs, {"client": into}))


def _move_reminders(gone: Client, into: Client, now: datetime) -> int:
    """Take along what was written to the person. What both were to be told is told once, and stays on record for both."""
    moved = 0
    for row in Reminder.objects.filter(client=gone).order_by("pk"):
        if not fits(row, {"client": into}):
            stop = {"state": Reminder.State.STOPPED, "why": "merged", "settled_at": now, "lease_until": None}
            is_open = row.state in (Reminder.State.WAITING, Reminder.State.SENDING)
            fits(row, {"client": into, "subject": f"merged:{row.pk}", **(stop if is_open else {})})
        moved += 1
    return moved
