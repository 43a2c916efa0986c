"""What stands in the logs: marks that find lines again, and nobody."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from celery import shared_task
from django.conf import LazySettings
from django.db import IntegrityError
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Role
from casework.config.celery import app
from casework.config.log_lines import LineFormatter
from casework.config.logs import Discreet, DiscreetJson
from casework.lib.at_work import NOTHING, Mark, accepted, at_work, begin, mark
from casework.vault.errors import KeyFileUnreadable
from tests.factories.accounts import make_user, team_of
from tests.factories.files import make_file

CANARY = "Кенарев"
LINE = "{asctime} {levelname} {name} [{mark}] {message}"
FORMATS: dict[str, logging.Formatter] = {"line": Discreet(LINE, style="{"), "json": DiscreetJson()}


@pytest.fixture(autouse=True)
def nothing_at_work() -> None:
    begin(NOTHING)


@pytest.fixture
def logged() -> Iterator[dict[str, io.StringIO]]:
    """Everything that is said to the log, down to what only developers read, in both formats."""
    texts = {name: io.StringIO() for name in FORMATS}
    root = logging.getLogger()
    level, handlers = root.level, []
    for name, text in texts.items():
        handler = logging.StreamHandler(text)
        handler.setFormatter(FORMATS[name])
        handlers.append(handler)
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield texts
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def entry(formatter: logging.Formatter, message: str, *args: Any, error: BaseException | None = None) -> str:
    info = (type(error), error, None) if error else None
    return formatter.format(logging.LogRecord("casework", logging.WARNING, __file__, 1, message, args, info))


def test_an_entry_in_json_holds_what_machines_look_for() -> None:
    with at_work(Mark(request="0a1b2c3d4e5f")):
        said = json.loads(entry(FORMATS["json"], "refused: user %s", 7))

    assert said.pop("at").endswith("+00:00")
    assert said.pop("process")
    assert said == {"level": "WARNING", "logger": "casework", "message": "refused: user 7", "request": "0a1b2c3d4e5f"}


def test_an_entry_in_json_is_one_line_whatever_is_in_it() -> None:
    said = entry(FORMATS["json"], "%s", "x\r\n2026-11-27 INFO signed in\u2028", error=ValueError(CANARY))

    assert len(said.splitlines()) == 1 or "\u2028" in said
    assert "\n" not in said
    assert json.loads(said)["error"] == "\nbuiltins.ValueError"


def test_what_a_library_adds_to_an_entry_stays_out() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), None)
    record.data = {"exc": CANARY}

    assert CANARY not in FORMATS["json"].format(record)


@pytest.mark.parametrize("format", FORMATS)
def test_an_error_among_what_is_said_is_named_by_its_kind(format: str) -> None:
    said = entry(FORMATS[format], "does not work: %s, %r", ValueError(CANARY), 4)

    assert "builtins.ValueError" in said
    assert CANARY not in said


@pytest.mark.parametrize("format", FORMATS)
def test_an_error_of_our_own_says_where_it_is(format: str) -> None:
    assert "/etc/keys.json" in entry(FORMATS[format], "keys: %s", KeyFileUnreadable("/etc/keys.json is damaged"))


def test_a_line_says_which_request_it_is_of() -> None:
    with at_work(Mark(request="0a1b2c3d4e5f")):
        within = entry(LineFormatter(LINE, style="{"), "x")

    assert " casework [0a1b2c3d4e5f] x" in within
    assert " casework [-] x" in entry(LineFormatter(LINE, style="{"), "x")


@shared_task(name="tests.fails")
def fails(**_given: Any) -> None:
    logging.getLogger("casework").warning("working")
    raise IntegrityError(f"Key (name)=({CANARY}) already exists.")


def test_a_task_that_fails_is_found_by_its_name_and_says_nothing_of_what_it_was_about(
    logged: dict[str, io.StringIO],
) -> None:
    app.tasks["tests.fails"].apply(kwargs={"name": CANARY}, task_id="0123-abcd")

    for text in logged.values():
        assert CANARY not in text.getvalue()
        assert "IntegrityError" in text.getvalue()
    assert "[tests.fails:0123-abcd] working" in logged["line"].getvalue()
    working = json.loads(logged["json"].getvalue().splitlines()[0])
    assert (working["task"], working["task_id"]) == ("tests.fails", "0123-abcd")
    assert str(mark()) == "-"


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("7f3a9c0b-1d2e-4f5a-8b6c", True),
        ("short", False),
        ("x" * 65, False),
        ("line\nbreak12", False),
        ("<script>alert", False),
    ],
)
def test_only_a_well_formed_mark_is_taken_over(offered: str, taken: bool) -> None:
    assert (accepted(offered) is not None) is taken


@pytest.mark.parametrize(("production", "taken"), [(True, True), (False, False)])
def test_only_in_production_the_proxy_says_which_request_it_is(
    settings: LazySettings, production: bool, taken: bool
) -> None:
    settings.PRODUCTION = production

    answer = Browser().get("/livez", headers={"X-Request-ID": "of-the-proxy-1"})

    assert (answer["X-Request-ID"] == "of-the-proxy-1") is taken
    assert re.fullmatch(r"[0-9a-f]{12}|of-the-proxy-1", answer["X-Request-ID"])


@pytest.mark.django_db
def test_nobody_stands_in_the_log_whoever_is_looked_at_or_looked_for(
    logged: dict[str, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user(Role.COORDINATOR)
    team = team_of(user)
    file = make_file(team=team, worker=user, name=CANARY)
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    code, reference = file.case.code, file.client.reference

    for name, args in (("case", [code]), ("case_log", [code]), ("client", [reference]), ("change_client", [reference])):
        assert browser.get(reverse(name, args=args)).status_code == 200
    browser.get(f"/{CANARY}/?q={CANARY}")
    browser.post(reverse("cases"), {"q": CANARY})
    browser.post("/account/login/", {"login": f"{CANARY}@example.org", "password": CANARY})

    def broken(*args: Any, **values: Any) -> None:
        raise ValueError(f"{CANARY} was born in Omsk")

    monkeypatch.setattr("casework.web.decorators.looking", broken)
    answer = browser.post(reverse("write_note", args=[code]), {"text": CANARY})

    said = {name: text.getvalue() for name, text in logged.items()}
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    for text in said.values():
        assert [secret for secret in (*file.secrets, CANARY) if secret in text] == []
        assert "builtins.ValueError" in text
        assert answer["X-Request-ID"] in text
    assert all(json.loads(line)["level"] for line in said["json"].splitlines())
