"""A person asks to be forgotten: one asks, another confirms, and no page, list, search, file or restored backup knows them any more."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Client
from tests.backups import dump_to, key_file, manage, restore, restored
from tests.browser import PHONE, Visitor
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.clients import make_case, make_client, make_contact, make_note
from tests.factories.residency import make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of
from tests.serving import Reader, served

__all__ = ["key_file", "restored"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(key_file: Path) -> Client:
    team = almaty()
    worker = worker_of(team)
    case = make_case(team=team, caseworker=worker, by=worker)
    client = make_client(case=case, by=worker, family_name="Забываемая", given_name="Вымышлена")
    make_contact(client, by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    make_note(case, by=worker, text="Просит её забыть")
    make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker, family_name="Остающаяся")
    return client


def exported(visitor: Visitor, folder: Path) -> dict[str, str]:
    """What the list of cases says as a file in each shape, fetched as a coordinator fetches it and unpacked."""
    said = {}
    page = visitor.go("/cases/?status=any").page
    for shape in ("CSV", "XLSX"):
        page.locator(".export-bar summary").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=shape, exact=True).click()
        path = folder / f"list.{shape.lower()}"
        download.value.save_as(path)
        said[shape] = path.read_text(encoding="utf-8-sig") if shape == "CSV" else unpacked(path)
        visitor.go("/cases/?status=any")
    return said


def unpacked(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.fixture
def backup(client: Client, tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    dump_to(folder)
    return folder


def test_asked_by_one_confirmed_by_another_and_known_nowhere(
    visit: Visit, client: Client, key_file: Path, backup: Path, restored: str, tmp_path: Path
) -> None:
    worker, code = User.objects.get(pk=client.case.caseworker_id), client.case.code
    coordinator = make_user(Role.COORDINATOR, team=client.case.team)

    mine = signed_in(visit(viewport=PHONE), worker).go(f"/cases/{code}/")
    mine.page.get_by_role("link", name="Keeping and erasing").click()
    mine.look()
    mine.page.get_by_role("link", name="Ask for an erasure").click()
    mine.page.check("[name=whom][value=case]")
    mine.page.check("[name=reason][value=wish]")
    mine.look()
    mine.page.get_by_role("button", name="Ask for it to be erased").click()
    mine.page.get_by_text("Nothing is erased before a coordinator confirms it").wait_for()

    theirs = signed_in(visit(), coordinator)
    before = exported(theirs, tmp_path)
    assert [code in text for text in before.values()] == [True, True]
    assert [client.reference in text or "Забываемая" in text for text in before.values()] == [True, True]
    theirs.go("/erasures/")
    theirs.look()
    theirs.page.get_by_role("link", name=f"case {code}").click()
    theirs.page.get_by_role("heading", name="What would go").wait_for()
    theirs.look()
    theirs.page.get_by_role("link", name="Erase for good").click()
    theirs.page.fill("[name=code]", code)
    theirs.look()
    theirs.page.get_by_role("button", name="Erase for good").click()
    theirs.page.get_by_role("heading", name="What stays, and names nobody").wait_for()
    theirs.look()

    stays = Client.objects.get().case.code
    for shape, text in exported(theirs, tmp_path).items():
        assert (stays in text, code in text, client.reference in text, "Забываемая" in text) == (
            True,
            False,
            False,
            False,
        ), shape
    for visitor in (mine, theirs):
        for address in ("/cases/?status=any", "/my-day/"):
            assert code not in visitor.go(address).page.content()
        page = visitor.go("/search/").page
        page.fill("main [name=q]", "Забываемая")
        page.locator("main [name=q]").press("Enter")
        page.wait_for_load_state()
        assert code not in visitor.look().page.content()
        visitor.go_in_vain(f"/cases/{code}/", status=404)

    restore(backup / "dump.sql", restored)
    assert "1 erased again" in manage(restored, key_file, backup, "replay_erasures")
    with served(restored, key_file, backup) as port:
        reader = Reader(port)
        assert reader.sign_in(worker.email, PASSWORD).status == 302
        assert reader.get(f"/cases/{code}/").status == 404
        page = reader.get("/search/").body
        found = reader.post("/search/", {"q": "Забываемая"}, page=page).body
        assert code not in found
        fetched = reader.post("/exports/cases/?status=any", {"format": "csv"}, page=reader.get("/cases/").body)
        assert (fetched.status, fetched.headers["Content-Type"].split(";")[0]) == (200, "text/csv")
        assert (stays in fetched.body, code in fetched.body, "Забываемая" in fetched.body) == (True, False, False)
