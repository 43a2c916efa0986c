"""What is done for people: asked for, approved by another, delivered, taken back; and what stands in the way."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import services
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Service
from casework.clients.models.service import TRANSITIONS
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_cash, make_programme, make_service
from tests.racing import at_once

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def deliver(service: Service, **fields: Any) -> Service:
    known: dict[str, Any] = {"on": TODAY, "today": TODAY, "version": service.version, "by": service.asked_by}
    return services.deliver_service(service=service, now=NOW, **(known | fields))


def coordinator_of(case: Case) -> User:
    return make_user(Role.COORDINATOR, team=case.team)


def test_something_is_asked_for_and_delivered_and_each_step_is_an_event_of_the_case() -> None:
    client = make_client()
    service = deliver(make_service(client.case, people=[client]), receipt="A-1")

    assert (service.state, service.delivered_on, service.receipt) == ("delivered", TODAY, "A-1")
    kinds = (
        Event.objects.filter(case_id=client.case_id, type__startswith="clients.service")
        .order_by("id")
        .values_list("type")
    )
    assert [kind for (kind,) in kinds] == ["clients.service_asked", "clients.service_delivered"]


def test_cash_up_to_the_limit_needs_nobody_and_above_it_another_person() -> None:
    case, programme = make_case(), make_programme(approval_above=Decimal(5000))

    small, large = (make_cash(case, amount=amount, programme=programme) for amount in (5000, 5001))

    assert (small.needs_approval, large.needs_approval) == (False, True)
    assert deliver(small).state == "delivered"
    with pytest.raises(services.UnableToDeliverService, match="approve it first"):
        deliver(large)


def test_cash_without_a_programme_always_needs_another_person() -> None:
    assert make_cash(make_case(), amount=1).needs_approval


def test_who_asked_cannot_approve_and_neither_can_a_caseworker() -> None:
    case = make_case()
    coordinator = coordinator_of(case)
    service = make_cash(case, by=coordinator)

    with pytest.raises(services.UnableToDecideOnService, match="somebody else"):
        services.approve_service(service=service, version=1, by=coordinator, now=NOW)
    with pytest.raises(services.UnableToDecideOnService, match="coordinator of the team"):
        services.approve_service(service=service, version=1, by=make_user(team=case.team), now=NOW)
    with pytest.raises(services.UnableToDecideOnService, match="coordinator of the team"):
        services.approve_service(service=service, version=1, by=make_user(Role.COORDINATOR), now=NOW)


def test_an_approved_one_is_delivered_and_taken_back_within_a_day() -> None:
    service = make_cash(make_case())
    approved = services.approve_service(service=service, version=1, by=coordinator_of(service.case), now=NOW)
    delivered = deliver(approved)

    late = NOW + timedelta(hours=24, seconds=1)
    with pytest.raises(services.UnableToDeliverService, match="more than a day"):
        services.undo_delivery(service=delivered, version=delivered.version, by=service.asked_by, now=late)
    undone = services.undo_delivery(
        service=delivered, version=delivered.version, by=service.asked_by, now=NOW + timedelta(hours=24)
    )

    assert (undone.state, undone.delivered_on) == ("approved", None)


def test_a_refused_one_says_why_and_goes_no_further() -> None:
    service = make_cash(make_case())
    refused = services.refuse_service(
        service=service, why="no_money", words="Invented.", version=1, by=coordinator_of(service.case), now=NOW
    )

    assert (refused.state, refused.why, refused.why_words) == ("refused", "no_money", "Invented.")
    with pytest.raises(services.UnableToDeliverService, match="refused already"):
        deliver(refused)
    with pytest.raises(services.UnableToEndService, match="refused already"):
        services.cancel_service(service=refused, why="mistake", version=2, by=service.asked_by, now=NOW)


def test_what_was_approved_keeps_its_amount() -> None:
    service = make_cash(make_case())
    service = services.approve_service(service=service, version=1, by=coordinator_of(service.case), now=NOW)

    with pytest.raises(services.UnableToRecordService, match="approved as it is"):
        services.change_service(service=service, version=2, amount=Decimal(9), by=service.asked_by, now=NOW)
    changed = services.change_service(service=service, version=2, note="Звонил.", by=service.asked_by, now=NOW)

    assert changed.note == "Звонил."


def test_an_amount_that_grows_above_the_limit_needs_approval_from_then_on() -> None:
    service = make_cash(make_case(), amount=100, programme=make_programme())

    changed = services.change_service(service=service, version=1, amount=Decimal(9000), by=service.asked_by, now=NOW)

    assert changed.needs_approval


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "cash"}, "amount"),
        ({"kind": "cash", "amount": Decimal(-1), "currency": "KGS"}, "amount"),
        ({"kind": "cash", "amount": Decimal(1), "currency": "ZZZ"}, "currency"),
        ({"kind": "in_kind", "quantity": Decimal(2)}, "quantity"),
        ({"kind": "rent", "amount": Decimal(1), "currency": "KGS", "period_from": date(2026, 2, 1),
          "period_until": date(2026, 1, 1)}, "period_until"),
        ({"kind": "cash_conditional", "amount": Decimal(1), "currency": "KGS"}, "condition"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(services.UnableToRecordService) as refused:
        make_service(make_case(), **fields)

    assert refused.value.field == field
    assert not Service.objects.exists()


def test_a_programme_pays_in_its_currency_for_what_it_is_for_and_while_it_runs() -> None:
    case = make_case()
    programme = make_programme(currency="KGS", pays_for=["cash"], ends_on=TODAY - timedelta(days=1))

    with pytest.raises(services.UnableToRecordService, match="pays in KGS"):
        make_service(case, kind="cash", amount=Decimal(5), currency="USD", programme=programme)
    with pytest.raises(services.UnableToRecordService, match="does not pay for that"):
        make_service(case, programme=programme)
    with pytest.raises(services.UnableToDeliverService, match="did not run"):
        deliver(make_cash(case, programme=programme))


def test_a_condition_must_be_met_before_it_is_paid() -> None:
    service = make_service(
        make_case(),
        kind="cash_conditional",
        amount=Decimal(5),
        currency="KGS",
        condition="Ходит на курсы",
        programme=make_programme(),
    )

    with pytest.raises(services.UnableToDeliverService, match="condition was met"):
        deliver(service)
    assert deliver(service, condition_met=True).condition_met is True


def test_people_of_another_case_are_refused() -> None:
    with pytest.raises(services.UnableToRecordService, match="people of this case"):
        make_service(make_case(), people=[make_client()])


def test_nothing_is_delivered_tomorrow() -> None:
    with pytest.raises(services.UnableToDeliverService, match="not come yet"):
        deliver(make_service(make_case()), on=TODAY + timedelta(days=1))


def test_the_table_of_states_is_complete() -> None:
    assert set(TRANSITIONS) == set(Service.State)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount": Decimal(-1), "currency": "KGS"}, "service_money_has_its_currency"),
        ({"amount": Decimal(1)}, "service_money_has_its_currency"),
        ({"currency": "KGS"}, "service_money_has_its_currency"),
        ({"kind": "rent"}, "service_of_money_has_its_amount"),
        ({"unit": "kg"}, "service_quantity_is_positive"),
        ({"state": "delivered"}, "service_delivered_has_its_day"),
        ({"delivered_on": TODAY}, "service_delivered_has_its_day"),
        ({"state": "approved"}, "service_approved_or_refused_by_somebody"),
        ({"state": "cancelled"}, "service_ended_says_why"),
        ({"why": "other"}, "service_ended_says_why"),
        ({"paid_to": "owner"}, "service_rent_is_paid_to"),
        ({"period_from": TODAY, "period_until": TODAY - timedelta(days=1)}, "service_period_ends_after_it_begins"),
    ],
)
def test_the_database_refuses(values: dict[str, Any], constraint: str) -> None:
    service = make_service(make_case())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(**values)


def test_the_database_refuses_the_approval_of_who_asked_and_a_delivery_without_one() -> None:
    service = make_cash(make_case())
    rows = Service.objects.filter(pk=service.pk)

    with pytest.raises(IntegrityError, match="service_decided_by_another"), transaction.atomic():
        rows.update(state="approved", decided_by=service.asked_by, decided_at=NOW)
    with pytest.raises(IntegrityError, match="service_approved_where_it_must_be"), transaction.atomic():
        rows.update(state="delivered", delivered_on=TODAY, delivered_at=NOW, delivered_by=service.asked_by)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_asks_once() -> None:
    case, token = make_case(), uuid.uuid4()
    worker = make_user(team=case.team)

    at_once(*[lambda: make_service(case, by=worker, service_id=token)] * 3)

    assert Service.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_once_one_counts() -> None:
    service = make_cash(make_case())
    both = [coordinator_of(service.case) for _number in range(2)]

    outcomes = at_once(
        *[lambda by=by: services.approve_service(service=service, version=1, by=by, now=NOW) for by in both]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhile", "Service"]
    assert any(isinstance(outcome, ChangedMeanwhile) for outcome in outcomes)


@pytest.mark.django_db(transaction=True)
def test_a_budget_is_not_exceeded_by_two_deliveries_at_once() -> None:
    programme = make_programme(budget=Decimal(7000))
    first, second = (make_cash(make_case(), programme=programme) for _number in range(2))

    outcomes = at_once(lambda: deliver(first), lambda: deliver(second))

    assert Service.objects.filter(state="delivered").count() == 1
    assert [type(it) for it in outcomes if not isinstance(it, Service)] == [services.UnableToDeliverService]
