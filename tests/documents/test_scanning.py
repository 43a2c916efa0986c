"""The virus scanner: asked over a socket, believed, and missed when it is silent."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from casework.documents import actions, scanning
from casework.documents.models import Scan
from tests.factories.accounts import NOW
from tests.factories.clients import make_client
from tests.factories.scans import make_scan

# Not in one piece, so that no scanner takes this file for the test string.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"


def exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := line.recv(size - len(data))):
        data += more
    return data


def judge(content: bytes) -> bytes:
    return b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"


@pytest.fixture
def daemon(tmp_path: Path, settings: LazySettings) -> Iterator[Callable[..., list[bytes]]]:
    """A daemon that speaks the protocol of clamd, as far as we use it."""
    listening = socket.socket(socket.AF_UNIX)
    path = f"/tmp/clamd-{tmp_path.name[-40:]}.sock"
    Path(path).unlink(missing_ok=True)
    listening.bind(path)
    listening.listen(20)
    heard: list[bytes] = []

    def begin(answer: Callable[[bytes], bytes | None] = judge) -> list[bytes]:
        def serve() -> None:
            while True:
                try:
                    line, _address = listening.accept()
                except OSError:
                    return
                with line:
                    assert exactly(line, 10) == b"zINSTREAM\0"
                    content = b""
                    while length := struct.unpack(">I", exactly(line, 4))[0]:
                        content += exactly(line, length)
                    heard.append(content)
                    said = answer(content)
                    if said is None:
                        line.recv(1)  # silent until the other side gives up
                    else:
                        line.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        settings.CLAMAV = path
        return heard

    yield begin
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    Path(path).unlink(missing_ok=True)


def test_without_a_daemon_nothing_is_claimed() -> None:
    assert scanning.check([EICAR]) == Scan.Check.NOT_SCANNED


def test_the_test_string_is_found_across_pieces_and_the_rest_is_clean(daemon: Any) -> None:
    heard = daemon()

    assert scanning.check([EICAR[:30], EICAR[30:]]) == Scan.Check.INFECTED
    assert scanning.check([b"a" * 200_000]) == Scan.Check.CLEAN
    assert [len(content) for content in heard] == [68, 200_000]


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: "])
def test_an_answer_that_is_none_leaves_it_waiting(daemon: Any, said: bytes) -> None:
    daemon(lambda content: said)

    assert scanning.check([b"x"]) == Scan.Check.WAITING


def test_a_silent_daemon_is_not_waited_for(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.1)
    daemon(lambda content: None)

    assert scanning.check([b"x"]) == Scan.Check.WAITING


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "tcp://127.0.0.1:1"])
def test_a_daemon_that_is_not_there_leaves_it_waiting(settings: LazySettings, address: str) -> None:
    settings.CLAMAV = address

    assert scanning.check([b"x"]) == Scan.Check.WAITING


@pytest.mark.django_db
def test_what_waits_is_asked_about_until_it_is_answered(daemon: Any, settings: LazySettings) -> None:
    scan = make_scan(make_client(), pages=2, check_state=Scan.Check.WAITING)
    settings.CLAMAV = "/nowhere/clamd.ctl"
    assert actions.check_waiting(now=NOW) == 0

    heard = daemon()
    assert actions.check_waiting(now=NOW) == 1

    scan.refresh_from_db()
    assert (scan.check_state, scan.is_served, len(heard)) == (Scan.Check.CLEAN, True, 2)


@pytest.mark.django_db
def test_what_is_found_later_is_served_no_more(daemon: Any) -> None:
    scan = make_scan(make_client(), check_state=Scan.Check.WAITING)
    daemon(lambda content: b"stream: Something FOUND\0")

    actions.check_waiting(now=NOW)

    scan.refresh_from_db()
    assert (scan.check_state, scan.is_served) == (Scan.Check.INFECTED, False)
