"""A bed for everyone, never for two: two at once want the last one; a coordinator finds a family a room, prints the board and takes
its numbers along."""

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.housing.models import Placement
from casework.lib.dates import today_in
from tests.browser import DESK, PHONE, Visitor
from tests.factories.accounts import make_team
from tests.factories.clients import make_case, make_client
from tests.factories.housing import make_beds, make_site
from tests.factories.referrals import make_coordinator
from tests.journeys.conftest import Visit
from tests.journeys.people import signed_in, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def bishkek() -> Team:
    return make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")


def person_of(team: Team, worker: User, **fields: str) -> Client:
    return make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker, **fields)


def looking_at_the_last_bed(visitor: Visitor, client: Client) -> Visitor:
    """Find the bed for somebody, up to the form that would book it."""
    visitor.go(f"/cases/{client.case.code}/").follow("Housing", within=".case-header").follow("Find a bed")
    return visitor.press("Look for free beds").follow("Place them there")


def test_two_want_the_last_bed_and_one_is_told_in_a_sentence_and_keeps_what_was_typed(visit: Visit) -> None:
    team = bishkek()
    first, second = worker_of(team), worker_of(team)
    [bed] = make_beds(1, site=make_site(team=team))
    quick, slow = person_of(team, first), person_of(team, second)
    until = today_in("Asia/Bishkek", timezone.now()) + timedelta(days=19)
    one = looking_at_the_last_bed(signed_in(visit(viewport=DESK), first), quick)
    other = looking_at_the_last_bed(signed_in(visit(viewport=PHONE), second), slow)
    type_day(other, "until", until)

    one.press("Place them there")
    other.press("Place them there")

    assert "Done: here is who sleeps where." in one.text
    assert f"{bed.place} is taken from" in other.text
    assert other.page.title().startswith("Error:")
    kept = {name: other.page.input_value(f"main [name=until_{name}]") for name in ("day", "month")}
    assert kept == {"day": str(until.day), "month": f"{until:%B}"}
    assert other.page.input_value(f"main [name='bed_{slow.reference}']") == str(bed.pk)
    assert [row.client for row in Placement.objects.all()] == [quick]


def test_a_coordinator_places_a_family_of_five_prints_the_board_and_takes_numbers_along_that_match_it(
    visit: Visit, tmp_path: Path
) -> None:
    team = bishkek()
    coordinator = make_coordinator(team)
    site = make_site(team=team)
    make_beds(5, site=site, for_whom="family", label="Flat 1")
    make_beds(2, site=site, label="Room 2")
    mother = person_of(team, coordinator, family_name="Пятерикова")
    for number in range(4):
        make_client(
            case=mother.case, by=coordinator, relation="child", family_name="Пятерикова", given_name=f"Малая{number}"
        )
    visitor = signed_in(visit(viewport=DESK), coordinator)
    page = visitor.page

    # Free family rooms in Bishkek, for the next four weeks and more.
    visitor.go("/housing/board/")
    page.locator(".filter-bar summary").click()
    page.select_option("main [name=for_whom]", "family")
    page.select_option("main [name=city]", "Bishkek")
    page.select_option("main [name=weeks]", "8")
    visitor.press("Apply filters")
    assert "Flat 1" in visitor.text
    assert "Room 2" not in visitor.text

    # All five in one act: thirty days from today stand in the form already.
    visitor.go(f"/cases/{mother.case.code}/housing/").follow("Find a bed")
    visitor.fill(city="Bishkek").press("Look for free beds")
    assert page.locator("article h3").all_inner_texts() == [f"{site.code}, Flat 1"]
    visitor.follow("Place them there").press("Place them there")
    assert visitor.text.count("booked") == 5
    assert len(set(Placement.objects.values_list("act", flat=True))) == 1

    # The board on paper.
    visitor.go("/housing/board/")
    page.emulate_media(media="print")
    assert page.locator("main form:visible, main button:visible").count() == 0
    paper = [each.get_textpage().get_text_bounded() for each in pypdfium2.PdfDocument(page.pdf(landscape=True))]
    page.emulate_media(media="screen")
    assert "Flat 1" in "".join(paper)
    assert all("Bishkek" in text for text in paper)
    first_cells = page.locator("table.board tbody tr td:first-of-type").evaluate_all(
        "all => all.map(each => each.className.split(' ')[0].replace('board-', ''))"
    )
    on_the_board = Counter(first_cells)
    assert on_the_board == {"booked": 5, "free": 2}

    # The report as a file says the same of the same beds.
    visitor.go("/reports/capacity/")
    page.locator(".export-bar summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Beds by site").click()
    path = tmp_path / "beds.csv"
    download.value.save_as(path)
    lines = [line for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if len(line) > 5]
    heads, row = lines[0], next(line for line in lines if line[0] == site.code)
    told = dict(zip(heads, row, strict=True))
    assert {word: int(told[word]) for word in ("Beds", "Occupied", "Booked", "Held", "Free", "Blocked")} == {
        "Beds": len(first_cells),
        "Occupied": on_the_board["occupied"],
        "Booked": on_the_board["booked"],
        "Held": on_the_board["held"],
        "Free": on_the_board["free"],
        "Blocked": on_the_board["blocked"],
    }
