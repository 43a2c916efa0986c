"""A case is closed, and what becomes of the beds of its people is said in the same act."""

from datetime import timedelta
from typing import Any

import pytest

from casework.audit.models import Event
from casework.clients.models import Address, Case, Client
from casework.housing import actions as housing
from casework.housing.models import HousingRequest, Placement
from casework.lifecycle.closing import UnableToLeaveBeds, archive_case, close_case
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.housing import TODAY, book, hold, make_bed, make_beds, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[Client, Client]:
    """One who lives in a bed of ours since last week, one who is booked, in one case."""
    first = make_client()
    second = make_client(case=first.case, relation="spouse")
    bed, other = make_beds(2)
    week_ago = NOW - timedelta(days=7)
    book({first: bed}, since=TODAY - timedelta(days=7), until=None, checks_in=True, now=week_ago)
    book({second: other}, since=TODAY + timedelta(days=3))
    return first, second


def close(case: Case, **fields: Any) -> Case:
    case.refresh_from_db()
    known: dict[str, Any] = {"reason": "moved_on", "version": case.version, "by": make_user(), "now": NOW}
    return close_case(case=case, **(known | fields))


def states() -> dict[Any, tuple[str, str]]:
    return {row.client_id: (row.state, row.ending) for row in Placement.objects.all()}


def test_while_somebody_has_a_bed_the_case_is_not_closed_in_silence(people: Any) -> None:
    with pytest.raises(UnableToLeaveBeds, match="has a bed of ours") as refusal:
        close(people[0].case)

    assert refusal.value.field == "beds"
    assert Case.objects.get().status == Case.Status.OPEN


def test_those_who_have_left_are_checked_out_and_what_was_to_come_is_cancelled(people: Any) -> None:
    first, second = people

    case = close(first.case, beds="leave")

    assert case.status == Case.Status.CLOSED
    assert states() == {first.pk: ("checked_out", "moved_on"), second.pk: ("cancelled", "not_needed")}
    assert Address.objects.get(client=first).until == TODAY


def test_those_who_stay_stay_for_a_reason_and_the_case_says_so(people: Any) -> None:
    with pytest.raises(UnableToLeaveBeds, match="Say in the remark") as refusal:
        close(people[0].case, beds="keep")
    assert refusal.value.field == "remark"

    case = close(people[0].case, beds="keep", remark="Хозяйка оставила их у себя")

    assert {state for state, _ending in states().values()} == {"checked_in", "booked"}
    event = Event.objects.get(type="housing.beds_kept_after_closing")
    assert (str(event.case_id), len(event.data["placements"])) == (str(case.pk), 2)


def test_nobody_of_a_closed_case_is_placed_but_they_are_checked_out(people: Any) -> None:
    first, _second = people
    case = close(first.case, beds="keep", remark="Остались у хозяйки")
    client = Client.objects.select_related("case").get(pk=first.pk)

    with pytest.raises(housing.UnableToPlace, match=f"The case {case.code} is closed"):
        book({client: make_bed()}, may_move=True)
    row = Placement.objects.get(client=first)
    housing.check_out(placements=[row], on=TODAY, ending="family", by=make_user(), now=NOW)

    assert states()[first.pk] == ("checked_out", "family")


def test_a_hold_that_has_lapsed_asks_nothing_and_whoever_waits_waits_no_more() -> None:
    client = make_client()
    hold({client: make_bed()})
    make_request([client])

    later = NOW + timedelta(hours=30)
    close(client.case, now=later, reason="lost_contact")

    request = HousingRequest.objects.get()
    assert (request.state, request.closing) == ("closed", "no_contact")


def test_a_case_with_somebody_in_a_bed_is_not_archived(people: Any) -> None:
    case = close(people[0].case, beds="keep", remark="Остались у хозяйки")
    by = make_user()

    with pytest.raises(UnableToLeaveBeds, match="Check them out"):
        archive_case(case=case, version=case.version, by=by, now=NOW)
    rows = list(Placement.objects.filter(client=people[0]))
    housing.check_out(placements=rows, on=TODAY, ending="family", by=by, now=NOW)
    housing.cancel(placements=list(Placement.objects.filter(client=people[1])), ending="not_needed", by=by, now=NOW)

    assert archive_case(case=case, version=case.version, by=by, now=NOW).is_archived
