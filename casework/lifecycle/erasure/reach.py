"""What hangs on a case or a person: every row that goes when they are erased, found along the foreign keys.

A foreign key says by itself what becomes of a row: with CASCADE it goes, with SET_NULL it stays without the key. Of the others, and where
erasure asks for something else, `DECIDED` says it; a test fails for a key that protects and is not there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from casework.clients.models import (
    AppointmentPerson,
    Case,
    Client,
    IncomingReferral,
    Merge,
    Note,
    NotePerson,
    ReferralPerson,
    ServicePerson,
    ToDo,
    Transfer,
)
from casework.housing.models import RequestPerson
from casework.vault.models import DataKey

Model = type[models.Model]
# Of rows of a model, those that are to be reached.
Pick = Callable[[Model, set[Any]], set[Any]]

GOES, IS_CUT = True, False
DECIDED: dict[str, bool] = {
    "clients.Client.case": GOES,
    # The empty shell of what was joined into it: its log is about the same people.
    "clients.Case.joined_into": GOES,
    "clients.EmergencyAccess.case": GOES,
    "clients.EmergencySeen.access": GOES,
    # It says who was sent to us, by name, though it came before there was a case.
    "clients.IncomingReferral.case": GOES,
    "clients.Appointment.moved_to": IS_CUT,
    # Somebody who left the case keeps a way to reach them that was marked as unsafe: unsafe it stays.
    "clients.Contact.stopped_by": IS_CUT,
}
# Rows that name several people of a case: of those that named nobody but who is erased, nothing is left to say.
SHARED: dict[Model, str] = {
    NotePerson: "note",
    AppointmentPerson: "appointment",
    ServicePerson: "service",
    ReferralPerson: "referral",
    RequestPerson: "request",
}
# Written of the case as a whole. Where one of its people is erased, somebody says whether this goes too.
OF_NOBODY: tuple[Model, ...] = (Note, ToDo, IncomingReferral, Transfer)


@dataclass(slots=True)
class Reach:
    """The rows that go, by model: the roots first, so that what forbids their removal is still there to do it."""

    rows: dict[Model, set[Any]] = field(default_factory=dict)

    def of(self, model: Model) -> set[Any]:
        return self.rows.get(model, set())

    def counts(self) -> dict[str, int]:
        return {model._meta.label: len(pks) for model, pks in self.rows.items() if pks}


def of_case(case_id: UUID) -> Reach:
    """Return everything that goes with a case: its people, and the shells of cases that were joined into it."""
    return reach_of({Case: {case_id}})


def of_person(client_id: UUID, *, case_id: UUID, unassigned_too: bool) -> Reach:
    """Return everything that goes with one person of a case. `unassigned_too`: also what is written there and names nobody."""
    roots: dict[Model, set[Any]] = {Client: {client_id}}
    if unassigned_too:
        roots |= {model: set(rows.values_list("pk", flat=True)) for model, rows in unassigned(case_id)}
    return reach_of(roots)


def unassigned(case_id: UUID) -> Iterator[tuple[Model, Any]]:
    """Yield what is written of a case and says of nobody that it is about them."""
    for model in OF_NOBODY:
        rows = model._base_manager.filter(case=case_id)
        yield model, rows.filter(about__isnull=True) if model is Note else rows


def every(model: Model, pks: set[Any]) -> set[Any]:
    return pks


def reach_of(roots: Mapping[Any, Iterable[Any]], pick: Pick = every) -> Reach:
    """Return everything that goes with these rows, by model. What is not picked is not followed either."""
    found = Reach()
    _follow(found, roots, pick)
    while alone := _left_alone(found, pick):
        _follow(found, alone, pick)
    return found


@cache
def keys_to(model: Model) -> tuple[tuple[Model, models.ForeignKey[Any, Any], bool], ...]:
    """Return the foreign keys that lead to a model, and of each whether the row goes along."""
    every = ((other, each) for other in apps.get_models(include_auto_created=True) for each in _keys(other))
    return tuple((other, each, goes_along(each)) for other, each in every if each.related_model is model)


def goes_along(key: models.ForeignKey[Any, Any]) -> bool:
    """Return whether a row goes when what this key of it refers to is erased. KeyError where nobody has decided it."""
    name = f"{key.model._meta.label}.{key.name}"
    if name in DECIDED:
        return DECIDED[name]
    on_delete = key.remote_field.on_delete
    if on_delete is models.SET_NULL:
        return IS_CUT
    if on_delete is models.CASCADE:
        return GOES
    raise KeyError(f"{name}: what becomes of it when {key.related_model} is erased?")


def reachable() -> set[Model]:
    """Return every model whose rows may go."""
    found: set[Model] = {Case, Client}
    waiting: list[Model] = [Case, Client]
    for model in waiting:  # grows
        for other, _key, goes in keys_to(model):
            if goes and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def opened_by(model: Model) -> bool:
    """Return whether rows of a model are under a data key."""
    return any(each.related_model is DataKey for each in _keys(model))


def _keys(model: Model) -> Iterator[models.ForeignKey[Any, Any]]:
    return (each for each in model._meta.local_concrete_fields if isinstance(each, models.ForeignKey))


def _follow(found: Reach, roots: Any, pick: Pick) -> None:
    waiting: list[tuple[Model, set[Any]]] = [(model, set(pks)) for model, pks in roots.items()]
    for model, pks in waiting:  # grows
        new = pick(model, pks - found.of(model))
        if not new:
            continue
        found.rows.setdefault(model, set()).update(new)
        if model is Merge:
            # Whoever was merged into somebody is in the history of their own rows still.
            merged = Merge.objects.standing().filter(pk__in=new).values_list("gone_id", flat=True)
            waiting.append((Client, set(merged)))
        for other, key, goes in keys_to(model):
            if goes:
                rows = other._base_manager.filter(**{f"{key.name}__in": new}).values_list("pk", flat=True)
                waiting.append((other, set(rows)))


def _left_alone(found: Reach, pick: Pick) -> dict[Model, set[Any]]:
    """Return what named nobody but people who go."""
    alone: dict[Model, set[Any]] = {}
    for through, name in SHARED.items():
        gone = found.of(through)
        if gone:
            key: Any = through._meta.get_field(name)
            rows: Any = through._base_manager
            named = set(rows.filter(pk__in=gone).values_list(key.attname, flat=True))
            others = rows.filter(**{f"{name}__in": named}).exclude(pk__in=gone)
            named -= set(others.values_list(key.attname, flat=True)) | found.of(key.related_model)
            if named := pick(key.related_model, named):
                alone[key.related_model] = named
    return alone
