"""The calendar feed, opened in the icalendar library: the right days and hours, and nothing that gives anybody away."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone
from icalendar import Calendar

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.reminders.calendar import FETCHES_AN_HOUR, make_feed
from casework.reminders.models import CalendarFeed
from casework.residency.actions import change_stay, refresh
from casework.residency.models import Deadline
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import count_as_computed, make_rule, make_stay
from tests.reminders.deadlines import make_deadline
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def soon() -> date:
    return timezone.now().date() + 10 * DAY


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def person(worker: User) -> Client:
    """Somebody whom the worker looks after, with a deadline in ten days."""
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)
    make_deadline(client=client, due_on=soon())
    count_as_computed(client)
    return client


def meet(person: Client, worker: User, *, zone: str = "Asia/Bishkek", day: date | None = None, **fields: Any) -> None:
    case = Case.objects.get(pk=person.case_id)
    known: dict[str, Any] = {"day": day or soon(), "wall_time": time(10, 30), "zone": zone, "minutes": 45}
    clients.plan_appointment(
        case=case, people=[person], by=worker, now=timezone.now(), place="ул. Придуманная, 1", **(known | fields)
    )


def fetched(user: User) -> tuple[Any, str]:
    _feed, token = make_feed(by=user, now=timezone.now())
    response = Browser().get(f"/calendar/{token}.ics")
    assert response.status_code == 200
    return Calendar.from_ical(response.content), response.content.decode()


def entries(user: User) -> list[tuple[str, Any]]:
    return [(str(it["summary"]), it["dtstart"].dt) for it in fetched(user)[0].walk("VEVENT")]


def test_a_deadline_is_a_whole_day_with_the_code_of_its_case(worker: User, person: Client) -> None:
    calendar, text = fetched(worker)

    [event] = calendar.walk("VEVENT")
    assert (str(event["summary"]), event["dtstart"].dt) == (f"Case {person.case.code}: due", soon())
    assert not isinstance(event["dtstart"].dt, datetime)
    assert f"DTSTART;VALUE=DATE:{soon():%Y%m%d}" in text
    assert str(event["class"]) == "PRIVATE"


def test_a_choice_is_no_duty_and_once_it_has_passed_nothing(worker: User, person: Client) -> None:
    Deadline.objects.update(optional=True)
    assert entries(worker) == [(f"Case {person.case.code}: possible until then", soon())]

    Deadline.objects.update(due_on=soon() - 20 * DAY)
    assert entries(worker) == []


def test_a_date_is_computed_anew_where_facts_have_changed_since(worker: User) -> None:
    make_rule(parameters={"days": 30})
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    today = timezone.now().date()
    stay = make_stay(make_client(case=case, by=worker), today - 20 * DAY, by=worker, now=timezone.now())
    refresh(client_ids=[stay.client_id], now=timezone.now())
    assert [day for _text, day in entries(worker)] == [today + 9 * DAY]

    change_stay(
        stay=stay,
        version=stay.version,
        by=worker,
        now=timezone.now(),
        entered_earliest=today - 22 * DAY,
        entered_latest=today - 22 * DAY,
    )

    assert [day for _text, day in entries(worker)] == [today + 7 * DAY]


def test_an_appointment_has_the_hours_of_the_wall_where_it_is(worker: User, person: Client) -> None:
    Deadline.objects.all().delete()
    meet(person, worker)

    calendar, text = fetched(worker)

    [event] = calendar.walk("VEVENT")
    begins, ends = event["dtstart"].dt, event["dtend"].dt
    assert (begins.date(), f"{begins:%H:%M}", f"{ends:%H:%M}") == (soon(), "10:30", "11:15")
    assert begins.utcoffset() == timedelta(hours=6)
    assert "DTSTART;TZID=UTC+0600:" in text.replace('"', "")
    assert [str(it["tzid"]) for it in calendar.walk("VTIMEZONE")] == ["UTC+0600"]


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("Europe/Berlin", date(2027, 3, 27), 1),
        ("Europe/Berlin", date(2027, 3, 28), 2),
        ("Europe/Berlin", date(2027, 10, 30), 2),
        ("Asia/Almaty", date(2027, 3, 1), 5),
    ],
)
def test_an_appointment_keeps_its_hour_through_changes_of_clocks(
    worker: User, person: Client, zone: str, day: date, offset: int
) -> None:
    Deadline.objects.all().delete()
    meet(person, worker, zone=zone, day=day)

    [(_text, begins)] = entries(worker)

    assert (f"{begins:%Y-%m-%d %H:%M}", begins.utcoffset()) == (f"{day} 10:30", timedelta(hours=offset))


def test_it_gives_nothing_away(worker: User, person: Client) -> None:
    meet(person, worker, with_name="Придуманный адвокат", remark="Выдуманный секрет")

    calendar, text = fetched(worker)

    for revealing in (
        *(str(person.family_name), str(person.given_name), person.reference, str(person.pk), str(person.case_id)),
        *(
            worker.email,
            str(worker.pk),
            "Bishkek",
            "Asia",
            "KG",
            "Kyrgyz",
            "Придуманн",
            "секрет",
            "http",
            "leave",
            "asework",
        ),
    ):
        assert revealing not in re.sub(r"\r\n ", "", text)
    allowed = {"UID", "DTSTAMP", "SUMMARY", "CLASS", "TRANSP", "DTSTART", "DTEND"}
    assert {name for event in calendar.walk("VEVENT") for name in event} <= allowed


def test_the_ids_stay_and_are_others_in_another_feed(worker: User, person: Client) -> None:
    _feed, token = make_feed(by=worker, now=timezone.now())
    first, second = (Calendar.from_ical(Browser().get(f"/calendar/{token}.ics").content) for _time in range(2))

    uids = [[str(it["uid"]) for it in each.walk("VEVENT")] for each in (first, second, fetched(worker)[0])]

    assert uids[0] == uids[1] != uids[2]


def test_others_cases_are_not_in_it(worker: User, person: Client) -> None:
    meet(person, worker)
    assert entries(make_user(team=team_of(worker))) == []
    assert entries(make_user()) == []


def test_a_restricted_case_is_in_it_only_for_whom_it_names(worker: User, person: Client) -> None:
    meet(person, worker)
    hide(Case.objects.get(pk=person.case_id), make_user(team=team_of(worker)), make_user(team=team_of(worker)))
    assert entries(worker) == []

    Case.objects.get(pk=person.case_id).members.create(user=worker, named_at=timezone.now())

    assert len(entries(worker)) == 2


def test_what_is_done_cancelled_or_of_a_closed_case_is_not_in_it(worker: User, person: Client) -> None:
    meet(person, worker)
    Deadline.objects.update(state="done")
    person.case.appointments.update(state="cancelled")
    assert entries(worker) == []

    Deadline.objects.update(state="open")
    Case.objects.update(status="closed", closed_at=timezone.now(), closing_reason="left")

    assert entries(worker) == []


def test_whose_role_has_ended_gets_an_empty_one_and_whose_account_is_closed_none(worker: User, person: Client) -> None:
    _feed, token = make_feed(by=worker, now=timezone.now())
    worker.memberships.update(ends_at=timezone.now())
    assert Calendar.from_ical(Browser().get(f"/calendar/{token}.ics").content).walk("VEVENT") == []

    User.objects.filter(pk=worker.pk).update(is_active=False)

    assert Browser().get(f"/calendar/{token}.ics").status_code == 404


def test_each_fetch_is_in_the_audit_and_nothing_of_it_is_kept_by_anybody(worker: User, person: Client) -> None:
    _feed, token = make_feed(by=worker, now=timezone.now())

    response = Browser().get(f"/calendar/{token}.ics")

    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(type="reminders.calendar_fetched")
    assert (event.actor_id, event.data) == (worker.pk, {"shown": 1})
    assert token not in str(list(CalendarFeed.objects.values())) + str(
        list(Event.objects.values_list("data", flat=True))
    )


def test_a_program_that_asks_too_often_is_told_to_come_back_later(worker: User) -> None:
    _feed, token = make_feed(by=worker, now=timezone.now())
    CalendarFeed.objects.update(fetches=FETCHES_AN_HOUR - 1, counted_since=timezone.now())

    answers = [Browser().get(f"/calendar/{token}.ics").status_code for _time in range(2)]
    CalendarFeed.objects.update(counted_since=timezone.now() - timedelta(hours=1))

    assert answers == [200, 429]
    assert Browser().get(f"/calendar/{token}.ics").status_code == 200


def test_the_address_is_shown_once_and_a_new_one_ends_the_one_before(worker: User) -> None:
    browser = signed_in(worker)
    first, second = (
        re.search(r"/calendar/([\w-]+)\.ics", browser.post("/calendar/make/").content.decode()) for _time in range(2)
    )
    assert first is not None
    assert second is not None

    assert second[1] not in browser.get("/calendar/").content.decode()
    assert [Browser().get(each[0]).status_code for each in (first, second)] == [404, 200]


def test_an_address_that_was_taken_away_opens_nothing(worker: User) -> None:
    _feed, token = make_feed(by=worker, now=timezone.now())

    signed_in(worker).post("/calendar/revoke/")

    assert Browser().get(f"/calendar/{token}.ics").status_code == 404
    assert Browser().get("/calendar/nonsense.ics").status_code == 404


def test_the_address_of_a_colleague_is_neither_shown_nor_taken_away(worker: User) -> None:
    _feed, token = make_feed(by=make_user(team=team_of(worker)), now=timezone.now())
    browser = signed_in(worker)

    page = browser.get("/calendar/").content.decode()
    browser.post("/calendar/revoke/")

    assert "There is no address yet." in page
    assert Browser().get(f"/calendar/{token}.ics").status_code == 200


def test_who_sees_no_cases_makes_none() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))

    assert browser.get("/calendar/").status_code == 403
    assert [browser.post(path).status_code for path in ("/calendar/make/", "/calendar/revoke/")] == [403, 403]


def test_pages_that_change_something_take_posts_only(worker: User) -> None:
    browser = signed_in(worker)

    assert [browser.get(path).status_code for path in ("/calendar/make/", "/calendar/revoke/")] == [405, 405]


def test_a_user_has_one_address(worker: User) -> None:
    make_feed(by=worker, now=timezone.now())

    with pytest.raises(IntegrityError, match="calendar_feed_one_a_user"), transaction.atomic():
        CalendarFeed.objects.create(user=worker, token_hash=b"x" * 32, made_at=timezone.now())


def test_an_address_is_not_taken_away_before_it_was_made(worker: User) -> None:
    make_feed(by=worker, now=timezone.now())

    with pytest.raises(IntegrityError, match="calendar_feed_revoked_after"), transaction.atomic():
        CalendarFeed.objects.update(revoked_at=timezone.now() - DAY)
