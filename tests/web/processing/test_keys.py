"""The page of the keys: for administrators, with ids and counts and nothing of a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from casework.accounts import jobs
from casework.accounts.roles import Role
from casework.clients import names
from casework.lifecycle import key_rotation
from casework.vault import keyfile
from casework.vault.renewal import replace_some
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "keys" / "keys.json"
    keyfile.make(path)
    settings.KEY_FILE = path
    yield path
    names.names = names.ClientNames()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.AUDITOR, Role.POLICY_EDITOR])
def test_others_are_refused(role: Role) -> None:
    assert signed_in(make_user(role)).get("/keys/").status_code == 403


def test_an_administrator_sees_every_key_and_what_hangs_on_it_and_no_key(key_file: Path) -> None:
    person = make_client()
    make_document(person)
    old = keyfile.read(key_file).lookup.current
    new = keyfile.add_key(key_file, "lookup", now=timezone.now())
    prepared = keyfile.prepare_key(key_file, "search", now=timezone.now())
    replace_some([person.data_key_id], now=NOW)

    answer = signed_in(make_user(Role.ADMINISTRATOR)).get("/keys/")

    page = answer.content.decode()
    rows = {key.id: (under, state) for _purpose, key, under, state in answer.context["rows"]}
    assert rows[old] == ("everything", "old, still needed")
    assert rows[new] == ("nothing", "in use")
    assert rows[prepared] == ("nothing", "prepared, not used yet")
    assert "Data keys were replaced" in page
    read = keyfile.read(key_file)
    for purpose in keyfile.PURPOSES:
        ring = read.ring(purpose)
        assert ring is not None
        for key_id, key in ring.keys.items():
            assert key_id in page
            assert keyfile._encoded(key) not in page


def test_it_says_how_far_a_rotation_is_and_that_one_was_stopped() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))
    job = jobs.start_job(key_rotation.KIND, by=None, now=NOW)
    running = jobs.begin(job.pk, total=40)
    assert running is not None
    jobs.advance(running, by=12, place="")

    stopped = browser.get("/keys/").content.decode()
    with key_rotation.only_one():
        working = browser.get("/keys/").content.decode()
    jobs.finish(running, now=NOW)
    done = browser.get("/keys/").content.decode()

    assert "It was stopped after 30 of 100." in stopped
    assert "30 of 100" in working
    assert "It was stopped" not in working + done
    assert "Finished" in done


def test_it_costs_the_same_however_much_there_is() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))
    browser.get("/keys/")
    with counted_queries() as few:
        browser.get("/keys/")
    for number in range(3):
        make_document(make_client(), number=f"75 00020{number}")
    with counted_queries() as more:
        browser.get("/keys/")

    assert len(few) == len(more) <= 12


def test_the_record_of_processing_leads_there_and_only_those_who_may() -> None:
    assert "/keys/" in signed_in(make_user(Role.ADMINISTRATOR)).get("/processing/").content.decode()
    assert "/keys/" not in signed_in(make_user(Role.AUDITOR)).get("/processing/").content.decode()
