"""What the tests of reports share: a team with beds and people in them, and what a page and its files say."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.housing.models import Bed, Placement, Site
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_client
from tests.factories.housing import book, make_beds, make_site
from tests.web.cases.pages import signed_in
from tests.web.exports.files import content_of


class World:
    """A coordinator in Bishkek with a hostel of five beds, of whom two people live there."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.team: Team = make_team(name="Bishkek")
        self.coordinator: User = make_user(Role.COORDINATOR, team=self.team)
        self.site: Site = make_site(team=self.team, by=self.coordinator, kind="hostel_hotel", code="BSK-9")
        self.beds: list[Bed] = make_beds(5, site=self.site, capacity=5)
        self.browser: Browser = signed_in(self.coordinator)
        self.people: list[Client] = [make_client(team=self.team, by=self.coordinator) for _number in range(2)]
        for person, bed in zip(self.people, self.beds, strict=False):
            self.live(person, bed)

    @property
    def today(self) -> date:
        return self.site.today(self.now)

    def live(self, person: Client, bed: Bed, **fields: Any) -> list[Placement]:
        """Let somebody live in a bed for ten days from today."""
        return book(
            {person: bed},
            **({"by": self.coordinator, "now": self.now, "since": self.today, "checks_in": True} | fields),
        )


def page_of(browser: Browser, name: str, **asked: Any) -> Any:
    return browser.get(reverse(name), asked)


def tables_on(page: Any) -> dict[str, list[list[str]]]:
    """The rows of each table of a page, as its reader reads them."""
    return {
        section["key"]: [[cell.text for cell in row.cells] for row in section["rows"]]
        for section in page.context["sections"]
    }


def totals_on(page: Any) -> dict[str, list[list[str]]]:
    return {
        section["key"]: [[cell.text for cell in row.cells] for row in section["rows"] if row.is_total]
        for section in page.context["sections"]
    }


def file_of(browser: Browser, key: str, *, query: str = "", format: str = "xlsx", **more: str) -> Any:
    address = reverse("report_file", args=[key]) + (f"?{query}" if query else "")
    return browser.post(address, {"format": format, **more})


def sheets_of(answer: Any) -> list[list[list[Any]]]:
    """The rows of each sheet of a workbook, without its head and without the sheet about the file."""
    book = openpyxl.load_workbook(io.BytesIO(content_of(answer)))
    return [[list(row) for row in sheet.iter_rows(min_row=2, values_only=True)] for sheet in book.worksheets[:-1]]


def later(world: World, days: int) -> date:
    return world.today + timedelta(days=days)
