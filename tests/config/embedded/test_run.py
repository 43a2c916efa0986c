import io
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from casework.config.embedded import places as place
from casework.config.embedded import run, services
from casework.config.embedded.places import Places
from casework.config.embedded.processes import Stopped, StopSignals
from casework.config.embedded.refusal import Refusal, end_of, is_full, not_writable
from casework.config.embedded.services import Wanted

from .conftest import CHECKOUT

BOTH = Wanted(postgres=True, valkey=True)


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_on_which_something_listens_is_named_with_a_way_out(family: socket.AddressFamily, address: str) -> None:
    # A browser may try either address of localhost first, and then it would be the other program's page.
    with socket.create_server((address, 0), family=family) as other:
        port = other.getsockname()[1]

        with pytest.raises(
            Refusal, match=f"Port {port} is taken by another program. Name another: .* --port {port + 1}"
        ):
            run.refuse_taken_port(port)


def test_a_free_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    run.refuse_taken_port(port)


class Asked(BaseHTTPRequestHandler):
    """Answers as a web server in production would: over TLS, which a proxy has ended, and only under its own name."""

    def do_GET(self) -> None:
        proper = self.headers["X-Forwarded-Proto"] == "https" and self.headers["Host"] == "casework.example.org"
        self.send_response(200 if proper and self.path == "/livez" else 400)
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


def test_the_web_server_is_asked_as_a_proxy_would_ask_it() -> None:
    server = HTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    assert run.livez(server.server_port, "casework.example.org") == 200
    assert run.livez(server.server_port, "localhost") == 400

    server.shutdown()
    server.server_close()
    assert run.livez(server.server_port, "localhost") is None


@pytest.mark.parametrize(("status", "words"), [(-9, "signal 9"), (1, "exit status 1"), (0, "exit status 0")])
def test_an_exit_status_is_said_in_words(status: int, words: str) -> None:
    assert run.in_words(status) == words


def test_a_reset_asks_somebody(places: Places, stop: StopSignals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("reset\n"))  # a pipe, not a person
    (places.home / "contents").write_text("demo\n")

    with pytest.raises(Refusal, match="there is nobody to ask"):
        run.reset(places, BOTH, confirmed=False, stop=stop)

    assert (places.home / "contents").exists()


def test_a_reset_removes_what_is_stored_and_nothing_of_others(places: Places, stop: StopSignals) -> None:
    (places.home / "postgres-18").mkdir()
    (places.home / "postgres-18" / "PG_VERSION").write_text("18\n")
    places.key_file.touch()
    (places.home / "media" / "scan").touch()
    (places.home / "contents").write_text("demo\n")
    precious = places.checkout / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (places.home / "link").symlink_to(precious)

    run.reset(places, BOTH, confirmed=True, stop=stop)

    assert {path.name for path in places.home.iterdir()} == {place.OURS, "sockets", *place.KEPT}
    assert list((places.home / "media").iterdir()) == list((places.home / "keys").iterdir()) == []
    assert (precious / "file").exists()


def test_a_reset_does_not_touch_a_real_database(places: Places, stop: StopSignals) -> None:
    with pytest.raises(Refusal, match="does not touch the one that DATABASE_URL names"):
        run.reset(places, Wanted(postgres=False, valkey=True), confirmed=True, stop=stop)


def test_a_reset_waits_for_nobody_at_work(places: Places, stop: StopSignals) -> None:
    with services.locked(places.run / "in-use", services.fcntl.LOCK_SH, stop), pytest.raises(Refusal, match="at work"):
        run.reset(places, BOTH, confirmed=True, stop=stop)


def test_ctrl_c_answers_the_question_too(stop: StopSignals, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = socket.socketpair()
    monkeypatch.setattr(sys, "stdin", reader.makefile())
    stop.received.append(2)

    with pytest.raises(Stopped):
        run.typed_line(stop)

    reader.close()
    writer.close()


def test_what_cannot_be_written_is_said_with_the_reason(tmp_path: Path) -> None:
    assert str(not_writable(tmp_path, PermissionError(13, "x"))).startswith(f"Cannot write in {tmp_path} (Permission")
    assert "is full" in str(not_writable(tmp_path, OSError(28, "x")))
    assert "Quota" not in str(not_writable(tmp_path, OSError(122, "x")))


def test_a_terminal_that_was_closed_keeps_nobody_from_stopping() -> None:
    # Written to a pipe that nobody reads, as after a hang-up.
    script = "from casework.config.embedded.refusal import say, complain\nsay('one')\ncomplain('two')\nsay('three')"
    reader, writer = os.pipe()
    os.close(reader)

    said = subprocess.run([sys.executable, "-c", script], stdout=writer, stderr=writer, cwd=CHECKOUT, check=False)

    os.close(writer)
    assert said.returncode == 0


def test_a_disk_with_room_is_not_full(tmp_path: Path) -> None:
    assert not is_full(tmp_path)
    assert is_full(Path("/proc"))


def test_an_empty_log_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "beat.log").touch()

    assert end_of(tmp_path / "beat.log") == f"It wrote nothing to {tmp_path / 'beat.log'}."
    assert end_of(tmp_path / "none.log") == f"It wrote nothing to {tmp_path / 'none.log'}."


def test_the_end_of_a_long_log_is_shown_and_no_more(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_bytes("".join(f"строка {number}\n" for number in range(5000)).encode() + b"\xff last\n")

    shown = end_of(log).splitlines()

    assert shown[-1] == "\ufffd last"
    assert len(shown) == 16
