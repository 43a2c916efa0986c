"""The directory on its pages: read by who works with people, kept by coordinators and administrators."""

import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Partner, PartnerService
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.referrals import make_offer, make_partner
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(settings: Any) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    return signed_in(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def reader(settings: Any) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    return signed_in(make_user())


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "name": "Invented School",
        "kind": "school",
        "country": "KZ",
        "towns": "Almaty,  Astana , Almaty",
        "languages": ["ru"],
        "focal_point": "Вымышленная Л.",
        "letter_language": "ru",
        "agreement": "unknown",
        "may_receive": ["name"],
        **changes,
    }


def test_a_partner_is_added_once_with_towns_apart(keeper: Browser) -> None:
    data = typed()

    for _ in range(2):
        answer = keeper.post(reverse("record_partner"), data)

    partner = Partner.objects.get()
    assert answer.url == reverse("partner", args=[partner.pk])
    assert partner.towns == ["Almaty", "Astana"]


def test_what_contradicts_itself_is_said_beside_the_field(keeper: Browser) -> None:
    page = keeper.post(
        reverse("record_partner"),
        typed(agreement_until_day="1", agreement_until_month="1", agreement_until_year="2028"),
    )

    assert "agreement" in page.context["form"].errors
    assert "Вымышленная Л." in page.content.decode()


def test_a_change_over_the_change_of_somebody_else_shows_both(keeper: Browser) -> None:
    partner = make_partner(name="Invented School")
    actions.change_partner(partner=partner, version=1, by=make_user(), now=timezone.now(), phone="+7 111")

    conflict = keeper.post(reverse("change_partner", args=[partner.pk]), typed(version="1", phone="+7 222"))

    assert conflict.status_code == 409
    assert "+7 111" in conflict.content.decode()
    assert "+7 222" in conflict.content.decode()


def test_verified_archived_and_put_back(keeper: Browser) -> None:
    partner = make_partner()
    assert "Nobody has verified this yet" in keeper.get(reverse("partner", args=[partner.pk])).content.decode()

    keeper.post(reverse("verify_partner", args=[partner.pk]))
    keeper.post(reverse("archive_partner", args=[partner.pk]), {"version": "2"})
    hidden = keeper.get(reverse("partners")).content.decode()
    keeper.post(reverse("archive_partner", args=[partner.pk]), {"version": "3"})

    assert partner.name not in hidden
    assert partner.name in keeper.get(reverse("partners")).content.decode()


def test_what_they_offer_is_recorded_changed_and_ended(keeper: Browser) -> None:
    partner = make_partner()
    data = {"id": str(uuid.uuid4()), "kind": "legal", "country": "KZ", "town": "Almaty", "for_whom": "women"}
    more = {"cost": "free", "capacity": "limited", "capacity_note": "two a week", "waiting_days": "5"}

    for _ in range(2):
        keeper.post(reverse("record_offer", args=[partner.pk]), data | more)
    offer = PartnerService.objects.get()
    keeper.post(reverse("change_offer", args=[offer.pk]), data | more | {"cost": "paid", "version": "1"})
    page = keeper.get(reverse("who_offers_what")).content.decode()
    keeper.post(reverse("end_offer", args=[offer.pk]), {"version": "2"})

    assert "two a week" in page
    assert "to be paid" in page
    assert partner.name not in keeper.get(reverse("who_offers_what")).content.decode()


def test_who_offers_what_where_is_narrowed(reader: Browser) -> None:
    near, far = make_partner(name="Near"), make_partner(name="Far", country="GE", languages=["ru"])
    make_offer(near, town="")
    make_offer(far, town="Tbilisi", kind="medical", cost="free", for_whom="children")
    asked: list[tuple[dict[str, str], set[str]]] = [
        ({}, {"Near", "Far"}),
        ({"service": "legal"}, {"Near"}),
        ({"country": "GE"}, {"Far"}),
        ({"town": "Almaty"}, {"Near"}),
        ({"town": "tbilisi", "country": "GE"}, {"Far"}),
        ({"cost": "free"}, {"Far"}),
        ({"for_whom": "children"}, {"Far"}),
        ({"language": "ru"}, {"Far"}),
    ]

    for filters, expected in asked:
        places = reader.get(reverse("who_offers_what"), filters).context["places"]
        assert {offer.partner.name for place in places for offer in place.offers} == expected, filters


def test_the_directory_is_narrowed_by_what_is_offered_and_by_kind(reader: Browser) -> None:
    lawyer, school = make_partner(kind="lawyer"), make_partner(kind="school")
    make_offer(lawyer, kind="legal")

    def found(**filters: str) -> list[Partner]:
        return [row.partner for row in reader.get(reverse("partners"), filters).context["rows"]]

    assert found(service="legal") == [lawyer]
    assert found(kind="school") == [school]
    assert len(found(shown="stale")) == 2
    assert found(country="GE") == found()  # not among the choices: it filters nothing


def test_a_caseworker_reads_and_does_not_keep(reader: Browser) -> None:
    partner = make_partner(focal_point="Вымышленная Л.")
    offer = make_offer(partner)
    kept = [
        reverse("record_partner"),
        reverse("change_partner", args=[partner.pk]),
        reverse("verify_partner", args=[partner.pk]),
        reverse("archive_partner", args=[partner.pk]),
        reverse("record_offer", args=[partner.pk]),
        reverse("change_offer", args=[offer.pk]),
        reverse("end_offer", args=[offer.pk]),
    ]

    page = reader.get(reverse("partner", args=[partner.pk])).content.decode()

    assert "Вымышленная Л." in page
    assert {reader.post(url).status_code for url in kept} == {403}
    assert not any(url in page for url in kept)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.POLICY_EDITOR, Role.REPORT_READER])
def test_roles_that_do_not_work_with_people_do_not_read_it(role: Role) -> None:
    browser = signed_in(make_user(role))

    assert browser.get(reverse("partners")).status_code == 403
    assert browser.get(reverse("who_offers_what")).status_code == 403


def test_a_missing_partner_is_not_found(reader: Browser) -> None:
    assert reader.get(reverse("partner", args=[uuid.uuid4()])).status_code == 404


def test_every_page_opens_in_russian(keeper: Browser, settings: Any) -> None:
    partner = make_partner()
    offer = make_offer(partner)
    browser = signed_in(make_user(Role.COORDINATOR, language="ru"))
    urls = [
        reverse("partners"),
        reverse("who_offers_what"),
        reverse("record_partner"),
        *(
            reverse(name, args=[partner.pk])
            for name in ("partner", "change_partner", "archive_partner", "record_offer")
        ),
        *(reverse(name, args=[offer.pk]) for name in ("change_offer", "end_offer")),
    ]

    assert {browser.get(url).status_code for url in urls} == {200}


def test_lists_cost_the_same_at_every_size(reader: Browser) -> None:
    def cost(name: str) -> int:
        with counted_queries() as queries:
            reader.get(reverse(name))
        return len(queries)

    make_offer(make_partner())
    before = [cost("partners"), cost("who_offers_what")]
    for _ in range(3):
        make_offer(make_partner())

    assert [cost("partners"), cost("who_offers_what")] == before
    assert max(before) <= 12
