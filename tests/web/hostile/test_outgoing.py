"""The software asks nobody: no address that anybody typed is ever fetched, and what the operator names is not led elsewhere."""

import ast
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from casework.config.oidc import provider_of
from tests.guards.source import CODE, python_files

# What can reach out, and the few modules that have a reason to know of it.
REACHES_OUT = {
    "requests",
    "socket",
    "smtplib",
    "ftplib",
    "http.client",
    "urllib.request",
    "urllib3",
    "httpx",
    "aiohttp",
    "apprise",
    "telnetlib",
}
ALLOWED = {
    "reminders/channels/gateway.py": {"apprise"},  # to the provider that the operator names
    "documents/scanning.py": {"socket"},  # ClamAV, where the operator says
    "reminders/channels/outgoing.py": {"socket"},  # looks up where a webhook lies, to refuse what lies inside
    "reminders/channels/webhook.py": {"urllib3"},  # to where the operator says, if that is outside
    "web/status/counting.py": {"socket"},  # what this machine is called
    "reminders/channels/email.py": {"smtplib"},  # the names of its errors
    "web/sign_in/views/organisation.py": {"requests"},  # the name of its error; the library asks where the settings say
}


def imported_by(text: str) -> set[str]:
    names: set[str] = set()
    if not any(name.split(".")[0] in text for name in REACHES_OUT):
        return names
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:  # not of our own package
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & REACHES_OUT


def test_hardly_any_module_can_reach_out() -> None:
    own = {
        str(path.relative_to(CODE)): imported_by(path.read_text("utf-8"))
        for path in python_files()
        if CODE in path.parents
    }
    found = {name: names for name, names in own.items() if names and not name.startswith("config/embedded/")}

    assert len(own) > 300
    assert found == ALLOWED


def test_the_check_sees_an_import_however_it_is_written() -> None:
    text = "import requests\nfrom urllib import request\nfrom http.client import HTTPConnection\nimport json\n"

    assert imported_by(text) == {"requests", "urllib.request", "http.client"}


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that sends whoever asks for metadata on to another path of its own, and writes down what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/latest/meta-data/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.mark.django_db
def test_a_provider_that_leads_elsewhere_is_not_followed(
    elsewhere: tuple[str, list[str]], settings: LazySettings
) -> None:
    address, asked = elsewhere
    settings.SOCIALACCOUNT_PROVIDERS = provider_of(
        {"name": "Example Org", "server": address, "client_id": "casework", "client_secret": "x"}
    )
    hostile = {"host": "localhost", "x-forwarded-host": "evil.example", "referer": "https://evil.example/"}

    answer = Browser(raise_request_exception=False).get(
        "/account/organisation/?next=https://evil.example/", headers=hostile
    )

    assert answer.status_code < 500
    assert "evil.example" not in answer.get("Location", "")
    assert asked == ["/.well-known/openid-configuration"]


@pytest.mark.django_db
def test_a_provider_that_is_not_there_is_told_in_words(settings: LazySettings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = provider_of(
        {"name": "Example Org", "server": "http://127.0.0.1:9", "client_id": "casework", "client_secret": "x"}
    )

    answer = Browser(raise_request_exception=False).get("/account/organisation/", follow=True)

    assert answer.status_code == 200
    assert "did not work" in answer.content.decode()
