"""A restricted case asks again who sits there, on each of its pages, before anything is shown or written."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, CaseMember, CaseProgramme, Note, Relation
from casework.web.opening import RESTRICTED
from casework.web.sign_in.step_up import ANSWERED_AT
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import hide, make_case, make_client, make_relation
from tests.factories.files import File, make_file
from tests.factories.needs import make_programme
from tests.factories.referrals import make_incoming
from tests.guards.matrix import ADDRESSES, RELATIONS, Visitor, difference, path_to, without_tokens
from tests.web.sign_in.test_step_up import prove, wait

pytestmark = pytest.mark.django_db

NAMED = next(it for it in RELATIONS if it.name == "restricted case, named")


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def worker() -> User:
    worker: User = make_user(team=make_team())
    return worker


@pytest.fixture
def case(worker: User) -> Case:
    team = worker.memberships.get().team
    assert team is not None
    case: Case = make_case(team=team, caseworker=worker)
    make_client(case=case, by=worker)
    hide(case, worker)
    return case


@pytest.fixture
def browser(worker: User) -> Browser:
    """Somebody who signed in a while ago."""
    return late(worker)


def late(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    wait(browser)
    return browser


def url(case: Case) -> str:
    return f"/cases/{case.code}/"


def test_it_asks_once_and_again_after_half_an_hour(browser: Browser, case: Case) -> None:
    question = browser.get(url(case))
    assert question["Location"].startswith("/account/reauthenticate/")
    assert not Event.objects.filter(type__endswith="_seen").exists()

    assert prove(browser, question)["Location"] == url(case)
    assert browser.get(url(case)).status_code == 200
    wait(browser)  # the proof itself is not fresh any more
    assert browser.get(url(case)).status_code == 200

    session = browser.session
    session[ANSWERED_AT] = {RESTRICTED: time.time() - timedelta(minutes=30, seconds=1).total_seconds()}
    session.save()
    assert browser.get(url(case)).status_code == 302


def test_whoever_has_just_signed_in_is_not_asked(worker: User, case: Case) -> None:
    browser = Browser()
    browser.force_login(worker)

    assert browser.get(url(case)).status_code == 200


def test_whoever_is_not_named_gets_the_answer_of_what_is_not_there(case: Case) -> None:
    team = case.team
    for stranger in (make_user(team=team), make_user(Role.COORDINATOR, team=team), make_user()):
        browser = late(stranger)
        hidden, missing = browser.get(url(case)), browser.get("/cases/C-XXX-XXX/")

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert not difference(
            hidden.content.decode().replace(case.code, ""),
            without_tokens(missing.content.decode()).replace("C-XXX-XXX", ""),
        )


def test_a_case_that_is_not_restricted_does_not_ask(browser: Browser, worker: User) -> None:
    open_case = make_client(team=worker.memberships.get().team, by=worker).case

    assert browser.get(url(open_case)).status_code == 200


def test_a_note_that_met_the_question_is_kept_and_written_once_after_the_answer(browser: Browser, case: Case) -> None:
    typed = {"id": str(uuid.uuid4()), "text": "Что было напечатано", "kind": "legal"}
    question = browser.post(f"{url(case)}notes/new/", typed)
    assert question["Location"].startswith("/account/reauthenticate/")
    assert not Note.objects.exists()

    go_on = browser.get(prove(browser, question)["Location"]).content.decode()
    assert "Что было напечатано" in go_on
    assert browser.post(f"{url(case)}notes/new/", typed).status_code == 302
    assert [str(note.text) for note in Note.objects.all()] == ["Что было напечатано"]


@pytest.mark.parametrize("page", ["change_relation", "remove_relation"])
def test_a_relation_into_a_restricted_case_asks_from_the_other_side_too(
    browser: Browser, case: Case, page: str
) -> None:
    hidden, worker = case.clients.get(), case.caseworker
    relation = make_relation(make_client(team=case.team, by=worker), "guardian", hidden, by=worker)

    assert asks(browser.get(reverse(page, args=[relation.pk])))


def test_to_relate_somebody_to_a_person_of_a_restricted_case_asks(browser: Browser, case: Case) -> None:
    client = make_client(team=case.team, by=case.caseworker)
    sent = {"id": str(uuid.uuid4()), "one": str(client.pk), "kind": "sibling"}
    sent |= {"reference": case.clients.get().reference}

    assert asks(browser.post(reverse("relate", args=[client.case.code]), sent))
    assert not Relation.objects.exists()


def test_to_join_a_case_into_a_restricted_one_asks(browser: Browser, case: Case) -> None:
    client = make_client(team=case.team, by=case.caseworker)
    url = reverse("join_case", args=[client.case.code])
    sent = {"id": str(uuid.uuid4()), "version": "1", "code": case.code, f"relation_{client.reference}": "sibling"}

    assert asks(browser.post(url, sent))


def test_to_attach_a_referral_to_a_restricted_case_asks(browser: Browser, case: Case) -> None:
    incoming = make_incoming(team=case.team, by=case.caseworker)
    sent = {"code": case.code, "version": "1"}

    assert asks(browser.post(reverse("attach_incoming", args=[incoming.pk]), sent))
    incoming.refresh_from_db()
    assert incoming.case is None


def test_to_tag_a_restricted_case_asks(case: Case) -> None:
    coordinator = make_user(Role.COORDINATOR, team=case.team)
    CaseMember.objects.create(case=case, user=coordinator, named_at=timezone.now())
    make_programme(code="WINTER")

    assert asks(late(coordinator).post(reverse("tag_cases"), {"programme": "WINTER", "case": [case.code]}))
    assert not CaseProgramme.objects.exists()


def asks(answer: Any) -> bool:
    return answer.status_code == 302 and bool(answer["Location"].startswith("/account/reauthenticate/"))


@pytest.fixture
def file() -> File:
    team = make_team()
    return make_file(team=team, worker=make_user(team=team), name="Тайнов")


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR])
def test_every_address_of_a_restricted_case_asks_before_it_shows_or_writes(file: File, role: Role) -> None:
    visitor = Visitor.come(role, NAMED, file)
    session: Any = visitor.browser.session
    wait(visitor.browser)
    opened, asked = [], 0
    for address in ADDRESSES:
        if not visitor.may(address):
            continue
        for method in ("get", "post"):
            response = getattr(visitor.browser, method)(path_to(address, file))
            if response.status_code == 405:
                continue
            if response.status_code != 302 or not response["Location"].startswith("/account/reauthenticate/"):
                opened.append((method, address.route, response.status_code))
            asked += 1

    assert opened == []
    assert asked > 100
    assert session.get(ANSWERED_AT) is None
