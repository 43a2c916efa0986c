"""The page of break-glass, and what the case page and the auditor show of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients.actions import give_access
from casework.clients.models import EmergencyAccess, ToDo
from casework.lifecycle.emergency import open_in_emergency
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.clients import hide, make_client
from tests.web.access.test_relations import plain
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

REASON = "Звонит с границы, никто не отвечает"


def typed(browser: Browser, code: str, reason: str = REASON) -> Any:
    return browser.post(reverse("emergency"), {"code": code, "reason": reason})


class World:
    def __init__(self) -> None:
        self.worker = make_user(name="Demo Worker")
        self.client = make_client(team=self.worker.memberships.get().team, by=self.worker)
        self.case = self.client.case
        hide(self.case, self.worker)
        self.stranger, self.auditor = make_user(name="Demo Stranger"), make_user(Role.AUDITOR, name="Demo Auditor")
        self.url = reverse("case", args=[self.case.code])


@pytest.fixture
def world() -> World:
    return World()


def test_the_exact_code_leads_to_the_case_to_look_at_and_nothing_else(world: World) -> None:
    browser = signed_in(world.stranger)
    assert browser.get(world.url).status_code == 404

    sent = typed(browser, world.case.code.lower().replace("-", " "))
    page = browser.get(world.url)

    assert sent["Location"] == world.url
    assert page.status_code == 200
    assert "you may look until" in page.content.decode()
    assert browser.get(reverse("close_case", args=[world.case.code])).status_code == 404


def test_after_an_hour_it_is_gone_again(world: World) -> None:
    then = timezone.now() - timedelta(minutes=61)

    assert open_in_emergency(code=world.case.code, reason=REASON, by=world.stranger, now=then).access is not None

    assert signed_in(world.stranger).get(world.url).status_code == 404
    assert "Demo Stranger" in signed_in(world.worker).get(world.url).content.decode()


def test_wrong_codes_answer_alike_and_what_was_typed_is_kept(world: World) -> None:
    first, second = signed_in(world.stranger), signed_in(make_user(name="Demo Stranger"))

    missing, nonsense = typed(first, "C-XXX-XXX"), typed(second, "C-YYY-YYY")

    assert missing.status_code == nonsense.status_code == 200
    assert REASON in missing.content.decode()
    assert plain(missing).replace("C-XXX-XXX", "C-YYY-YYY") == plain(nonsense)


def test_a_short_reason_is_refused_before_any_code_is_looked_at(world: World) -> None:
    browser = signed_in(world.stranger)

    right, wrong = typed(browser, world.case.code, "kurz"), typed(browser, "C-XXX-XXX", "kurz")

    assert plain(right).replace(world.case.code, "C-XXX-XXX") == plain(wrong)
    assert not EmergencyAccess.objects.exists()


def test_the_fourth_code_of_an_hour_says_when_it_goes_on(world: World) -> None:
    browser = signed_in(world.stranger)
    for _each in range(3):
        typed(browser, "C-XXX-XXX")

    page = typed(browser, world.case.code).content.decode()

    assert "You have typed 3 codes within an hour." in page
    assert "You can go on at" in page
    assert not EmergencyAccess.objects.exists()


def test_those_named_read_the_reason_and_take_note_for_good(world: World) -> None:
    typed(signed_in(world.stranger), world.case.code)
    browser = signed_in(world.worker)

    before = browser.get(world.url).content.decode()
    browser.post(reverse("take_note_of_emergency", args=[EmergencyAccess.objects.get().pk]))
    after = browser.get(world.url).content.decode()

    assert "Demo Stranger" in before
    assert REASON in before
    assert "I have taken note" in before
    assert "I have taken note" not in after
    assert REASON in after
    assert not ToDo.objects.filter(owner=world.worker).open().exists()


def test_who_was_not_told_is_offered_no_note_that_nobody_would_take(world: World) -> None:
    """A coordinator of another team who was let in for a time; a caseworker here who gives out cases elsewhere."""
    now = timezone.now()
    client = make_client(team=world.case.team, by=world.worker)
    coordinator, guest = make_user(Role.COORDINATOR, team=world.case.team), make_user(Role.COORDINATOR)
    colleague = make_user(team=world.case.team)
    make_membership(colleague, Role.COORDINATOR, team=make_team())
    days = {"starts_at": now, "ends_at": now + timedelta(days=1)}
    give_access(user=guest, case=client.case, reason="Helps", by=coordinator, now=now, **days)
    open_in_emergency(code=client.case.code, reason=REASON, by=world.stranger, now=now)

    offered = {
        user: "I have taken note" in signed_in(user).get(reverse("case", args=[client.case.code])).content.decode()
        for user in (coordinator, guest, colleague)
    }

    assert offered == {coordinator: True, guest: False, colleague: False}


def test_the_auditor_sees_who_and_when_but_not_why(world: World) -> None:
    typed(signed_in(world.stranger), world.case.code)
    browser = signed_in(world.auditor)

    page = browser.get(reverse("watched")).content.decode()
    sent = browser.post(reverse("take_note_of_emergency", args=[EmergencyAccess.objects.get().pk]))

    assert "Demo Stranger" in page
    assert world.case.code in page
    assert REASON not in page
    assert sent["Location"] == reverse("watched")


def test_nobody_else_takes_note_or_learns_of_it(world: World) -> None:
    typed(signed_in(world.stranger), world.case.code)
    url = reverse("take_note_of_emergency", args=[EmergencyAccess.objects.get().pk])

    assert signed_in(world.stranger).post(url).status_code == 404
    assert signed_in(make_user(Role.COORDINATOR, team=world.case.team)).post(url).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).post(url).status_code == 404
    assert signed_in(world.worker).get(reverse("watched")).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER])
def test_who_works_with_no_cases_finds_no_such_page(role: Role) -> None:
    assert signed_in(make_user(role)).get(reverse("emergency")).status_code == 403


def test_the_case_page_stays_within_its_queries(world: World) -> None:
    typed(signed_in(world.stranger), world.case.code)
    browser = signed_in(world.worker)
    browser.get(world.url)

    with counted_queries() as asked:
        assert browser.get(world.url).status_code == 200

    assert len(asked) <= 22  # two more than a case that nobody opened in an emergency


def test_the_hour_is_an_hour(world: World) -> None:
    typed(signed_in(world.stranger), world.case.code)

    access = EmergencyAccess.objects.get()
    assert access.ends_at - access.opened_at == timedelta(hours=1)
