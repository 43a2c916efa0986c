"""Hosts on their pages: from a call to a place in use, each step with what it needs, and nobody put out when one withdraws."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing import actions
from casework.housing.models import Bed, HostOffer, Site
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_bed, make_host, make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
DAY = timedelta(days=1)
NEEDED = sorted(HostOffer.NEEDED)
STEPS = ("plan_visit", "record_visit", "accept_host", "take_host_into_use", "decline_host", "withdraw_host")
ALL_OF_ONE = ("host_offer", "change_host_offer", "reconsider_host", *STEPS)


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def keeper() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def today() -> date:
    return timezone.now().date()


def offered(keeper: User, state: str = "offered", **fields: Any) -> HostOffer:
    """An offer of the team as far as `state`."""
    now = timezone.now()
    since = fields.pop("since", now.date())
    offer = make_host(team=team_of(keeper), by=keeper, now=now, since=since, **fields)
    at: dict[str, Any] = {"by": keeper, "now": now}
    order = ("offered", "visited", "accepted", "in_use")
    if order.index(state) >= 1:
        found = [*NEEDED, "registration"]
        offer = actions.record_visit(offer=offer, on=since, found=found, visited_by=keeper, version=offer.version, **at)
    if order.index(state) >= 2:
        offer = actions.accept_host(offer=offer, version=offer.version, **at)
    if order.index(state) >= 3:
        names = {"code": f"H-{str(offer.pk)[-6:].upper()}", "name": "Семья", "unit_label": "Комната"}
        actions.take_host_into_use(offer=offer, version=offer.version, **names, **at)
        offer.refresh_from_db()
    return offer


def url(name: str, offer: HostOffer) -> str:
    return reverse(name, args=[offer.pk])


def test_a_call_is_written_down_and_becomes_a_place_in_which_people_are_placed(keeper: User, today: date) -> None:
    browser, team = signed_in(keeper), team_of(keeper)
    form = browser.get(reverse("record_host_offer")).context["form"]
    call = {"id": str(uuid.uuid4()), "contact_name": "Хозяйка Придуманная", "beds": "2", "city": "Bishkek"}
    call |= {"for_whom": "women", "country": form["country"].value(), "team": str(team.pk), **day("since", today)}

    browser.post(reverse("record_host_offer"), call)
    offer = HostOffer.objects.get()
    browser.post(url("plan_visit", offer), {"version": "1", **day("on", today + DAY)})
    visit = {"needed": NEEDED, "more": ["registration"], "visited_by": str(keeper.pk), "note": "Светло"}
    browser.post(url("record_visit", offer), {"version": "2", **visit, **day("on", today)})
    browser.post(url("accept_host", offer), {"version": "3"})
    place = {"id": str(uuid.uuid4()), "existing": "new", "code": "host-1", "name": "Семья", "unit_label": "Комната"}
    answer = browser.post(
        url("take_host_into_use", offer), {"version": "4", "beds": "3", "teams": [str(team.pk)], **place}
    )

    offer.refresh_from_db()
    site = Site.objects.get()
    assert answer.url == reverse("site", args=[site.pk])
    assert (offer.state, offer.site, offer.visit_note, set(offer.found)) == (
        "in_use",
        site,
        "Светло",
        {*NEEDED, "registration"},
    )
    assert (site.code, Bed.objects.filter(unit__site=site).count()) == ("HOST-1", 3)
    assert site.units.get().for_whom == "women"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contact_name": ""}, "This field is required."),
        ({"beds": "0"}, "greater than or equal to 1"),
        ({"country": "XX"}, "We do not know this country."),
        (day("until", date(2020, 1, 1)), "The last day is before the first."),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(
    keeper: User, today: date, changes: Any, said: str
) -> None:
    typed = {"contact_name": "Хозяйка", "beds": "2", "city": "Придуманск", "country": "KG", "for_whom": "anyone"}
    typed |= {"team": str(team_of(keeper).pk), **day("since", today), **changes}

    page = signed_in(keeper).post(reverse("record_host_offer"), typed).content.decode()

    assert said in page
    assert "Придуманск" in page
    assert not HostOffer.objects.exists()


def test_an_offer_for_a_team_whose_places_somebody_does_not_keep_is_not_written_down(keeper: User, today: date) -> None:
    typed = {"contact_name": "Хозяйка", "beds": "2", "city": "Придуманск", "country": "KG", "for_whom": "anyone"}

    signed_in(keeper).post(reverse("record_host_offer"), typed | {"team": str(make_team().pk), **day("since", today)})

    assert not HostOffer.objects.exists()


def test_each_offer_stands_with_the_step_that_it_needs(keeper: User, today: date) -> None:
    now = timezone.now()
    offered(keeper)
    planned = offered(keeper)
    actions.plan_visit(offer=planned, on=today + DAY, version=1, by=keeper, now=now)
    late = offered(keeper, since=today - 9 * DAY)
    actions.plan_visit(offer=late, on=today + DAY, version=1, by=keeper, now=now)
    HostOffer.objects.filter(pk=late.pk).update(visit_on=today - DAY)
    poor = offered(keeper)
    actions.record_visit(offer=poor, on=today, found=["heated"], visited_by=keeper, version=1, by=keeper, now=now)
    offered(keeper, "visited"), offered(keeper, "accepted"), offered(keeper, "in_use")

    page = signed_in(keeper).get(reverse("housing_hosts"))

    groups = dict(page.context["groups"])
    steps = {label: [row.step.said for row in rows] for label, rows in groups.items()}
    assert steps["offered"] == ["plan a visit"]
    assert [row.step.is_late for row in groups["visit planned"]] == [False, True]
    assert steps["visited"][1] == "accept it, or not"
    assert "Not found yet, and needed" in steps["visited"][0]
    assert (steps["accepted"], steps["in use"]) == (["take the place into use"], ["nothing to do"])
    assert Event.objects.filter(type="housing.hosts_seen").count() == 1


def test_nobody_accepts_a_host_of_whom_something_needed_was_not_found(keeper: User, today: date) -> None:
    offer = offered(keeper)
    browser = signed_in(keeper)
    visit = {"needed": NEEDED[1:], "visited_by": str(keeper.pk), **day("on", today)}
    browser.post(url("record_visit", offer), {"version": "1", **visit})

    warned = browser.get(url("accept_host", offer)).content.decode()
    refused = browser.post(url("accept_host", offer), {"version": "2"}).content.decode()

    assert "Not found yet, and needed" in warned
    assert "This was not found when somebody looked" in refused
    offer.refresh_from_db()
    assert offer.state == "visited"
    assert "not found, and needed" in browser.get(url("host_offer", offer)).content.decode()


def test_a_visit_is_neither_planned_for_a_day_that_is_over_nor_found_on_one_to_come(keeper: User, today: date) -> None:
    offer, browser = offered(keeper), signed_in(keeper)

    planned = browser.post(url("plan_visit", offer), {"version": "1", **day("on", today - 3 * DAY)})
    visited = browser.post(
        url("record_visit", offer), {"version": "1", "visited_by": str(keeper.pk), **day("on", today + 3 * DAY)}
    )

    assert "This day is over." in planned.content.decode()
    assert "This day has not come yet." in visited.content.decode()


def test_a_host_is_declined_with_a_reason_and_taken_up_again(keeper: User) -> None:
    offer, browser = offered(keeper), signed_in(keeper)

    assert "This field is required." in browser.post(url("decline_host", offer), {"version": "1"}).content.decode()
    browser.post(url("decline_host", offer), {"version": "1", "reason": "Просит денег"})
    over = browser.get(reverse("housing_hosts"), {"shown": "over"})
    browser.post(url("reconsider_host", offer), {"version": "2"})

    assert [label for label, _rows in over.context["groups"]] == ["declined"]
    offer.refresh_from_db()
    assert offer.state == "offered"


def test_a_step_that_does_not_follow_is_refused_in_a_sentence(keeper: User) -> None:
    offer = offered(keeper)

    page = signed_in(keeper).post(url("accept_host", offer), {"version": "1"}).content.decode()

    assert "This step does not follow." in page


def test_two_who_change_an_offer_are_shown_both(keeper: User) -> None:
    offer, browser = offered(keeper), signed_in(keeper)
    typed = {
        "version": "1",
        "contact_name": "Хозяйка",
        "beds": "2",
        "city": "Ош",
        "country": "KG",
        "for_whom": "anyone",
    }
    typed |= day("since", offer.since)
    browser.post(url("change_host_offer", offer), typed)

    answer = browser.post(url("change_host_offer", offer), typed | {"city": "Каракол"})
    late = browser.post(url("decline_host", offer), {"version": "1", "reason": "Нет"})

    assert answer.status_code == 409
    assert "Каракол" in answer.content.decode()
    assert late.status_code == 409
    offer.refresh_from_db()
    assert (offer.city, offer.state) == ("Ош", "offered")


class TestWithdrawing:
    def test_a_place_in_which_nobody_lives_closes_with_the_offer(self, keeper: User, today: date) -> None:
        offer = offered(keeper, "in_use")

        signed_in(keeper).post(url("withdraw_host", offer), {"version": offer.version, "reason": "Уезжают"})

        offer.refresh_from_db()
        assert offer.state == "withdrawn"
        assert offer.site is not None
        assert offer.site.closed_on is not None
        assert not Bed.objects.in_use().exists()

    def test_who_lives_there_is_named_and_the_place_takes_nobody_new(self, keeper: User, today: date) -> None:
        offer, browser = offered(keeper, "in_use"), signed_in(keeper)
        first, second = Bed.objects.with_place().order_by("label")
        mine, hers = make_client(team=team_of(keeper), by=keeper), make_client(family_name="Тайнова")
        now = timezone.now()
        days = {"since": today, "until": today + 9 * DAY, "now": now}
        rows = book({mine: first}, by=keeper, checks_in=True, **days)
        book({hers: second}, by=make_user(team=hers.case.team), **days)

        asked = browser.get(url("withdraw_host", offer)).content.decode()
        browser.post(url("withdraw_host", offer), {"version": offer.version, "reason": "Уезжают"})

        assert mine.reference in asked
        assert "somebody whose case you do not see" in asked
        offer.refresh_from_db()
        site: Any = offer.site
        assert (offer.state, site.closed_on, site.no_new_since) == ("withdrawn", None, site.today(now))
        page = browser.get(url("host_offer", offer)).content.decode()
        assert reverse("case_housing", args=[mine.case.code]) in page
        assert hers.reference not in page
        assert "Тайнова" not in page
        assert "move those who live there" in browser.get(reverse("housing_hosts")).content.decode()
        assert "Takes nobody new" in browser.get(reverse("site", args=[site.pk])).content.decode()
        with pytest.raises(actions.UnableToPlace, match="takes nobody new") as refusal:
            book({make_client(): first}, now=now, since=today + 9 * DAY, until=today + 20 * DAY)
        assert refusal.value.hindrances[0].asks == ""
        assert not Bed.objects.free(today + 9 * DAY, today + 20 * DAY, now).exists()
        with pytest.raises(actions.UnableToPlace, match="takes nobody new"):
            actions.extend(placements=rows, until=today + 12 * DAY, by=keeper, now=now)
        actions.extend(placements=rows, until=today + 12 * DAY, reason="До автобуса", by=keeper, now=now)

    def test_the_board_shows_beds_of_such_a_place_as_blocked(self, keeper: User, today: date) -> None:
        offer, browser = offered(keeper, "in_use"), signed_in(keeper)
        bed = Bed.objects.with_place().order_by("label")[0]
        book({make_client(): bed}, now=timezone.now(), since=today, until=today + 9 * DAY)
        browser.post(url("withdraw_host", offer), {"version": offer.version, "reason": "Уезжают"})

        page = browser.get(reverse("housing_board"))

        lines = page.context["sites"][0]["units"][0].lines
        assert [[cell.state for cell in line.cells][-1] for line in lines] == ["blocked", "blocked"]
        assert "blocked: takes nobody new" in page.content.decode()

    def test_when_the_last_has_left_the_page_leads_to_closing_the_site(self, keeper: User, today: date) -> None:
        offer, browser = offered(keeper, "in_use"), signed_in(keeper)
        now = timezone.now()
        bed = Bed.objects.with_place().order_by("label")[0]
        rows = book({make_client(team=team_of(keeper)): bed}, now=now, since=today, until=None, checks_in=True)
        browser.post(url("withdraw_host", offer), {"version": offer.version, "reason": "Уезжают"})
        actions.check_out(placements=rows, on=today, ending="place_ended", by=keeper, now=now)

        listed = browser.get(reverse("housing_hosts")).content.decode()
        page = browser.get(url("host_offer", offer)).content.decode()

        assert "nobody lives there any more: close the site" in listed
        assert reverse("close_site", args=[offer.site_id]) in page

    def test_who_does_not_keep_the_place_is_not_led_to_its_host(self, keeper: User, today: date) -> None:
        offer = offered(keeper, "in_use")
        Site.objects.update(no_new_since=today)
        reader = make_user(team=team_of(keeper))
        make_membership(reader, Role.COORDINATOR, team=make_team())
        address = reverse("site", args=[offer.site_id])

        theirs, his = (signed_in(user).get(address).content.decode() for user in (keeper, reader))

        assert "Takes nobody new" in his
        assert url("host_offer", offer) in theirs
        assert url("host_offer", offer) not in his

    def test_such_a_place_is_in_use_again_only_with_its_host(self, keeper: User, today: date) -> None:
        offer, browser = offered(keeper, "in_use"), signed_in(keeper)
        browser.post(url("withdraw_host", offer), {"version": offer.version, "reason": "Уезжают"})
        site = Site.objects.get()

        alone = browser.post(reverse("reopen_site", args=[site.pk]), {"version": site.version}).content.decode()
        assert "The host took their offer back." in alone

        for name, data in {
            "reconsider_host": {},
            "record_visit": {"needed": NEEDED, "visited_by": str(keeper.pk), **day("on", today)},
            "accept_host": {},
            "take_host_into_use": {"existing": str(site.pk), "beds": "2", "teams": [str(team_of(keeper).pk)]},
        }.items():
            offer.refresh_from_db()
            assert browser.post(url(name, offer), {"version": offer.version, **data}).status_code == 302, name
        site.refresh_from_db()
        assert (site.closed_on, site.no_new_since, Site.objects.count()) == (None, None, 1)
        assert Bed.objects.in_use().count() == 2


def test_a_place_that_is_there_already_is_that_of_a_host_and_of_no_second(keeper: User) -> None:
    offer, second = offered(keeper, "accepted"), offered(keeper, "accepted")
    site = make_site(team=team_of(keeper), by=keeper)
    make_bed(site=site)
    browser = signed_in(keeper)
    typed = {"version": offer.version, "existing": str(site.pk), "beds": "2", "teams": [str(team_of(keeper).pk)]}

    answer = browser.post(url("take_host_into_use", offer), typed)

    assert answer.url == reverse("site", args=[site.pk])
    offer.refresh_from_db()
    assert (offer.site, Bed.objects.count()) == (site, 1)
    assert "Select a valid choice." in browser.post(url("take_host_into_use", second), typed).content.decode()
    with pytest.raises(actions.UnableToKeepHostOffer, match="another host"):
        actions.take_host_into_use_at(offer=second, site=site, version=second.version, by=keeper, now=timezone.now())


def test_a_place_that_somebody_does_not_keep_is_not_that_of_their_host(keeper: User) -> None:
    offer, foreign = offered(keeper, "accepted"), make_site()
    browser = signed_in(keeper)
    typed = {"version": offer.version, "existing": str(foreign.pk), "beds": "2", "teams": [str(team_of(keeper).pk)]}

    assert foreign.code not in browser.get(url("take_host_into_use", offer)).content.decode()
    assert "Select a valid choice." in browser.post(url("take_host_into_use", offer), typed).content.decode()
    assert not HostOffer.objects.filter(site=foreign).exists()


def test_a_new_place_wants_a_code_and_a_name(keeper: User) -> None:
    offer = offered(keeper, "accepted")
    typed = {"version": offer.version, "existing": "new", "beds": "2", "teams": [str(team_of(keeper).pk)]}

    page = signed_in(keeper).post(url("take_host_into_use", offer), typed).content.decode()

    assert "Give the site a code, such as BSK-1." in page
    assert not Site.objects.exists()


def test_hosts_of_another_team_are_not_there(keeper: User) -> None:
    offer = offered(keeper)
    reader = make_user(team=team_of(keeper))
    make_membership(reader, Role.COORDINATOR, team=make_team())
    browser = signed_in(reader)

    addresses = [url(name, offer) for name in ALL_OF_ONE]

    assert {browser.get(address).status_code for address in addresses} == {404}
    assert {browser.post(address).status_code for address in addresses[1:]} == {404}
    assert browser.get(reverse("host_offer", args=[uuid.uuid4()])).status_code == 404
    assert "Хозяйка" not in browser.get(reverse("housing_hosts")).content.decode()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER])
def test_other_roles_know_of_no_hosts(keeper: User, role: Role) -> None:
    offer = offered(keeper)
    browser = signed_in(make_user(role, team=team_of(keeper) if role == Role.CASEWORKER else None))

    addresses = [*(url(name, offer) for name in ALL_OF_ONE), reverse("housing_hosts"), reverse("record_host_offer")]

    assert {browser.get(address).status_code for address in addresses} == {403}


def test_pages_of_hosts_take_few_queries_at_every_size(keeper: User) -> None:
    browser, offer = signed_in(keeper), offered(keeper, "in_use")
    pages = (reverse("housing_hosts"), url("host_offer", offer))

    def queries() -> list[int]:
        counts = []
        for page in pages:
            with counted_queries() as made:
                browser.get(page)
            counts.append(len(made))
        return counts

    queries()
    few = queries()
    for state in ("offered", "visited", "accepted", "in_use"):
        offered(keeper, state)

    assert queries() == few
    assert max(few) <= 12


def test_in_russian_nothing_is_left_in_english(keeper: User) -> None:
    keeper.language = "ru"
    keeper.save()
    offer, browser = offered(keeper, "visited"), signed_in(keeper)

    listed = browser.get(reverse("housing_hosts")).content.decode()
    page = browser.get(url("host_offer", offer)).content.decode()

    assert "принять или нет" in listed
    assert "Что обнаружено" in page
    assert "accept it" not in listed + page
