"""Referrals: those that went out and what is answered to them, those that came in and are filed."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from casework.accounts.roles import Permission
from casework.accounts.scopes import Scope
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Contact, DeclineReason, IncomingReferral, Partner, Referral, ServiceKind, Urgency

from ..auth import Bearer
from ..fields import Day, Id, In, Version, at_most, one_of
from ..idempotency import Key, token_of
from ..keyset import SIZE, After, Limit, page_of
from ..problems import Problem, mistake
from ..seeing import one_or_none, seen_by_token
from .logging import team_named

router = Router(tags=["referrals"])

Which = Literal["waiting", "all"]


class ReferralOut(Schema):
    """A referral out. What was said of the person stays with us."""

    id: Id
    case: str = Field(examples=["C-K7Q-3F9"])
    partner: str
    service: str = Field(examples=["legal"])
    urgency: str = Field(examples=["normal"])
    state: str = Field(examples=["sent"])
    sent_at: datetime | None
    answer_due_on: date | None
    decline_reason: str
    outcome: str
    version: int


class IncomingOut(Schema):
    """A referral in, without the name of the person."""

    id: Id
    team: str = Field(examples=["BSK"])
    partner: str | None
    service: str = Field(examples=["legal"])
    urgency: str = Field(examples=["normal"])
    state: str = Field(examples=["waiting"])
    received_on: date
    answer_due_on: date
    answered_on: date | None
    case: str | None = Field(description="The case that came of it", examples=["C-K7Q-3F9"])
    decline_reason: str
    version: int


class OutgoingListOut(Schema):
    referrals: list[ReferralOut]
    next: str | None = Field(description="Send it as `after` for the page that follows; null at the end")


class IncomingListOut(Schema):
    referrals: list[IncomingOut]
    next: str | None = Field(description="Send it as `after` for the page that follows; null at the end")


class IncomingIn(In):
    """Somebody whom a partner sends: nobody on file yet. A family name or a given name is needed."""

    team: Annotated[str, at_most(12)] | None = Field(
        default=None, description="The code of the team; needed where there are several", examples=["BSK"]
    )
    partner: Id | None = Field(default=None, description="The id of the partner, as in the address of its page")
    sender: Annotated[str, at_most(200)] = Field(
        default="", description="Who sends them, where it is no partner of the directory"
    )
    received_on: Day | None = Field(default=None, description="Today, where nothing is said")
    family_name: Annotated[str, at_most(120)] = Field(default="", examples=["Образцова"])
    given_name: Annotated[str, at_most(120)] = Field(default="", examples=["Вымышлена"])
    people: Annotated[int, Field(strict=True, ge=1, le=99)] = 1
    channel: Annotated[str, one_of(Contact.Channel)] | None = Field(default=None, description="How to reach them")
    contact: Annotated[str, at_most(160)] = Field(default="", description="The number or the address")
    service: Annotated[str, one_of(ServiceKind)] = "other"
    asked: Annotated[str, at_most(4000)] = Field(default="", description="What is asked, in words")
    urgency: Annotated[str, one_of(Urgency)] = "normal"


class AnswerIn(In):
    """What the partner answered. `reason` is needed with declined, `outcome` with done."""

    answer: Literal["received", "accepted", "declined", "done"]
    version: Version
    reason: Annotated[str, one_of(DeclineReason)] | None = None
    outcome: Annotated[str, one_of(Referral.Outcome)] | None = None
    words: Annotated[str, at_most(4000)] = Field(default="", description="What they said")


@router.get(
    "/referrals/out",
    auth=Bearer(Scope.READ_REFERRALS),
    response=OutgoingListOut,
    operation_id="referrals_out",
    summary="Referrals out, the newest first",
    description="Names nobody. Scope: read:referrals.",
    url_name="api_referrals_out",
)
def referrals_out(
    request: Any,
    state: Annotated[Which, Query(description="Only those that wait for an answer, or all")] = "all",
    after: After = "",
    limit: Limit = SIZE,
) -> dict[str, Any]:
    rows: Any = Referral.objects.filter(seen_by_token(request.user, request.now, prefix="case__"))
    rows = rows.waiting() if state == "waiting" else rows
    found, following = page_of(rows.select_related("case", "partner"), ("-created_at", "-id"), after, limit)
    record("clients.referrals_listed", by=request.user, now=request.now, rows=len(found))
    return {"referrals": [_out(row) for row in found], "next": following}


@router.get(
    "/referrals/in",
    auth=Bearer(Scope.READ_REFERRALS),
    response=IncomingListOut,
    operation_id="referrals_in",
    summary="Referrals in, the newest first",
    description="Names nobody. Scope: read:referrals.",
    url_name="api_referrals_in",
)
def referrals_in(
    request: Any,
    state: Annotated[Which, Query(description="Only those that wait for a decision, or all")] = "all",
    after: After = "",
    limit: Limit = SIZE,
) -> dict[str, Any]:
    rows = _incoming(request)
    rows = rows.waiting() if state == "waiting" else rows
    found, following = page_of(rows, ("-received_on", "-id"), after, limit)
    record("clients.referrals_listed", by=request.user, now=request.now, rows=len(found), direction="in")
    return {"referrals": [_in(row) for row in found], "next": following}


@router.post(
    "/referrals/in",
    auth=Bearer(Scope.WRITE_REFERRALS),
    response={201: IncomingOut},
    operation_id="file_referral",
    summary="File a referral in, for a person to decide about",
    description="The same person from the same sender, while the first waits, is answered 409. Scope: write:referrals.",
    url_name="api_file_referral",
)
def file_referral(request: Any, sent: IncomingIn, key: Key) -> Status[dict[str, Any]]:
    team = team_named(request, sent.team)
    values: dict[str, Any] = sent.model_dump(exclude={"team", "partner", "received_on", "channel"})
    if sent.partner is not None:
        partners: Any = Partner.objects
        values["partner"] = partners.in_use().filter(pk=sent.partner).first()
        if values["partner"] is None:
            said = _("There is no such partner in use.")
            raise Problem(422, "invalid", said, errors=[mistake("body.partner", "not_there", said)])
    if sent.received_on is not None:
        values["received_on"] = sent.received_on
    try:
        made = actions.record_incoming(
            team=team,
            referral_id=token_of(request, "referral", key),
            how=IncomingReferral.How.OTHER,
            channel=sent.channel or "",
            by=request.user,
            now=request.now,
            **values,
        )
    except actions.RecordedAlready as already:
        now = {"id": str(already.earlier.pk), "version": already.earlier.version}
        raise Problem(409, "recorded_already", already.sentence, now=now) from already
    # Sent again, perhaps long after: the case that came of it may be one that no program sees.
    return Status(201, _in(one_or_none(_incoming(request), pk=made.pk)))


@router.post(
    "/referrals/out/{referral_id}/answer",
    auth=Bearer(Scope.WRITE_REFERRALS),
    response=ReferralOut,
    operation_id="answer_referral",
    summary="Record what the partner answered to a referral out",
    description="Changed meanwhile, it is answered 409 with its version and state. Scope: write:referrals.",
    url_name="api_answer_referral",
)
def answer_referral(request: Any, referral_id: Annotated[Id, Path()], sent: AnswerIn) -> dict[str, Any]:
    visible = seen_by_token(request.user, request.now, prefix="case__", permission=Permission.CASE_CHANGE)
    rows: Any = Referral.objects.filter(visible).select_related("data_key", "case__team", "partner")
    found = one_or_none(rows, pk=referral_id)
    said: dict[str, Any] = {"referral": found, "version": sent.version, "text": sent.words}
    said |= {"by": request.user, "now": request.now}
    match sent.answer:
        case "received":
            answered = actions.note_received(**said)
        case "accepted":
            answered = actions.note_accepted(**said)
        case "declined":
            answered = actions.note_declined(**said, reason=_needed(sent.reason, "reason"))
        case "done":
            answered = actions.note_done(**said, outcome=_needed(sent.outcome, "outcome"))
    answered.case, answered.partner = found.case, found.partner
    return _out(answered)


def _needed(word: str | None, name: str) -> str:
    if word is None:
        said = _("This is missing.")
        raise Problem(
            422,
            "invalid",
            _("Correct what is listed and send it again."),
            errors=[mistake(f"body.{name}", "missing", said)],
        )
    return word


def _incoming(request: Any) -> Any:
    rows: Any = IncomingReferral.objects
    user, now = request.user, request.now
    seen = rows.visible_to(user, now).filter(Q(case__isnull=True) | seen_by_token(user, now, prefix="case__"))
    return seen.select_related("team", "partner", "case")


def _out(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "case": row.case.code,
        "partner": row.partner.name,
        "service": row.service,
        "urgency": row.urgency,
        "state": row.state,
        "sent_at": row.sent_at,
        "answer_due_on": row.answer_due_on,
        "decline_reason": row.decline_reason,
        "outcome": row.outcome,
        "version": row.version,
    }


def _in(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "team": row.team.code,
        "partner": row.partner.name if row.partner else None,
        "service": row.service,
        "urgency": row.urgency,
        "state": row.state,
        "received_on": row.received_on,
        "answer_due_on": row.answer_due_on,
        "answered_on": row.answered_on,
        "case": row.case.code if row.case else None,
        "decline_reason": row.decline_reason,
        "version": row.version,
    }
