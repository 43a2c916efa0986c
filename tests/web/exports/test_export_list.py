"""Taking a list along: exactly what the page shows to this user, all pages of it."""

import io
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pypdfium2
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.audit.record import UnableToRecord
from casework.clients import actions
from casework.clients.models import Case, Client, ToDo
from casework.lib.dates import today_in
from casework.residency.actions import ensure_fresh
from casework.web.paging import keyset_page
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.web.cases.pages import signed_in
from tests.web.sign_in.test_step_up import wait

from .files import content_of, lines_of, rows_of, take

pytestmark = pytest.mark.django_db

LOOKS: dict[str, list[str]] = {
    "status": ["", "closed", "any"],
    "priority": ["", "urgent", "high"],
    "order": ["", "deadline"],
    "due": ["", "0", "30"],
    "country": ["", "KZ"],
}


def restrict(case: Case, *named: User) -> None:
    hide(case, *named)


def give(user: User, text: str) -> None:
    to_do = ToDo(owner=user, data_key=user.data_key, created_at=timezone.now(), created_by=user)
    to_do.text = text
    to_do.save(force_insert=True)


def team_of_now(user: User) -> Team:
    return user.memberships.get(ends_at=None).team  # type: ignore[return-value]


def make_caseload(chance: random.Random) -> list[User]:
    """Two teams whose cases are open or closed, urgent or not, restricted or not; return people who see some of them."""
    make_rule(parameters={"days": 30})
    teams = [make_team(name="A", country="KZ", time_zone="Asia/Almaty"), make_team(name="B")]
    workers = [make_user(team=teams[0]), make_user(team=teams[1]), make_user(Role.COORDINATOR, team=teams[0])]
    make_membership(workers[1], Role.CASEWORKER, team=teams[0], ends_at=timezone.now() - timedelta(days=1))
    for number in range(18):
        team = chance.choice(teams)
        owner = chance.choice([None, *[it for it in workers if team_of_now(it) == team]])
        case = make_case(
            team=team,
            caseworker=owner,
            by=workers[0],
            priority=chance.choice(["normal", "high", "urgent"]),
            now=timezone.now() - timedelta(hours=number),
        )
        if chance.random() < 0.9:
            client = make_client(case=case, by=workers[0], family_name=f"=Образцова {number}")
            if chance.random() < 0.7:
                entered = today_in("Asia/Almaty", timezone.now()) - timedelta(days=chance.randrange(40))
                make_stay(client, entered, by=workers[0], now=timezone.now())
        if chance.random() < 0.3:
            restrict(case, *chance.sample(workers, 1))
        if chance.random() < 0.2:
            actions.close_case(case=case, reason="needs_met", version=1, by=workers[0], now=timezone.now())
    ensure_fresh(Client.objects.values("pk"), timezone.now())
    return workers


def pages(browser: Browser, query: str) -> Iterator[Any]:
    """Every row that the page shows, page after page."""
    address = f"{reverse('cases')}?{query}"
    while address:
        page = browser.get(address)
        yield from page.context["rows"]
        address = page.context["page"].next_url


def shown(row: Any) -> tuple[Any, ...]:
    deadline = row.deadline
    return (
        row.case.code,
        str(row.case.get_status_display()),
        row.applicant or None,
        row.others,
        deadline.label if deadline else None,
        deadline.tag.due_on if deadline else None,
        row.caseworker or None,
    )


def taken(row: dict[str, Any]) -> tuple[Any, ...]:
    due = row["Due on"]
    return (
        row["Case"],
        row["Status"],
        row["Principal applicant"],
        row["Others in the case"],
        row["Next deadline"],
        due.date() if due else None,
        row["Caseworker"],
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_holds_what_the_page_shows_whoever_looks_at_it_however(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.web.cases.views.cases.keyset_page", partial(keyset_page, size=4))
    monkeypatch.setattr("casework.web.exports.listing.BATCH", 3)
    chance = random.Random(seed)
    workers = make_caseload(chance)
    seen = 0

    for _round in range(10):
        browser = signed_in(chance.choice(workers))
        query = urlencode({name: chance.choice(values) for name, values in LOOKS.items()})
        on_page = [shown(row) for row in pages(browser, query)]
        assert [taken(row) for row in rows_of(take(browser, "cases", query=query))] == on_page
        seen += len(on_page)

    assert seen > 10


def test_my_day_is_taken_along_in_its_groups() -> None:
    make_rule(parameters={"days": 30})
    worker = make_user(team=make_team(country="KZ", time_zone="Asia/Almaty"))
    today = today_in("Asia/Almaty", timezone.now())
    for used in (35, 29, 3, 25, 10):
        client = make_client(team=team_of(worker), by=worker, family_name=f"Образцова {used}")
        make_stay(client, today - timedelta(days=used), by=worker, now=timezone.now())
    browser = signed_in(worker)
    day = browser.get(f"{reverse('my_day')}?whose=team").context["day"]
    on_page = [(group.title, row.deadline.client.full_name) for group in day.groups for row in group.rows]

    rows = rows_of(take(browser, "deadlines", query="whose=team"))

    assert [(row["When"], row["Person"]) for row in rows] == on_page
    assert [row["Days left"] for row in rows] == sorted(row["Days left"] for row in rows)
    assert rows[0]["When"] == "Overdue"
    assert rows[0]["Days left"] < 0
    assert len(rows) == 5
    assert rows_of(take(browser, "deadlines")) == rows  # who looks after no case takes those of the team


def test_to_dos_are_taken_along_and_only_ones_own() -> None:
    worker = make_user()
    give(worker, "=Позвонить")
    give(make_user(), "Чужое")
    colleague, case, lost = make_user(team=team_of(worker)), make_case(team=team_of(worker)), make_case()
    for owner, about in ((colleague, case), (worker, lost)):
        ToDo.objects.create(owner=owner, case=about, data_key=about.data_key, created_at=timezone.now())

    rows = rows_of(take(signed_in(worker), "to-dos"))

    assert [row["To do"] for row in rows] == ["=Позвонить"]


def test_a_text_table_has_the_same_rows_and_no_formula() -> None:
    worker = make_user()
    make_client(team=team_of(worker), by=worker, family_name="=1+1")
    browser = signed_in(worker)

    head, line = lines_of(take(browser, "cases", format="csv"))
    raw = content_of(take(browser, "cases", format="csv"))

    assert dict(zip(head, line, strict=True))["Principal applicant"].startswith("=1+1")
    assert b"\"'=1+1" in raw
    assert b'"=1+1' not in raw


def test_a_text_table_and_a_workbook_say_who_took_them_when_and_from_which_team() -> None:
    worker = make_user(name="=Test Worker", team=make_team(name="Almaty"))
    browser = signed_in(worker)

    text = content_of(take(browser, "cases", format="csv")).decode()
    book = openpyxl.load_workbook(io.BytesIO(content_of(take(browser, "cases"))))

    assert re.fullmatch(r"\"'=Test Worker · .+ · Almaty\"(,\"\")+", text.rstrip().splitlines()[-1])
    [[title], [mark]] = list(book["About this file"].iter_rows(min_row=2, values_only=True))
    assert title == "Cases"
    assert mark.startswith("=Test Worker · ")
    assert {cell.data_type for row in book["About this file"] for cell in row} <= {"s", "inlineStr"}


def test_tags_stand_in_the_second_row_where_they_are_asked_for() -> None:
    lines = lines_of(take(signed_in(make_user()), "cases", format="csv", with_hxl="on"))

    assert lines[1][-6:] == ["#country+name", "", "#date+due", "", "", ""]


def test_on_paper_it_says_who_took_it_when_and_filtered_by_what() -> None:
    worker = make_user(name="T. Worker")
    client = make_client(team=team_of(worker), by=worker)

    content = content_of(take(signed_in(worker), "cases", format="pdf", query="status=any"))
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()

    assert client.case.code in text
    assert "T. Worker · " in text
    assert "Status: open and closed" in text
    assert "Page 1 of 1" in text


def test_the_widest_code_stands_on_one_line_on_paper() -> None:
    worker = make_user(name="T. Worker")
    client = make_client(team=team_of(worker), by=worker)
    Case.objects.filter(pk=client.case.pk).update(code="C-WWW-MMM")

    content = content_of(take(signed_in(worker), "cases", format="pdf", query="status=any"))

    assert "C-WWW-MMM" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


def test_it_is_one_event_with_names_of_filters_and_no_values() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker), by=worker)
    browser = signed_in(worker)
    take(browser, "cases", query=f"caseworker={worker.pk}&priority=normal")
    take(browser, "cases")

    first, second = Event.objects.filter(type="reports.list_exported").order_by("id")

    assert first.data == {"listing": "cases", "format": "xlsx", "rows": 0, "filters": ["caseworker", "priority"]}
    assert second.data == {"listing": "cases", "format": "xlsx", "rows": 1, "filters": []}
    assert first.actor_id == worker.pk
    assert client.full_name not in str([first.data, second.data])


def test_it_is_written_down_before_the_file_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*said: Any, **more: Any) -> None:
        raise UnableToRecord("the audit cannot be written")

    monkeypatch.setattr("casework.reports.actions.record", broken)
    browser = signed_in(make_user())
    browser.raise_request_exception = False

    answer = take(browser, "cases")

    assert answer.status_code == 503
    assert "Content-Disposition" not in answer.headers


def test_it_asks_first_who_it_is() -> None:
    browser = signed_in(make_user())
    wait(browser)

    answer = take(browser, "cases")

    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_the_name_of_the_file_names_nobody() -> None:
    worker = make_user(name="T. Worker")

    answer = take(signed_in(worker), "cases")

    assert answer["Content-Disposition"] == f'attachment; filename="cases-{timezone.localdate().isoformat()}.xlsx"'
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_it_is_in_the_language_of_the_reader() -> None:
    answer = take(signed_in(make_user(language="ru")), "cases", format="csv")

    assert lines_of(answer)[0][1] == "Статус"


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR])
def test_who_sees_no_people_takes_no_list_along(role: Role | None) -> None:
    for key in ("cases", "deadlines", "to-dos"):
        assert take(signed_in(make_user(role)), key).status_code == 403


def test_there_is_no_list_of_another_name_and_no_way_to_read_one() -> None:
    browser = signed_in(make_user())

    assert take(browser, "search").status_code == 404
    assert browser.get(reverse("export_list", args=["cases"])).status_code == 405


def test_an_unknown_shape_is_refused_in_words_and_nothing_leaves() -> None:
    browser = signed_in(make_user())

    answer = take(browser, "cases", format="docx", query="status=any")

    assert answer.status_code == 302
    assert answer["Location"] == "/cases/?status=any"
    assert "Choose in which shape" in browser.get(answer["Location"]).content.decode()
    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_the_auditor_hears_of_many_rows_in_a_day_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.reports.actions.MANY_ROWS", 3)
    worker = make_user()
    for _number in range(2):
        make_client(team=team_of(worker), by=worker)
    browser = signed_in(worker)

    for _time in range(4):
        assert take(browser, "cases").status_code == 200

    [event] = Event.objects.filter(type="reports.many_rows_exported")
    assert (event.actor_id, event.data["rows"]) == (worker.pk, 4)


def test_what_colleagues_take_does_not_count_as_rows_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.reports.actions.MANY_ROWS", 3)
    worker = make_user()
    for _number in range(2):
        make_client(team=team_of(worker), by=worker)

    for user in (worker, make_user(team=team_of(worker))):
        assert take(signed_in(user), "cases").status_code == 200

    assert not Event.objects.filter(type="reports.many_rows_exported").exists()


def test_the_page_offers_it_with_the_filters_in_force() -> None:
    worker = make_user()
    make_client(team=team_of(worker), by=worker)

    page = signed_in(worker).get(f"{reverse('cases')}?status=any&order=deadline").content.decode()

    assert f'action="{reverse("export_list", args=["cases"])}?status=any&amp;order=deadline"' in page


def test_it_costs_the_same_number_of_queries_at_every_size() -> None:
    worker = make_user()
    browser = signed_in(worker)
    counts = []
    for _round in range(2):
        for _number in range(4):
            make_client(team=team_of(worker), by=worker)
        take(browser, "cases")
        with counted_queries() as asked:
            take(browser, "cases")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20
