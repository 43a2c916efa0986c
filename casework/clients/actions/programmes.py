"""What can happen to a programme: created, changed, archived, taken up again; and to the cases that it supports."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.money import is_currency
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Case, CaseProgramme, Programme, Service


class ProgrammeFields(TypedDict, total=False):
    code: str
    name: str
    donor: str
    currency: str
    starts_on: date | None
    ends_on: date | None
    budget: Decimal | None
    approval_above: Decimal | None
    pays_for: list[str]


class UnableToKeepProgramme(Refusal):
    pass


class UnableToTagCases(Refusal):
    pass


@transaction.atomic
def create_programme(
    *, by: User, now: datetime, programme_id: UUID | None = None, **fields: Unpack[ProgrammeFields]
) -> Programme:
    """Open a programme. Sent twice with the same `programme_id`, it is opened once."""
    programme = Programme(id=programme_id or new_id(), created_at=now, **fields)
    _refuse_impossible(programme)
    try:
        with transaction.atomic():
            programme, is_new = insert_once(programme)
    except IntegrityError as error:
        raise _code_taken(error) from error
    if is_new:
        record("clients.programme_created", subject=programme, by=by, now=now, code=programme.code)
    return programme


@transaction.atomic
def change_programme(
    *, programme: Programme, version: int, by: User, now: datetime, **fields: Unpack[ProgrammeFields]
) -> Programme:
    """Change a programme. Raises ChangedMeanwhile.

    Its currency stays once a service was paid from it; its budget does not fall below what is spent or promised.
    """
    values: dict[str, Any] = dict(fields)
    programme = locked(programme, version=version, mine=values)
    spent = committed_by(programme)
    if "currency" in values and values["currency"] != programme.currency and programme.services.exists():
        raise UnableToKeepProgramme(
            _("Services are recorded in %(currency)s already. Open another programme for another currency.")
            % {"currency": programme.currency},
            field="currency",
        )
    budget = values.get("budget", programme.budget)
    if budget is not None and budget < spent:
        raise UnableToKeepProgramme(_("More than this is spent or promised already."), field="budget")
    _refuse_impossible(Programme(**{name: values.get(name, getattr(programme, name)) for name in _CHECKED}))
    try:
        with transaction.atomic():
            changed = write(programme, values)
    except IntegrityError as error:
        raise _code_taken(error) from error
    if changed:
        record("clients.programme_changed", subject=programme, by=by, now=now, fields=sorted(changed))
    return programme


@transaction.atomic
def archive_programme(*, programme: Programme, version: int, by: User, now: datetime) -> Programme:
    """Offer the programme no more. What was paid from it stays. Raises ChangedMeanwhile."""
    programme = locked(programme, version=version)
    if programme.archived_at is None:
        write(programme, {"archived_at": now})
        record("clients.programme_archived", subject=programme, by=by, now=now)
    return programme


@transaction.atomic
def take_up_programme(*, programme: Programme, version: int, by: User, now: datetime) -> Programme:
    """Offer an archived programme again. Raises ChangedMeanwhile."""
    programme = locked(programme, version=version)
    if write(programme, {"archived_at": None}):
        record("clients.programme_taken_up", subject=programme, by=by, now=now)
    return programme


@transaction.atomic
def set_programmes(*, case: Case, programmes: Collection[Programme], by: User, now: datetime) -> list[str]:
    """Let the case be supported from exactly these programmes; return the codes that were added or taken away."""
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    there = {row.programme_id: row for row in case.in_programmes.select_related("programme")}
    wanted = {programme.pk: programme for programme in programmes}
    added = [programme for key, programme in wanted.items() if key not in there]
    if closed := [programme for programme in added if programme.is_archived]:
        raise UnableToTagCases(_("%(name)s is archived.") % {"name": closed[0].name}, field="programmes")
    gone = [row for key, row in there.items() if key not in wanted]
    CaseProgramme.objects.filter(pk__in=[row.pk for row in gone]).delete()
    CaseProgramme.objects.bulk_create(
        CaseProgramme(case=case, programme=programme, tagged_at=now, tagged_by=by) for programme in added
    )
    changed = sorted([programme.code for programme in added] + [row.programme.code for row in gone])
    if changed:
        record("clients.case_programmes_set", subject=case, case_id=case.pk, by=by, now=now, programmes=changed)
    return changed


@transaction.atomic
def tag_cases(*, cases: Sequence[Case], programme: Programme, by: User, now: datetime) -> int:
    """Let all these cases be supported from a programme too; return how many were not before."""
    if programme.is_archived:
        raise UnableToTagCases(_("%(name)s is archived.") % {"name": programme.name}, field="programme")
    ids = sorted({case.pk for case in cases})
    held = Case.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    there = set(CaseProgramme.objects.filter(case__in=ids, programme=programme).values_list("case", flat=True))
    new = [case for case in held if case.pk not in there]
    CaseProgramme.objects.bulk_create(
        CaseProgramme(case=case, programme=programme, tagged_at=now, tagged_by=by) for case in new
    )
    for case in new:
        record(
            "clients.case_programmes_set", subject=case, case_id=case.pk, by=by, now=now, programmes=[programme.code]
        )
    return len(new)


def committed_by(programme: Programme, *, without: UUID | None = None) -> Decimal:
    """Return what is spent and promised from a programme; `without` one service."""
    services: Any = Service.objects
    rows = services.filter(programme=programme).committed().exclude(pk=without)
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)


_CHECKED = ("currency", "starts_on", "ends_on", "pays_for")


def _refuse_impossible(programme: Programme) -> None:
    if not is_currency(programme.currency):
        raise UnableToKeepProgramme(_("Choose a currency of the list."), field="currency")
    if programme.starts_on and programme.ends_on and programme.ends_on < programme.starts_on:
        raise UnableToKeepProgramme(_("The last day is before the first."), field="ends_on")
    if set(programme.pays_for) - set(Service.Kind):
        raise UnableToKeepProgramme(_("Choose kinds of the list."), field="pays_for")


def _code_taken(error: IntegrityError) -> Exception:
    """Return the refusal for a code that another programme has; anything else as it is."""
    if "code" not in str(error):
        return error
    return UnableToKeepProgramme(_("Another programme has this code."), field="code")
