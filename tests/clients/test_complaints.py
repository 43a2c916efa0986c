"""Complaints: recorded by anybody, handled by those who are not complained about."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.actions.complaints import acknowledge_by, has_handler
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Complaint, ComplaintPerson, ComplaintStep
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.referrals import make_complaint, make_coordinator
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def test_the_table_of_states_is_complete() -> None:
    assert set(Complaint.TRANSITIONS) == set(Complaint.State.values)


def test_what_was_said_lies_sealed_under_a_key_of_its_own() -> None:
    complaint = make_complaint(from_name="Вымышлена Жалобина", wished="Извинение")

    stored: Any = Complaint.objects.get()

    assert "Жалобина".encode() not in bytes(stored.from_name_sealed)
    assert "Извинение".encode() not in bytes(stored.wished_sealed)
    assert complaint.data_key.owner_kind == "complaint"


def test_the_same_form_twice_is_one() -> None:
    by, token = make_user(), uuid.uuid4()

    assert make_complaint(by=by, complaint_id=token) == make_complaint(by=by, complaint_id=token)
    assert Event.objects.filter(type="clients.complaint_recorded").count() == 1


def test_the_form_of_somebody_else_shows_nothing_of_their_complaint() -> None:
    token = uuid.uuid4()
    make_complaint(by=make_user(), complaint_id=token)

    with pytest.raises(SuspiciousOperation):
        make_complaint(by=make_user(), complaint_id=token)


def test_no_event_names_a_case_or_whom_it_is_about() -> None:
    accused, team = make_user(), make_team()
    handler = make_coordinator(team)
    complaint = make_complaint(team=team, about=accused)
    complaint = actions.move_complaint(complaint=complaint, to="acknowledged", version=1, by=handler, now=NOW)
    actions.note_on_complaint(complaint=complaint, text="Спросили двоих", by=handler, now=NOW)
    actions.name_people_complained_about(complaint=complaint, people=[], version=2, by=handler, now=NOW)

    events = Event.objects.filter(type__startswith="clients.complaint")
    assert events.count() == 4
    assert {event.case_id for event in events} == {None}
    assert all(str(accused.pk) not in str(event.data) for event in events)


@pytest.mark.parametrize(
    ("received", "country", "due"),
    [
        (date(2026, 11, 20), "KG", date(2026, 11, 25)),  # a Friday
        (date(2026, 11, 23), "KG", date(2026, 11, 26)),
        (date(2026, 12, 14), "KZ", date(2026, 12, 18)),  # the 16th is the day of independence
        (date(2026, 11, 20), "", date(2026, 11, 25)),
    ],
)
def test_it_is_to_be_acknowledged_within_three_working_days(received: date, country: str, due: date) -> None:
    assert acknowledge_by(received, country) == due


def test_it_is_overdue_from_the_day_after_until_somebody_acknowledges_it() -> None:
    team = make_team()
    handler, complaint = make_coordinator(team), make_complaint(team=team)

    def overdue(days: int) -> bool:
        return Complaint.objects.overdue(NOW + timedelta(days=days)).exists()  # type: ignore[attr-defined]

    assert [overdue(3), overdue(4)] == [False, True]
    assert complaint.is_overdue(date(2026, 11, 26))
    actions.move_complaint(complaint=complaint, to="acknowledged", version=1, by=handler, now=NOW)
    assert not overdue(4)


def test_one_of_no_team_is_overdue_too() -> None:
    make_complaint(team=None)

    assert Complaint.objects.overdue(NOW + timedelta(days=4)).exists()  # type: ignore[attr-defined]


def test_it_goes_its_way_and_every_step_is_kept() -> None:
    team = make_team()
    by, complaint = make_coordinator(team), make_complaint(team=team)

    for version, to in enumerate(["acknowledged", "looked_into", "answered", "appealed", "answered"], start=1):
        complaint = actions.move_complaint(complaint=complaint, to=to, version=version, by=by, now=NOW, text=to)
    complaint = actions.move_complaint(
        complaint=complaint, to="closed", version=6, by=by, now=NOW, outcome="partly", text="Извинились"
    )

    assert (complaint.state, complaint.outcome, complaint.closed_at) == ("closed", "partly", NOW)
    assert ComplaintStep.objects.count() == 6
    appealed = actions.move_complaint(complaint=complaint, to="appealed", version=7, by=by, now=NOW)
    assert (appealed.outcome, appealed.closed_at) == ("", None)


def test_closing_says_how_it_ended() -> None:
    team = make_team()

    with pytest.raises(actions.UnableToHandleComplaint) as refused:
        actions.move_complaint(
            complaint=make_complaint(team=team), to="closed", version=1, by=make_coordinator(team), now=NOW
        )

    assert refused.value.field == "outcome"


def test_a_step_out_of_order_is_refused() -> None:
    team = make_team()

    with pytest.raises(actions.UnableToHandleComplaint, match="“received”"):
        actions.move_complaint(
            complaint=make_complaint(team=team), to="appealed", version=1, by=make_coordinator(team), now=NOW
        )


def test_whoever_is_complained_about_acts_on_nothing_even_behind_the_pages() -> None:
    team = make_team()
    accused = make_coordinator(team)
    complaint = make_complaint(team=team, about=accused)

    for act in (
        lambda: actions.move_complaint(complaint=complaint, to="acknowledged", version=1, by=accused, now=NOW),
        lambda: actions.note_on_complaint(complaint=complaint, text="x", by=accused, now=NOW),
        lambda: actions.name_people_complained_about(complaint=complaint, people=[], version=1, by=accused, now=NOW),
    ):
        with pytest.raises(actions.UnableToHandleComplaint, match="no such complaint"):
            act()


def test_nobody_makes_themselves_the_one_complained_about() -> None:
    team = make_team()
    handler = make_coordinator(team)

    with pytest.raises(actions.UnableToHandleComplaint, match="about you"):
        actions.name_people_complained_about(
            complaint=make_complaint(team=team), people=[handler], version=1, by=handler, now=NOW
        )


def test_a_colleague_who_is_named_later_sees_nothing_from_then_on() -> None:
    team = make_team()
    handler, other = make_coordinator(team), make_coordinator(team)
    complaint = make_complaint(team=team)

    actions.name_people_complained_about(complaint=complaint, people=[other], version=1, by=handler, now=NOW)

    assert not Complaint.objects.visible_to(other, NOW).exists()  # type: ignore[attr-defined]


def test_about_a_member_of_staff_whom_nobody_could_name_it_goes_to_another_team() -> None:
    team = make_team()
    here, elsewhere = make_coordinator(team), make_coordinator()

    complaint = make_complaint(team=team, subject="staff")

    assert complaint.away_from_team
    assert not Complaint.objects.visible_to(here, NOW).exists()  # type: ignore[attr-defined]
    assert Complaint.objects.visible_to(elsewhere, NOW).exists()  # type: ignore[attr-defined]


def test_where_everybody_is_complained_about_it_waits() -> None:
    accused = make_coordinator()
    complaint = make_complaint(team=accused.memberships.get().team, about=accused)
    assert not has_handler(complaint, NOW)

    elsewhere = make_coordinator()

    assert has_handler(complaint, NOW)
    assert Complaint.objects.visible_to(elsewhere, NOW).exists()  # type: ignore[attr-defined]


def test_an_administrator_handles_none() -> None:
    complaint = make_complaint()

    assert not Complaint.objects.visible_to(make_user(Role.ADMINISTRATOR), NOW).exists()  # type: ignore[attr-defined]
    assert not has_handler(complaint, NOW)


def test_two_who_handle_it_do_not_overwrite_each_other() -> None:
    team = make_team()
    by, complaint = make_coordinator(team), make_complaint(team=team)
    actions.move_complaint(complaint=complaint, to="acknowledged", version=1, by=by, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.move_complaint(complaint=complaint, to="looked_into", version=1, by=by, now=NOW)


def test_nothing_happened_or_tomorrow_is_refused() -> None:
    with pytest.raises(actions.UnableToHandleComplaint) as empty:
        make_complaint(happened=" ")
    with pytest.raises(actions.UnableToHandleComplaint) as early:
        make_complaint(received_on=date(2026, 11, 25))

    assert (empty.value.field, early.value.field) == ("happened", "received_on")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "closed"}, "complaint_closed_has_time_and_outcome"),
        ({"outcome": "upheld"}, "complaint_closed_has_time_and_outcome"),
        ({"away_from_team": True}, "complaint_away_from_a_team"),
        ({"acknowledged_at": NOW}, "complaint_received_is_not_acknowledged"),
    ],
)
def test_what_a_complaint_must_never_be(values: dict[str, object], constraint: str) -> None:
    complaint = make_complaint()

    with pytest.raises(IntegrityError, match=constraint):
        Complaint.objects.filter(pk=complaint.pk).update(**values)


def test_a_person_is_complained_about_once_in_one_complaint() -> None:
    accused = make_user()
    complaint = make_complaint(about=accused)

    with pytest.raises(IntegrityError, match="complaint_person_once"):
        ComplaintPerson.objects.create(complaint=complaint, user=accused)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_one() -> None:
    by, token, accused = make_user(), uuid.uuid4(), make_user()

    at_once(*[lambda: make_complaint(by=by, complaint_id=token, about=accused)] * 3)

    assert Complaint.objects.count() == 1
    assert ComplaintPerson.objects.count() == 1
