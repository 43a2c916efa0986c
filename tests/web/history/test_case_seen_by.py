"""Who saw this case: everybody who may see the case reads it, and nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Case, Complaint
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.web.cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: object) -> None:
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined] - the fixture is untyped here


@pytest.fixture
def world() -> World:
    return make_world()


def page_of(world: World, **asked: str) -> str:
    return world.browser.get(reverse("case_seen_by", args=[world.case.code]), asked).content.decode()


def test_it_says_who_looked_searched_and_changed_and_when(world: World) -> None:
    colleague = make_user(team=world.team, name="Test Colleague")
    world.browser.get(world.urls()["case"])
    browser = signed_in(colleague)
    browser.post("/search/", {"q": world.client.family_name})

    rows = page_of(world).split("<tbody>")[1]

    assert "Looked at a case" in rows
    assert "Recorded an address" in rows
    assert rows.index("Test Colleague") < rows.index("Looked at a case")
    assert "Searched for people" in rows
    assert str(world.client.family_name) not in rows


def test_a_search_that_did_not_find_them_is_not_told_here(world: World) -> None:
    other = make_client(family_name="Другов", team=world.team)
    world.browser.post("/search/", {"q": "Другов"})

    assert Event.objects.filter(type="clients.searched", data__clients__contains=[str(other.pk)]).exists()
    assert "Searched for people" not in page_of(world)


def test_looking_here_is_told_too(world: World) -> None:
    page_of(world)

    assert "Looked at who saw a case" in page_of(world)
    assert Event.objects.filter(type="clients.lookers_seen", case_id=world.case.pk).count() == 2


def test_it_is_narrowed_to_one_person_and_shows_pages(world: World) -> None:
    colleague, now = make_user(team=world.team, name="Test Colleague"), timezone.now()
    for number in range(60):
        record(
            "clients.case_seen", by=colleague, subject=world.case, case_id=world.case.pk, now=now - timedelta(number)
        )

    narrowed = page_of(world, who=str(colleague.pk))

    assert "Recorded an address" not in narrowed
    assert narrowed.count("Looked at a case") == 50
    assert "after=" in narrowed
    assert "Looked at who saw a case" in page_of(world, who="nobody")


def test_complaints_are_not_told_of(world: World) -> None:
    Event.objects.create(
        at=timezone.now(),
        type="clients.complaint_seen",
        subject_model=Complaint._meta.label,
        subject_id="0",
        case_id=world.case.pk,
    )

    assert "complaint" not in page_of(world).split("<tbody>")[1].split("</tbody>")[0]


@pytest.mark.parametrize("name", ["case_seen_by", "earlier_versions"])
def test_who_may_not_see_the_case_finds_nothing(world: World, name: str) -> None:
    url, missing = reverse(name, args=[world.case.code]), reverse(name, args=["C-222-222"])
    foreign = signed_in(make_user())
    auditor = signed_in(make_user(Role.AUDITOR))

    assert foreign.get(url).status_code == foreign.get(missing).status_code == 404
    assert auditor.get(url).status_code == 403
    assert world.browser.post(url).status_code == 405
    named = [make_user(team=world.team), make_user(team=world.team)]
    case = Case.objects.get(pk=world.case.pk)
    actions.restrict_case(case=case, people=named, version=case.version, by=named[0], now=NOW)
    assert world.browser.get(url).status_code == 404


def test_an_auditor_sees_it_by_the_code_of_the_case_without_content(world: World) -> None:
    other = make_client()
    auditor = signed_in(make_user(Role.AUDITOR))

    page = auditor.get("/audit/", {"code": world.case.code.lower()}).content.decode()

    assert world.case.code in page
    assert other.case.code not in page
    assert str(world.client.family_name) not in page
    assert "Nothing of this kind" in auditor.get("/audit/", {"code": "C-222-222"}).content.decode()


@pytest.mark.parametrize("people", [1, 4])
def test_it_asks_the_database_at_most_twelve_times(world: World, people: int) -> None:
    for _number in range(people - 1):
        make_client(case=world.case)
    page_of(world)

    with counted_queries() as asked:
        page_of(world)

    assert len(asked) <= 12, asked


def test_the_case_leads_there(world: World) -> None:
    page = world.browser.get(world.urls()["case"]).content.decode()

    assert reverse("case_seen_by", args=[world.case.code]) in page
    assert reverse("earlier_versions", args=[world.case.code]) in page
