"""A person asks to be forgotten: one asks, another confirms, and no page, list, search, file or restored backup knows them any more."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.vault import keyfile
from tests.browser import PHONE
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.clients import make_case, make_client, make_contact, make_note
from tests.factories.residency import make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of
from tests.lifecycle.erasure.test_restored_backup import manage, restored, run
from tests.serving import Reader, address_of, served

__all__ = ["restored"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    path = tmp_path / "kept apart" / "keys.json"
    keyfile.make(path)
    settings.KEY_FILE = path
    return path


@pytest.fixture
def client(key_file: Path) -> Client:
    team = almaty()
    worker = worker_of(team)
    case = make_case(team=team, caseworker=worker, by=worker)
    client = make_client(case=case, by=worker, family_name="Забываемая", given_name="Вымышлена")
    make_contact(client, by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    make_note(case, by=worker, text="Просит её забыть")
    return client


@pytest.fixture
def backup(client: Client, tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    folder.mkdir()
    run("pg_dump", f"--file={folder / 'dump.sql'}", address_of(str(connection.settings_dict["NAME"])))
    return folder


def test_asked_by_one_confirmed_by_another_and_known_nowhere(
    visit: Visit, client: Client, key_file: Path, backup: Path, restored: str
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

    theirs = signed_in(visit(), coordinator).go("/erasures/")
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

    for visitor in (mine, theirs):
        for address in ("/cases/?status=any", "/my-day/"):
            assert code not in visitor.go(address).page.content()
        page = visitor.go("/search/").page
        page.fill("main [name=q]", "Забываемая")
        page.locator("main [name=q]").press("Enter")
        page.wait_for_load_state()
        assert code not in visitor.look().page.content()
        visitor.go_in_vain(f"/cases/{code}/", status=404)

    run("psql", "--quiet", "--no-psqlrc", "--output=/dev/null", f"--file={backup / 'dump.sql'}", address_of(restored))
    assert "1 erased again" in manage(restored, key_file, backup, "replay_erasures")
    with served(restored, key_file, backup) as port:
        reader = Reader(port)
        assert reader.sign_in(worker.email, PASSWORD).status == 302
        assert reader.get(f"/cases/{code}/").status == 404
        page = reader.get("/search/").body
        found = reader.post("/search/", {"q": "Забываемая"}, page=page).body
        exported = reader.post("/exports/cases/?status=any", {"format": "csv"}, page=reader.get("/cases/").body)
        assert code not in found + exported.body
