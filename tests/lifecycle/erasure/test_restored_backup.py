"""An older backup is restored: the ledger is replayed, and no form of whoever was erased can be read from it, with all keys at hand."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings, settings
from django.utils import timezone

from casework.accounts.models import Draft, Team, User
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.lifecycle.emergency import open_in_emergency
from casework.lifecycle.erasure import acts, ledger
from casework.lifecycle.erasure.replay import replay
from casework.reports.models import Export
from tests.backups import dump_to, key_file, manage, restore, restored
from tests.factories.accounts import NOW, PASSWORD, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_sent_referral
from tests.guards.leakscan import CANARY, leaks, needles, tables
from tests.guards.test_canary import (
    FAMILY_NAME,
    REASON,
    SECRET,
    a_week_of_work,
    begin_and_stop,
    broker,
    take_along,
    team,
)
from tests.serving import Reader, served

from .opened import everything_opened

__all__ = ["broker", "key_file", "restored", "team"]

FORMS = needles(CANARY)
SAY_ALL = "from tests.lifecycle.erasure.opened import everything_opened; print(everything_opened())"


@pytest.fixture
def case(
    key_file: Path,
    team: Team,
    broker: redis.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> Case:
    """The case of the canary after a week of work, in every place to which a case reaches."""
    case, browser, worker = a_week_of_work(team, tmp_path, monkeypatch, settings)
    make_sent_referral(case.clients.get(is_principal=True), by=worker, reason=f"{SECRET}, {REASON}")
    begin_and_stop(case, browser)
    # What is begun of somebody who is on no file yet belongs to whoever writes it, and goes after two weeks.
    browser.post("/drafts/discard/log_case/new/")
    let_in(case, team)
    take_along(case, browser, monkeypatch)
    return case


def let_in(case: Case, team: Team) -> None:
    now, said = timezone.now(), f"{SECRET}, {FAMILY_NAME}: {REASON}"
    guest, stranger, coordinator = make_user(), make_user(), make_user(Role.COORDINATOR, team=team)
    clients.give_access(
        user=guest, case=case, may_change=False, starts_at=now, ends_at=now + timedelta(days=2), reason=said,
        by=coordinator, now=now,
    )  # fmt: skip
    open_in_emergency(code=case.code, reason=said, by=stranger, now=now)


@pytest.fixture
def backup(case: Case, tmp_path: Path) -> Path:
    """A backup of the database and the files, as of now."""
    folder = tmp_path / "backup"
    dump_to(folder)
    shutil.copytree(settings.SCANS_DIR, folder / "scans")
    return folder


def found_in(text: str) -> list[str]:
    return leaks("opened", text.encode(), FORMS)


@pytest.mark.django_db(transaction=True)
def test_no_form_of_the_canary_is_left_in_a_restored_backup(
    case: Case, key_file: Path, backup: Path, restored: str
) -> None:
    worker = User.objects.get(pk=case.caseworker_id)
    second = User.objects.filter(memberships__role=Role.COORDINATOR, memberships__team=case.team).get()
    other = make_client(case=make_case(team=case.team, by=worker), by=worker)
    assert found_in(everything_opened()) != []

    asked = acts.ask_to_erase(case=case, reason="wish", by=worker, now=timezone.now())
    acts.confirm_erasure(erasure=asked, by=second, now=timezone.now())

    # Here and now: nothing can be opened, nothing lies in a file, nobody finds them.
    assert found_in(everything_opened()) == []
    assert [leak for where, data in tables() for leak in leaks(where, data, FORMS)] == []
    assert list(Path(settings.SCANS_DIR).glob("??/*")) == []
    assert (Draft.objects.filter(ended_at=None).count(), Export.objects.count()) == (0, 0)
    assert Client.objects.get(pk=other.pk).family_name == "Образцова"

    # The backup of before, restored elsewhere with all keys: they are back, until the ledger is replayed.
    restore(backup / "dump.sql", restored)
    assert found_in(manage(restored, key_file, backup, "shell", "--no-imports", "-c", SAY_ALL)) != []
    assert len(list((backup / "scans").glob("??/*"))) == 2

    said = manage(restored, key_file, backup, "replay_erasures")

    assert said.splitlines()[0] == f"{asked.pk}: erased again"
    assert found_in(manage(restored, key_file, backup, "shell", "--no-imports", "-c", SAY_ALL)) == []
    assert list((backup / "scans").glob("??/*")) == []
    assert "0 erased again (0 rows, 0 keys); 1 are gone already." in manage(
        restored, key_file, backup, "replay_erasures"
    )
    with served(restored, key_file, backup) as port:
        reader = Reader(port)
        assert reader.sign_in(worker.email, PASSWORD).status == 302
        assert reader.get(f"/cases/{case.code}/").status == 404
        assert case.code not in reader.get("/cases/?status=any").body
        for words in (*CANARY.words, *CANARY.numbers, CANARY.phrases[0]):
            answer = reader.post("/search/", {"q": words}, page=reader.get("/search/").body)
            assert case.code not in answer.body
            assert leaks("search", answer.body.replace(words, "").encode(), FORMS) == []


@pytest.mark.django_db
def test_what_was_not_known_to_be_done_is_repeated_only_when_somebody_says_so() -> None:
    worker = make_user()
    second = make_user(Role.COORDINATOR, team=team_of(worker))
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    asked = acts.ask_to_erase(case=client.case, reason="wish", by=worker, now=NOW)
    key = client.data_key
    ledger.write(
        ledger.Line(says=ledger.MEANT, erasure=asked.pk, at=NOW, reason="wish", asked_by=worker.pk, decided_by=second.pk,
                    case=client.case_id, cases=[client.case_id], people=[client.pk], keys=[key.pk, client.case.data_key_id])
    )  # fmt: skip

    assert replay(now=NOW).unclear == [asked.pk]
    assert Client.objects.filter(pk=client.pk).exists()

    assert replay(now=NOW, unclear_too=True).again == [asked.pk]
    assert not Client.objects.filter(pk=client.pk).exists()
    asked.refresh_from_db()
    key.refresh_from_db()
    assert (asked.state, asked.decided_by, key.is_destroyed) == ("done", second, True)


@pytest.mark.django_db
def test_a_hold_that_the_backup_still_has_was_lifted_before_and_is_lifted_again() -> None:
    worker = make_user()
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    acts.order_hold(case=client.case, reason="Суд", by=worker, now=NOW)
    for says in (ledger.MEANT, ledger.DONE):
        ledger.write(
            ledger.Line(
                says=says, erasure=worker.pk, at=NOW, reason="period", case=client.case_id, cases=[client.case_id]
            )
        )

    assert len(replay(now=NOW, dry_run=True).again) == 1
    assert Case.objects.filter(pk=client.case_id).exists()
    assert len(replay(now=NOW).again) == 1
    assert not Case.objects.filter(pk=client.case_id).exists()
    assert (replay(now=NOW).again, len(replay(now=NOW).known)) == ([], 1)
