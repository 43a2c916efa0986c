"""The directory of partners: kept, verified, archived; what the database refuses."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Partner, PartnerService
from tests.factories.accounts import NOW, make_user
from tests.factories.referrals import make_offer, make_partner
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def test_a_partner_sent_twice_is_one() -> None:
    by, token = make_user(Role.ADMINISTRATOR), uuid.uuid4()

    first = make_partner(by=by, name="Clinic", partner_id=token)
    second = make_partner(by=by, name="Clinic", partner_id=token)

    assert first == second
    assert Event.objects.filter(type="clients.partner_recorded").count() == 1


def test_who_can_be_reached_there_lies_sealed() -> None:
    partner = make_partner(focal_point="Вымышленная Л.", email="nobody@example.org")

    stored = Partner.objects.get()

    assert "Вымышленная".encode() not in bytes(stored.focal_point_sealed)  # type: ignore[attr-defined]
    assert b"nobody" not in bytes(stored.email_sealed)  # type: ignore[attr-defined]
    assert Partner.objects.get().focal_point == "Вымышленная Л."
    assert partner.data_key.owner_kind == "organisation"


def test_the_same_name_in_one_country_is_refused_whatever_its_letters() -> None:
    make_partner(name="Clinic")

    with pytest.raises(actions.UnableToKeepPartner) as refused:
        make_partner(name="CLINIC")

    assert refused.value.field == "name"
    assert make_partner(name="Clinic", country="KG").pk


def test_the_name_of_an_archived_partner_is_free_and_keeps_it_from_coming_back() -> None:
    by, partner = make_user(Role.ADMINISTRATOR), make_partner(name="Clinic")
    actions.archive_partner(partner=partner, version=1, by=by, now=NOW)
    make_partner(name="Clinic")

    with pytest.raises(actions.UnableToKeepPartner):
        actions.restore_partner(partner=partner, version=2, by=by, now=NOW)


def test_an_agreement_that_ends_is_an_agreement() -> None:
    with pytest.raises(actions.UnableToKeepPartner):
        make_partner(agreement="no", agreement_until=date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="partner_agreement_until_of_an_agreement"):
        Partner.objects.filter(pk=make_partner().pk).update(agreement_until=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": ""}, "partner_has_a_name"),
        ({"may_receive": ["everything"]}, "partner_may_receive_what_we_know"),
        ({"verified_on": date(2026, 1, 1)}, "partner_verified_by_somebody"),
    ],
)
def test_what_a_partner_must_never_be(values: dict[str, object], constraint: str) -> None:
    partner = make_partner()

    with pytest.raises(IntegrityError, match=constraint):
        Partner.objects.filter(pk=partner.pk).update(**values)


def test_the_database_refuses_two_partners_of_one_name() -> None:
    make_partner(name="Clinic")
    other = make_partner()

    with pytest.raises(IntegrityError, match="partner_in_use_once"):
        Partner.objects.filter(pk=other.pk).update(name="clinic")


def test_a_partner_is_stale_180_days_after_somebody_asked() -> None:
    partner, today = make_partner(), date(2026, 11, 22)
    assert partner.is_stale(today)

    partner = actions.verify_partner(partner=partner, today=today, by=make_user(), now=NOW)

    assert not partner.is_stale(today + timedelta(days=180))
    assert partner.is_stale(today + timedelta(days=181))


def test_once_an_agreement_has_ended_nothing_but_the_code_may_go() -> None:
    partner = make_partner(agreement="yes", agreement_until=date(2026, 11, 22), may_receive=["name"])

    assert partner.receives(date(2026, 11, 22)) == {"name"}
    assert partner.receives(date(2026, 11, 23)) == frozenset()


def test_two_who_change_a_partner_both_keep_what_they_typed() -> None:
    partner = make_partner()
    actions.change_partner(partner=partner, version=1, by=make_user(), now=NOW, phone="+7 727 0000001")

    with pytest.raises(ChangedMeanwhile):
        actions.change_partner(partner=partner, version=1, by=make_user(), now=NOW, phone="+7 727 0000002")


def test_the_audit_says_which_fields_changed_and_not_to_what() -> None:
    partner = make_partner()
    actions.change_partner(partner=partner, version=1, by=make_user(), now=NOW, phone="+7 727 0000001")

    assert Event.objects.get(type="clients.partner_changed").data == {"fields": ["phone"]}


def test_what_is_offered_is_recorded_once() -> None:
    partner = make_partner()
    make_offer(partner)

    with pytest.raises(actions.UnableToKeepPartner):
        make_offer(partner, town="ALMATY")
    with pytest.raises(IntegrityError, match="partner_service_offered_once"):
        PartnerService.objects.create(partner=partner, kind="legal", country="KZ", town="almaty")


def test_what_has_ended_can_be_offered_anew() -> None:
    partner, by = make_partner(), make_user()
    offer = make_offer(partner)

    actions.end_offer(offer=offer, version=1, by=by, now=NOW)

    assert not PartnerService.objects.offered().exists()  # type: ignore[attr-defined]
    assert make_offer(partner).pk != offer.pk


def test_what_is_offered_in_a_whole_country_is_offered_in_each_town() -> None:
    partner = make_partner()
    everywhere, almaty, astana = (make_offer(partner, town=town) for town in ("", "Almaty", "Astana"))

    found = set(PartnerService.objects.in_town("almaty"))  # type: ignore[attr-defined]

    assert found == {everywhere, almaty}
    assert astana not in found


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_name_at_once_one_is_told() -> None:
    by = make_user(Role.ADMINISTRATOR)

    outcomes = at_once(*[lambda: make_partner(by=by, name="Clinic")] * 3)

    assert Partner.objects.count() == 1
    assert sum(isinstance(outcome, actions.UnableToKeepPartner) for outcome in outcomes) == 2
