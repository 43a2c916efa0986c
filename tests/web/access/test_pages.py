"""Who may see a case, restricting it, access for a time: as people of a team meet it, with their refusals."""

import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Case, Note, TimedAccess
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.web.cases.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


class World:
    def __init__(self) -> None:
        self.coordinator = make_user(Role.COORDINATOR, name="Demo Coordinator")
        self.team = team_of(self.coordinator)
        self.worker = make_user(team=self.team, name="Demo Worker")
        self.colleague = make_user(team=self.team, name="Demo Colleague")
        self.guest = make_user(name="Demo Guest")
        self.client = make_client(team=self.team, by=self.worker)
        self.case: Case = self.client.case

    def url(self, name: str) -> str:
        return reverse(name, args=[self.case.code])

    def restrict(self, *people: User) -> None:
        self.case.refresh_from_db()
        people = people or (self.coordinator, self.worker)
        actions.restrict_case(
            case=self.case, people=people, version=self.case.version, by=people[0], now=timezone.now()
        )


@pytest.fixture
def world() -> World:
    return World()


def restriction(*people: User, **changes: Any) -> dict[str, Any]:
    return {"version": "1", "people": [str(each.pk) for each in people], "reason": "Угроза, выдуманная"} | changes


def access(user: User, **changes: Any) -> dict[str, Any]:
    until = timezone.now().date().replace(year=timezone.now().year)  # today is enough
    known = {"id": str(uuid.uuid4()), "user": str(user.pk), "reason": "Stands in"}
    for name in ("since", "until"):
        known |= {f"{name}_day": until.day, f"{name}_month": until.month, f"{name}_year": until.year}
    return known | changes


def text(browser: Browser, url: str) -> str:
    return browser.get(url).content.decode()


def test_the_page_says_who_sees_the_case_and_why(world: World) -> None:
    page = text(signed_in(world.worker), world.url("case_access"))

    assert "Demo Worker" in page
    assert "Demo Coordinator" in page
    assert "works in the team: Coordinator" in page
    assert "as long as they work there" in page
    assert "Demo Guest" not in page


def test_a_case_is_restricted_with_a_reason_and_gone_for_the_others(world: World) -> None:
    browser = signed_in(world.worker)

    sent = browser.post(world.url("restrict_case"), restriction(world.worker, world.coordinator))

    assert sent.status_code == 302, sent.context["form"].errors
    assert "is named on this case" in text(browser, world.url("case_access"))
    assert str(Note.objects.get(case=world.case).text) == "Угроза, выдуманная"
    assert signed_in(world.colleague).get(world.url("case")).status_code == 404


def test_one_name_is_too_few_and_what_was_typed_is_kept(world: World) -> None:
    sent = signed_in(world.worker).post(world.url("restrict_case"), restriction(world.worker))

    assert "people" in sent.context["form"].errors
    assert "Угроза, выдуманная" in sent.content.decode()
    assert not Case.objects.get().restricted


def test_who_leaves_themselves_out_is_asked_whether_they_mean_it(world: World) -> None:
    browser, data = signed_in(world.worker), restriction(world.coordinator, world.colleague)

    refused = browser.post(world.url("restrict_case"), data)
    done = browser.post(world.url("restrict_case"), data | {"without_me": "on"})

    assert "without_me" in refused.context["form"].errors
    assert done["Location"] == reverse("cases")
    assert browser.get(world.url("case")).status_code == 404


def test_somebody_of_another_team_cannot_be_named(world: World) -> None:
    sent = signed_in(world.worker).post(world.url("restrict_case"), restriction(world.worker, world.guest))

    assert "people" in sent.context["form"].errors


def test_two_who_restrict_at_once_see_that_somebody_was_faster(world: World) -> None:
    browser = signed_in(world.worker)
    world.restrict(world.worker, world.colleague)

    sent = browser.post(world.url("restrict_case"), restriction(world.worker, world.coordinator))

    assert sent.status_code == 409


def test_a_name_is_added_and_the_restriction_lifted(world: World) -> None:
    world.restrict()
    browser = signed_in(world.worker)

    people = (world.worker, world.coordinator, world.colleague)
    browser.post(world.url("restrict_case"), restriction(*people, version="2"))
    assert signed_in(world.colleague).get(world.url("case")).status_code == 200
    browser.post(world.url("lift_restriction"), {"version": "3", "reason": "Угрозы нет"})

    case = Case.objects.get()
    assert not case.restricted
    assert not case.members.exists()


def test_a_guest_is_let_in_for_a_time_and_out_at_once(world: World) -> None:
    coordinator, guest = signed_in(world.coordinator), signed_in(world.guest)
    assert guest.get(world.url("case")).status_code == 404

    sent = coordinator.post(world.url("give_access"), access(world.guest))
    assert sent.status_code == 302, sent.context["form"].errors

    assert guest.get(world.url("case")).status_code == 200
    assert signed_in(make_user()).get(world.url("case")).status_code == 404
    assert world.case.code in text(guest, reverse("cases"))
    assert guest.get(world.url("close_case")).status_code == 404
    assert guest.get(world.url("restrict_case")).status_code == 404
    page = text(coordinator, world.url("case_access"))
    assert "was given access to this case for a time" in page
    assert "Given by Demo Coordinator: Stands in" in page
    coordinator.post(reverse("end_access", args=[TimedAccess.objects.get().pk]))
    assert guest.get(world.url("case")).status_code == 404


def test_a_guest_who_may_change_changes_but_does_not_say_who_sees_it(world: World) -> None:
    signed_in(world.coordinator).post(world.url("give_access"), access(world.guest, may_change="on"))
    guest = signed_in(world.guest)

    assert guest.get(world.url("change_priority")).status_code == 200
    assert guest.get(world.url("restrict_case")).status_code == 404
    assert guest.get(world.url("give_access")).status_code == 403
    assert "Restrict this case" not in text(guest, world.url("case_access"))


@pytest.mark.parametrize("name", ["offer_case", "split_case", "join_case"])
def test_a_guest_takes_neither_the_case_nor_its_people_along_so_that_the_access_ends(name: str, world: World) -> None:
    signed_in(world.coordinator).post(world.url("give_access"), access(world.guest, may_change="on"))
    guest, own = signed_in(world.guest), make_client(team=team_of(world.guest), by=world.guest)
    to_oneself = {
        "offer_case": {"to": f"{team_of(world.guest).pk}:{world.guest.pk}", "note": "Мне"},
        "split_case": {"leaving": [str(world.client.pk)], "principal": str(world.client.pk), "confirmed": "yes"},
        "join_case": {"code": own.case.code, f"relation_{world.client.reference}": "sibling", "confirmed": "yes"},
    }[name]

    answers = [guest.get(world.url(name)), guest.post(world.url(name), to_oneself)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert world.url(name) not in text(guest, world.url("case"))
    assert world.url(name) in text(signed_in(world.worker), world.url("case"))


def test_a_coordinator_lets_somebody_stand_in_for_the_team(world: World) -> None:
    coordinator = signed_in(world.coordinator)

    sent = coordinator.post(reverse("give_team_access"), access(world.guest, team=world.team.code))

    assert sent.status_code == 302, sent.context["form"].errors
    assert "Demo Guest" in text(coordinator, reverse("deputies"))
    assert signed_in(world.guest).get(world.url("case")).status_code == 200
    assert "stands in for the team" in text(coordinator, world.url("case_access"))


def test_nobody_is_offered_themselves_or_people_of_the_team(world: World) -> None:
    make_user(Role.AUDITOR, name="Demo Auditor")
    make_membership(make_user(None, name="Demo Former"), Role.CASEWORKER, team=make_team(), ends_at=NOW)
    form = signed_in(world.coordinator).get(world.url("give_access")).context["form"]

    assert {name for _pk, name in form.fields["user"].choices} == {"–", "Demo Guest"}


def test_a_refused_form_keeps_what_was_typed(world: World) -> None:
    data = access(world.guest, until_year=2025, reason="Замена на время")

    sent = signed_in(world.coordinator).post(world.url("give_access"), data)

    assert "until" in sent.context["form"].errors
    assert "Замена на время" in sent.content.decode()


def test_only_coordinators_of_the_team_give_access(world: World) -> None:
    elsewhere = make_user(Role.COORDINATOR)

    assert signed_in(world.worker).get(world.url("give_access")).status_code == 403
    assert signed_in(elsewhere).get(world.url("give_access")).status_code == 404


def test_nobody_but_who_assigns_it_or_has_it_ends_access(world: World) -> None:
    signed_in(world.coordinator).post(world.url("give_access"), access(world.guest))
    url = reverse("end_access", args=[TimedAccess.objects.get().pk])

    assert signed_in(world.worker).post(url).status_code == 404
    assert signed_in(make_user(Role.COORDINATOR)).post(url).status_code == 404
    assert signed_in(world.guest).post(url).status_code == 302


@pytest.mark.parametrize("name", ["case_access", "restrict_case", "lift_restriction", "give_access"])
def test_foreign_restricted_and_missing_cases_answer_alike(name: str, world: World) -> None:
    stranger = signed_in(make_user(Role.COORDINATOR))
    foreign = stranger.get(world.url(name))
    world.restrict(world.worker, world.colleague)
    unnamed = signed_in(world.coordinator).get(world.url(name))
    missing = stranger.get(reverse(name, args=["C-XXX-XXX"]))

    assert [foreign.status_code, unnamed.status_code, missing.status_code] == [404, 404, 404]


def test_the_pages_stay_within_their_queries(world: World) -> None:
    coordinator = signed_in(world.coordinator)
    coordinator.post(world.url("give_access"), access(world.guest))
    for number in range(6):
        make_user(team=world.team, name=f"Demo {number}")

    counts = {}
    for name in ("case_access", "restrict_case", "give_access"):
        coordinator.get(world.url(name))
        with counted_queries() as asked:
            assert coordinator.get(world.url(name)).status_code == 200
        counts[name] = len(asked)

    assert {name: count for name, count in counts.items() if count > 20} == {}
