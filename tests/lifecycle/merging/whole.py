"""The whole database as it is, for tests that take something back; and two people who are found to be one."""

from typing import Any

from django.apps import apps
from django.db import models

from casework.accounts.models import User
from casework.clients import actions
from casework.clients.models import Client, Merge, SuspectedPair
from casework.lifecycle.merging import looking
from casework.lifecycle.merging.journal import COUNTERS, columns_of, values_of
from casework.lifecycle.merging.merge import Choices, merge
from tests.factories.accounts import NOW

# What is only ever appended, and what is computed from the rest.
APPENDED = {"residency.Move", "residency.Derivation", "clients.Merge", "clients.MergedRow"}
COMPUTED = {"residency.ComputedPosition"}
# When a deadline was computed last, which is now wherever it is computed anew.
WHEN = {"computed_at"}

Everything = dict[tuple[str, str], dict[str, Any]]


def everything() -> Everything:
    """Return what every row of the database says, but for history, what counts versions, and what is only appended."""
    found: Everything = {}
    for model in apps.get_models():
        label = model._meta.label
        if (
            label.startswith(("pghistory.", "audit."))
            or label in APPENDED | COMPUTED
            or hasattr(model, "pgh_tracked_model")
        ):
            continue
        columns = [it for it in columns_of(model) if it.name not in COUNTERS | WHEN]
        rows: models.QuerySet[Any] = model._base_manager.all()
        for row in rows:
            found[label, str(row.pk)] = values_of(row, columns)
    return found


def difference(before: Everything, after: Everything) -> dict[str, Any]:
    """Return what differs, for a test to say: an empty dict if nothing does."""
    found: dict[str, Any] = {}
    for key in before.keys() | after.keys():
        was, is_now = before.get(key), after.get(key)
        if was is not None and is_now is not None:
            names = [name for name in was if was[name] != is_now[name]]
            was, is_now = ({name: it[name] for name in names} for it in (was, is_now))
        if was != is_now:
            found[" ".join(key)] = (was, is_now)
    return found


def found_to_be_one(one: Client, other: Client, *, by: User) -> SuspectedPair:
    """A pair that somebody has decided to be one person."""
    actions.suspect(client=one, alike={other.pk: ["same_name"]}, now=NOW)
    pair = SuspectedPair.objects.of([one]).of([other]).get()
    return actions.decide_pair(
        pair=pair, state="same", reason="Вымысел: показала оба паспорта", version=1, by=by, now=NOW
    )


def looked_at(into: Client, gone: Client) -> looking.Look:
    rows = Client.objects.select_related("case__team", "data_key")
    return looking.look(rows.get(pk=into.pk), rows.get(pk=gone.pk))


def merge_into(into: Client, gone: Client, *, by: User, pair: SuspectedPair | None = None, **fields: Any) -> Merge:
    """Merge two people as somebody does who has looked at both and answered every question."""
    pair = pair or found_to_be_one(into, gone, by=by)
    look = looked_at(into, gone)
    known: dict[str, Any] = {
        "choices": Choices(
            doubts_answered=True,
            set_aside={it.other.pk for it in look.clashes},
            principal_here=look.left_behind[0].pk if look.needs_principal else None,
        ),
        "reason": "Вымысел: один паспорт",
        "seen": look.seen,
        "now": NOW,
    }
    return merge(pair=pair, into=into.pk, by=by, **(known | fields))
