"""Leases with their rents, offers of hosts from the first call to a site, and safety notes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.housing import actions
from casework.housing.models import HostOffer, Lease, LeaseRent, Placement, SafetyNote, Unit
from casework.housing.without_lease import without_lease_at_sites_of
from casework.lib.ids import new_id
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import (
    TODAY,
    accepted_host,
    book,
    make_bed,
    make_beds,
    make_host,
    make_lease,
    make_site,
    make_unit,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_lease_is_recorded_once_with_its_first_rent() -> None:
    site, token = make_site(), new_id()
    for _ in range(2):
        lease = make_lease(site, lease_id=token)

    assert LeaseRent.objects.get().amount == 40000
    assert (lease.last_day, lease.place) == (date(2026, 12, 31), site.code)
    assert Lease.objects.get().landlord_name == "Хозяин Вымышленный"
    assert Event.objects.filter(type="housing.lease_recorded").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": date(2026, 1, 1)}, "until"),
        ({"notice_on": date(2027, 1, 1)}, "notice_on"),
        ({"currency": "???"}, "currency"),
        ({"deposit": Decimal(-1)}, "deposit"),
        ({"rent": Decimal(-1)}, "rent"),
    ],
)
def test_an_impossible_lease_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(actions.UnableToKeepLease) as refusal:
        make_lease(make_site(), **fields)

    assert refusal.value.field == field


def test_two_leases_of_one_place_share_no_day() -> None:
    site = make_site()
    unit, other = make_unit(site), make_unit(site)
    lease = make_lease(site, unit)

    with pytest.raises(actions.UnableToKeepLease, match="from 1 Jan 2026 to 1 Jan 2027"):
        make_lease(site, unit, since=date(2026, 12, 31), until=None)
    later = make_lease(site, unit, since=date(2027, 1, 1), until=None)
    make_lease(site, other)
    whole = make_lease(site)
    with pytest.raises(actions.UnableToKeepLease, match="another site"):
        make_lease(make_site(), unit)
    with pytest.raises(actions.UnableToKeepLease):
        actions.change_lease(lease=lease, version=1, until=date(2027, 1, 2), by=make_user(), now=NOW)

    assert whole.unit is None
    with pytest.raises(IntegrityError, match="lease_of_a_unit_once"):
        Lease.objects.filter(pk=later.pk).update(since=date(2026, 12, 1))


def test_a_whole_site_is_leased_once() -> None:
    site = make_site()
    make_lease(site)
    later = make_lease(site, since=date(2027, 1, 1), until=None)

    with pytest.raises(IntegrityError, match="lease_of_a_whole_site_once"):
        Lease.objects.filter(pk=later.pk).update(since=date(2026, 12, 1))


def test_rents_are_kept_by_the_day_from_which_they_hold() -> None:
    lease, by = make_lease(make_site()), make_user()
    change: dict[str, Any] = {"lease": lease, "by": by, "now": NOW}

    for amount in (90000, 95000):
        actions.change_rent(**change, since=date(2026, 10, 1), amount=Decimal(amount))
    weekly = actions.change_rent(**change, since=date(2026, 11, 1), amount=Decimal(21000), per="week")

    assert list(lease.rents.order_by("since").values_list("amount", flat=True)) == [40000, 95000, 21000]
    assert weekly.a_night == 3000
    for wrong in ({"since": date(2025, 1, 1)}, {"since": date(2027, 1, 1)}, {"per": "year"}, {"amount": Decimal(-1)}):
        with pytest.raises(actions.UnableToKeepLease):
            actions.change_rent(**change, **({"since": TODAY, "amount": Decimal(1)} | wrong))
    actions.remove_rent(rent=weekly, by=by, now=NOW)
    assert lease.rents.count() == 2


def test_notice_is_given_and_asked_for_no_more() -> None:
    lease, by = make_lease(make_site(), notice_on=TODAY + 9 * DAY), make_user()
    due = Lease.objects.notice_due_between(TODAY, TODAY + 14 * DAY)
    assert list(due.all()) == [lease]

    lease = actions.give_notice(lease=lease, on=TODAY, until=TODAY + 5 * DAY, version=1, by=by, now=NOW)

    assert (lease.notice_on, lease.until) == (None, TODAY + 5 * DAY)
    assert not due.all().exists()
    assert list(Lease.objects.ending_between(TODAY, TODAY + 9 * DAY)) == [lease]
    with pytest.raises(ChangedMeanwhile):
        actions.change_lease(lease=lease, version=1, until=None, by=by, now=NOW)


def test_leases_are_read_by_those_who_keep_the_site() -> None:
    coordinator = make_user(Role.COORDINATOR)
    site = make_site(team=team_of(coordinator))
    make_lease(site)

    assert Lease.objects.usable_by(coordinator, NOW).count() == 1
    assert not Lease.objects.usable_by(make_user(team=team_of(coordinator)), NOW).exists()


def test_nobody_is_placed_outside_a_lease_but_for_a_reason() -> None:
    bed, client = make_bed(), make_client()
    make_lease(bed.unit.site, until=TODAY + 5 * DAY)

    with pytest.raises(actions.UnableToPlace, match="no lease holds") as refusal:
        book({client: bed})
    book({client: bed}, until=TODAY + 5 * DAY)
    rows = list(Placement.objects.all())
    by = make_user()
    with pytest.raises(actions.UnableToPlace, match="no lease holds"):
        actions.extend(placements=rows, until=TODAY + 9 * DAY, by=by, now=NOW)
    (row,) = actions.extend(placements=rows, until=TODAY + 9 * DAY, reason="Продлим договор", by=by, now=NOW)

    assert refusal.value.hindrances[0].asks == "reason"
    assert row.exception == "Продлим договор"


def test_the_lease_of_another_unit_says_nothing_about_this_one() -> None:
    site = make_site()
    leased, free = make_beds(1, site=site)[0], make_beds(1, site=site)[0]
    make_lease(site, leased.unit, until=TODAY + DAY)

    book({make_client(): free})
    with pytest.raises(actions.UnableToPlace):
        book({make_client(): leased})


def test_a_host_is_visited_accepted_and_becomes_a_site_with_beds() -> None:
    offer, token, by = accepted_host(line="ул. Гостеприимная, 3", for_whom="women"), new_id(), make_user()

    site = actions.take_host_into_use(
        offer=offer, code="HOST-1", name="Семья", unit_label="Комната", site_id=token, version=4, by=by, now=NOW
    )
    offer.refresh_from_db()
    again = actions.take_host_into_use(
        offer=offer, code="HOST-1", name="Семья", unit_label="Комната", site_id=token, version=4, by=by, now=NOW
    )

    unit = Unit.objects.get()
    assert (offer.state, offer.site, again) == ("in_use", site, site)
    assert (site.kind, site.line, site.contact_name) == ("host_family", "ул. Гостеприимная, 3", "Хозяйка Придуманная")
    assert (unit.beds.count(), unit.for_whom, unit.registration_possible) == (2, "women", True)
    assert list(site.teams.all()) == [offer.team]


def test_a_host_is_not_accepted_before_what_must_be_found_was_found() -> None:
    offer, by = make_host(), make_user()
    with pytest.raises(actions.UnableToKeepHostOffer, match="does not follow"):
        actions.accept_host(offer=offer, version=1, by=by, now=NOW)
    offer = actions.record_visit(offer=offer, on=TODAY, found=["heated"], visited_by=by, version=1, by=by, now=NOW)

    with pytest.raises(actions.UnableToKeepHostOffer, match="no money is expected"):
        actions.accept_host(offer=offer, version=2, by=by, now=NOW)
    with pytest.raises(actions.UnableToKeepHostOffer):
        actions.record_visit(offer=offer, on=TODAY, found=["ghosts"], visited_by=by, version=2, by=by, now=NOW)
    with pytest.raises(actions.UnableToKeepHostOffer):
        actions.record_visit(offer=offer, on=TODAY + DAY, found=[], visited_by=by, version=2, by=by, now=NOW)


def test_a_host_is_declined_with_a_reason_and_taken_up_again() -> None:
    offer, by = make_host(), make_user()
    with pytest.raises(actions.UnableToKeepHostOffer):
        actions.decline_host(offer=offer, reason=" ", version=1, by=by, now=NOW)
    offer = actions.decline_host(offer=offer, reason="Просит денег", version=1, by=by, now=NOW)
    assert not HostOffer.objects.open().exists()
    offer = actions.reconsider_host(offer=offer, version=2, by=by, now=NOW)
    offer = actions.withdraw_host(offer=offer, reason="Не сказали", version=3, by=by, now=NOW)

    assert offer.state == "withdrawn"
    assert set(HostOffer.TRANSITIONS) == set(HostOffer.State)


def test_a_host_is_recorded_once_under_a_key_of_their_own_and_changed() -> None:
    token, by = new_id(), make_user()
    team = team_of(by)
    for _ in range(2):
        offer = make_host(team=team, by=by, offer_id=token)

    offer = actions.change_host_offer(offer=offer, version=1, beds=3, by=by, now=NOW)
    for wrong in ({"beds": 0}, {"until": TODAY}):
        with pytest.raises(actions.UnableToKeepHostOffer):
            actions.change_host_offer(offer=offer, version=2, by=by, now=NOW, **wrong)

    assert DataKey.objects.filter(owner_kind="site").count() == HostOffer.objects.count() == 1
    assert HostOffer.objects.visible_to(make_user(Role.COORDINATOR, team=team), NOW).count() == 1
    assert not HostOffer.objects.visible_to(by, NOW).exists()


def test_a_safety_note_is_read_by_those_who_keep_the_site_and_others_learn_that_there_is_one() -> None:
    coordinator = make_user(Role.COORDINATOR)
    worker, site, token = make_user(team=team_of(coordinator)), make_site(team=team_of(coordinator)), new_id()
    for _ in range(2):
        note = actions.write_safety_note(
            site=site, text="Сосед служит в полиции", note_id=token, by=coordinator, now=NOW
        )

    assert SafetyNote.objects.readable_by(coordinator, NOW).get().text == "Сосед служит в полиции"
    assert not SafetyNote.objects.readable_by(worker, NOW).exists()
    assert SafetyNote.objects.standing().filter(site=site).exists()
    with pytest.raises(actions.UnableToKeepHostOffer):
        actions.write_safety_note(site=site, text=" ", by=coordinator, now=NOW)
    for _ in range(2):
        note = actions.withdraw_safety_note(note=note, by=coordinator, now=NOW)
    assert not SafetyNote.objects.standing().exists()
    assert Event.objects.filter(type="housing.safety_note_withdrawn").count() == 1


@pytest.mark.parametrize(
    ("model", "name", "values"),
    [
        (Lease, "lease_lasts_a_day_at_least", {"until": date(2026, 1, 1)}),
        (Lease, "lease_ends_after_it_begins", {"until": date(2025, 1, 1)}),
        (Lease, "lease_currency_is_a_code", {"currency": "som"}),
        (Lease, "lease_deposit_not_below_zero", {"deposit": -1}),
        (Lease, "lease_notice_before_its_end", {"notice_on": date(2027, 1, 1)}),
        (LeaseRent, "rent_not_below_zero", {"amount": -1}),
        (LeaseRent, "rent_per_known", {"per": "year"}),
        (HostOffer, "host_state_known", {"state": "lost"}),
        (HostOffer, "host_offer_ends_after_it_begins", {"until": date(2020, 1, 1)}),
        (HostOffer, "host_offers_a_bed_at_least", {"beds": 0}),
        (HostOffer, "host_for_whom_known", {"for_whom": "cats"}),
        (HostOffer, "host_visited_by_somebody", {"visited_on": TODAY}),
        (HostOffer, "host_accepted_after_a_visit", {"state": "visited"}),
        (HostOffer, "host_found_what_we_look_for", {"found": ["ghosts"]}),
        (SafetyNote, "safety_note_withdrawn_by_somebody", {"withdrawn_at": NOW}),
    ],
)
def test_what_must_never_be_the_database_refuses(model: Any, name: str, values: dict[str, Any]) -> None:
    site = make_site()
    make_lease(site)
    make_host()
    actions.write_safety_note(site=site, text="x", by=site.created_by, now=NOW)
    # A lease that ends before it begins breaks two rules, of which the first by name is told.
    name = f"{name}|lease_ends_after_it_begins|lease_lasts_a_day_at_least" if "until" in values else name

    with pytest.raises(IntegrityError, match=name):
        model.objects.update(**values)


def test_a_host_in_use_has_a_site() -> None:
    offer = accepted_host()

    with pytest.raises(IntegrityError, match="host_in_use_has_a_site"):
        HostOffer.objects.filter(pk=offer.pk).update(state="in_use")


def test_a_rent_is_there_once_a_day() -> None:
    lease = make_lease(make_site())

    with pytest.raises(IntegrityError, match="rent_of_a_lease_once_a_day"):
        LeaseRent.objects.create(lease=lease, since=lease.since, amount=1)


def test_who_is_left_without_a_lease_is_told_to_those_who_keep_the_place() -> None:
    keeper = make_user(Role.COORDINATOR)
    site, person = make_site(team=team_of(keeper), by=keeper), make_client(team=team_of(keeper), by=keeper)
    make_lease(site, until=TODAY + 5 * DAY)
    [row] = book({person: make_bed(site=site)}, by=keeper, reason="До автобуса")

    assert [it.placement for it in without_lease_at_sites_of(keeper, NOW)] == [row]
    for other in (make_user(Role.COORDINATOR), make_user(team=team_of(keeper))):
        assert without_lease_at_sites_of(other, NOW) == []
