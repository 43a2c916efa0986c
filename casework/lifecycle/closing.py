"""A case is closed: what becomes of those of it who have a bed, or wait for one, is said in the same act."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients import actions as clients
from casework.clients.actions.facts import lock_in_order
from casework.clients.changes import locked
from casework.clients.models import Case, Client
from casework.housing import actions as housing
from casework.housing.models import HousingRequest, Placement
from casework.lib.refusals import Refusal

State, Ending, Closing = Placement.State, Placement.Ending, HousingRequest.Closing
# Why they leave their beds, by why the case is closed.
ENDINGS = {
    Case.ClosingReason.NEEDS_MET: Ending.OWN_HOUSING,
    Case.ClosingReason.MOVED_ON: Ending.MOVED_ON,
}
# Why they wait for no bed any more, likewise.
CLOSINGS = {
    Case.ClosingReason.MOVED_ON: Closing.MOVED_ON,
    Case.ClosingReason.LOST_CONTACT: Closing.NO_CONTACT,
    Case.ClosingReason.WITHDREW: Closing.NOT_WISHED,
    Case.ClosingReason.MISTAKE: Closing.MISTAKE,
}


class Beds(StrEnum):
    """What becomes of the beds of a case that is closed."""

    LEAVE = "leave"  # who lives there has left today; what is booked or held is cancelled
    KEEP = "keep"  # they stay, and somebody has said so


class UnableToLeaveBeds(Refusal):
    pass


def beds_of(case: Case, now: datetime) -> list[Placement]:
    """Return where the people of a case live, are booked, or have a bed held."""
    rows = Placement.objects.taking_beds(now).live().filter(client__case=case)
    return list(rows.with_person().with_place().soonest_first())


@transaction.atomic
def close_case(
    *, case: Case, reason: str, version: int, by: User, now: datetime, remark: str = "", beds: str = ""
) -> Case:
    """Close a case. Raises UnableToLeaveBeds where somebody of it has a bed and `beds` does not say what becomes of it.

    Whoever waits for a bed waits no more. Raises ChangedMeanwhile, UnableToCloseCase and UnableToPlace as the acts within do.
    """
    _lock(case, version)
    rows = beds_of(case, now)
    if rows and beds not in set(Beds):
        raise UnableToLeaveBeds(
            _("Somebody of this case has a bed of ours. Say whether they have left, or stay there."), field="beds"
        )
    if rows and beds == Beds.KEEP and not remark.strip():
        raise UnableToLeaveBeds(_("Say in the remark why they stay in their beds without a case."), field="remark")
    if rows and beds == Beds.LEAVE:
        _leave(rows, reason, by, now)
    _wait_no_more(case, reason, by, now)
    case = clients.close_case(case=case, reason=reason, version=version, by=by, now=now, remark=remark)
    if rows and beds == Beds.KEEP:
        kept = [str(row.pk) for row in rows]
        record("housing.beds_kept_after_closing", subject=case, case_id=case.pk, by=by, now=now, placements=kept)
    return case


@transaction.atomic
def archive_case(*, case: Case, version: int, by: User, now: datetime) -> Case:
    """Archive a closed case. Raises UnableToLeaveBeds while somebody of it has a bed, for nobody could check them out any more."""
    _lock(case, version)
    if beds_of(case, now):
        raise UnableToLeaveBeds(_("Somebody of this case still has a bed of ours. Check them out or cancel it first."))
    return clients.archive_case(case=case, version=version, by=by, now=now)


def _leave(rows: Sequence[Placement], reason: str, by: User, now: datetime) -> None:
    """Check out who lives there, each on today's day of their place, and cancel what was to come."""
    ending = ENDINGS.get(Case.ClosingReason(reason), Ending.OTHER)
    living = [row for row in rows if row.state == State.CHECKED_IN]
    coming = [row for row in rows if row.state != State.CHECKED_IN]
    if coming:
        housing.cancel(placements=coming, ending=Ending.NOT_NEEDED, by=by, now=now)
    for day in sorted({row.bed.unit.site.today(now) for row in living}):
        of_day = [row for row in living if row.bed.unit.site.today(now) == day]
        housing.check_out(placements=of_day, on=day, ending=ending, by=by, now=now)


def _lock(case: Case, version: int) -> None:
    """Lock the case and its people, in this order: whoever books a bed for them waits, and finds the case closed."""
    locked(case, version=version)
    lock_in_order(Client.objects.filter(case=case).only("pk"))


def _wait_no_more(case: Case, reason: str, by: User, now: datetime) -> None:
    closing = CLOSINGS.get(Case.ClosingReason(reason), Closing.OTHER)
    for request in HousingRequest.objects.filter(case=case, state=HousingRequest.State.OPEN).order_by("pk"):
        housing.close_request(request=request, closing=closing, version=request.version, by=by, now=now)
