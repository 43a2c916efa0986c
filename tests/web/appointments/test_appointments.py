"""Appointments on pages: planned at a wall time, asked about where clocks change, moved, ended, warned about, printed."""

import datetime as dt
import re
import uuid
from typing import Any

import polib
import pytest
from django.utils import timezone
from django.utils.translation import override

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Appointment, Case, Client
from casework.web.sheet.views import LANGUAGES
from tests.counting import counted_queries
from tests.factories.accounts import make_team, make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.guards.source import ROOT
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db
ZONE = "Asia/Almaty"
STREET = "ул. Придуманная, 7"


@pytest.fixture
def worker() -> User:
    return make_user(team=make_team(name="Almaty", country="KZ", time_zone=ZONE))


@pytest.fixture
def client(worker: User) -> Client:
    return make_client(team=team_of(worker), by=worker)


def plan(client: Client, worker: User, *, starts: dt.timedelta = dt.timedelta(hours=2), **fields: Any) -> Appointment:
    """One that begins after `starts` from now, by the clock of Almaty."""
    at = (timezone.now() + starts).astimezone(timezone.get_fixed_timezone(300)).replace(second=0, microsecond=0)
    known: dict[str, Any] = {"day": at.date(), "wall_time": at.time(), "zone": ZONE, "staff": worker}
    return actions.plan_appointment(
        case=client.case, people=[client], by=worker, now=timezone.now(), **(known | fields)
    )


def when(day: dt.date, time: str, zone: str = ZONE) -> dict[str, str]:
    boxes = {"day_day": str(day.day), "day_month": str(day.month), "day_year": str(day.year)}
    return {"wall_time": time, "zone": zone, **boxes}


def typed(client: Client, day: dt.date, time: str, zone: str = ZONE, **fields: str) -> dict[str, str]:
    known = {"id": str(uuid.uuid4()), "people": str(client.pk), "minutes": "30", "with_kind": "doctor", "place": STREET}
    return known | when(day, time, zone) | fields


def url(client: Client) -> str:
    return f"/cases/{client.case.code}/appointments/new/"


def test_it_is_planned_once_at_the_time_of_the_team_and_stands_on_the_case(worker: User, client: Client) -> None:
    browser = signed_in(worker)
    form = browser.get(url(client)).context["form"]
    data = typed(client, dt.date(2027, 2, 1), "10:00")

    for _ in range(2):
        answer = browser.post(url(client), data)

    appointment = Appointment.objects.get()
    assert (form.initial["zone"], list(form.initial["people"])) == (ZONE, [client])
    assert appointment.starts_at == dt.datetime(2027, 2, 1, 5, tzinfo=dt.UTC)
    assert STREET in browser.get(answer.url).content.decode()
    page = browser.get(f"/cases/{client.case.code}/")
    assert [row.when.there for row in page.context["appointments"]] == ["Mon 1 Feb, 10:00"]
    assert client.full_name in page.context["appointments"][0].people


def test_an_hour_that_comes_twice_is_asked_about_and_answered(worker: User, client: Client) -> None:
    browser, data = signed_in(worker), typed(client, dt.date(2026, 10, 25), "02:30", "Europe/Berlin")

    asked = browser.post(url(client), data).content.decode()
    nothing_yet = Appointment.objects.count()
    browser.post(url(client), data | {"which": "second"})

    assert nothing_yet == 0
    assert "02:30, UTC+02:00" in asked
    assert "02:30, UTC+01:00" in asked
    assert Appointment.objects.get().starts_at == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


def test_an_hour_that_does_not_exist_is_asked_about_and_answered(worker: User, client: Client) -> None:
    browser, data = signed_in(worker), typed(client, dt.date(2027, 3, 28), "02:30", "Europe/Berlin")

    asked = browser.post(url(client), data)
    browser.post(url(client), data | {"which": "after"})

    assert [label for _, label in asked.context["form"].fields["which"].choices] == ["01:30", "03:30"]
    assert Appointment.objects.get().wall_time == dt.time(3, 30)


def test_what_is_missing_or_unreadable_is_asked_again_and_kept(worker: User, client: Client) -> None:
    data = typed(client, dt.date(2027, 2, 1), "25:99", people="")

    page = signed_in(worker).post(url(client), data)

    assert set(page.context["form"].errors) == {"people", "wall_time"}
    assert STREET in page.content.decode()


def test_it_is_changed_and_of_two_the_second_sees_both(worker: User, client: Client) -> None:
    appointment, browser = plan(client, worker), signed_in(worker)
    day, time = appointment.day, f"{appointment.wall_time:%H:%M}"
    data = typed(client, day, time, version="1", staff=str(worker.pk))

    browser.post(f"/appointments/{appointment.pk}/change/", data)
    second = browser.post(f"/appointments/{appointment.pk}/change/", data | {"place": "Другое место"})

    appointment.refresh_from_db()
    assert (appointment.place, appointment.with_kind, appointment.version) == (STREET, "doctor", 2)
    assert second.status_code == 409
    assert STREET in second.content.decode()
    assert "Другое место" in second.content.decode()


def test_it_is_moved_once_and_the_old_one_says_where_to(worker: User, client: Client) -> None:
    old, browser = plan(client, worker), signed_in(worker)
    data = {"id": str(uuid.uuid4()), "version": "1", **when(dt.date(2027, 2, 3), "11:00")}

    answers = [browser.post(f"/appointments/{old.pk}/move/", data) for _ in range(2)]

    old.refresh_from_db()
    assert {answer.url for answer in answers} == {f"/appointments/{old.moved_to_id}/"}
    assert Appointment.objects.count() == 2
    assert f"/appointments/{old.moved_to_id}/" in browser.get(f"/appointments/{old.pk}/").content.decode()


def test_moved_to_the_same_time_it_is_not_moved(worker: User, client: Client) -> None:
    appointment = plan(client, worker)

    page = signed_in(worker).post(
        f"/appointments/{appointment.pk}/move/",
        {"id": str(uuid.uuid4()), "version": "1", **when(appointment.day, f"{appointment.wall_time:%H:%M}")},
    )

    assert "wall_time" in page.context["form"].errors


@pytest.mark.parametrize("how", ["kept", "missed", "cancelled"])
def test_it_ends_and_is_planned_again(worker: User, client: Client, how: str) -> None:
    appointment, browser = plan(client, worker, starts=-dt.timedelta(hours=3)), signed_in(worker)
    page = f"/appointments/{appointment.pk}/"

    browser.post(f"{page}{how}/", {"version": "1", "reason": "Так вышло"})
    ended = Appointment.objects.get()
    shown = browser.get(page).content.decode()
    browser.post(f"{page}again/", {"version": "2"})

    assert (ended.state, ended.reason) == (how, "Так вышло")
    assert "Так вышло" in shown
    assert Appointment.objects.get().state == "planned"


def test_what_has_not_begun_is_not_kept(worker: User, client: Client) -> None:
    appointment, browser = plan(client, worker), signed_in(worker)

    page = browser.post(f"/appointments/{appointment.pk}/kept/", {"version": "1"})

    assert "It has not begun yet" in page.content.decode()
    assert browser.get(f"/appointments/{appointment.pk}/lost/").status_code == 404


def test_my_day_has_ones_own_of_the_next_days_and_those_to_be_noted(worker: User, client: Client) -> None:
    colleague = make_user(team=client.case.team)
    past = plan(client, worker, starts=-dt.timedelta(days=2))
    soon = plan(client, worker, starts=dt.timedelta(days=3))
    plan(client, worker, starts=dt.timedelta(days=12))
    plan(client, worker, starts=dt.timedelta(days=4), staff=colleague)

    groups = signed_in(worker).get("/my-day/").context["appointment_groups"]

    assert {it.key: [row.id for row in it.rows] for it in groups} == {"ended": [past.pk], "next": [soon.pk]}


def test_what_nobody_goes_to_is_in_the_day_of_whoever_looks_after_the_case(worker: User, client: Client) -> None:
    Case.objects.filter(pk=client.case_id).update(caseworker=worker)
    colleague = make_user(team=client.case.team)
    other = make_client(case=make_case(team=client.case.team, caseworker=colleague))
    appointment = plan(client, worker, starts=dt.timedelta(days=2), staff=None)
    plan(client, worker, starts=dt.timedelta(days=2), staff=colleague)
    plan(other, worker, starts=dt.timedelta(days=2), staff=None)
    lost = make_client(case=make_case(team=client.case.team, caseworker=worker))
    plan(lost, worker, starts=dt.timedelta(days=2))
    Case.objects.filter(pk=lost.case_id).update(team=make_team())

    groups = signed_in(worker).get("/my-day/").context["appointment_groups"]

    assert [[row.id for row in group.rows] for group in groups] == [[appointment.pk]]


def test_the_readers_clock_stands_beside_the_local_one_where_it_differs(worker: User, client: Client) -> None:
    plan(client, worker, day=dt.date(2027, 2, 1), wall_time=dt.time(10))
    User.objects.filter(pk=worker.pk).update(time_zone=ZONE)
    same = signed_in(worker).get(f"/cases/{client.case.code}/").context["appointments"][0]
    User.objects.filter(pk=worker.pk).update(time_zone="Europe/Berlin")
    other = signed_in(worker).get(f"/cases/{client.case.code}/").context["appointments"][0]

    assert (same.when.there, same.when.here) == ("Mon 1 Feb, 10:00", "")
    assert (other.when.there, other.when.here) == ("Mon 1 Feb, 10:00", "06:00")


def test_two_at_once_are_warned_about_and_not_forbidden(worker: User, client: Client) -> None:
    first = plan(client, worker)
    plan(make_client(team=client.case.team), worker)

    page = signed_in(worker).get(f"/appointments/{first.pk}/")
    plan(client, worker, staff=None)
    both = signed_in(worker).get(f"/appointments/{first.pk}/")

    assert len(page.context["clashes"]) == 1
    assert "Test Worker has another appointment" in page.context["clashes"][0]
    assert any(it.startswith("Somebody of this case has another") for it in both.context["clashes"])


def test_of_a_case_that_the_reader_may_not_see_a_clash_names_nothing(worker: User, client: Client) -> None:
    first, hidden = plan(client, worker), make_client(team=client.case.team)
    plan(hidden, worker)
    hide(hidden.case, worker)

    seen = signed_in(worker).get(f"/appointments/{first.pk}/").context["clashes"]
    page = signed_in(make_user(team=client.case.team)).get(f"/appointments/{first.pk}/")

    assert hidden.case.code in seen[0]
    assert page.context["clashes"] == ["Test Worker has another appointment at the same time."]


def test_the_slip_says_when_and_where_in_their_language_and_names_nobody(worker: User, client: Client) -> None:
    Client.objects.filter(pk=client.pk).update(language="ru")
    appointment = plan(client, worker, place=STREET, papers="Паспорт", remark="Боится соседа")
    browser = signed_in(worker)

    page = browser.get(f"/appointments/{appointment.pk}/slip/")

    slip = page.context["slip"]
    assert page.context["language"] == "ru"
    assert STREET in slip
    assert "Паспорт" in slip
    assert "Боится" not in slip
    assert client.family_name not in slip
    assert client.case.code not in slip
    assert "Your appointment" in browser.get(f"/appointments/{appointment.pk}/slip/?language=en").context["slip"]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_the_slip_is_whole_in_each_language_of_the_people(language: str) -> None:
    words = re.findall(r'{% translate "([^"]+)" %}', (ROOT / "templates/appointments/_slip.html").read_text("utf-8"))
    with override(None):
        words += [str(label) for label in Appointment.With.labels]
    translated = {
        entry.msgid for entry in polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po")) if entry.msgstr
    }

    assert [each for each in words if each not in translated] == []


def test_pages_are_refused_to_others(worker: User, client: Client) -> None:
    appointment = plan(client, worker)
    page = f"/appointments/{appointment.pk}/"
    urls = [page, f"/cases/{client.case.code}/appointments/", url(client)]
    urls += [f"{page}{act}/" for act in ("change", "move", "again", "slip", "kept")]
    strangers = [make_user(), make_user(team=client.case.team)]
    hide(client.case, worker)

    for stranger in strangers:
        assert {signed_in(stranger).get(each).status_code for each in urls} == {404}
    assert {signed_in(make_user(Role.ADMINISTRATOR)).get(each).status_code for each in urls} == {403}


@pytest.mark.parametrize("number", [1, 12])
def test_any_number_of_rows_takes_the_same_queries(worker: User, client: Client, number: int) -> None:
    for each in range(number):
        appointment = plan(client, worker, starts=dt.timedelta(hours=2 + each * 3))
    browser, counts = signed_in(worker), {}
    for page in ("/my-day/", f"/cases/{client.case.code}/appointments/", f"/appointments/{appointment.pk}/"):
        browser.get(page)
        with counted_queries() as asked:
            browser.get(page)
        counts[page] = len(asked)

    assert all(count <= 12 for count in counts.values()), counts
