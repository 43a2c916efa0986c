"""What can happen to a request for a bed: opened, changed, spoken about, withdrawn, closed, opened again."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.actions.facts import lock_in_order
from casework.clients.changes import insert_once, locked, write
from casework.clients.models import Case, Client
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import BedOffer, HousingRequest, Placement, RequestPerson
from .staying import cancel

State, Closing = HousingRequest.State, HousingRequest.Closing
# What people who wait together have asked for alike.
ASKED_FOR = ("needed_from", "leave_by", "country", "city", "step_free", "pets", "cot", "together")


class RequestFields(TypedDict, total=False):
    needed_from: date
    leave_by: date | None
    country: str
    city: str
    step_free: bool
    pets: bool
    cot: bool
    together: bool
    note: str


class UnableToKeepRequest(Refusal):
    pass


@transaction.atomic
def open_request(
    *,
    case: Case,
    people: Collection[Client],
    by: User,
    now: datetime,
    request_id: UUID | None = None,
    **fields: Unpack[RequestFields],
) -> HousingRequest:
    """Put people of a case on the waiting list. Sent twice with the same id, they are on it once."""
    case = _locked_case(case.pk)
    if case.status == Case.Status.CLOSED:
        raise UnableToKeepRequest(_("The case is closed. Reopen it first."))
    request = HousingRequest(
        id=request_id or new_id(), data_key=case.data_key, case=case, opened_at=now, opened_by=by, **fields
    )
    try:
        with transaction.atomic():
            request, is_new = insert_once(request, case_id=case.pk)
    except IntegrityError as error:
        raise _waiting_already(error) from None
    if is_new:
        _name(request, people)
        record("housing.request_opened", subject=request, case_id=case.pk, by=by, now=now, people=len(people))
    return request


@transaction.atomic
def change_request(
    *,
    request: HousingRequest,
    version: int,
    by: User,
    now: datetime,
    people: Collection[Client] | None = None,
    **fields: Unpack[RequestFields],
) -> HousingRequest:
    """Change what they need, or who needs it. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    request = locked(request, version=version, mine=values)
    _refuse_unless_open(request)
    changed = write(request, values)
    if people is not None and _name(request, people):
        if not changed:
            # Nothing else has raised the version, and whoever read the old names is to see the new ones.
            request.version += 1
            request.save(update_fields=["version"])
        changed.append("people")
    if changed:
        told = {"fields": sorted(changed)}
        record("housing.request_changed", subject=request, case_id=request.case_id, by=by, now=now, **told)
    return request


@transaction.atomic
def divide_request(
    *, request: HousingRequest, case: Case, people: Collection[UUID], by: User, now: datetime
) -> HousingRequest:
    """Let those of a request who have gone into another case wait there, since when they waited first. The note stays behind."""
    request = HousingRequest.objects.select_for_update().get(pk=request.pk)
    of_their_own = _like(request, case)
    moved = RequestPerson.objects.filter(request=request, client__in=people).update(request=of_their_own)
    request.version += 1
    request.save(update_fields=["version"])
    record("housing.request_opened", subject=of_their_own, case_id=case.pk, by=by, now=now, people=moved)
    told = {"fields": ["people"]}
    record("housing.request_changed", subject=request, case_id=request.case_id, by=by, now=now, **told)
    return of_their_own


@transaction.atomic
def wait_on_in(*, into: Case, source: Case, people: Collection[UUID], by: User, now: datetime) -> None:
    """Let those of a case who have come into another one wait on there, with those who wait there already.

    Since when the first of them waited, and until the first must leave. Where nobody of the request stays behind it ends; what was
    offered goes along, unless beds are offered there too.
    """
    request = HousingRequest.objects.open().filter(case=source, people__client__in=people).distinct().first()
    if request is None:
        return
    named = list(request.people.filter(client__in=people).values_list("client_id", flat=True))
    there = HousingRequest.objects.open().filter(case=into).first()
    if there is None:
        there = _like(request, into)
        record("housing.request_opened", subject=there, case_id=into.pk, by=by, now=now, people=len(named))
    else:
        record("housing.request_changed", subject=there, case_id=into.pk, by=by, now=now, fields=["people"])
    if not request.people.filter(client__case=source).exists():
        offered = BedOffer.objects.filter(state=BedOffer.State.OFFERED)
        if not offered.filter(request=there).exists():
            offered.filter(request=request).update(request=there)
        _end(request, State.CLOSED, Closing.OTHER, request.version, by, now)
    there = HousingRequest.objects.select_for_update().get(pk=there.pk)
    there.opened_at = min(there.opened_at, request.opened_at)
    there.leave_by = min((day for day in (there.leave_by, request.leave_by) if day is not None), default=None)
    there.version += 1
    there.save(update_fields=["opened_at", "leave_by", "version"])
    RequestPerson.objects.bulk_create(
        [RequestPerson(request=there, client_id=pk) for pk in named], ignore_conflicts=True
    )


@transaction.atomic
def note_contact(*, request: HousingRequest, on: date, by: User, now: datetime) -> HousingRequest:
    """Note that somebody spoke with them about it. The later day counts, whoever wrote it first."""
    request = HousingRequest.objects.select_for_update().get(pk=request.pk)
    _refuse_unless_open(request)
    if on > today_in(request.case.team.time_zone, now):
        raise UnableToKeepRequest(_("This day has not come yet."), field="on")
    if (request.last_contact_on is None or request.last_contact_on < on) and write(request, {"last_contact_on": on}):
        record("housing.request_contact_noted", subject=request, case_id=request.case_id, by=by, now=now)
    return request


@transaction.atomic
def withdraw_request(*, request: HousingRequest, version: int, by: User, now: datetime) -> HousingRequest:
    """Note that they do not wish it any more; beds that were offered are free again. Raises ChangedMeanwhile."""
    return _end(request, State.WITHDRAWN, Closing.NOT_WISHED, version, by, now)


@transaction.atomic
def close_request(*, request: HousingRequest, closing: str, version: int, by: User, now: datetime) -> HousingRequest:
    """Take them off the list for another reason; beds that were offered are free again. Raises ChangedMeanwhile."""
    if closing not in Closing.values:
        raise UnableToKeepRequest(_("Choose why nobody waits any more."), field="closing")
    state = State.HOUSED if closing == Closing.HOUSED_BY_US else State.CLOSED
    return _end(request, state, closing, version, by, now)


@transaction.atomic
def reopen_request(*, request: HousingRequest, version: int, by: User, now: datetime) -> HousingRequest:
    """Let them wait again, since when they waited first. Raises ChangedMeanwhile."""
    case = _locked_case(request.case_id)
    request = locked(request, version=version)
    if request.is_open:
        return request
    if case.status == Case.Status.CLOSED:
        raise UnableToKeepRequest(_("The case is closed. Reopen it first."))
    try:
        with transaction.atomic():
            write(request, {"state": State.OPEN, "closing": "", "closed_at": None, "closed_by": None})
    except IntegrityError as error:
        raise _waiting_already(error) from None
    record("housing.request_reopened", subject=request, case_id=request.case_id, by=by, now=now)
    return request


def _end(request: HousingRequest, state: str, closing: str, version: int, by: User, now: datetime) -> HousingRequest:
    """Beds are locked before requests, always: so what was offered is called off first.

    Their people before both: whoever offers them a bed meanwhile waits, and finds that they do not wait any more.
    """
    lock_in_order(Client.objects.filter(pk__in=request.people.values("client")).only("pk"))
    offered = BedOffer.objects.filter(request=request, state=BedOffer.State.OFFERED).values("act")
    held = list(Placement.objects.filter(act__in=offered, state=Placement.State.HELD, held_until__gt=now))
    if held:
        cancel(placements=held, ending=Placement.Ending.NOT_NEEDED, by=by, now=now)
    request = locked(request, version=version)
    if not request.is_open:
        return request
    write(request, {"state": state, "closing": closing, "closed_at": now, "closed_by": by})
    events = {State.WITHDRAWN: "housing.request_withdrawn", State.HOUSED: "housing.request_housed"}
    event = events.get(State(state), "housing.request_closed")
    record(event, subject=request, case_id=request.case_id, by=by, now=now, closing=closing)
    return request


def _like(request: HousingRequest, case: Case) -> HousingRequest:
    """Return a request of another case that asks for the same, since when they waited first. The note stays behind."""
    of_their_own = HousingRequest(id=new_id(), data_key=case.data_key, case=case)
    for name in (*ASKED_FOR, "opened_at", "opened_by", "last_contact_on"):
        setattr(of_their_own, name, getattr(request, name))
    of_their_own.save(force_insert=True)
    return of_their_own


def _locked_case(pk: UUID) -> Case:
    """Lock a case before anybody of it begins to wait: whoever closes it waits, and ends that too."""
    return Case.objects.select_for_update(no_key=True).get(pk=pk)


def _refuse_unless_open(request: HousingRequest) -> None:
    if not request.is_open:
        raise UnableToKeepRequest(_("They do not wait any more. Open the request again first."))


def _waiting_already(error: IntegrityError) -> Exception:
    if "request_of_a_case_open_once" not in str(error):
        return error
    return UnableToKeepRequest(_("This case waits for a bed already. Change that request."))


def _name(request: HousingRequest, people: Collection[Client]) -> bool:
    """Have the request be for these people of its case. Return whether they are others than before."""
    of_case = Client.objects.filter(pk__in=[it.pk for it in people], case=request.case_id)
    wanted = set(of_case.values_list("pk", flat=True))
    if not wanted:
        raise UnableToKeepRequest(_("Say who of the case needs a bed."), field="people")
    rows = RequestPerson.objects.filter(request=request)
    before = set(rows.values_list("client_id", flat=True))
    rows.filter(client__in=before - wanted).delete()
    RequestPerson.objects.bulk_create(RequestPerson(request=request, client_id=pk) for pk in sorted(wanted - before))
    return wanted != before
