"""Housing is spoken of in time, to whoever can do something about it, and not once it is settled."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.due import Due, Kind, due_columns, due_in
from casework.housing.models import Placement
from casework.lifecycle.cases import split_case
from casework.reminders import send
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.housing import TODAY, book, hold, make_beds, make_lease, make_offer, make_request, make_site

from .test_races import at_once

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def due_of_user(user: User, now: datetime) -> list[Due]:
    """What somebody has to do about housing and is told of, as My day asks for it."""
    columns = due_columns(user, "me", now)
    rows: Any = User.objects.filter(pk=user.pk).annotate(**columns)
    return due_in(rows.values(*columns).get(), now)


@pytest.fixture
def worker() -> User:
    return make_user(team=make_team())


@pytest.fixture
def case(worker: User) -> Case:
    return make_case(team=worker.memberships.get().team, caseworker=worker, by=worker)


@pytest.fixture
def client(case: Case) -> Client:
    return make_client(case=case, by=case.caseworker)


def said() -> list[tuple[str, date, int]]:
    rows = Reminder.objects.order_by("due_on", "-lead_days", "subject")
    return [(it.subject.partition(":")[0], it.due_on, it.lead_days) for it in rows]


def states() -> list[tuple[str, str]]:
    return sorted(Reminder.objects.values_list("state", "why"))


def lives(*people: Client, days: int = 7, **fields: Any) -> list[Placement]:
    """They moved in three days ago and are to leave in so many days, all of them by one act."""
    beds = make_beds(len(people))
    since = TODAY - 3 * DAY
    return book(dict(zip(people, beds, strict=True)), since=since, until=TODAY + days * DAY, checks_in=True, **fields)


def test_a_family_that_leaves_in_a_week_is_spoken_of_once(client: Client, worker: User) -> None:
    rows = lives(client, make_client(case=client.case, by=worker), by=worker)

    plan(now=NOW)

    [reminder] = Reminder.objects.all()
    assert reminder.subject == f"placement:{rows[0].act}"
    assert (reminder.due_on, reminder.lead_days) == (TODAY + 7 * DAY, 7)
    assert (reminder.recipient, reminder.case) == (worker, client.case)


@pytest.mark.parametrize(("days", "lead"), [(8, None), (7, 7), (6, 7), (1, 1), (0, 0), (-1, 0), (-2, -2), (-20, -2)])
def test_the_end_of_a_stay_is_said_a_week_and_a_day_before_on_it_and_after_it(
    client: Client, days: int, lead: int | None
) -> None:
    rows = lives(client, days=1)
    Placement.objects.filter(pk=rows[0].pk).update(since=TODAY - 30 * DAY, until=TODAY + days * DAY)

    plan(now=NOW)

    assert [it.lead_days for it in Reminder.objects.all()] == ([] if lead is None else [lead])


def test_today_is_the_day_where_the_bed_stands(client: Client, worker: User) -> None:
    site = make_site(time_zone="Asia/Almaty", country="KZ", city="Almaty")
    just_before = datetime(2026, 12, 1, 18, 59, tzinfo=NOW.tzinfo)  # 23:59 on 1 December in Almaty
    book({client: make_beds(1, site=site)[0]}, since=TODAY, until=date(2026, 12, 9), checks_in=True, by=worker)

    before = plan(now=just_before).queued
    after = plan(now=just_before + timedelta(minutes=1)).queued

    assert (before, after) == (0, 1)


def test_whoever_has_another_bed_from_that_day_on_is_not_spoken_of(client: Client, worker: User) -> None:
    [row] = lives(client, by=worker)
    book({client: make_beds(1)[0]}, since=row.until, until=None, by=worker)

    assert plan(now=NOW).queued == 0
    assert due_of_user(worker, NOW) == []


def test_a_longer_stay_stops_what_was_to_be_said_and_is_spoken_of_anew(client: Client, worker: User) -> None:
    rows = lives(client, by=worker)
    plan(now=NOW)

    actions.extend(placements=rows, until=TODAY + 9 * DAY, by=worker, now=NOW)
    plan(now=NOW)
    plan(now=NOW + 2 * DAY)

    assert states() == [("stopped", "moved"), ("waiting", "")]
    assert said() == [("placement", TODAY + 7 * DAY, 7), ("placement", TODAY + 9 * DAY, 7)]


@pytest.mark.parametrize("claimed", [False, True])
def test_who_has_left_is_not_spoken_of_not_even_if_the_message_was_claimed(
    client: Client, worker: User, claimed: bool
) -> None:
    rows = lives(client, days=1, by=worker)
    plan(now=NOW)
    if claimed:
        send.claim(now=NOW)

    actions.check_out(placements=rows, on=TODAY, ending="own_housing", by=worker, now=NOW)
    send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    assert mail.outbox == []
    assert states() == [("stopped", "settled")]


def test_without_a_caseworker_the_coordinator_of_the_team_is_told(worker: User) -> None:
    team = make_team()
    coordinator = make_user(Role.COORDINATOR, team=team)
    lives(make_client(case=make_case(team=team, caseworker=None, by=coordinator), by=coordinator), by=coordinator)

    plan(now=NOW)

    assert [it.recipient for it in Reminder.objects.all()] == [coordinator]
    assert [it.kind for it in due_of_user(coordinator, NOW)] == [Kind.STAY_ENDS]
    assert due_of_user(worker, NOW) == []


def test_a_restricted_case_is_spoken_of_to_the_people_named_only() -> None:
    case = make_case(caseworker=None)
    named, other = make_user(team=case.team), make_user(team=case.team)
    coordinator = make_user(Role.COORDINATOR, team=case.team)
    lives(make_client(case=case, by=named), by=named)
    clients.restrict_case(case=case, people=[named, other], version=case.version, by=named, now=NOW)

    plan(now=NOW)

    assert {it.recipient for it in Reminder.objects.all()} == {named, other}
    assert [len(due_of_user(user, NOW)) for user in (named, other, coordinator)] == [1, 1, 0]


def test_a_closed_case_is_not_spoken_of(client: Client, worker: User) -> None:
    lives(client, by=worker)
    case = Case.objects.get(pk=client.case_id)
    clients.close_case(case=case, reason="needs_met", version=case.version, by=worker, now=NOW)

    assert plan(now=NOW).queued == 0


def test_a_hold_is_spoken_of_in_its_last_hours_once_for_all_of_them(client: Client, worker: User) -> None:
    mate = make_client(case=client.case, by=worker)
    hold(dict(zip((client, mate), make_beds(2), strict=True)), held_until=NOW + 24 * HOUR, by=worker)

    early = plan(now=NOW + 17 * HOUR).queued
    late = plan(now=NOW + 18 * HOUR).queued

    assert (early, late) == (0, 1)
    assert [name for name, _day, _lead in said()] == ["hold"]


def test_a_short_hold_is_spoken_of_after_half_of_its_time(client: Client, worker: User) -> None:
    hold({client: make_beds(1)[0]}, held_until=NOW + 4 * HOUR, by=worker)

    assert plan(now=NOW + timedelta(minutes=119)).queued == 0
    assert plan(now=NOW + 2 * HOUR).queued == 1


def test_what_is_still_held_of_an_offer_that_some_took_is_spoken_of(client: Client, worker: User) -> None:
    mate = make_client(case=client.case, by=worker)
    request = make_request([client, mate], by=worker)
    make_offer(request, dict(zip((client, mate), make_beds(2), strict=True)), by=worker)
    mine = list(Placement.objects.filter(client=client))

    actions.book_held(placements=mine, by=worker, now=NOW + HOUR)
    plan(now=NOW + 20 * HOUR)

    assert [name for name, _day, _lead in said()] == ["hold"]
    assert [it.kind for it in due_of_user(worker, NOW + 20 * HOUR)] == [Kind.HOLD_LAPSES]


def test_what_was_booked_or_has_lapsed_is_not_spoken_of_as_held(client: Client, worker: User) -> None:
    rows = hold({client: make_beds(1)[0]}, by=worker)
    plan(now=NOW + 20 * HOUR)

    actions.book_held(placements=rows, by=worker, now=NOW + 20 * HOUR)
    plan(now=NOW + 21 * HOUR)

    assert states() == [("stopped", "settled")]


def test_an_offer_is_spoken_of_before_it_lapses_and_on_the_day_after(client: Client, worker: User) -> None:
    request = make_request([client], by=worker)
    offer = make_offer(request, {client: make_beds(1)[0]}, by=worker)

    plan(now=NOW + 18 * HOUR)
    actions.release_lapsed_holds(NOW + 25 * HOUR)
    plan(now=NOW + 25 * HOUR)
    plan(now=NOW + 48 * HOUR)

    lapses_on = offer.lapses_at.date()
    assert said() == [("bed_offer", lapses_on, 0), ("bed_offer", lapses_on, -1)]
    assert {it.recipient for it in Reminder.objects.all()} == {worker}


def test_an_offer_that_was_answered_is_not_spoken_of(client: Client, worker: User) -> None:
    offer = make_offer(make_request([client], by=worker), {client: make_beds(1)[0]}, by=worker)
    plan(now=NOW + 18 * HOUR)

    actions.decline_offer(offer=offer, why="too_far", by=worker, now=NOW + 18 * HOUR)
    send.deliver_due(clock=lambda: NOW + 19 * HOUR)

    assert mail.outbox == []
    assert states() == [("stopped", "settled")]


def test_after_a_word_with_them_a_lapsed_offer_is_not_spoken_of(client: Client, worker: User) -> None:
    request = make_request([client], by=worker)
    make_offer(request, {client: make_beds(1)[0]}, by=worker)
    later = NOW + 48 * HOUR
    actions.release_lapsed_holds(later)

    actions.note_contact(request=request, on=later.date(), by=worker, now=later)

    assert plan(now=later).queued == 0


def test_who_waits_without_a_word_for_a_fortnight_is_spoken_of_until_somebody_spoke(
    client: Client, worker: User
) -> None:
    request = make_request([client], by=worker, now=NOW)

    assert plan(now=NOW + 13 * DAY).queued == 0
    assert plan(now=NOW + 14 * DAY).queued == 1
    assert [it.kind for it in due_of_user(worker, NOW + 14 * DAY)] == [Kind.SILENT]
    actions.note_contact(request=request, on=TODAY + 14 * DAY, by=worker, now=NOW + 14 * DAY)
    plan(now=NOW + 14 * DAY)
    plan(now=NOW + 28 * DAY)

    assert states() == [("stopped", "moved"), ("waiting", "")]
    assert due_of_user(worker, NOW + 14 * DAY) == []


def test_notice_of_a_lease_is_for_those_who_keep_the_site() -> None:
    team, other = make_team(), make_team()
    keeper, neighbour = make_user(Role.COORDINATOR, team=team), make_user(Role.COORDINATOR, team=other)
    make_user(team=team)
    make_user(Role.COORDINATOR)
    make_membership(make_user(None), Role.COORDINATOR, team=team, ends_at=NOW - DAY)
    site = make_site(teams=[team, other], by=keeper)
    lease = make_lease(site, until=TODAY + 60 * DAY, notice_on=TODAY + 30 * DAY)

    plan(now=NOW)

    assert {(it.subject, it.recipient_id, it.case_id) for it in Reminder.objects.all()} == {
        (f"lease:{lease.pk}", user.pk, None) for user in (keeper, neighbour)
    }
    assert [(it.kind, it.place) for it in due_of_user(keeper, NOW)] == [(Kind.NOTICE, site.code)]


def test_a_place_that_is_to_be_closed_needs_notice_all_the_same_and_one_that_is_closed_does_not() -> None:
    keeper = make_user(Role.COORDINATOR)
    site = make_site(team=keeper.memberships.get().team, by=keeper)
    make_lease(site, until=TODAY + 60 * DAY, notice_on=TODAY + 7 * DAY)
    actions.close_site(site=site, on=TODAY + 40 * DAY, version=site.version, by=keeper, now=NOW)

    plan(now=NOW)
    plan(now=NOW + 35 * DAY)
    assert said() == [("lease", TODAY + 7 * DAY, 7), ("lease", TODAY + 7 * DAY, -1)]
    assert [it.kind for it in due_of_user(keeper, NOW + 35 * DAY)] == [Kind.NOTICE]

    assert due_of_user(keeper, NOW + 41 * DAY) == []


def test_a_lease_of_which_notice_was_given_ends_and_that_is_said(worker: User) -> None:
    keeper = make_user(Role.COORDINATOR)
    site = make_site(team=keeper.memberships.get().team, by=keeper)
    lease = make_lease(site, until=TODAY + 30 * DAY, notice_on=TODAY + 7 * DAY)
    plan(now=NOW)

    actions.give_notice(lease=lease, on=TODAY, version=lease.version, by=keeper, now=NOW)
    plan(now=NOW)

    assert said() == [("lease", TODAY + 7 * DAY, 7), ("lease_end", TODAY + 30 * DAY, 30)]
    assert states() == [("stopped", "settled"), ("waiting", "")]


def test_a_lease_that_another_follows_asks_for_nothing() -> None:
    keeper = make_user(Role.COORDINATOR)
    site = make_site(team=keeper.memberships.get().team, by=keeper)
    make_lease(site, until=TODAY + 7 * DAY, notice_on=TODAY)
    make_lease(site, since=TODAY + 7 * DAY, until=None)

    assert plan(now=NOW).queued == 0


def test_a_notice_day_that_moved_is_spoken_of_anew() -> None:
    keeper = make_user(Role.COORDINATOR)
    site = make_site(team=keeper.memberships.get().team, by=keeper)
    lease = make_lease(site, until=TODAY + 60 * DAY, notice_on=TODAY + 7 * DAY)
    plan(now=NOW)

    actions.change_lease(lease=lease, version=lease.version, notice_on=TODAY + 14 * DAY, by=keeper, now=NOW)
    plan(now=NOW)

    assert [
        (it.due_on, it.state) for it in Reminder.objects.filter(subject__startswith="lease:").order_by("due_on")
    ] == [
        (TODAY + 7 * DAY, "stopped"),
        (TODAY + 14 * DAY, "waiting"),
    ]


def test_a_message_counts_what_my_day_shows_and_names_nothing(client: Client, worker: User) -> None:
    [row] = lives(client, days=1, by=worker)
    make_request([client], by=worker, now=NOW - 20 * DAY)
    plan(now=NOW)

    send.deliver_due(clock=lambda: NOW)

    assert [len(mail.outbox), {it.subject for it in mail.outbox}] == [
        2,
        {"You have 1 item due.", "You have 2 items due."},
    ]
    words = " ".join(it.subject + it.body for it in mail.outbox)
    for revealing in (client.case.code, client.reference, client.family_name, row.bed.unit.site.code, "bed", "2026"):
        assert revealing not in words


def test_a_second_run_finds_nothing_missing(client: Client, worker: User) -> None:
    lives(client, by=worker)
    make_request([client], by=worker, now=NOW - 20 * DAY)

    assert plan(now=NOW).queued == 2
    assert plan(now=NOW).queued == 0


def test_people_who_are_split_off_take_what_is_said_of_their_bed_along(client: Client, worker: User) -> None:
    other = make_client(case=client.case, by=worker, relation="child")
    lives(client, days=1, by=worker)
    lives(other, days=1, by=worker)
    plan(now=NOW)

    new = split_case(
        case=Case.objects.get(pk=client.case_id),
        leaving=[other.pk],
        principal=other.pk,
        principal_here=None,
        team=client.case.team,
        caseworker=worker,
        version=client.case.version,
        by=worker,
        now=NOW,
    )

    assert {it.case_id for it in Reminder.objects.all()} == {client.case_id, new.pk}


def test_the_number_of_queries_does_not_grow(client: Client, worker: User) -> None:
    def grow() -> None:
        lives(make_client(case=client.case, by=worker), by=worker)
        hold({make_client(case=client.case, by=worker): make_beds(1)[0]}, by=worker)
        site = make_site(by=make_user(Role.COORDINATOR))
        make_lease(site, until=TODAY + 60 * DAY, notice_on=TODAY + 7 * DAY)

    grow()
    plan(now=NOW + 20 * HOUR)
    with counted_queries() as few:
        plan(now=NOW + 20 * HOUR)
    for _number in range(4):
        grow()
    plan(now=NOW + 20 * HOUR)
    with counted_queries() as many:
        plan(now=NOW + 20 * HOUR)

    assert len(few) == len(many)


@pytest.mark.django_db(transaction=True)
def test_five_planners_make_no_duplicate() -> None:
    worker = make_user()
    for _number in range(5):
        case = make_case(team=worker.memberships.get().team, caseworker=worker, by=worker)
        person = make_client(case=case, by=worker)
        lives(person, by=worker)
        make_request([person], by=worker, now=NOW - 20 * DAY)

    at_once(5, lambda: plan(now=NOW))

    assert Reminder.objects.count() == 10
