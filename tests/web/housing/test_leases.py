"""Leases on their pages: what comes next, rents as they were, and nobody left without a lease in silence."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing import actions
from casework.housing.models import Lease, LeaseRent, Site
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_bed, make_beds, make_lease, make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def keeper() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def site(keeper: User) -> Site:
    return make_site(team=team_of(keeper), by=keeper)


def today_at(site: Site) -> date:
    return site.today(timezone.now())


def lease_of(site: Site, **fields: Any) -> Lease:
    return make_lease(site, now=timezone.now(), **fields)


def typed(site: Site, **changes: Any) -> dict[str, Any]:
    known = {
        "id": str(uuid.uuid4()),
        "unit": "whole",
        "landlord_name": "Хозяин Придуманный",
        "rent": "40 000,50",
        "per": "month",
        "currency": "KGS",
        "deposit": "80 000",
    }
    return {**known, **day("since", today_at(site)), **changes}


def as_read(lease: Lease, **changes: Any) -> dict[str, Any]:
    """What the form of a lease sends if nothing but `changes` was typed."""
    known: dict[str, Any] = {
        "version": lease.version,
        "currency": lease.currency,
        "landlord_name": lease.landlord_name,
        **day("since", lease.since),
    }
    if lease.last_day:
        known |= day("until", lease.last_day)
    return known | changes


def test_a_lease_is_recorded_with_the_rent_as_people_type_it(keeper: User, site: Site) -> None:
    make_beds(3, site=site)
    last = today_at(site) + 100 * DAY

    answer = signed_in(keeper).post(reverse("record_lease", args=[site.pk]), typed(site, **day("until", last)))

    lease = Lease.objects.get()
    assert answer.status_code == 302
    assert (lease.last_day, lease.deposit, lease.unit) == (last, 80000, None)
    assert lease.rents.get().amount == Decimal("40000.50")
    page = signed_in(keeper).get(reverse("site", args=[site.pk])).content.decode()
    assert "40,000.50\N{NO-BREAK SPACE}KGS a month" in page
    assert "13,334\N{NO-BREAK SPACE}KGS" in page
    assert "Хозяин Придуманный" in page


def test_the_form_begins_with_the_money_of_the_country_and_the_unit_that_was_asked_for(
    keeper: User, site: Site
) -> None:
    unit = make_bed(site=site).unit

    form = signed_in(keeper).get(reverse("record_lease", args=[site.pk]), {"unit": str(unit.pk)}).context["form"]

    assert (form["currency"].value(), form["unit"].value()) == ("KGS", str(unit.pk))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rent": "сорок"}, "Enter a number."),
        ({"rent": "-1"}, "greater than or equal to 0"),
        ({"currency": "XXX"}, "Select a valid choice."),
        ({"unit": str(uuid.uuid4())}, "Select a valid choice."),
        (day("until", date(2020, 1, 1)), "The lease must hold one day at least."),
        (day("until", date(2027, 3, 1)) | day("notice_on", date(2027, 4, 1)), "Notice must be given before"),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(
    keeper: User, site: Site, changes: Any, said: str
) -> None:
    page = signed_in(keeper).post(reverse("record_lease", args=[site.pk]), typed(site, **changes)).content.decode()

    assert said in page
    assert "Хозяин Придуманный" in page
    assert not Lease.objects.exists()


def test_what_must_be_decided_soon_stands_first(keeper: User, site: Site) -> None:
    today = today_at(site)
    codes = {}
    for name, fields in {
        "later": {"until": today + 200 * DAY},
        "endless": {"until": None},
        "ends": {"until": today + 40 * DAY},
        "notice": {"until": today + 300 * DAY, "notice_on": today + 10 * DAY},
        "late": {"until": today + 300 * DAY, "notice_on": today - 2 * DAY},
        "over": {"until": today - 5 * DAY},
    }.items():
        place = make_site(team=team_of(keeper), by=keeper)
        codes[name] = place.code
        lease_of(place, **fields)
    browser = signed_in(keeper)

    page = browser.get(reverse("housing_leases"))

    assert [row.lease.place for row in page.context["soon"]] == [codes[it] for it in ("late", "notice", "ends")]
    assert {row.lease.place for row in page.context["later"]} == {codes["later"], codes["endless"]}
    assert "this day is over" in page.content.decode()
    assert codes["over"] not in page.content.decode()
    assert codes["over"] in browser.get(reverse("housing_leases"), {"shown": "over"}).content.decode()
    assert Event.objects.filter(type="housing.leases_seen").count() == 2


def test_rents_are_shown_as_they_were_with_what_a_bed_came_to(keeper: User, site: Site) -> None:
    make_beds(4, site=site)
    lease, browser = lease_of(site), signed_in(keeper)

    answer = browser.post(
        reverse("change_rent", args=[lease.pk]),
        {"amount": "30 000", "per": "week", **day("since", lease.since + 270 * DAY)},
    )
    page = browser.get(reverse("lease", args=[lease.pk])).content.decode()

    assert answer.url == reverse("lease", args=[lease.pk])
    assert "40,000\N{NO-BREAK SPACE}KGS a month" in page
    assert "30,000\N{NO-BREAK SPACE}KGS a week" in page
    assert "32,612\N{NO-BREAK SPACE}KGS" in page  # 30,000 / 7 x 30.4375 / 4 beds
    assert "+226 %" in page
    browser.post(reverse("remove_rent", args=[lease.rents.order_by("since").last().pk]))
    assert list(lease.rents.values_list("amount", flat=True)) == [40000]


def test_a_rent_of_a_day_on_which_the_lease_does_not_hold_is_refused(keeper: User, site: Site) -> None:
    lease = lease_of(site)

    page = signed_in(keeper).post(
        reverse("change_rent", args=[lease.pk]), {"amount": "1", "per": "month", **day("since", date(2020, 1, 1))}
    )

    assert "The lease does not hold on this day." in page.content.decode()
    assert LeaseRent.objects.count() == 1


def test_rents_are_not_said_again_in_another_currency(keeper: User, site: Site) -> None:
    lease = lease_of(site)
    actions.change_rent(lease=lease, since=date(2026, 9, 1), amount=Decimal(90000), by=keeper, now=timezone.now())

    page = signed_in(keeper).post(reverse("change_lease", args=[lease.pk]), as_read(lease, currency="USD"))

    assert "The rents so far are in KGS." in page.content.decode()
    lease.refresh_from_db()
    assert lease.currency == "KGS"


class TestOverPeople:
    """Three ways to end a lease under people: all name them to whoever may know, ask why, and say so afterwards."""

    @pytest.fixture
    def world(self, keeper: User, site: Site) -> Any:
        today = today_at(site)
        lease = lease_of(site, until=today + 60 * DAY)
        mine, other = make_client(team=team_of(keeper), by=keeper), make_client(family_name="Тайнова")
        beds = make_beds(2, site=site)
        for client, bed in zip((mine, other), beds, strict=True):
            book(
                {client: bed},
                by=make_user(team=client.case.team),
                now=timezone.now(),
                since=today,
                until=today + 30 * DAY,
            )
        return {"lease": lease, "mine": mine, "other": other, "today": today}

    @pytest.mark.parametrize("name", ["change_lease", "end_lease", "give_notice"])
    def test_a_lease_that_ends_under_people_asks_why_and_then_says_so(
        self, world: Any, keeper: User, name: str
    ) -> None:
        lease, browser, url = world["lease"], signed_in(keeper), reverse(name, args=[world["lease"].pk])
        last = world["today"] + 9 * DAY
        data = as_read(lease, **day("until", last), **day("on", world["today"]))

        asked = browser.post(url, data).content.decode()

        assert "People live there, or are booked" in asked
        assert world["mine"].reference in asked
        assert "somebody whose case you do not see" in asked
        assert world["other"].reference not in asked
        assert "Тайнова" not in asked
        lease.refresh_from_db()
        assert lease.until == world["today"] + 60 * DAY

        answer = browser.post(url, data | {"reason": "Хозяин продаёт дом"})

        lease.refresh_from_db()
        assert answer.status_code == 302
        assert (lease.last_day, lease.exception) == (last, "Хозяин продаёт дом")
        page = browser.get(reverse("housing_leases")).content.decode()
        assert "Out of lease" in page
        assert world["mine"].reference in page
        assert world["other"].reference not in page
        told = Event.objects.filter(type="housing.left_without_lease")
        assert {str(event.case_id) for event in told} == {str(world[it].case_id) for it in ("mine", "other")}
        assert "Хозяин" not in "".join(str(event.data) for event in told)

    def test_the_board_marks_them_as_out_of_lease_from_that_day(self, world: Any, keeper: User) -> None:
        lease, browser = world["lease"], signed_in(keeper)
        data = as_read(lease, **day("until", world["today"] + 9 * DAY), reason="Продаёт дом")
        browser.post(reverse("end_lease", args=[lease.pk]), data)

        page = browser.get(reverse("housing_board"))

        line = page.context["sites"][0]["units"][0].lines[0]
        assert [(cell.state, cell.nights, cell.without_lease) for cell in line.cells] == [
            ("booked", 10, False),
            ("booked", 18, True),
        ]
        assert "booked, out of lease" in page.content.decode()

    def test_a_lease_recorded_by_mistake_goes_with_its_rents_and_the_people_stay(
        self, world: Any, keeper: User
    ) -> None:
        browser, url = signed_in(keeper), reverse("remove_lease", args=[world["lease"].pk])

        assert "Only if it was recorded by mistake" in browser.get(url).content.decode()
        browser.post(url, {"version": world["lease"].version})

        assert not Lease.objects.exists()
        assert not LeaseRent.objects.exists()
        assert not Event.objects.filter(type="housing.left_without_lease").exists()

    def test_of_two_leases_the_one_that_holds_under_people_is_removed_for_a_reason_only(
        self, world: Any, keeper: User
    ) -> None:
        lease_of(world["lease"].site, since=world["today"] + 60 * DAY, until=None)
        browser, url = signed_in(keeper), reverse("remove_lease", args=[world["lease"].pk])

        asked = browser.post(url, {"version": world["lease"].version}).content.decode()

        assert world["mine"].reference in asked
        assert Lease.objects.count() == 2
        browser.post(url, {"version": world["lease"].version, "reason": "Не тот дом"})
        assert Lease.objects.count() == 1

    def test_a_first_lease_that_does_not_cover_those_who_live_there_asks_too(self, keeper: User) -> None:
        site = make_site(team=team_of(keeper), by=keeper)
        today = today_at(site)
        client = make_client(team=team_of(keeper), by=keeper)
        book({client: make_bed(site=site)}, by=keeper, now=timezone.now(), since=today, until=today + 30 * DAY)
        url, data = reverse("record_lease", args=[site.pk]), typed(site, **day("until", today + 3 * DAY))

        asked = signed_in(keeper).post(url, data).content.decode()

        assert client.reference in asked
        assert not Lease.objects.exists()
        assert not LeaseRent.objects.exists()
        assert signed_in(keeper).post(url, data | {"reason": "Дальше договоримся"}).status_code == 302

    def test_whoever_had_no_lease_before_is_not_asked_about_again(self, world: Any, keeper: User) -> None:
        lease, browser, url = world["lease"], signed_in(keeper), reverse("end_lease", args=[world["lease"].pk])
        browser.post(url, as_read(lease, **day("until", world["today"] + 9 * DAY), reason="Продаёт дом"))
        lease.refresh_from_db()

        answer = browser.post(url, as_read(lease, **day("until", world["today"] + 8 * DAY)))

        assert answer.status_code == 302


def test_two_who_change_a_lease_are_shown_both(keeper: User, site: Site) -> None:
    lease, url = lease_of(site), ""
    url = reverse("change_lease", args=[lease.pk])
    browser = signed_in(keeper)
    browser.post(url, as_read(lease, landlord_name="Первый Придуманный"))

    answer = browser.post(url, as_read(lease, landlord_name="Второй Придуманный"))

    assert answer.status_code == 409
    assert "Первый Придуманный" in answer.content.decode()
    assert "Второй Придуманный" in answer.content.decode()


def test_a_day_of_notice_that_has_not_come_is_refused(keeper: User, site: Site) -> None:
    lease = lease_of(site)
    data = as_read(lease, **day("on", today_at(site) + DAY))

    page = signed_in(keeper).post(reverse("give_notice", args=[lease.pk]), data).content.decode()

    assert "This day has not come yet." in page


def addresses_of(lease: Lease) -> list[str]:
    names = ("lease", "change_lease", "give_notice", "end_lease", "remove_lease", "change_rent")
    of_rent = reverse("remove_rent", args=[lease.rents.get().pk])
    return [*(reverse(name, args=[lease.pk]) for name in names), of_rent]


def test_leases_of_places_that_somebody_does_not_keep_are_not_there(keeper: User, site: Site) -> None:
    lease = lease_of(site)
    reader = make_user(team=team_of(keeper))
    make_membership(reader, Role.COORDINATOR, team=make_team())
    browser = signed_in(reader)

    addresses = [*addresses_of(lease), reverse("record_lease", args=[site.pk])]

    assert {browser.get(address).status_code for address in addresses} == {404}
    assert {browser.post(address).status_code for address in addresses[1:]} == {404}
    assert browser.get(reverse("lease", args=[uuid.uuid4()])).status_code == 404
    assert site.code not in browser.get(reverse("housing_leases")).content.decode()
    assert reverse("lease", args=[lease.pk]) not in browser.get(reverse("site", args=[site.pk])).content.decode()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER])
def test_other_roles_read_no_leases(keeper: User, site: Site, role: Role) -> None:
    lease = lease_of(site)
    browser = signed_in(make_user(role, team=team_of(keeper) if role == Role.CASEWORKER else None))

    addresses = [*addresses_of(lease), reverse("record_lease", args=[site.pk]), reverse("housing_leases")]

    assert {browser.get(address).status_code for address in addresses} == {403}


def test_pages_of_leases_take_few_queries_at_every_size(keeper: User, site: Site) -> None:
    browser, lease = signed_in(keeper), lease_of(site)
    addresses = [reverse("housing_leases"), reverse("lease", args=[lease.pk]), reverse("site", args=[site.pk])]

    def queries() -> list[int]:
        counts = []
        for address in addresses:
            with counted_queries() as made:
                browser.get(address)
            counts.append(len(made))
        return counts

    client = make_client(team=team_of(keeper), by=keeper)
    book({client: make_bed(site=site)}, by=keeper, now=timezone.now(), since=lease.until - DAY, until=None, reason="x")
    queries()
    few = queries()
    for _number in range(3):
        place = make_site(team=team_of(keeper), by=keeper)
        lease_of(place, until=today_at(site) + 5 * DAY)
        another = make_client(team=team_of(keeper), by=keeper)
        book({another: make_bed(site=place)}, by=keeper, now=timezone.now(), since=today_at(site), reason="x")
        actions.change_rent(
            lease=lease, since=date(2026, 2 + _number, 1), amount=Decimal(1), by=keeper, now=timezone.now()
        )

    assert queries() == few
    assert max(few) <= 12


def test_in_russian_nothing_is_left_in_english(keeper: User, site: Site) -> None:
    keeper.language = "ru"
    keeper.save()
    lease, browser = lease_of(site, notice_on=today_at(site) + DAY), signed_in(keeper)

    listed = browser.get(reverse("housing_leases")).content.decode()
    page = browser.get(reverse("lease", args=[lease.pk])).content.decode()

    assert "сообщить хозяину" in listed
    assert "tell the landlord" not in listed + page
    assert "Договор аренды" in page
