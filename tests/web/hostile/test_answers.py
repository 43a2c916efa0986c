"""Every answer is safe, whatever its status: pages, refusals, downloads, static files, errors; and in production its cookies."""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from casework.accounts.models import Team
from casework.accounts.roles import Role
from casework.config.logs import Discreet
from casework.vault.errors import KeyFileError
from tests.factories.accounts import make_user
from tests.guards.source import ROOT
from tests.web.cases.pages import signed_in

from .office import OUR_ADDRESSES, come_in, open_office
from .safe import missing_in

CANARY = "Зяблицев-Канарейкин"
# What an error could say of the machine, the settings or the database.
INNARDS = (
    "Traceback",
    ".py",
    "SELECT",
    "INSERT",
    "psycopg",
    "django",
    "casework.web",
    "SECRET",
    "/home",
    str(ROOT),
    "RuntimeError",
    "clients_",
)


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True


def wrong(browser: Browser, asked: list[tuple[str, str, dict[str, Any]]]) -> dict[str, list[str]]:
    found = {}
    for method, path, options in asked:
        response = getattr(browser, method)(path, **options)
        if response.streaming:
            b"".join(response.streaming_content)
        if missing := missing_in(response, path):
            found[f"{method} {path} {response.status_code}"] = missing
    return found


@pytest.mark.django_db
def test_every_page_and_every_refusal_carries_the_headers() -> None:
    office = open_office()
    # All of them are asked, and looked at in the same way, by `test_fuzz.py`.
    asked: list[tuple[str, str, dict[str, Any]]] = [("get", office.path(it), {}) for it in OUR_ADDRESSES[::5]]
    more = ("/cases/C-XXX-XXX/", "/cases", "/livez/", "/readyz/", "/nothing-is-here/")
    asked += [("get", path, {}) for path in more]
    asked += [
        ("put", "/cases/", {}),
        ("post", "/search/", {"data": "{", "content_type": "application/json; charset=utf-16"}),
    ]
    asked += [
        ("get", "/", {"headers": {"host": "evil.example"}}),
        ("get", "/account/login/", {"headers": {"host": "["}}),
    ]

    assert wrong(come_in(office.chief), asked) == {}
    assert wrong(Browser(raise_request_exception=False), asked[::2] + asked[-4:]) == {}
    assert wrong(come_in(make_user(Role.REPORT_READER)), asked[::3]) == {}


@pytest.mark.django_db
def test_what_is_too_large_or_without_a_token_carries_them_too(settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 900
    browser = come_in(make_user())
    too_large = browser.post("/search/", {"q": "x" * 999}, content_type="application/x-www-form-urlencoded")
    too_many = browser.post("/search/", {f"q{number}": "1" for number in range(501)})
    answers = [too_large, too_many, Browser(enforce_csrf_checks=True).post("/language/", {"language": "ru"})]

    assert [it.status_code for it in answers] == [413, 413, 403]
    assert [missing_in(it, "/search/") for it in answers] == [[], [], []]


@pytest.mark.django_db
def test_files_that_leave_carry_them(settings: LazySettings) -> None:
    office = open_office()
    browser = come_in(office.chief)
    code, reference = office.file.case.code, office.file.client.reference
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("post", "/exports/cases/", {"data": {"format": shape}}) for shape in ("csv", "xlsx", "pdf")
    ]
    asked += [
        ("get", f"/clients/{reference}/sheet/pdf/?language=ru", {}),
        ("get", "/consent-form/pdf/?language=ru", {}),
        ("post", f"/cases/{code}/export/", {"data": {"parts": ["notes"], "purpose": "lawyer", "format": "zip"}}),
        ("post", f"/clients/{reference}/scans/new/", {"data": {"files": SimpleUploadedFile("x.jpg", b"no picture")}}),
        *(
            ("get", office.path(it), {})
            for it in OUR_ADDRESSES
            if it.name in ("scan_picture", "scan_preview", "scan_pdf", "fetch_export")
        ),
    ]

    assert wrong(browser, asked) == {}


@pytest.mark.django_db
def test_static_files_carry_them_and_only_those_with_a_digest_in_their_names_are_kept(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    names = {"casework.css": "casework.0123456789ab.css"}
    for name in ("casework.0123456789ab.css", "casework.css"):
        (settings.STATIC_ROOT / name).write_text("p {}")
    (settings.STATIC_ROOT / "staticfiles.json").write_text(json.dumps({"version": "1.1", "hash": "", "paths": names}))
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    browser = Browser(raise_request_exception=False)

    for path in (
        "/static/casework.0123456789ab.css",
        "/static/casework.css",
        "/static/nothing.css",
        "/static/../manage.py",
    ):
        response = browser.get(path)
        assert (path, missing_in(response, path)) == (path, [])


# What breaks


@pytest.fixture
def said(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """Everything that is said to a log, and by mail to those who keep the server, of an error."""
    settings.ADMINS = [("Keeper", "keeper@example.org")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    path = tmp_path / "log"
    handler = logging.FileHandler(path, encoding="utf-8")
    root = logging.getLogger()
    formatting = dict(settings.LOGGING["formatters"]["line"])
    handler.setFormatter(Discreet(formatting["format"], style=formatting["style"]))
    root.addHandler(handler)
    yield path
    root.removeHandler(handler)
    handler.close()


@pytest.mark.django_db
def test_a_page_that_breaks_says_nothing_of_itself_nor_of_anybody(monkeypatch: pytest.MonkeyPatch, said: Path) -> None:
    office = open_office(name=CANARY)
    browser = come_in(office.chief)

    def broken(*args: Any, **values: Any) -> None:
        try:
            Team.objects.create(code="X", name=CANARY, country=None)
        except IntegrityError as error:
            raise RuntimeError(f"SELECT {CANARY} FROM clients_client") from error

    monkeypatch.setattr("casework.web.decorators.looking", broken)
    pages = [office.path(it) for it in OUR_ADDRESSES if it.policy and it.policy.permission and not it.is_admin]
    asked: list[tuple[str, str, dict[str, Any]]] = [("get", path, {}) for path in pages[::6]]
    asked += [("post", f"/cases/{office.file.case.code}/notes/new/", {"data": {"text": CANARY}})]
    answers = []
    for method, path, options in asked:
        with transaction.atomic():
            answers.append((path, getattr(browser, method)(path, **options)))
            transaction.set_rollback(True)
    of_errors = [(path, it) for path, it in answers if it.status_code == 500]
    said_in_log = said.read_text("utf-8")

    assert len(of_errors) > 20
    assert of_errors[-1][0].endswith("/notes/new/")
    for path, response in of_errors:
        page = response.content.decode()
        assert [word for word in (*INNARDS, *office.file.secrets) if word in page] == [], path
        assert missing_in(response, path) == []
    assert mail.outbox == []
    assert "builtins.RuntimeError" in said_in_log
    assert "accounts_team" in said_in_log
    assert CANARY not in said_in_log
    assert "SELECT" not in said_in_log.replace('f"SELECT {CANARY}', "")


@pytest.mark.django_db
def test_a_page_whose_keys_are_gone_says_what_to_do_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(make_user())

    def gone(*args: Any, **values: Any) -> None:
        raise KeyFileError("cannot read the key file")

    monkeypatch.setattr("casework.web.decorators.looking", gone)
    response = browser.get("/cases/")

    assert response.status_code == 503
    assert missing_in(response, "/cases/") == []
    assert [word for word in INNARDS if word in response.content.decode()] == []


# In production

ASKED_IN_PRODUCTION = """
import json, django
from django.conf import settings
# Static files are named by what was collected, which is nothing here.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
asked = [("get", "/account/login/", {}), ("get", "/livez/", {}), ("get", "/nothing/", {}), ("post", "/language/", {"language": "ru"})]
answers = []
for secure in (True, False):
    for method, path, data in asked:
        browser = Client(raise_request_exception=False, headers={"x-forwarded-proto": "https" if secure else "http", "host": "casework.example"})
        it = getattr(browser, method)(path, data)
        answers.append([secure, path, it.status_code, dict(it.headers), [morsel.OutputString() for morsel in it.cookies.values()]])
formatter = settings.LOGGING["formatters"]["line"]["()"]
print(json.dumps({"answers": answers, "session": settings.SESSION_COOKIE_NAME, "formatter": formatter}))
"""


@pytest.fixture(scope="module")
def production(django_db_setup: None) -> dict[str, Any]:
    names = {
        "CASEWORK_PRODUCTION": "1", "CASEWORK_DEMO": "0", "PUBLIC_URL": "https://casework.example", "ALLOWED_HOSTS": "casework.example",
        "DJANGO_SETTINGS_MODULE": "casework.config.settings",
    }  # fmt: skip
    database = re.sub(r"/\w+\?", f"/{connection.settings_dict['NAME']}?", os.environ["DATABASE_URL"])
    done = subprocess.run(
        [sys.executable, "-c", ASKED_IN_PRODUCTION],
        env={**os.environ, **names, "DATABASE_URL": database},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_in_production_every_answer_keeps_browsers_to_https(production: dict[str, Any]) -> None:
    for secure, path, status, headers, _cookies in production["answers"]:
        if secure:
            assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", path
            assert status in (200, 302, 404)
        else:
            assert (status, headers["Location"]) == (301, f"https://casework.example{path}")
        assert headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store, private"


def test_in_production_no_cookie_leaves_its_host_or_is_read_by_scripts(production: dict[str, Any]) -> None:
    cookies = [cookie for *_others, them in production["answers"] for cookie in them]
    names = {cookie.split("=")[0] for cookie in cookies}

    assert {"__Host-csrf", "__Host-language"} <= names
    assert production["session"] == "__Host-session"
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


def test_in_production_errors_are_logged_without_what_they_were_about(production: dict[str, Any]) -> None:
    assert production["formatter"] == f"{Discreet.__module__}.{Discreet.__qualname__}"
