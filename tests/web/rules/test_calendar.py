"""The working days of a country: a year a page, what editors state, what nobody may."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Role
from casework.residency.actions import refresh, stale_clients
from casework.residency.models import CalendarDay, Deadline, Jurisdiction
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.residency import make_deadline, make_jurisdiction, make_rule, make_stay

pytestmark = pytest.mark.django_db


def url(name: str = "calendar", *args: Any) -> str:
    return reverse(name, args=args or ("KZ", 2024))


def signed_in(role: Role, **fields: Any) -> Browser:
    make_jurisdiction()
    browser = Browser()
    browser.force_login(make_user(role, **fields))
    return browser


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)


@pytest.fixture
def reader() -> Browser:
    return signed_in(Role.CASEWORKER)


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def typed(day: str, value: date) -> dict[str, str]:
    return {f"{day}_day": str(value.day), f"{day}_month": str(value.month), f"{day}_year": str(value.year)}


def source(**fields: str) -> dict[str, str]:
    known = {"reason": "Invented decree", "source_title": "Decree 1", "source_url": "https://law.example/1"}
    return known | typed("source_read_on", date(2026, 11, 1)) | fields


def days(first: date, last: date | None = None, what: str = "off", **fields: str) -> dict[str, str]:
    return {"what": what} | typed("first_day", first) | (typed("last_day", last) if last else {}) | source(**fields)


def test_a_year_shows_holidays_by_name_and_swapped_days_in_words(reader):
    page = words(reader.get(url()))

    assert "Working days 2024: Kazakhstan" in page
    assert "9 Victory Day" in page
    assert "4 worked: swapped with a day off" in page
    assert "8 Day off (substituted from 4 May 2024)" in page
    assert "Usually off: Saturday, Sunday." in page
    assert "Public holidays by holidays 0." in page
    assert "State exceptional days" not in page


def test_each_day_stands_under_its_day_of_the_week(reader):
    shown = reader.get(url("calendar", "KZ", 2024)).context["shown"]

    names = [name for _short, name in shown.weekdays]
    assert names == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    for month in shown.months:
        for week in month.weeks:
            assert len(week) == 7
            for name, cell in zip(names, week, strict=True):
                assert cell is None or f"{cell.day:%A}" == name


def test_the_page_speaks_russian():
    reader = signed_in(Role.CASEWORKER, language="ru")
    Jurisdiction.objects.create(code="RU", time_zone="Europe/Moscow")

    page = words(reader.get(url("calendar", "RU", 2024)))

    assert "Рабочие дни 2024: Россия" in page
    assert "9 День Победы" in page
    assert "Названия праздников" not in page
    assert "Названия праздников недоступны на вашем языке." in words(reader.get(url()))


def test_the_country_page_leads_to_its_calendar(reader):
    page = reader.get(reverse("rules_of_country", args=["KZ"])).content.decode()

    assert "/rules/KZ/calendar/" in page


def test_years_and_countries_that_are_not_covered_say_so(reader):
    Jurisdiction.objects.create(code="XZ", time_zone="Asia/Almaty")

    assert "Not covered: the holidays of 1990 are not known." in words(reader.get(url("calendar", "KZ", 1990)))
    assert "Not covered: no calendar of this country is known" in words(reader.get(url("calendar", "XZ", 2026)))


def test_there_is_no_calendar_of_a_zone_or_of_another_age(reader):
    Jurisdiction.objects.create(code="EU", kind="zone", name="EU")

    for address in (
        url("calendar", "EU", 2026),
        url("calendar", "KZ", 1989),
        url("calendar", "KZ", 2101),
        url("calendar", "QQ", 2026),
    ):
        assert reader.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.POLICY_REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_state_days(role):
    browser = signed_in(role)
    day = CalendarDay.objects.create(jurisdiction_id="KZ", day=date(2026, 12, 10), is_working_day=False, reason="x")

    assert browser.get(url()).status_code == 200
    for address in (
        url("state_days", "KZ", 2026),
        url("swap_days", "KZ", 2026),
        url("change_calendar_day", "KZ", day.pk),
        url("take_back_calendar_day", "KZ", day.pk),
    ):
        assert (browser.get(address).status_code, browser.post(address).status_code) == (403, 403)


def test_several_days_are_stated_at_once_with_their_source(editor):
    response = editor.post(url("state_days", "KZ", 2027), days(date(2026, 12, 28), date(2026, 12, 31)))

    assert response["Location"] == url("calendar", "KZ", 2026)
    page = words(editor.get(response["Location"]))
    assert "4 days stated." in page
    assert "28 day off, set here: Invented decree" in page
    assert "Decree 1 , read on 1 Nov 2026" in page
    assert CalendarDay.objects.count() == 4


def test_a_swap_is_stated_in_one_form_and_taken_back_as_one(editor):
    swap = typed("worked", date(2026, 12, 12)) | typed("off", date(2026, 12, 10)) | source()

    editor.post(url("swap_days", "KZ", 2026), swap)

    page = words(editor.get(url("calendar", "KZ", 2026)))
    assert "12 worked, set here: Invented decree" in page
    assert "10 day off, set here: Invented decree" in page
    day = CalendarDay.objects.earliest("day")
    address = url("take_back_calendar_day", "KZ", day.pk)
    assert "Take back: 10 Dec 2026, 12 Dec 2026" in words(editor.get(address))
    editor.post(address)
    assert not CalendarDay.objects.exists()
    assert editor.get(address).status_code == 404


def test_reason_and_source_are_changed(editor):
    day = CalendarDay.objects.create(jurisdiction_id="KZ", day=date(2026, 12, 10), is_working_day=False, reason="x")
    address = url("change_calendar_day", "KZ", day.pk)

    assert editor.get(address).status_code == 200
    editor.post(address, source(reason="Another decree"))

    day.refresh_from_db()
    assert (day.reason, day.source_title, day.source_read_on) == ("Another decree", "Decree 1", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (days(date(2026, 12, 10), reason=""), "This field is required."),
        (days(date(2026, 12, 10), source_title=""), "This field is required."),
        (days(date(2026, 12, 10), source_read_on_day=""), "must include a day"),
        (days(date(2026, 12, 10), source_url="law.example"), "An address begins with https://"),
        (days(date(2026, 12, 12)), "12 Dec 2026 is a day off already."),
        (days(date(2026, 12, 11), date(2026, 12, 10)), "The last day is before the first."),
        (days(date(2102, 12, 10)), "The date must be"),
        (days(date(2026, 12, 10), what="holiday"), "Select a valid choice."),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_writes_nothing(editor, fields, said):
    response = editor.post(url("state_days", "KZ", 2026), fields)

    assert said in words(response)
    assert f'value="{fields["first_day_year"]}"' in response.content.decode()
    assert not CalendarDay.objects.exists()


def test_a_day_swapped_with_itself_is_refused(editor):
    day = date(2026, 12, 10)

    response = editor.post(url("swap_days", "KZ", 2026), typed("worked", day) | typed("off", day) | source())

    assert "A day cannot be swapped with itself." in words(response)


def test_the_page_says_how_many_deadlines_rest_on_the_calendar_and_points_at_nobody(reader):
    step = {"code": "calendar_used", "values": {"calendar": "KZ", "edition": "holidays"}}
    assert "No open deadline counts working days" in words(reader.get(url()))

    make_deadline(make_client(), because=[step])
    client = make_client()
    for _again in range(8):
        make_deadline(client, because=[step])
    assert "Open deadlines of fewer than 8 people count" in words(reader.get(url()))

    for _again in range(7):
        make_deadline(make_client(), because=[step])
    assert "Open deadlines of about 10 people count working days" in words(reader.get(url()))


def test_a_day_off_moves_the_deadlines_that_count_it_and_the_old_answer_stays(editor):
    make_rule(
        "register_within",
        {"n": 3, "unit": "working_days", "day_one": "day_after_entry", "calendar": "KZ"},
        duty="register",
    )
    client = make_client()
    make_stay(client, date(2026, 11, 18))
    refresh(client_ids=[client.pk], now=NOW, by=None)
    before = Deadline.objects.get(client=client, duty="register")
    assert not stale_clients(NOW).filter(pk=client.pk).exists()

    editor.post(url("state_days", "KZ", 2026), days(date(2026, 11, 20)))

    assert stale_clients(NOW).filter(pk=client.pk).exists()
    refresh(client_ids=[client.pk], now=NOW, by=None)
    after = Deadline.objects.get(client=client, duty="register")
    assert after.due_on > before.due_on
    assert after.moves.get().from_on == before.due_on
