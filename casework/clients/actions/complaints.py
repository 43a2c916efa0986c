"""What can happen to a complaint: recorded, acknowledged, looked into, answered, closed, appealed.

Nothing here names a case, and no event says whom a complaint is about.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.lib.ids import new_id, new_reference
from casework.lib.refusals import Refusal
from casework.lib.working_days import WorkingDays, is_known_calendar
from casework.vault.models import DataKey

from ..changes import insert_once, locked, write
from ..complaint_access import complaints_visible_to
from ..models import Complaint, ComplaintPerson, ComplaintStep, Partner

ACKNOWLEDGE_WITHIN = 3  # working days
LATEST_WEEKDAY = 4  # Friday, where no calendar is known


class ComplaintFields(TypedDict, total=False):
    received_on: date
    how: str
    from_name: str
    from_contact: str
    subject: str
    is_safeguarding: bool
    partner: Partner | None
    happened: str
    wished: str


class UnableToHandleComplaint(Refusal):
    pass


@transaction.atomic
def record_complaint(
    *,
    team: Team | None,
    people: Collection[User] = (),
    away_from_team: bool = False,
    by: User,
    now: datetime,
    complaint_id: UUID | None = None,
    **fields: Unpack[ComplaintFields],
) -> Complaint:
    """File a complaint; `people` are the members of staff complained about. Sent twice with the same id, it is one.

    One about a member of staff whom nobody could name goes to another team: whoever it is must not get it.
    """
    if complaint_id and (earlier := Complaint.objects.filter(pk=complaint_id, recorded_by=by).first()):
        return earlier
    values: dict[str, Any] = dict(fields)
    today = today_in(team.time_zone, now) if team else now.date()
    received_on = values.get("received_on") or today
    _refuse_what_cannot_be(values, received_on, today)
    nobody_named = values.get("subject") == Complaint.About.STAFF and not people
    complaint = Complaint(
        id=complaint_id or new_id(),
        data_key=DataKey.objects.make(DataKey.OwnerKind.COMPLAINT, now=now),
        receipt=_free_receipt(),
        team=team,
        away_from_team=team is not None and (away_from_team or nobody_named),
        acknowledge_due_on=acknowledge_by(received_on, team.country if team else ""),
        recorded_at=now,
        recorded_by=by,
        **values | {"received_on": received_on},
    )
    complaint, is_new = insert_once(complaint, recorded_by_id=by.pk)
    if is_new:
        ComplaintPerson.objects.bulk_create([ComplaintPerson(complaint=complaint, user=each) for each in set(people)])
        record("clients.complaint_recorded", subject=complaint, by=by, now=now)
    return complaint


def acknowledge_by(received_on: date, country: str) -> date:
    """Return the third working day after a complaint came; Monday to Friday where no calendar is known."""
    if is_known_calendar(country):
        return WorkingDays(country).nth_after(received_on, ACKNOWLEDGE_WITHIN)
    day, left = received_on, ACKNOWLEDGE_WITHIN
    while left:
        day += timedelta(days=1)
        left -= day.weekday() <= LATEST_WEEKDAY
    return day


@transaction.atomic
def move_complaint(
    *, complaint: Complaint, to: str, version: int, by: User, now: datetime, text: str = "", outcome: str = ""
) -> Complaint:
    """Say how far it is, in words; closing needs an outcome. Raises ChangedMeanwhile."""
    complaint = locked(complaint, version=version, mine={"text": text, "outcome": outcome})
    _refuse_who_may_not(complaint, by, now)
    if not complaint.may_become(to):
        raise UnableToHandleComplaint(
            _("This complaint is “%(state)s”. That does not go with what you want to record.")
            % {"state": complaint.get_state_display()}
        )
    if to == Complaint.State.CLOSED and not outcome:
        raise UnableToHandleComplaint(_("Say how it ended."), field="outcome")
    closes = to == Complaint.State.CLOSED
    values: dict[str, Any] = {
        "state": to,
        "outcome": outcome if closes else "",
        "closed_at": now if closes else None,
        "acknowledged_at": complaint.acknowledged_at or now,
    }
    write(complaint, values)
    _step(complaint, ComplaintStep.Kind.STATE, text, by, now)
    record("clients.complaint_moved", subject=complaint, by=by, now=now, state=to)
    return complaint


@transaction.atomic
def note_on_complaint(
    *, complaint: Complaint, text: str, by: User, now: datetime, step_id: UUID | None = None
) -> ComplaintStep:
    """Write down what was found. Sent twice with the same `step_id`, it is written once."""
    _refuse_who_may_not(complaint, by, now)
    if not text.strip():
        raise UnableToHandleComplaint(_("Write the note first."), field="text")
    step = _new_step(complaint, ComplaintStep.Kind.NOTE, text, by, now, step_id)
    step, is_new = insert_once(step, complaint_id=complaint.pk)
    if is_new:
        record("clients.complaint_noted", subject=complaint, by=by, now=now)
    return step


@transaction.atomic
def name_people_complained_about(
    *, complaint: Complaint, people: Collection[User], version: int, by: User, now: datetime
) -> Complaint:
    """Say who is complained about, as far as is known by now. They see nothing of it from then on.

    Nobody adds or removes themselves: whoever is complained about does not get here. Raises ChangedMeanwhile.
    """
    complaint = locked(complaint, version=version, mine={"people": list(people)})
    _refuse_who_may_not(complaint, by, now)
    if by.pk in {each.pk for each in people}:
        raise UnableToHandleComplaint(
            _("This is about you. Ask another person who handles complaints to name you."), field="people"
        )
    before = set(complaint.people.values_list("user", flat=True))
    if before == {each.pk for each in people}:
        return complaint
    complaint.people.exclude(user__in=people).delete()
    ComplaintPerson.objects.bulk_create(
        [ComplaintPerson(complaint=complaint, user=each) for each in people if each.pk not in before]
    )
    complaint.version += 1
    complaint.save(update_fields=["version"])
    _step(complaint, ComplaintStep.Kind.PEOPLE, "", by, now)
    record("clients.complaint_people_named", subject=complaint, by=by, now=now)
    return complaint


def has_handler(complaint: Complaint, now: datetime) -> bool:
    """Whether anybody may handle it now; if not, it waits until somebody else is given the role."""
    holders = Membership.objects.active(now).carrying(Permission.COMPLAINTS_HANDLE).values("user")
    return any(
        Complaint.objects.filter(complaints_visible_to(user, now), pk=complaint.pk).exists()
        for user in User.objects.filter(pk__in=holders).order_by("pk")
    )


def _refuse_who_may_not(complaint: Complaint, by: User, now: datetime) -> None:
    """Ask once more, behind the pages: whoever is complained about acts on nothing."""
    if not Complaint.objects.filter(complaints_visible_to(by, now), pk=complaint.pk).exists():
        raise UnableToHandleComplaint(_("There is no such complaint."))


def _refuse_what_cannot_be(values: dict[str, Any], received_on: date, today: date) -> None:
    if received_on > today:
        raise UnableToHandleComplaint(_("It cannot have come in the future."), field="received_on")
    if not str(values.get("happened", "")).strip():
        raise UnableToHandleComplaint(_("Write down what happened, in their words."), field="happened")


def _step(complaint: Complaint, kind: str, text: str, by: User, now: datetime) -> None:
    _new_step(complaint, kind, text, by, now, None).save(force_insert=True)


def _new_step(
    complaint: Complaint, kind: str, text: str, by: User, now: datetime, step_id: UUID | None
) -> ComplaintStep:
    step = ComplaintStep(
        id=step_id or new_id(),
        data_key=complaint.data_key,
        complaint=complaint,
        kind=kind,
        state=complaint.state,
        at=now,
        by=by,
    )
    step.text = text
    return step


def _free_receipt() -> str:
    """Return a receipt that no complaint has."""
    while Complaint.objects.filter(receipt=(receipt := f"CP-{new_reference()}")).exists():
        pass
    return receipt
