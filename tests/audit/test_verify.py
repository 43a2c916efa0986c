"""Whatever a superuser of the database does to the audit trail is found, and the first row that it concerns is named."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from casework.audit import chain
from casework.audit.heads import EVERY, write_head
from casework.audit.models import Event, Seal
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from casework.audit.verify import Report, What, verify
from casework.vault import keyfile
from tests.factories.accounts import make_user

EVENTS = 60
EDITS = 1000


def superuser(query: str, values: Any = ()) -> int:
    """Do something past every trigger and constraint of foreign keys. Return how many rows it concerned."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(query, values)
        count = cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return int(count)


def compute_anew(pos: int) -> None:
    """Do what a superuser who knows the chain would do: make every seal from a place on fit again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_seal WHERE pos = %s", [pos - 1])
        row = cursor.fetchone()
        hashed = bytes(row[0]) if row else chain.BEGINNING
        cursor.execute(
            f"SELECT pos, {', '.join(chain.COLUMNS)} FROM audit_seal JOIN audit_event ON id = event_id WHERE pos >= %s ORDER BY pos",
            [pos],
        )
        rows = cursor.fetchall()
    for place, *columns in rows:
        hashed = chain.link(hashed, place, columns)
        superuser("UPDATE audit_seal SET hash = %s WHERE pos = %s", [hashed, place])


@pytest.fixture
def trail(db: None) -> list[int]:
    """A sealed trail of all kinds of events with a signed head of its end. Returns the ids of the events by place."""
    now, user = timezone.now(), make_user(None)
    for number in range(EVENTS):
        moment = now - timedelta(seconds=EVENTS - number)
        data = {"shown": number, "fields": ["name"], "share": number / 7} if number % 3 else {}
        case_id = uuid4() if number % 2 else None
        record(
            "clients.case_seen",
            by=user if number % 5 else None,
            now=moment,
            subject=user if number % 4 else None,
            case_id=case_id,
            **data,
        )
    seal_waiting()
    write_head(now=now)
    report = verify()
    assert (report.findings, report.seals, report.heads) == ([], EVENTS, 1)
    return list(Seal.objects.order_by("pos").values_list("event_id", flat=True))


# Each edit does one thing to the trail and returns the place of the first row that it concerns, None for one without a place.
Edit = Callable[[random.Random, list[int]], int | None]


def change(column: str) -> Edit:
    def edit(chance: random.Random, ids: list[int]) -> int:
        pos = chance.randint(1, len(ids))
        assert superuser(f"UPDATE audit_event SET {column} WHERE id = %s", [ids[pos - 1]]) == 1
        return pos

    return edit


def remove(chance: random.Random, ids: list[int]) -> int:
    pos = chance.randint(1, len(ids))
    assert superuser("DELETE FROM audit_event WHERE id = %s", [ids[pos - 1]]) == 1
    return pos


def remove_with_its_seal(chance: random.Random, ids: list[int]) -> int:
    pos = remove(chance, ids)
    assert superuser("DELETE FROM audit_seal WHERE pos = %s", [pos]) == 1
    return pos


def put_in(chance: random.Random, ids: list[int]) -> None:
    superuser(
        "INSERT INTO audit_event (id, at, type, subject_model, subject_id, data) VALUES (%s, now(), 'clients.case_seen', '', '', '{}')",
        [chance.choice([ids[0] - chance.randint(1, 9), ids[-1] + chance.randint(1, 9)])],
    )


def swap(chance: random.Random, ids: list[int]) -> int:
    one, other = sorted(chance.sample(range(1, len(ids) + 1), 2))
    superuser("UPDATE audit_seal SET event_id = -event_id WHERE pos = %s", [one])
    superuser("UPDATE audit_seal SET event_id = %s WHERE pos = %s", [ids[one - 1], other])
    superuser("UPDATE audit_seal SET event_id = %s WHERE pos = %s", [ids[other - 1], one])
    return one


def exchange_who(chance: random.Random, ids: list[int]) -> int:
    """Let somebody else have done it: what an insider would want."""
    pos = chance.choice([pos for pos in range(1, len(ids) + 1) if (pos - 1) % 5])
    superuser("UPDATE audit_event SET actor_id = %s WHERE id = %s", [uuid4(), ids[pos - 1]])
    return pos


def change_seal(chance: random.Random, ids: list[int]) -> int:
    pos = chance.randint(1, len(ids))
    superuser("UPDATE audit_seal SET hash = set_byte(hash, 5, 255 - get_byte(hash, 5)) WHERE pos = %s", [pos])
    return pos


def cut_off_the_end(chance: random.Random, ids: list[int]) -> int:
    pos = chance.randint(1, len(ids))
    superuser("DELETE FROM audit_event WHERE id = ANY(%s)", [ids[pos - 1 :]])
    superuser("DELETE FROM audit_seal WHERE pos >= %s", [pos])
    return pos


def change_and_compute_anew(chance: random.Random, ids: list[int]) -> int:
    pos = change("type = type || 'x'")(chance, ids)
    assert pos is not None
    compute_anew(pos)
    return 1  # somewhere since the last head that agrees, which here is the beginning


EDITS_BY_NAME: dict[str, Edit] = {
    "at by a microsecond": change("at = at + interval '1 microsecond'"),
    "at for ever": change("at = 'infinity'"),
    "id": change("id = -id"),
    "type": change("type = type || ' '"),
    "actor": exchange_who,
    "actor away or made up": change("actor_id = CASE WHEN actor_id IS NULL THEN gen_random_uuid() END"),
    "case away or made up": change("case_id = CASE WHEN case_id IS NULL THEN gen_random_uuid() END"),
    "subject": change("subject_id = subject_id || '0'"),
    "text from one column to the next": change(
        "(subject_model, subject_id) = ROW(subject_model || left(subject_id, 1) || '-', substr(subject_id, 2))"
    ),
    "kind of subject": change("subject_model = 'clients.Case'"),
    "data": change("""data = data || '{"shown": -1}'"""),
    "data in the last digit": change("""data = data || '{"share": 0.142857142857142857}'"""),
    "removed": remove,
    "removed with its seal": remove_with_its_seal,
    "put in": put_in,
    "swapped": swap,
    "seal": change_seal,
    "end cut off": cut_off_the_end,
    "computed anew": change_and_compute_anew,
}


def found_after(edit: Edit, chance: random.Random, ids: list[int]) -> tuple[int | None, Report]:
    """Do one edit, verify, and take the edit back."""
    with transaction.atomic():
        concerned = edit(chance, ids)
        report = verify()
        transaction.set_rollback(True)
    return concerned, report


@pytest.mark.parametrize("name", EDITS_BY_NAME)
def test_each_kind_of_edit_is_found_and_the_first_row_is_named(trail: list[int], name: str) -> None:
    concerned, report = found_after(EDITS_BY_NAME[name], random.Random(7), trail)

    assert report.findings[0].pos == concerned
    if concerned is not None and report.findings[0].what in {What.ALTERED, What.MISSING} and name != "swapped":
        assert report.findings[0].event_id == (trail[concerned - 1])
    assert verify().findings == []


def test_a_thousand_random_edits_are_all_found(trail: list[int]) -> None:
    chance, names, missed = random.Random(20261127), list(EDITS_BY_NAME), []
    for number in range(EDITS):
        name = chance.choice(names)
        concerned, report = found_after(EDITS_BY_NAME[name], chance, trail)
        if not report.findings or report.findings[0].pos != concerned:
            missed.append((number, name, concerned, report.findings[:1]))

    assert missed == []
    assert verify().findings == []


def test_an_event_removed_before_it_was_sealed_is_missed(trail: list[int]) -> None:
    event = record("clients.case_seen", by=None, now=timezone.now())
    superuser("DELETE FROM audit_event WHERE id = %s", [event.pk])
    seal_waiting()

    (finding,) = verify().findings
    assert (finding.what, finding.event_id) == (What.MISSING, event.pk)


def test_a_chain_computed_anew_between_two_heads_is_narrowed_down_to_them(trail: list[int], tmp_path: Path) -> None:
    for _each in range(10):
        record("clients.case_seen", by=None, now=timezone.now())
    seal_waiting()
    write_head(now=timezone.now() + EVERY)
    superuser(
        "UPDATE audit_event SET type = 'x' WHERE id = (SELECT event_id FROM audit_seal WHERE pos = %s)", [EVENTS + 4]
    )
    compute_anew(EVENTS + 4)

    (finding,) = verify().findings
    assert (finding.what, finding.pos) == (What.HEAD, EVENTS + 1)
    assert f"places {EVENTS + 1} to {EVENTS + 10}" in finding.says


def altered_heads(settings: LazySettings, **changes: Any) -> None:
    path = Path(settings.AUDIT_HEADS)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes) + "\n")


@pytest.mark.parametrize(
    "changes",
    [{"hash": "00" * 32}, {"pos": 1}, {"at": "2020-01-01T00:00:00+00:00"}, {"key": "l-none"}, {"signature": "zz"}],
)
def test_a_head_that_nobody_signed_is_found(trail: list[int], settings: LazySettings, changes: dict[str, Any]) -> None:
    altered_heads(settings, **changes)

    (finding,) = verify().findings
    assert finding.what == What.HEAD
    assert "not signed" in finding.says


def test_a_line_that_is_no_head_is_found(trail: list[int], settings: LazySettings) -> None:
    with Path(settings.AUDIT_HEADS).open("a") as file:
        file.write("{broken\n")

    (finding,) = verify().findings
    assert "line 2" in finding.says


# What people type.


def verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        call_command("verify_audit", *arguments)
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_says_how_much_it_has_verified(trail: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    record("clients.case_seen", by=None, now=timezone.now())

    status, said = verified(capsys)

    assert status == 0
    assert f"{EVENTS + 1} events sealed, 1 of them just now; 0 wait. 1 signed heads in" in said
    assert "The audit trail is as it was written." in said


def test_the_command_names_the_first_altered_row_and_fails(
    trail: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    for pos in (50, 17):
        superuser("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = %s", [trail[pos - 1]])

    status, said = verified(capsys)

    assert status == 1
    assert said.splitlines()[0] == f"altered: place 17: event {trail[16]} or its seal was altered"
    assert "NOT as it was written" in said


def test_the_command_compares_with_the_copy_that_an_auditor_keeps(
    trail: list[int], capsys: pytest.CaptureFixture[str], settings: LazySettings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text(Path(settings.AUDIT_HEADS).read_text())
    Path(settings.AUDIT_HEADS).unlink()
    cut_off_the_end(random.Random(1), trail)

    assert verified(capsys)[0] == 1
    status, said = verified(capsys, "--heads", str(copy))
    assert status == 1
    assert "its end was cut off" in said


def test_seals_without_any_head_are_not_passed(
    trail: list[int], capsys: pytest.CaptureFixture[str], settings: LazySettings
) -> None:
    Path(settings.AUDIT_HEADS).unlink()

    status, said = verified(capsys)

    assert status == 1
    assert "holds no signed head" in said


def test_heads_signed_with_an_older_key_are_still_good(
    trail: list[int], capsys: pytest.CaptureFixture[str], settings: LazySettings, tmp_path: Path
) -> None:
    settings.KEY_FILE = tmp_path / "keys.json"
    keyfile.make(settings.KEY_FILE)
    Path(settings.AUDIT_HEADS).unlink()
    write_head(now=timezone.now())
    record("clients.case_seen", by=None, now=timezone.now())

    call_command("rotate_keys", "--only", "seal", "--new-key")

    heads = [json.loads(line) for line in Path(settings.AUDIT_HEADS).read_text().splitlines()]
    with_those_of_the_rotation = EVENTS + 3
    assert [head["pos"] for head in heads] == [EVENTS, with_those_of_the_rotation]
    assert heads[0]["key"] != heads[1]["key"]
    assert verified(capsys)[0] == 0


@pytest.mark.slow
def test_a_hundred_thousand_events_are_sealed_and_verified_in_seconds(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, type, actor_id, subject_model, subject_id, case_id, data)"
            " SELECT now(), 'clients.case_seen', gen_random_uuid(), 'clients.Case', gen_random_uuid()::text, gen_random_uuid(),"
            " jsonb_build_object('shown', number) FROM generate_series(1, 100000) AS number"
        )
    begun = timezone.now()
    assert seal_waiting() == 100_000
    sealed = timezone.now()
    assert verify().findings == []

    assert sealed - begun < timedelta(seconds=15)
    assert timezone.now() - sealed < timedelta(seconds=15)
    assert Event.objects.count() == 100_000
