"""All keys of the key file are changed while people work: whatever was found, opened or refused before still is."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Job, Session, User
from casework.audit.heads import signers, write_head
from casework.audit.models import Event
from casework.audit.seal import seal_waiting
from casework.clients import actions, names
from casework.clients.lookup import hashes_to_find
from casework.clients.models import Client, Contact, IncomingReferral, NeverContact
from casework.documents.models import Document
from casework.lib.names import Query
from casework.lifecycle import key_rotation
from casework.lifecycle.duplicates import details_of
from casework.vault import keyfile
from casework.vault.actions import destroy_key
from casework.vault.keyfile import PURPOSES
from casework.vault.keys import provider
from casework.vault.models import DataKey
from tests.databases import database_url
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact
from tests.factories.documents import make_document
from tests.factories.referrals import make_incoming
from tests.factories.safety import make_never_contact
from tests.web.sign_in.codes import SECRET, give_codes

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
NUMBER, PHONE = "75 0001234", "+996 555 012345"


@pytest.fixture(autouse=True)
def key_file(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    """A key file of the test's own."""
    path = tmp_path / "keys" / "keys.json"
    keyfile.make(path)
    settings.KEY_FILE = path
    yield path
    names.names.__init__()  # type: ignore[misc]  # as in a new process: other tests' people lie under other keys


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def person(worker: User) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker)
    person = make_client(case=case, by=worker, family_name="Ротационная")
    make_document(person, by=worker, number=NUMBER)
    make_contact(person, by=worker, value=PHONE)
    return person


@pytest.fixture
def browser(worker: User) -> Browser:
    browser = Browser()
    browser.force_login(worker)
    return browser


def rotated(*options: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *options, stdout=said, stderr=said)
    return said.getvalue()


def finds(browser: Browser, person: Client) -> None:
    """Whoever looks finds the person by name, number and phone, once each."""
    for asked in ("Ротационная", NUMBER, "0555 012345"):
        page = browser.post("/search/", {"q": asked}).content.decode()
        assert page.count(f">{person.case.code}<") == 1 or page.count(person.reference) == 1, asked
    assert "Ротационная" in browser.get(f"/cases/{person.case.code}/").content.decode()


def test_after_a_rotation_everything_is_under_the_new_keys_and_works_as_before(
    person: Client, worker: User, browser: Browser, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    give_codes(worker)
    make_never_contact(person.case, value="+996 700 000111", by=worker)
    make_incoming(team=person.case.team, by=worker)
    seal_waiting()
    write_head(now=NOW)
    finds(browser, person)
    before = {purpose: provider().current_id(purpose) for purpose in PURPOSES}

    said = rotated("--new-key")

    statuses = key_rotation.statuses(timezone.now())
    assert {key.id: key.rows for key in statuses if not key.is_current} == dict.fromkeys(before.values(), 0)
    rows = {key.purpose: key.rows for key in statuses if key.is_current}
    assert rows == {
        "data": DataKey.objects.count(),
        "lookup": 4,
        "search": 1,
        "seal": 0,
        "secret": Session.objects.count() + 1,
    }
    assert f"{sum(rows.values())} of {sum(rows.values())} rows done." in said
    finds(browser, person)
    (codes,) = Authenticator.objects.all()
    assert codes.data["secret"] != SECRET
    assert codes.wrap().validate_code is not None
    assert signers() == {before["seal"], provider().current_id("seal")}
    call_command("verify_audit", stdout=io.StringIO())


def test_before_a_new_key_has_reached_a_row_it_is_found_and_opened_all_the_same(
    person: Client, worker: User, browser: Browser, key_file: Path
) -> None:
    make_never_contact(person.case, client=make_client(case=person.case, relation="spouse"), value="+996 700 000111")
    make_incoming(team=person.case.team, by=worker)
    cache.set("tried", 3, timeout=600)
    for purpose in PURPOSES:
        keyfile.add_key(key_file, purpose, now=NOW)

    finds(browser, person)

    spouse = Client.objects.get(relation="spouse")
    with pytest.raises(actions.UnableToRecordContact):
        make_contact(spouse, by=worker, value="0700 000111")
    with pytest.raises(actions.RecordedAlready):
        make_incoming(team=person.case.team, by=worker, how="phone")
    same = make_client(case=make_case(team=person.case.team), by=worker)
    make_document(same, by=worker, number=NUMBER)
    make_contact(same, by=worker, value=PHONE)
    details = details_of([person, same])
    assert details[person.pk].documents & details[same.pk].documents
    assert details[person.pk].contacts & details[same.pk].contacts
    assert cache.get("tried") == 3
    assert cache.add("tried", 1) is False
    cache.delete("tried")
    assert cache.get("tried") is None
    marked = make_never_contact(person.case, value=PHONE, by=worker)
    assert set(Contact.objects.filter(is_safe=False).values_list("client", flat=True)) == {person.pk}
    assert marked.value_hash[:4] != Contact.objects.get(client=person).value_hash[:4]


def test_a_number_keeps_the_form_in_which_it_was_read_when_the_case_was_in_another_country(
    worker: User, key_file: Path
) -> None:
    case = make_case(team=make_team(country="KG"))
    person = make_client(case=case)
    contact = make_contact(person, value="0555 012345")
    case.team = make_team(country="KZ")
    case.save()

    rotated("--only", "lookup", "--new-key")

    assert bytes(Contact.objects.get(pk=contact.pk).value_hash) == hashes_to_find("+996555012345", None)[0]


def test_what_has_been_erased_has_no_hash_any_more(person: Client) -> None:
    destroy_key(person.data_key, by=None, now=NOW)

    rotated("--only", "lookup", "--new-key")

    assert Document.objects.get().number_hash is None
    assert Contact.objects.get().value_hash is None


def test_two_referrals_that_become_equal_keep_no_rotation_from_its_end(worker: User, key_file: Path) -> None:
    team = make_team()
    first = make_incoming(team=team, by=worker)
    second = make_incoming(team=team, by=worker, family_name="Другая")
    # As if both had been sent in the moment in which the key changed.
    second.family_name = first.family_name
    second.save()

    rotated("--only", "lookup", "--new-key")

    hashes = set(IncomingReferral.objects.values_list("same_hash", flat=True))
    assert None in hashes
    assert len(hashes) == 2


def test_old_keys_are_taken_out_only_when_nothing_can_need_them_any_more(
    person: Client, browser: Browser, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_waiting()
    write_head(now=NOW)
    before = {purpose: provider().current_id(purpose) for purpose in PURPOSES}

    said = rotated("--new-key", "--forget-old")

    for purpose, key_id in before.items():
        assert f"Kept {key_id} ({purpose}): what replaced it is not in use for an hour yet." in said
        assert key_id in provider().ring(purpose).keys  # type: ignore[union-attr]

    monkeypatch.setattr(key_rotation, "KEPT_AT_LEAST", timedelta(0))
    said = rotated("--forget-old")

    for purpose, key_id in before.items():
        assert f"Took {key_id} ({purpose}) out. A backup made while it was used needs it" in said
        assert key_id not in provider().ring(purpose).keys  # type: ignore[union-attr]
    finds(browser, person)
    call_command("verify_audit", stdout=io.StringIO())  # the heads that the old key signed
    assert Event.objects.filter(type="lifecycle.key_removed").count() == len(PURPOSES)


def test_a_key_on_which_a_row_hangs_that_does_not_open_stays(
    person: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(key_rotation, "KEPT_AT_LEAST", timedelta(0))
    old = provider().current_id("search")
    Client.objects.update(search_form=bytes([len(old)]) + old.encode() + bytes(60))

    said = rotated("--only", "search", "--new-key", "--forget-old")

    assert "search: 1 rows are not under the current key." in said
    assert f"Kept {old} (search): 1 rows hang on it." in said
    assert f"clients.Client.search_form of {person.pk} stays under its key" in caplog.text


def test_the_keys_are_shown_without_anything_of_them(person: Client, key_file: Path) -> None:
    keyfile.add_key(key_file, "data", now=NOW)
    keyfile.prepare_key(key_file, "search", now=NOW)
    said = io.StringIO()

    call_command("keys", stdout=said)

    shown = said.getvalue()
    read = keyfile.read(key_file)
    for purpose in PURPOSES:
        ring = read.ring(purpose)
        assert ring is not None
        for key_id, key in ring.keys.items():
            assert key_id in shown
            assert keyfile._encoded(key) not in shown
    assert "prepared, not used yet" in shown
    assert "older, needed" in shown


def test_a_dry_run_says_what_would_be_done_and_does_nothing(person: Client, key_file: Path) -> None:
    keyfile.add_key(key_file, "lookup", now=NOW)
    before, content = key_rotation.rows_left(), key_file.read_bytes()

    said = rotated("--dry-run")

    assert "lookup: 2 rows would be brought to the current key." in said
    assert (key_rotation.rows_left(), key_file.read_bytes()) == (before, content)
    assert not Job.objects.filter(kind=key_rotation.KIND).exists()


def test_for_several_machines_a_key_is_prepared_first(person: Client) -> None:
    before = provider().current_id("data")

    said = rotated("--prepare-key", "--only", "data")

    assert provider().current_id("data") == before
    assert "Bring" in said
    rotated("--new-key", "--only", "data")
    assert provider().current_id("data") in said


@pytest.mark.django_db(transaction=True)
def test_a_second_rotation_does_nothing_while_one_runs(person: Client, key_file: Path) -> None:
    content = key_file.read_bytes()
    assert not key_rotation.is_running()

    with key_rotation.only_one():
        assert key_rotation.is_running()
        with pytest.raises(CommandError, match="Another rotation runs"):
            rotated("--new-key")

    assert not key_rotation.is_running()
    assert key_file.read_bytes() == content


def test_every_act_is_in_the_audit_trail(person: Client) -> None:
    rotated("--new-key", "--only", "search")

    added, rotated_to = Event.objects.filter(type__in=["lifecycle.key_added", "lifecycle.keys_rotated"]).order_by("id")
    assert added.data == {"purpose": "search", "key": provider().current_id("search")}
    assert rotated_to.data == added.data | {"column": "clients.Client.search_form", "rows": 1}


@pytest.mark.django_db(transaction=True)
def test_the_index_of_names_sees_nobody_twice_while_search_forms_are_sealed_anew(person: Client) -> None:
    people = [make_client(family_name=f"Повторова{number}") for number in range(8)]
    everybody = [*people, person]
    query = Query.parse("Повторова")
    before = names.find_among_all([query])
    keyfile.add_key(Path(provider().path), "search", now=NOW)
    (part,) = key_rotation._parts()["search"]
    after: Any = None
    while True:
        piece = part.piece(after, 2)
        found = names.find_among_all([query])
        assert sorted(found) == sorted(before)
        assert len(names.names._index) == len(everybody)
        if piece.last is None:
            break
        after = piece.last
    assert part.left() == 0


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_a_rotation_goes_on_where_it_was_and_loses_nothing(
    person: Client, worker: User, browser: Browser, key_file: Path
) -> None:
    case = make_case(team=person.case.team)
    people = [make_client(case=case, by=worker) for _number in range(14)]
    for number, each in enumerate(people):
        make_document(each, by=worker, number=f"75 100{number:04}")
    finds(browser, person)
    before = {purpose: provider().current_id(purpose) for purpose in PURPOSES}
    kills = 0
    for moment in range(2):
        process = _rotating(key_file, "--new-key" if moment == 0 else "", tmp=key_file.parent)
        _wait_for_progress(process, beyond=moment * 20)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        finds(browser, person)
    assert kills, (key_file.parent / "said").read_text()
    assert Job.objects.filter(kind=key_rotation.KIND).count() == 1

    rotated()

    job = Job.objects.get(kind=key_rotation.KIND)
    assert job.state == Job.State.DONE
    assert job.done == job.total
    left = {key.id: key.rows for key in key_rotation.statuses(timezone.now()) if not key.is_current}
    assert left == dict.fromkeys(before.values(), 0)
    finds(browser, person)
    assert Document.objects.filter(number_hash__isnull=False).count() == 15
    assert all(document.number for document in Document.objects.all())


def _rotating(key_file: Path, option: str, *, tmp: Path) -> "subprocess.Popen[bytes]":
    """A process that rotates slowly: a row at a time."""
    environment = os.environ | {"DATABASE_URL": database_url(), "KEY_FILE": str(key_file), "DATA_DIR": str(tmp)}
    command = [sys.executable, "manage.py", "rotate_keys", "--batch-size", "1", *([option] if option else [])]
    with (tmp / "said").open("ab") as said:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True)


def _wait_for_progress(process: "subprocess.Popen[bytes]", beyond: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        job = Job.objects.filter(kind=key_rotation.KIND).first()
        if job is not None and job.done > beyond:
            return
        time.sleep(0.01)


def test_a_never_contact_entry_and_a_contact_have_a_hash_that_says_its_key(person: Client, worker: User) -> None:
    entry = make_never_contact(person.case, value=PHONE, by=worker)
    stored = NeverContact.objects.get(pk=entry.pk).value_hash

    assert bytes(stored) == bytes(Contact.objects.get().value_hash)
