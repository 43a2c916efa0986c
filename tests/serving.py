"""Real processes of the web application, on a database of this test run, and somebody who reads pages in them."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "tests.server_settings"
SHIPPED = "tests.shipped_settings"


def address_of(database: str) -> str:
    """The address of a database on the server of this test run."""
    values = connection.settings_dict
    host = quote(str(values["HOST"] or values["OPTIONS"]["host"]), safe="")
    return f"postgres://{values['USER']}@/{database}?host={host}"


def environment(database: str, key_file: Path, folder: Path) -> dict[str, str]:
    named = {"DATABASE_URL": address_of(database), "KEY_FILE": str(key_file), "DATA_DIR": str(folder)}
    return os.environ | named | {"DJANGO_SETTINGS_MODULE": SETTINGS, "SECOND_FACTOR_REQUIRED": "0"}


def ship(database: str, key_file: Path, folder: Path) -> None:
    """Collect the static files that processes with the settings `SHIPPED` serve."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        check=True,
        cwd=ROOT,
        env=environment(database, key_file, folder) | {"DJANGO_SETTINGS_MODULE": SHIPPED},
    )


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@contextlib.contextmanager
def served(
    database: str, key_file: Path, folder: Path, *, threads: int = 2, settings_module: str = SETTINGS
) -> Iterator[int]:
    """Run a process of the application, with a log in `folder`; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "casework.config.wsgi", "--bind", f"127.0.0.1:{port}"]
    log = folder / f"server-{port}.log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*command, "--workers", "1", "--threads", str(threads), "--timeout", "120"],
            cwd=ROOT,
            env=environment(database, key_file, folder) | {"DJANGO_SETTINGS_MODULE": settings_module},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if Reader(port).get("/livez").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server does not answer:\n{log.read_text()[-3000:]}")


class Reader:
    """A browser without anything: cookies, forms with their token."""

    def __init__(self, port: int, session: str = "") -> None:
        self.port = port
        self.cookies = {"session": session} if session else {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, typed: Mapping[str, str], *, page: str) -> Answer:
        """Send a form as it stands on `page`."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        token = {"csrfmiddlewaretoken": found[1]} if found else {}
        return self._ask("POST", path, urlencode({**token, **typed}))

    def sign_in(self, email: str, password: str) -> Answer:
        page = self.get("/account/login/").body
        return self.post("/account/login/", {"login": email, "password": password}, page=page)

    def _ask(self, method: str, path: str, body: str = "") -> Answer:
        headers = {"Host": f"localhost:{self.port}", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as asking:
            asking.request(method, path, body, headers)
            answer = asking.getresponse()
            content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, dict(answer.headers), content.decode("utf-8", "replace"))


def links(page: str) -> list[str]:
    """Return the addresses on this site to which a page leads, without their anchors."""
    found = re.findall(r'href="(/[^"#]*)', page)
    return [urlsplit(each)._replace(fragment="").geturl().replace("&amp;", "&") for each in dict.fromkeys(found)]
