"""What can happen to what people need: asked, stated, changed, ended, suggested and confirmed or not, removed."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Assessment, Client, Need
from ..need_codes import AREAS, need_codes
from .facts import lock_in_order


class AssessmentFields(TypedDict, total=False):
    assessed_on: date
    next_review_on: date | None
    note: str


class NeedFields(TypedDict, total=False):
    code: str
    level: str
    since: date | None
    until: date | None
    note: str


class UnableToRecordNeed(Refusal):
    pass


@transaction.atomic
def record_assessment(
    *,
    client: Client,
    assessed_on: date,
    by: User,
    now: datetime,
    next_review_on: date | None = None,
    note: str = "",
    assessment_id: UUID | None = None,
) -> Assessment:
    """Note that the person was asked what they need. Sent twice with the same id, it is noted once."""
    _refuse_early_review(assessed_on, next_review_on)
    assessment = Assessment(
        id=assessment_id or new_id(),
        data_key=client.data_key,
        client=client,
        assessed_on=assessed_on,
        assessed_by=by,
        next_review_on=next_review_on,
        recorded_at=now,
    )
    assessment.note = note
    assessment, is_new = insert_once(assessment, client_id=client.pk)
    if is_new:
        _say("clients.needs_assessed", assessment, client, by, now)
    return assessment


@transaction.atomic
def change_assessment(
    *, assessment: Assessment, version: int, by: User, now: datetime, **fields: Unpack[AssessmentFields]
) -> Assessment:
    """Change what is noted of an assessment. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    assessment = locked(assessment, version=version, mine=values)
    _refuse_early_review(
        values.get("assessed_on", assessment.assessed_on), values.get("next_review_on", assessment.next_review_on)
    )
    if changed := write(assessment, values):
        _say("clients.assessment_changed", assessment, assessment.client, by, now, fields=sorted(changed))
    return assessment


@transaction.atomic
def remove_assessment(*, assessment: Assessment, version: int, by: User, now: datetime) -> None:
    """Delete an assessment that was recorded by mistake; the needs stay. Raises ChangedMeanwhile."""
    assessment = locked(assessment, version=version)
    _say("clients.assessment_removed", assessment, assessment.client, by, now)
    assessment.delete()


@transaction.atomic
def record_need(
    *,
    client: Client,
    kind: str,
    code: str,
    by: User,
    now: datetime,
    level: str = Need.Level.SOME,
    since: date | None = None,
    until: date | None = None,
    note: str = "",
    suggested: bool = False,
    need_id: UUID | None = None,
) -> Need:
    """State a need. Sent twice with the same id, it is stated once.

    Raises UnableToRecordNeed if it is on record and open already.
    """
    _refuse_unknown(kind, code, level)
    _refuse_end_before_beginning(since, until)
    need = Need(
        id=need_id or new_id(),
        data_key=client.data_key,
        client=client,
        kind=kind,
        level=level,
        since=since,
        until=until,
        suggested=suggested,
        recorded_by=by,
        recorded_at=now,
    )
    need.code, need.note = code, note
    lock_in_order([client])
    _refuse_twice(need)
    need, is_new = insert_once(need, client_id=client.pk)
    if is_new:
        _say("clients.need_recorded", need, client, by, now, kind=kind)
    return need


@transaction.atomic
def change_need(*, need: Need, version: int, by: User, now: datetime, **fields: Unpack[NeedFields]) -> Need:
    """Change what is known of a need. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    lock_in_order([need.client])
    need = locked(need, version=version, mine=values)
    _refuse_unknown(need.kind, values.get("code", need.code), values.get("level", need.level))
    _refuse_end_before_beginning(values.get("since", need.since), values.get("until", need.until))
    changed = write(need, values)
    if changed:
        _refuse_twice(need)
        _say("clients.need_changed", need, need.client, by, now, fields=sorted(changed))
    return need


@transaction.atomic
def end_need(*, need: Need, on: date, version: int, by: User, now: datetime) -> Need:
    """Note from when it is a need no more: it was met, or things have changed. Raises ChangedMeanwhile."""
    need = locked(need, version=version, mine={"until": on})
    _refuse_end_before_beginning(need.since, on)
    if write(need, {"until": on}):
        _say("clients.need_ended", need, need.client, by, now, kind=need.kind)
    return need


@transaction.atomic
def resume_need(*, need: Need, version: int, by: User, now: datetime) -> Need:
    """Take back that a need has ended. Raises ChangedMeanwhile."""
    lock_in_order([need.client])
    need = locked(need, version=version, mine={"until": None})
    if write(need, {"until": None}):
        _refuse_twice(need)
        _say("clients.need_resumed", need, need.client, by, now, kind=need.kind)
    return need


@transaction.atomic
def remove_need(*, need: Need, version: int, by: User, now: datetime) -> None:
    """Delete a need that was recorded by mistake. Raises ChangedMeanwhile."""
    need = locked(need, version=version)
    _say("clients.need_removed", need, need.client, by, now, kind=need.kind)
    need.delete()


@transaction.atomic
def decline_suggestion(*, client: Client, code: str, by: User, now: datetime) -> Need:
    """Note that a need that the software suggested does not apply, so that it suggests it no more."""
    _refuse_unknown(Need.Kind.SPECIFIC, code, Need.Level.SOME)
    lock_in_order([client])
    for declined in Need.objects.declined().filter(client=client):
        if declined.code == code:
            return declined
    need = Need(
        id=new_id(),
        data_key=client.data_key,
        client=client,
        kind=Need.Kind.SPECIFIC,
        suggested=True,
        recorded_by=by,
        recorded_at=now,
        declined_at=now,
    )
    need.code = code
    need.save(force_insert=True)
    _say("clients.suggestion_declined", need, client, by, now)
    return need


def _refuse_unknown(kind: str, code: str, level: str) -> None:
    known = need_codes() if kind == Need.Kind.SPECIFIC else AREAS
    if code not in known:
        raise UnableToRecordNeed(_("Choose a need of the list."), field="code")
    if kind == Need.Kind.SPECIFIC and level == Need.Level.NONE:
        raise UnableToRecordNeed(_("A specific need that is none any more is ended instead."), field="level")


def _refuse_twice(need: Need) -> None:
    """Refuse a second open need of one person with the same code; codes are sealed, so the database cannot."""
    needs: Any = Need.objects
    others = needs.stated().filter(client=need.client_id, kind=need.kind, until__isnull=True).exclude(pk=need.pk)
    if need.until is None and any(other.code == need.code for other in others):
        raise UnableToRecordNeed(_("This is on record already and goes on. Change that entry."), field="code")


def _refuse_end_before_beginning(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise UnableToRecordNeed(_("It cannot end before it began."), field="until")


def _refuse_early_review(assessed_on: date, next_review_on: date | None) -> None:
    if next_review_on is not None and next_review_on <= assessed_on:
        raise UnableToRecordNeed(_("Choose a day after the assessment."), field="next_review_on")


def _say(event: str, row: Any, client: Client, by: User, now: datetime, **data: Any) -> None:
    record(event, subject=row, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
