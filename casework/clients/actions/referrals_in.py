"""What can happen to a referral in: recorded, declined, accepted into a case, answered."""

from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.lookup import keyed_hash, keyed_hashes, normal_email, normal_phone
from casework.vault.models import DataKey
from casework.vault.values import ERASED

from ..changes import insert_once, locked, write
from ..models import Case, IncomingReferral, Partner, Urgency
from ..models.referral import ANSWER_WITHIN
from .referral_to_dos import settle_to_dos

# Names the derived key. Changing it makes every stored hash useless.
HASHED_AS = "clients.IncomingReferral.same"


class IncomingFields(TypedDict, total=False):
    partner: Partner | None
    sender: str
    received_on: date
    how: str
    family_name: str
    given_name: str
    channel: str
    contact: str
    people: int
    service: str
    asked: str
    urgency: str


class UnableToTakeReferral(Refusal):
    pass


class RecordedAlready(UnableToTakeReferral):
    """The same sender sent the same person, and that one waits. `earlier` is it."""

    def __init__(self, earlier: IncomingReferral) -> None:
        super().__init__(_("The same referral is on record already and waits for a decision."))
        self.earlier = earlier


@transaction.atomic
def record_incoming(
    *,
    team: Team,
    by: User,
    now: datetime,
    referral_id: UUID | None = None,
    answer_due_on: date | None = None,
    **fields: Unpack[IncomingFields],
) -> IncomingReferral:
    """Record that somebody is sent to the team. Sent twice with the same id, it is one.

    Raises RecordedAlready where the same sender sent the same person and nobody has decided yet.
    """
    if referral_id and (earlier := IncomingReferral.objects.filter(pk=referral_id, team=team).first()):
        return earlier
    values: dict[str, Any] = dict(fields)
    _refuse_nameless(values)
    received_on = values.get("received_on") or today_in(team.time_zone, now)
    if received_on > today_in(team.time_zone, now):
        raise UnableToTakeReferral(_("It cannot have come in the future."), field="received_on")
    urgency = Urgency(values.get("urgency") or Urgency.NORMAL)
    form = _same(team, values)
    if (twin := _waiting_twin(team, form)) is not None:
        if twin.pk == referral_id:  # sent twice at once: the other one has just been written
            return twin
        raise RecordedAlready(twin)
    referral = IncomingReferral(
        id=referral_id or new_id(),
        data_key=DataKey.objects.make(DataKey.OwnerKind.REFERRAL, now=now),
        team=team,
        recorded_at=now,
        recorded_by=by,
        same_hash=keyed_hash(HASHED_AS, form),
        **values
        | {
            "received_on": received_on,
            "urgency": urgency,
            "answer_due_on": answer_due_on or received_on + timedelta(days=ANSWER_WITHIN[urgency]),
        },
    )
    referral, is_new = _insert(referral, team, form)
    if is_new:
        record("clients.incoming_referral_recorded", subject=referral, by=by, now=now)
    return referral


@transaction.atomic
def accept_incoming(
    *, referral: IncomingReferral, case: Case, by: User, now: datetime, version: int | None = None
) -> IncomingReferral:
    """Take them: in a case that was logged for them, or one that they are in already. Said twice, it counts once."""
    current = IncomingReferral.objects.select_for_update().get(pk=referral.pk)
    if current.case_id == case.pk:
        return current
    referral = locked(referral, version=current.version if version is None else version, mine={"case": case})
    _refuse_decided(referral)
    write(referral, {"state": IncomingReferral.State.ACCEPTED, "case": case, "decided_at": now, "decided_by": by})
    record("clients.incoming_referral_accepted", subject=referral, case_id=case.pk, by=by, now=now)
    return referral


@transaction.atomic
def decline_incoming(
    *, referral: IncomingReferral, reason: str, version: int, by: User, now: datetime, words: str = ""
) -> IncomingReferral:
    """Do not take them, for one of `DeclineReason`. Raises ChangedMeanwhile."""
    values: dict[str, Any] = {"decline_reason": reason, "decline_words": words}
    referral = locked(referral, version=version, mine=values)
    _refuse_decided(referral)
    decided = {"state": IncomingReferral.State.DECLINED, "decided_at": now, "decided_by": by}
    write(referral, values | decided)
    record("clients.incoming_referral_declined", subject=referral, by=by, now=now, reason=reason)
    return referral


@transaction.atomic
def reconsider_incoming(*, referral: IncomingReferral, version: int, by: User, now: datetime) -> IncomingReferral:
    """Take the decision back; nothing happens to a case that came of it. Raises ChangedMeanwhile, RecordedAlready."""
    referral = locked(referral, version=version)
    if referral.state == IncomingReferral.State.WAITING:
        raise UnableToTakeReferral(_("Nothing has been decided yet."))
    case_id, same_hash = referral.case_id, referral.same_hash
    undecided = {
        "state": IncomingReferral.State.WAITING,
        "case": None,
        "decline_reason": "",
        "decline_words": "",
        "decided_at": None,
        "decided_by": None,
        "answered_on": None,
    }
    try:
        with transaction.atomic():
            write(referral, undecided)
    except IntegrityError:
        # Sent again since, it waits already.
        rows: Any = IncomingReferral.objects.filter(team=referral.team_id, same_hash=same_hash)
        twin = rows.waiting().first()
        if twin is None:
            raise
        raise RecordedAlready(twin) from None
    record("clients.incoming_referral_reconsidered", subject=referral, case_id=case_id, by=by, now=now)
    return referral


@transaction.atomic
def answer_incoming(
    *, referral: IncomingReferral, answered_on: date, version: int, by: User, now: datetime
) -> IncomingReferral:
    """Note the day on which the sender was told what we decided. Raises ChangedMeanwhile."""
    referral = locked(referral, version=version, mine={"answered_on": answered_on})
    if referral.state == IncomingReferral.State.WAITING:
        raise UnableToTakeReferral(_("Decide first: there is nothing to tell them yet."))
    if answered_on < referral.received_on:
        raise UnableToTakeReferral(_("That is before it came."), field="answered_on")
    if answered_on > today_in(referral.team.time_zone, now):
        raise UnableToTakeReferral(_("That day has not come yet."), field="answered_on")
    if write(referral, {"answered_on": answered_on}):
        settle_to_dos(referral.pk, by=by, now=now)
        record("clients.incoming_referral_answered", subject=referral, case_id=referral.case_id, by=by, now=now)
    return referral


def forms_of_referral(referral: IncomingReferral) -> list[str]:
    """Return the form of which a referral holds the hash; none of one that has been erased."""
    named = ("sender", "family_name", "given_name", "contact")
    values: dict[str, Any] = {name: getattr(referral, name) for name in named}
    if any(value is ERASED for value in values.values()):
        return []
    return [_same(referral.team, values | {"partner": partner}) for partner in dict.fromkeys((referral.partner, None))]


def _waiting_twin(team: Team, form: str) -> IncomingReferral | None:
    rows: Any = IncomingReferral.objects.filter(team=team, same_hash__in=keyed_hashes(HASHED_AS, form))
    found: IncomingReferral | None = rows.waiting().first()
    return found


def _insert(referral: IncomingReferral, team: Team, form: str) -> tuple[IncomingReferral, bool]:
    """Insert it, or say that the same one has come meanwhile."""
    try:
        with transaction.atomic():
            return insert_once(referral, team_id=team.pk)
    except IntegrityError:
        twin = _waiting_twin(team, form)
        if twin is None:
            raise
        raise RecordedAlready(twin) from None


def _same(team: Team, values: dict[str, Any]) -> str:
    """Return what is equal of the same referral: the sender, the name and, where it is known, the contact."""
    partner = values.get("partner")
    sender = str(partner.pk) if partner else str(values.get("sender", "")).casefold()
    contact = str(values.get("contact", ""))
    reach = normal_email(contact) if "@" in contact else normal_phone(contact, team.country)
    parts = [sender, values.get("family_name", ""), values.get("given_name", ""), reach]
    return "|".join(" ".join(str(part).casefold().split()) for part in parts)


def _refuse_nameless(values: dict[str, Any]) -> None:
    if not (values.get("partner") or str(values.get("sender", "")).strip()):
        raise UnableToTakeReferral(_("Say who sends them: choose a partner, or write who it was."), field="sender")
    if not any(str(values.get(name, "")).strip() for name in ("family_name", "given_name", "contact")):
        raise UnableToTakeReferral(_("Enter a name, or at least how to reach them."), field="family_name")


def _refuse_decided(referral: IncomingReferral) -> None:
    if referral.state != IncomingReferral.State.WAITING:
        raise UnableToTakeReferral(_("This was decided already: %(state)s.") % {"state": referral.get_state_display()})
