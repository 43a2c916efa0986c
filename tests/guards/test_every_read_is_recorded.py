"""Whoever sees people leaves an event: every page of the URLconf is opened over a real case, and leaves exactly one.

So does every search and everything that is taken along. Where the event cannot be written, nothing is shown.
"""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Case, SuspectedPair
from casework.documents import actions as documents
from casework.documents.models import ScanPage
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_address, make_client, make_contact, make_note, make_relation
from tests.factories.documents import make_document
from tests.factories.needs import make_need, make_service
from tests.factories.referrals import make_incoming, make_referral
from tests.factories.residency import make_application, make_deadline, make_permit, make_registration, make_stay
from tests.factories.safety import make_consent, make_never_contact
from tests.factories.scans import make_scan

from .urls import Address, addresses

pytestmark = pytest.mark.django_db

NAME = "Канарейкина"
PHONE, NUMBER = "+996 555 012345", "75 0000001"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Written in the same request for another reason than that somebody looks.
NOT_A_LOOK = ("residency.deadlines_refreshed",)
# Pages that this test does not make: asked for with POST only, or of a later state than that of the case here.
SLUGS = {"answer": "done", "step": "send", "how": "kept", "key": "cases"}


@pytest.fixture
def places(settings: Any) -> dict[str, Any]:
    """One of everything that a page of a case can be about, by the beginning of its address."""
    settings.SECOND_FACTOR_REQUIRED = False
    now = timezone.now()
    worker = make_user(Role.COORDINATOR)
    team = team_of(worker)
    client = make_client(family_name=NAME, team=team, by=worker)
    case = client.case
    case.caseworker = worker
    case.save()
    child = make_client(family_name=NAME, case=case, by=worker, relation="sibling")
    twin = make_client(family_name=NAME, team=team, by=worker)
    clients.suspect(client=client, alike={twin.pk: ["same_name"]}, now=now)
    document, scan = make_document(client, by=worker), make_scan(client, by=worker)
    to_do = clients.write_to_do(text="Позвонить", owner=worker, case=case, by=worker, now=now)
    appointment = clients.plan_appointment(
        case=case,
        people=[client],
        by=worker,
        now=now,
        day=(now + timedelta(days=3)).date(),
        wall_time=time(10),
        zone=team.time_zone,
    )
    custody = documents.hand_over_original(
        document=document, holder="authority", by=worker, now=now, today=now.date(), since=now.date()
    )
    return {
        "worker": worker,
        "code": case.code,
        "reference": client.reference,
        "notes": make_note(case, by=worker, now=now),
        "contacts": make_contact(client, by=worker),
        "addresses": make_address(client, by=worker),
        "referrals/in": make_incoming(team=team, by=worker, family_name=NAME),
        "referrals": make_referral(client, by=worker),
        "duplicates": SuspectedPair.objects.get(),
        "stays": make_stay(client, by=worker),
        "documents": document,
        "permits": make_permit(client, by=worker),
        "registrations": make_registration(client, by=worker),
        "applications": make_application(client, by=worker),
        "relations": make_relation(client, "sibling", child, by=worker),
        "custody": custody,
        "scans": scan,
        "scan-pages": ScanPage.objects.get(),
        "deadlines": make_deadline(client),
        "to-dos": to_do,
        "appointments": appointment,
        "needs": make_need(client, by=worker),
        "services": make_service(case, by=worker),
        "consents": make_consent(client, by=worker),
        "never-contact": make_never_contact(case, by=worker),
    }


@pytest.fixture
def browser(places: dict[str, Any]) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(places["worker"])
    return browser


def paths(places: dict[str, Any]) -> Iterator[tuple[Address, str]]:
    """Yield every address that can be filled with what there is, with its path."""
    for address in addresses():
        if address.is_admin or address.is_of_sign_in or address.policy is None or address.policy.permission is None:
            continue
        route = address.route
        for found in PARAMETER.finditer(address.route):
            name, before = found[1], address.route[: found.start()].rstrip("/")
            value = places.get(name) or SLUGS.get(name) or (places[before].pk if before in places else None)
            if value is None:
                break
            route = route.replace(found[0], str(value))
        else:
            yield address, f"/{route}"


def looked(browser: Browser, path: str, data: Any = None) -> tuple[Any, list[str]]:
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = browser.get(path) if data is None else browser.post(path, data)
    left = Event.objects.filter(pk__gt=last).exclude(type__in=NOT_A_LOOK).order_by("pk")
    return answer, list(left.values_list("type", flat=True))


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def shows_people(answer: Any) -> bool:
    if answer.status_code != 200:
        return False
    if not answer["Content-Type"].startswith("text/html"):
        return True  # a picture or a file
    return NAME.encode() in content_of(answer)


def test_every_page_that_shows_people_leaves_exactly_one_event(places: dict[str, Any], browser: Browser) -> None:
    wrong, showed = {}, 0
    for address, path in paths(places):
        answer, left = looked(browser, path)
        if shows_people(answer):
            showed += 1
            if len(left) != 1:
                wrong[address.route] = left

    assert wrong == {}
    assert showed > 60


# What is searched for and what is taken along, each as it is sent. `{code}`, `{reference}`: of the case here.
SEARCHES = {
    "a name": ("search", {"q": NAME}),
    "a reference": ("search", {"q": "{reference}"}),
    "the code of a case": ("search", {"q": "{code}"}),
    "a telephone number": ("search", {"q": PHONE}),
    "the number of a document": ("search", {"q": NUMBER}),
    "nobody": ("search", {"q": "Ненайденова"}),
    "somebody alike": ("look_alikes", {"family_name": NAME, "given_name": "Анна"}),
}
PARTS = ["people", "deadlines", "stays", "documents", "papers", "contacts", "addresses", "notes"]
TAKEN = {
    **{
        f"{key} as {shape}": (f"/exports/{key}/", {"format": shape})
        for key in ("cases", "deadlines", "to-dos")
        for shape in ("xlsx", "csv", "pdf")
    },
    **{
        f"a case as {shape}": ("/cases/{code}/export/", {"parts": PARTS, "purpose": "lawyer", "format": shape})
        for shape in ("xlsx", "zip", "pdf")
    },
}
PRINTED = ("/clients/{reference}/sheet/pdf/", "/clients/{reference}/consent-form/pdf/", "/scans/{scan}/pdf/")


def filled(value: Any, places: dict[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    return value.format(code=places["code"], reference=places["reference"], scan=places["scans"].pk)


@pytest.mark.parametrize("what", SEARCHES)
def test_every_search_leaves_exactly_one_event(places: dict[str, Any], browser: Browser, what: str) -> None:
    page, asked = SEARCHES[what]
    answer, left = looked(browser, reverse(page), {name: filled(value, places) for name, value in asked.items()})

    assert answer.status_code in {200, 302}
    assert len(left) == 1, left


@pytest.mark.parametrize("what", TAKEN)
def test_everything_that_is_taken_along_leaves_exactly_one_event(
    places: dict[str, Any], browser: Browser, what: str
) -> None:
    path, asked = TAKEN[what]
    answer, left = looked(browser, filled(path, places), asked)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(left) == 1, left


@pytest.mark.parametrize("path", PRINTED)
def test_everything_that_is_printed_leaves_exactly_one_event(
    places: dict[str, Any], browser: Browser, path: str
) -> None:
    answer, left = looked(browser, filled(path, places))

    assert answer.status_code == 200
    assert content_of(answer).startswith(b"%PDF")
    assert len(left) == 1, left


# Where the event cannot be written.


@pytest.fixture
def full_trail(places: dict[str, Any], browser: Browser) -> None:
    """Let the database refuse every further event. What pages say where its disk is full: `tests/web/test_failures.py`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_event BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_event()"
        )


def is_withheld(answer: Any, places: dict[str, Any]) -> bool:
    """Return whether an answer says that it cannot be recorded, and nothing else."""
    page = content_of(answer).decode(errors="replace")
    known = (NAME, places["code"], places["reference"])
    return (
        answer.status_code == 503
        and "This cannot be recorded at the moment" in page
        and "Content-Disposition" not in answer
        and not any(each in page for each in known)
    )


def test_no_page_shows_people_where_the_event_cannot_be_written(
    places: dict[str, Any], browser: Browser, full_trail: None
) -> None:
    answers = {}
    for address, path in paths(places):
        with transaction.atomic():  # some views open their own, and a test has one for all
            answers[address.route] = browser.get(path)
            transaction.set_rollback(True)

    assert [route for route, answer in answers.items() if shows_people(answer)] == []
    assert [route for route, answer in answers.items() if answer.status_code == 500] == []
    assert len([route for route, answer in answers.items() if is_withheld(answer, places)]) > 60


@pytest.mark.parametrize("what", SEARCHES)
def test_no_search_finds_anybody_where_the_event_cannot_be_written(
    places: dict[str, Any], browser: Browser, full_trail: None, what: str
) -> None:
    page, asked = SEARCHES[what]
    answer = browser.post(reverse(page), {name: filled(value, places) for name, value in asked.items()})

    assert is_withheld(answer, places)


@pytest.mark.parametrize("what", TAKEN)
def test_nothing_leaves_where_the_event_cannot_be_written(
    places: dict[str, Any], browser: Browser, full_trail: None, what: str
) -> None:
    path, asked = TAKEN[what]

    assert is_withheld(browser.post(filled(path, places), asked), places)


@pytest.mark.parametrize("path", PRINTED)
def test_nothing_is_printed_where_the_event_cannot_be_written(
    places: dict[str, Any], browser: Browser, full_trail: None, path: str
) -> None:
    assert is_withheld(browser.get(filled(path, places)), places)


def test_nothing_is_changed_where_the_event_cannot_be_written(
    places: dict[str, Any], browser: Browser, full_trail: None
) -> None:
    before = Case.objects.get(code=places["code"])
    answer = browser.post(f"/cases/{before.code}/priority/", {"priority": "urgent", "version": before.version})

    assert is_withheld(answer, places)
    after = Case.objects.get(code=places["code"])
    assert (after.priority, after.version) == (before.priority, before.version)
