"""What people do most takes no more steps than docs/journeys.md says: walked by links and buttons alone, as with the guide in the hand.

What is clicked is what the guide names, so a guide that calls a button by another name does not get there.
"""

import csv
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.record import record
from casework.clients.models import Case
from casework.housing.models import Placement
from casework.lib.dates import today_in
from casework.residency.actions import refresh
from casework.residency.models import Impact
from casework.web.help.guides import GUIDES
from casework.web.help.shape import pieces
from tests.browser import DESK, Visitor
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.housing import make_beds, make_request, make_site
from tests.factories.impacts import compute
from tests.factories.referrals import make_coordinator
from tests.factories.residency import make_deadline, make_rule, make_stay
from tests.guards.source import ROOT
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROW = re.compile(r"^\| ([^|]+?) \| ([\w-]+) \| (\d+) \| .+ \|$", re.MULTILINE)
STEPS = {task: int(steps) for task, _guide, steps in ROW.findall((ROOT / "docs/journeys.md").read_text("utf-8"))}


def words_of(task: str) -> list[str]:
    """Return the words that the guide says to look for on the way, in its order."""
    [how] = [it for guide in GUIDES for it in guide.how_to if it.title == task]
    return [piece.text for step in how.steps for piece in pieces(step.text) if piece.is_on_a_page]


class Walk:
    """Somebody new, who gets from page to page by what the pages offer. `steps`: pages opened and forms sent so far."""

    def __init__(self, visitor: Visitor, user: User) -> None:
        self.visitor, self.page = signed_in(visitor, user), visitor.page
        self.steps = 0

    def follow(self, name: str, *, within: str = "main") -> Self:
        return self._step(lambda: self.visitor.follow(name, within=within))

    def choose(self, name: str) -> Self:
        """Follow the navigation, which stands on every page."""
        return self.follow(name, within=".top-nav")

    def press(self, name: str, *, within: str = "main") -> Self:
        return self._step(lambda: self.visitor.press(name, within=within))

    def click(self, found: Any) -> Self:
        return self._step(lambda: self.visitor.click(found))

    def take_along(self, found: Any, path: Path) -> Path:
        """Send a form that answers with a file."""
        with self.page.expect_download() as download:
            found.click()
        self.steps += 1
        download.value.save_as(path)
        return path

    def _step(self, act: Any) -> Self:
        act()
        self.steps += 1
        return self

    @property
    def text(self) -> str:
        return self.visitor.text


def test_every_task_of_the_table_is_walked() -> None:
    walked = set(re.findall(r'STEPS\["([^"]+)"\]', Path(__file__).read_text("utf-8")))

    assert set(STEPS) == walked
    assert len(STEPS) == 7


def test_registering_a_person_and_reading_their_next_deadline(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    walk = Walk(visit(viewport=DESK), worker)

    log_a_case, log_this_case = words_of("Register a person and read their next deadline")
    walk.choose(log_a_case)
    type_case(walk.visitor, entered=days_ago(10, today))
    walk.press(log_this_case)

    due = today + timedelta(days=79)  # the day of entry is the first of ninety
    row = walk.page.locator("#deadlines .deadline-row", has_text="Leave the country by").first.inner_text()
    assert f"{due.day} {due:%b}" in row
    assert Case.objects.count() == 1
    assert walk.steps == STEPS["Register a person and read their next deadline"]


def test_explaining_a_date_to_a_client_and_printing_it_in_kyrgyz(visit: Visit) -> None:
    team = almaty()
    worker, today = worker_of(team), today_in("Asia/Almaty", timezone.now())
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker, language="ru")
    make_deadline(client, today + timedelta(days=5))
    walk = Walk(visit(viewport=DESK), worker)

    words = words_of("Explain a date to a client and print it in their language")
    _my_day, why, sheet_for_them, print_it, timeline = words
    walk.follow(why)
    assert walk.page.locator("#steps, #facts").count() == 2
    walk.follow(sheet_for_them)
    assert walk.page.get_by_role("button", name=print_it, exact=True).is_visible()
    walk.press("Кыргызча")

    sheet = walk.page.locator("article.client-sheet")
    walk.page.emulate_media(media="print")
    assert sheet.get_attribute("lang") == "ky"
    assert re.search("[өүң]", sheet.inner_text())
    assert walk.page.locator(".sheet-tools").is_hidden()
    assert walk.page.pdf().startswith(b"%PDF")
    assert walk.steps == STEPS["Explain a date to a client and print it in their language"]

    walk.page.emulate_media(media="screen")
    walk.page.goto(f"{walk.visitor.site}/cases/{client.case.code}/")
    walk.follow(timeline)
    assert walk.page.locator("main svg[role=img]").count() == 1


def test_placing_a_family_that_waits(visit: Visit) -> None:
    team = make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")
    coordinator, today = make_coordinator(team), today_in("Asia/Bishkek", timezone.now())
    make_beds(4, site=make_site(team=team), for_whom="family", label="Flat 1")
    mother = make_client(case=make_case(team=team, by=coordinator), by=coordinator, family_name="Пятерикова")
    child = make_client(case=mother.case, by=coordinator, relation="child", given_name="Малая")
    make_request([mother, child], by=coordinator, now=timezone.now(), needed_from=today)
    walk = Walk(visit(viewport=DESK), coordinator)

    housing, waiting_list, find_beds, place, place_for_good, _housing = words_of("Place a family")
    walk.choose(housing).follow(waiting_list)
    walk.follow(find_beds).follow(place)
    walk.press(place_for_good)

    assert {row.client for row in Placement.objects.all()} == {mother, child}
    assert "Done: here is who sleeps where." in walk.text
    assert walk.steps == STEPS["Place a family"]


def test_handing_over_the_caseload_of_a_colleague(visit: Visit) -> None:
    make_user(Role.ADMINISTRATOR)
    team = almaty()
    coordinator, leaver = make_coordinator(team), worker_of(team)
    taker = make_user(team=team, name="Первый Коллега")
    for _number in range(3):
        make_client(case=make_case(team=team, caseworker=leaver, by=coordinator), by=coordinator)
    walk = Walk(visit(viewport=DESK), coordinator)

    somebody_leaves, show, hand_over, _away = words_of("Hand over a colleague's caseload")
    walk.choose(somebody_leaves).follow("Test Worker")
    walk.page.select_option("main [name=rest]", str(taker.pk))
    walk.press(show).press(hand_over)

    assert Case.objects.filter(caseworker=taker).count() == 3
    assert walk.steps == STEPS["Hand over a colleague's caseload"]


def test_changing_a_country_rule_and_seeing_whom_it_hits(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.residency.actions.impacts._ask_a_worker", lambda job_id: None)  # `compute` is
    team, now = almaty(), timezone.now() - timedelta(minutes=5)
    worker, editor, today = worker_of(team), make_user(Role.POLICY_EDITOR), today_in("Asia/Almaty", now)
    make_rule()
    people = [make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker) for _n in range(9)]
    for client in people:
        make_stay(client, days_ago(20, today), by=worker, now=now)
    refresh(client_ids=[client.pk for client in people], now=now)
    walk = Walk(visit(viewport=DESK), editor)

    country_rules, begin, save, work_out = words_of("Change a country rule and see whom it hits")
    walk.choose(country_rules).follow("Kazakhstan")
    walk.click(walk.page.locator("main .rule-says a"))
    walk.press(begin)
    walk.page.fill("[name=says_days]", "60")
    walk.click(walk.page.get_by_role("button", name=save, exact=True))
    walk.press(work_out)

    compute(Impact.objects.get(), now=timezone.now())
    walk.page.reload()
    assert "About 10 people are concerned." in walk.text
    assert walk.steps == STEPS["Change a country rule and see whom it hits"]


def test_finding_who_saw_a_case(visit: Visit) -> None:
    client = make_client(by=make_user())
    record("clients.case_seen", by=make_user(name="Придумана Любопытная"), now=timezone.now(), case_id=client.case.pk)
    record("clients.case_seen", by=make_user(name="Другой Коллега"), now=timezone.now(), case_id=make_case().pk)
    walk = Walk(visit(viewport=DESK), make_user(Role.AUDITOR))

    who_did_what, apply = words_of("Find who saw a case")
    walk.choose(who_did_what)
    walk.page.locator(".filter-bar summary").click()
    walk.visitor.fill(code=client.case.code)
    walk.press(apply)

    rows = walk.page.locator("main tbody tr").all_inner_texts()
    assert any("Придумана Любопытная" in row and "looked at a case" in row for row in rows)
    assert not any("Другой Коллега" in row for row in rows)
    assert walk.steps == STEPS["Find who saw a case"]


def test_exporting_the_capacity_of_this_month_with_hxl_tags(visit: Visit, tmp_path: Path) -> None:
    team = make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")
    coordinator, today = make_coordinator(team), today_in("Asia/Bishkek", timezone.now())
    make_beds(3, site=make_site(team=team))
    walk = Walk(visit(viewport=DESK), coordinator)

    reports, capacity, this_month, take_along, with_tags = words_of("Export this month's capacity with HXL tags")
    walk.choose(reports).follow(capacity).follow(this_month)
    walk.page.get_by_text(take_along, exact=True).click()
    walk.page.get_by_label(with_tags, exact=True).check()
    path = walk.take_along(walk.page.get_by_role("button", name="Beds day by day"), tmp_path / "beds.csv")

    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    tags = next(number for number, line in enumerate(lines) if line and line[0].startswith("#"))
    days = [line[0] for line in lines[tags + 1 :] if line and re.fullmatch(r"\d{4}-\d\d-\d\d", line[0])]
    first, last = today.replace(day=1), (today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert (days[0], days[-1], len(days)) == (first.isoformat(), last.isoformat(), last.day)
    assert walk.steps == STEPS["Export this month's capacity with HXL tags"]
