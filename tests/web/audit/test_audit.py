"""Who did what: for auditors alone, in words, without content."""

import ast
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.heads import write_head
from casework.audit.models import Event
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from casework.config.celery import app
from casework.residency.models import Decision
from casework.web.audit.wording import PARTS, SENTENCES
from tests.factories.accounts import make_user
from tests.factories.clients import make_client
from tests.guards.source import CODE, ORDER, python_files

EVENT = re.compile(rf"(?:{'|'.join(ORDER)})\.[a-z]+(?:_[a-z]+)+")
# The key of a hash, and two kinds of jobs.
NOT_EVENTS = {
    "accounts.sign_in",
    "clients.score_everybody",
    "lifecycle.rotate_keys",
    "lifecycle.replace_data_keys",
    "lifecycle.import_check",
    "lifecycle.import_record",
    "lifecycle.import_undo",
}
FACTS = ("documents.document", "residency.stay", "residency.permit", "residency.registration", "residency.application")


def written() -> set[str]:
    """Return the types of events that the code names."""
    constants = {
        node.value
        for path in python_files(CODE)
        if path.parent != CODE / "web" / "audit" or path.name != "wording.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    app.loader.import_default_modules()
    put_together = {f"residency.deadline_{kind}" for kind in Decision.Kind.values}
    put_together |= {f"{fact}_{what}" for fact in FACTS for what in ("recorded", "changed", "removed")}
    return {name for name in constants if EVENT.fullmatch(name)} - set(app.tasks) - NOT_EVENTS | put_together


def test_every_event_that_the_code_writes_has_words() -> None:
    assert len(written()) > 40
    assert written() - set(SENTENCES) == set()
    assert {name.split(".")[0] for name in SENTENCES} == set(PARTS)


@pytest.fixture
def browser(settings: LazySettings) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(make_user(Role.AUDITOR, name="Test Auditor"))
    return browser


@pytest.mark.django_db
def test_it_says_who_did_what_to_which_case_and_nothing_of_the_person(browser: Browser) -> None:
    client = make_client(by=make_user(name="Test Doer"))

    page = browser.get("/audit/").content.decode()

    assert "Test Doer" in page
    assert "added a person to a case" in page
    assert client.case.code in page
    assert client.family_name not in page
    assert client.reference not in page


@pytest.mark.django_db
def test_looking_is_written_down_too(browser: Browser) -> None:
    browser.get("/audit/")

    assert Event.objects.filter(type="audit.events_listed").count() == 1
    assert "looked at who did what" in browser.get("/audit/").content.decode()


@pytest.mark.django_db
def test_it_filters_by_subject_person_and_day(browser: Browser) -> None:
    now, doer = timezone.now(), make_user(None, name="Test Doer")
    record("accounts.signed_in", by=doer, subject=doer, now=now)
    record("accounts.signed_out", by=doer, subject=doer, now=now - timedelta(days=3))
    record("clients.cases_listed", by=doer, now=now)
    today = {"on_day": now.day, "on_month": now.month, "on_year": now.year}

    def shown(**asked: Any) -> str:
        return browser.get("/audit/", asked).content.decode().split("<tbody>")[1]

    assert "looked at a list" not in shown(part="accounts")
    assert "signed out" not in shown(actor=doer.pk, **today)
    assert "signed in" in shown(actor=doer.pk, **today)
    assert browser.get("/audit/", {"actor": "nobody"}).status_code == 200
    assert browser.get("/audit/", {"on_day": "31", "on_month": "2", "on_year": "2026"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 30])
def test_it_asks_the_database_at_most_twelve_times(
    browser: Browser, rows: int, django_assert_max_num_queries: object
) -> None:
    for _row in range(rows):
        client = make_client()
        record("clients.case_seen", by=make_user(None), subject=client.case, case_id=client.case_id, now=timezone.now())

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        browser.get("/audit/")


@pytest.mark.django_db
def test_it_says_how_far_the_trail_is_sealed(browser: Browser) -> None:
    now = timezone.now()
    record("accounts.signed_in", by=None, now=now - timedelta(minutes=3))
    assert "has no seal yet" in browser.get("/audit/").content.decode()

    seal_waiting()
    write_head(now=now)

    page = browser.get("/audit/").content.decode()
    assert "has no seal yet" not in page
    assert "Sealed up to" in page
    assert "Last signed outside the database" in page
