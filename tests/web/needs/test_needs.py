"""The page of needs and services, its forms, and who does not get to see what."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.actions import services
from casework.clients.actions.programmes import set_programmes
from casework.clients.models import Assessment, Case, CaseProgramme, Client, Need, Service
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_cash, make_need, make_programme, make_service
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    worker: User
    browser: Browser
    case: Case
    client: Client

    def page(self, browser: Browser | None = None) -> str:
        return (browser or self.browser).get(reverse("case_needs", args=[self.case.code])).content.decode()

    def post(self, name: str, of: object, **typed: object) -> int:
        return self.browser.post(reverse(name, args=[of]), typed).status_code


@pytest.fixture
def world() -> World:
    team = make_team()
    worker = make_user(team=team)
    case = make_case(team=team, caseworker=worker)
    return World(worker=worker, browser=signed_in(worker), case=case, client=make_client(case=case, by=worker))


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}


def test_a_need_is_asked_about_recorded_and_answered_by_a_service(world: World) -> None:
    reference = world.client.reference
    asked = world.post("record_assessment", reference, id=uuid.uuid4(), **day("assessed_on", date(2026, 11, 2)))
    stated = world.post("record_need", reference, id=uuid.uuid4(), code="LP-RD", level="urgent", note="Повестка")
    need = Need.objects.get()
    answered = world.post(
        "ask_for_service", world.case.code, id=uuid.uuid4(), kind="legal", need=need.pk, people=[world.client.pk]
    )
    page = world.page()

    assert (asked, stated, answered) == (302, 302, 302)
    assert "At risk of removal" in page
    assert "Повестка" in page
    assert "→ legal advice: asked for" in page
    assert "Asked on 2 Nov 2026" in page


def test_a_colleague_learns_that_somebody_was_asked_and_whom_to_ask_and_no_more(world: World) -> None:
    make_need(world.client, "SV-VO", note="Тайное")
    make_service(world.case, kind="psychosocial", note="Сокровенное", item="Занятие")
    colleague = signed_in(make_user(team=world.case.team))

    page = world.page(colleague)

    assert "read by its caseworker" in page
    for hidden in ("SV-VO", "Survivor", "Тайное", "Сокровенное", "Занятие"):
        assert hidden not in page
        assert hidden in world.page() or hidden == "Survivor"
    assert "psychosocial support" in page


def test_what_may_not_be_read_may_not_be_changed(world: World) -> None:
    need, service = make_need(world.client), make_service(world.case, kind="medical")
    colleague = signed_in(make_user(team=world.case.team))

    for name, of in (
        ("record_need", world.client.reference),
        ("record_assessment", world.client.reference),
        ("change_need", need.pk),
        ("end_need", need.pk),
        ("remove_need", need.pk),
        ("change_service", service.pk),
        ("deliver_service", service.pk),
        ("cancel_service", service.pk),
    ):
        assert colleague.get(reverse(name, args=[of])).status_code == 404, name
        assert colleague.post(reverse(name, args=[of])).status_code == 404, name


def test_foreign_and_missing_are_the_same(world: World) -> None:
    stranger = signed_in(make_user())
    service = make_service(world.case)

    for name, of in (("case_needs", world.case.code), ("ask_for_service", world.case.code)):
        assert stranger.get(reverse(name, args=[of])).status_code == 404
        assert stranger.get(reverse(name, args=["C-222-222"])).status_code == 404
    for name in ("change_service", "deliver_service", "cancel_service", "undo_delivery"):
        assert stranger.get(reverse(name, args=[service.pk])).status_code == 404
        assert stranger.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_of_a_restricted_case_nothing_is_there_for_who_is_not_named(world: World) -> None:
    named = make_user(team=world.case.team)
    actions.restrict_case(case=world.case, people=[world.worker, named], version=1, by=world.worker, now=NOW)

    coordinator = signed_in(make_user(Role.COORDINATOR, team=world.case.team))

    assert coordinator.get(reverse("case_needs", args=[world.case.code])).status_code == 404


def test_a_service_takes_three_fields_and_sent_twice_it_is_there_once(world: World) -> None:
    typed = {"id": uuid.uuid4(), "kind": "legal", "who": world.client.pk, "act": "delivered"}

    answers = [world.post("quick_service", world.case.code, **typed) for _number in range(2)]

    assert answers == [302, 302]
    service = Service.objects.get()
    assert (service.state, list(service.people.all())) == ("delivered", [world.client])


def test_what_was_typed_is_kept_where_an_amount_is_missing(world: World) -> None:
    answer = world.browser.post(reverse("quick_service", args=[world.case.code]), {"id": uuid.uuid4(), "kind": "cash"})

    page = answer.content.decode()
    assert "Enter the amount." in page
    assert '<option value="cash" selected>' in page
    assert not Service.objects.exists()


def test_cash_waits_for_a_coordinator_who_approves_it_here(world: World) -> None:
    service = make_cash(world.case, by=world.worker)
    coordinator = signed_in(make_user(Role.COORDINATOR, team=world.case.team))
    url = reverse("approve_service", args=[service.pk])

    assert "waits for approval" in world.page()
    assert url not in world.page()
    assert world.browser.get(url).status_code == 403
    assert url in world.page(coordinator)
    coordinator.post(url, {"version": 1})

    service.refresh_from_db()
    assert service.state == "approved"


def test_two_who_decide_at_once_are_told(world: World) -> None:
    service = make_cash(world.case, by=world.worker)
    coordinator = signed_in(make_user(Role.COORDINATOR, team=world.case.team))
    coordinator.post(reverse("approve_service", args=[service.pk]), {"version": 1})

    late = coordinator.post(reverse("refuse_service", args=[service.pk]), {"version": 1, "why": "no_money"})

    assert late.status_code == 409


def test_sums_stand_by_programme_and_currency(world: World) -> None:
    programme = make_programme(approval_above=None)
    service = make_cash(world.case, programme=programme, amount=4000, by=world.worker)
    services.deliver_service(service=service, on=NOW.date(), today=NOW.date(), version=1, by=world.worker, now=NOW)
    make_service(world.case, kind="transport", amount=Decimal(30), currency="USD", by=world.worker)

    page = world.page().replace("\N{NO-BREAK SPACE}", " ")

    assert "4,000 KGS" in page
    assert "30 USD" in page
    assert "4,030" not in page


def test_same_again_begins_with_what_was(world: World) -> None:
    service = make_cash(world.case, amount=4321, by=world.worker)

    page = world.browser.get(f"{reverse('ask_for_service', args=[world.case.code])}?like={service.pk}").content.decode()

    assert 'value="4321' in page


def test_a_delivery_is_recorded_and_taken_back(world: World) -> None:
    service = make_service(world.case, by=world.worker)
    world.post("deliver_service", service.pk, version=1, receipt="A-7", **day("on", date(2026, 11, 20)))
    delivered = Service.objects.get()
    world.post("undo_delivery", service.pk, version=delivered.version)

    assert (delivered.state, delivered.receipt) == ("delivered", "A-7")
    assert Service.objects.get().state == "asked"


def test_a_review_that_is_due_is_shown(world: World) -> None:
    Assessment.objects.create(
        client=world.client,
        data_key=world.client.data_key,
        assessed_on=date(2026, 1, 1),
        next_review_on=date(2026, 2, 1),
        assessed_by=world.worker,
        recorded_at=NOW,
    )

    assert "To be asked again since 1 Feb 2026" in world.page()


def test_the_page_costs_the_same_at_every_size(world: World) -> None:
    def cost() -> int:
        world.page()  # computes whoever is new
        with counted_queries() as asked:
            world.page()
        return len(asked)

    make_need(world.client)
    make_service(world.case, people=[world.client])
    few = cost()
    for number in range(4):
        client = make_client(case=world.case, by=world.worker)
        make_need(client)
        make_service(world.case, people=[client], programme=make_programme(code=f"Q{number}"))

    assert cost() == few
    assert few <= 20


def test_programmes_of_a_case_are_set_and_filter_the_list(world: World) -> None:
    programme, other = make_programme(code="WINTER"), make_programme(code="SPRING", donor="Another Fund")
    world.post("case_programmes", world.case.code, programmes=[programme.pk])
    unrelated = make_case(team=world.case.team, caseworker=world.worker)

    by_programme = world.browser.get("/cases/?programme=WINTER").content.decode()
    by_donor = world.browser.get("/cases/?donor=Another+Fund").content.decode()

    assert CaseProgramme.objects.get().programme == programme
    assert world.case.code in by_programme
    assert unrelated.code not in by_programme
    assert "Programme: Invented Winter Help" in by_programme
    assert world.case.code not in by_donor
    assert other.code not in world.page()


def test_a_coordinator_tags_cases_of_the_own_team_from_the_list_and_nobody_else_does(world: World) -> None:
    programme, foreign = make_programme(code="WINTER"), make_case()
    typed = {"programme": "WINTER", "case": [world.case.code, foreign.code]}
    coordinator = signed_in(make_user(Role.COORDINATOR, team=world.case.team))

    assert world.browser.post("/cases/tag/", typed).status_code == 403
    assert "Add to this programme" in coordinator.get("/cases/").content.decode()
    assert "Add to this programme" not in world.browser.get("/cases/").content.decode()
    coordinator.post("/cases/tag/", typed)

    assert [row.case for row in CaseProgramme.objects.filter(programme=programme)] == [world.case]


def test_an_archived_programme_is_kept_on_a_case_and_offered_to_no_other(world: World) -> None:
    programme = make_programme(code="OLD")
    set_programmes(case=world.case, programmes=[programme], by=world.worker, now=NOW)
    programme.archived_at = NOW
    programme.save()
    other = make_case(team=world.case.team, caseworker=world.worker)

    assert "archived" in world.page()
    assert programme.name not in world.browser.get(reverse("case_programmes", args=[other.code])).content.decode()
