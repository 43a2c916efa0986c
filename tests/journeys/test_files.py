"""Files that go in and come out, in a real browser; and the pages of cases that no other journey visits, free of barriers."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import Client
from casework.documents.models import ScanPage
from casework.lib.dates import today_in
from casework.reports.csv import unguarded
from tests.browser import PHONE, Visitor
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.factories.documents import make_document
from tests.factories.needs import make_need, make_service
from tests.factories.referrals import make_partner, make_referral
from tests.factories.safety import make_consent, make_never_contact
from tests.factories.scans import drawn, encoded
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def begin(visit: Visit, **person: Any) -> tuple[Visitor, Client]:
    team = almaty()
    worker = worker_of(team)
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker, **person)
    return signed_in(visit(viewport=PHONE), worker), client


def photo(name: str, *, side: int = 300) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": encoded(drawn((side, side)))}


def test_photos_are_sent_one_by_one_and_a_broken_line_loses_none_of_them(visit: Visit) -> None:
    visitor, client = begin(visit)
    page = visitor.go(f"/clients/{client.reference}/scans/new/").page
    broken: list[str] = []

    def break_the_first(route: Any) -> None:
        if route.request.method == "POST" and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/scans/new/", break_the_first)
    page.set_input_files(
        "main input[type=file]", files=[photo("one.jpg", side=2600), photo("two.jpg"), photo("no.jpg")]
    )
    page.select_option("main [name=kind]", "identity")
    page.wait_for_selector(".chosen li:nth-child(3) canvas")
    visitor.look()
    page.locator(".chosen li").nth(2).get_by_role("button", name="Leave out").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Add these pages").click()
        page.wait_for_selector("text=Not saved, trying again")

    page.troubles.clear()  # the line that was broken, of which the console complains
    visitor.look()
    assert broken
    assert ScanPage.objects.count() == 2
    assert max(side for each in ScanPage.objects.all() for side in (each.width, each.height)) == 2400
    assert "Download page 2" in visitor.text


def test_a_list_that_is_taken_along_opens_and_holds_no_formula(visit: Visit) -> None:
    visitor, client = begin(visit, family_name="=1+1", given_name="@SUM(A1)")
    page = visitor.go("/cases/").page

    found = {}
    for shape in ("XLSX", "CSV"):
        page.locator("summary", has_text="Take this list along").first.click()
        with page.expect_download() as download:
            page.get_by_role("button", name=shape).click()
        found[shape] = download.value.path().read_bytes()
        assert client.case.code not in download.value.suggested_filename
        visitor.go("/cases/")

    sheet = openpyxl.load_workbook(io.BytesIO(found["XLSX"])).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if str(cell.value).startswith("=1+1")]
    assert [cell.data_type for cell in cells] in (["s"], ["inlineStr"])
    lines = list(csv.reader(io.StringIO(found["CSV"].decode("utf-8-sig"), newline="")))
    [raw] = [cell for cell in lines[1] if "=1+1" in cell]
    assert (raw[0], unguarded(raw)[:4]) == ("'", "=1+1")
    assert lines[-1][0].startswith("Test Worker · ")


def test_the_pages_around_a_case_keep_nobody_out(visit: Visit) -> None:
    visitor, client = begin(visit)
    case, now = client.case, timezone.now()
    worker, today = case.caseworker, today_in("Asia/Almaty", now)
    assert worker is not None
    make_document(client, by=worker)
    make_need(client, by=worker)
    make_service(case, by=worker, people=[client])
    make_consent(client, by=worker)
    make_never_contact(case, by=worker, value="+7 700 000 00 00")
    make_referral(client, by=worker, partner=make_partner())
    to_do = actions.write_to_do(text="Invented to-do", owner=worker, case=case, by=worker, now=now)
    meeting = actions.plan_appointment(
        case=case, people=[client], by=worker, now=now, day=today, wall_time=now.time(), zone="Asia/Almaty"
    )
    make_user(team=case.team)

    for path in (
        *(f"/cases/{case.code}/{tab}/" for tab in ("log", "needs", "referrals", "documents", "safety", "family")),
        *(f"/cases/{case.code}/{page}/" for page in ("appointments", "appointments/new", "services/new", "export")),
        *(f"/clients/{client.reference}/{page}/" for page in ("consents/new", "consent-form", "sheet", "needs/new")),
        f"/appointments/{meeting.pk}/",
        f"/appointments/{meeting.pk}/slip/",
        f"/to-dos/{to_do.pk}/",
        "/to-dos/",
        "/originals/",
        "/drafts/",
        "/referrals/in/",
        "/consent-form/?language=kk",
    ):
        visitor.go(path)
