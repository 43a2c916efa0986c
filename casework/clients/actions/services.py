"""What can happen to a service: asked for, changed, approved, refused, delivered, taken back, cancelled."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.money import is_currency
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Case, Client, Need, Programme, Service, ServicePerson
from ..models.service import OF_MONEY, TRANSITIONS
from .programmes import committed_by

# For so long a delivery can be taken back; later it is in somebody's books.
TAKEN_BACK_WITHIN = timedelta(hours=24)


class ServiceFields(TypedDict, total=False):
    kind: str
    need: Need | None
    programme: Programme | None
    planned_on: date | None
    amount: Decimal | None
    currency: str
    period_from: date | None
    period_until: date | None
    paid_to: str
    item: str
    quantity: Decimal | None
    unit: str
    condition: str
    condition_met: bool | None
    receipt: str
    note: str


class UnableToRecordService(Refusal):
    pass


class UnableToDecideOnService(Refusal):
    pass


class UnableToDeliverService(Refusal):
    pass


class UnableToEndService(Refusal):
    pass


@transaction.atomic
def ask_for_service(
    *,
    case: Case,
    people: Collection[Client],
    by: User,
    now: datetime,
    service_id: UUID | None = None,
    **fields: Unpack[ServiceFields],
) -> Service:
    """Ask for something for these people of the case, or, if none is named, for everybody in it.

    Sent twice with the same `service_id`, it is asked for once.
    """
    service = Service(id=service_id or new_id(), data_key=case.data_key, case=case, asked_by=by, asked_at=now)
    _fill(service, dict(fields))
    _refuse_impossible(service, people)
    service.needs_approval = needs_approval(service)
    service, is_new = insert_once(service, case_id=case.pk)
    if is_new:
        ServicePerson.objects.bulk_create(ServicePerson(service=service, client=client) for client in people)
        _say("clients.service_asked", service, by, now, people=len(people))
    return service


@transaction.atomic
def change_service(
    *,
    service: Service,
    version: int,
    by: User,
    now: datetime,
    people: Collection[Client] | None = None,
    **fields: Unpack[ServiceFields],
) -> Service:
    """Change what is under way. Raises ChangedMeanwhile.

    What was approved keeps its kind, amount, currency and programme: somebody else stood behind them.
    """
    values: dict[str, Any] = dict(fields)
    service = locked(service, version=version, mine=values)
    if not service.is_under_way:
        raise UnableToRecordService(_("This is %(state)s and does not change any more.") % _state_of(service))
    if service.state == Service.State.APPROVED and any(
        name in values and values[name] != getattr(service, name)
        for name in ("kind", "amount", "currency", "programme")
    ):
        raise UnableToRecordService(
            _("It was approved as it is. Cancel it and ask for another one if the amount or the programme changes."),
            field="amount",
        )
    before = list(service.people.all())
    wanted = before if people is None else list(people)
    _refuse_impossible(_as_changed(service, values), wanted)
    changed = write(service, values)
    approval = needs_approval(service)
    if service.state == Service.State.ASKED and approval != service.needs_approval:
        service.needs_approval = approval
        service.save(update_fields=["needs_approval"])
    if {client.pk for client in wanted} != {client.pk for client in before}:
        service.for_people.all().delete()
        ServicePerson.objects.bulk_create(ServicePerson(service=service, client=client) for client in wanted)
        changed.append("people")
        if changed == ["people"]:
            service.version += 1
            service.save(update_fields=["version"])
    if changed:
        _say("clients.service_changed", service, by, now, fields=sorted(changed))
    return service


@transaction.atomic
def approve_service(*, service: Service, version: int, by: User, now: datetime) -> Service:
    """Let it be delivered. By a coordinator of the team who did not ask for it. Raises ChangedMeanwhile."""
    service = _moving(service, Service.State.APPROVED, version, UnableToDecideOnService)
    _refuse_decision_of(service, by, now)
    _refuse_over_budget(service, UnableToDecideOnService)
    _move(service, Service.State.APPROVED, decided_by=by, decided_at=now)
    _say("clients.service_approved", service, by, now)
    return service


@transaction.atomic
def refuse_service(*, service: Service, why: str, version: int, by: User, now: datetime, words: str = "") -> Service:
    """Say no, with the reason. By a coordinator of the team who did not ask for it. Raises ChangedMeanwhile."""
    service = _moving(service, Service.State.REFUSED, version, UnableToDecideOnService)
    _refuse_decision_of(service, by, now)
    _move(
        service,
        Service.State.REFUSED,
        decided_by=by,
        decided_at=now,
        ended_by=by,
        ended_at=now,
        why=why,
        why_words=words,
    )
    _say("clients.service_refused", service, by, now, why=why)
    return service


@transaction.atomic
def deliver_service(
    *,
    service: Service,
    on: date,
    today: date,
    version: int,
    by: User,
    now: datetime,
    receipt: str | None = None,
    condition_met: bool | None = None,
) -> Service:
    """Record that they have it. Raises ChangedMeanwhile, and UnableToDeliverService with what is in the way."""
    service = _moving(service, Service.State.DELIVERED, version, UnableToDeliverService)
    if on > today:
        raise UnableToDeliverService(_("This day has not come yet."), field="on")
    if service.needs_approval and service.decided_by_id is None:
        raise UnableToDeliverService(_("Somebody else must approve it first: it is above the limit of the programme."))
    if service.programme is not None and not service.programme.runs_on(on):
        raise UnableToDeliverService(_("The programme did not run on that day."), field="on")
    met = service.condition_met if condition_met is None else condition_met
    if service.kind == Service.Kind.CASH_CONDITIONAL and met is not True:
        raise UnableToDeliverService(
            _("Say that the condition was met; before that it is not paid."), field="condition_met"
        )
    _refuse_over_budget(service, UnableToDeliverService)
    values: dict[str, Any] = {"delivered_on": on, "delivered_by": by, "delivered_at": now, "condition_met": met}
    if receipt is not None:
        values["receipt"] = receipt
    _move(service, Service.State.DELIVERED, **values)
    _say("clients.service_delivered", service, by, now)
    return service


@transaction.atomic
def undo_delivery(*, service: Service, version: int, by: User, now: datetime) -> Service:
    """Take back that it was delivered, within a day of saying so. Raises ChangedMeanwhile."""
    service = locked(service, version=version)
    if service.state != Service.State.DELIVERED or service.delivered_at is None:
        raise UnableToDeliverService(_("This is not recorded as delivered."))
    if now - service.delivered_at > TAKEN_BACK_WITHIN:
        raise UnableToDeliverService(
            _("It was recorded more than a day ago, so it is in the books. Write a note of what was wrong.")
        )
    state = Service.State.ASKED if service.decided_by_id is None else Service.State.APPROVED
    _move(service, state, delivered_on=None, delivered_by=None, delivered_at=None)
    _say("clients.service_delivery_undone", service, by, now)
    return service


@transaction.atomic
def cancel_service(*, service: Service, why: str, version: int, by: User, now: datetime, words: str = "") -> Service:
    """End what will not be delivered, with the reason. Raises ChangedMeanwhile."""
    service = _moving(service, Service.State.CANCELLED, version, UnableToEndService)
    _move(service, Service.State.CANCELLED, ended_by=by, ended_at=now, why=why, why_words=words)
    _say("clients.service_cancelled", service, by, now, why=why)
    return service


def needs_approval(service: Service) -> bool:
    """Whether a second person must agree: to cash and rent above the limit of the programme.

    Without a programme nobody has set a limit, so a second person must agree to any amount.
    """
    if service.kind not in OF_MONEY or service.amount is None:
        return False
    if service.programme is None:
        return True
    limit = service.programme.approval_above
    return limit is not None and service.amount > limit


def why_not_decide(service: Service, by: User, now: datetime) -> str:
    """Return the sentence that says why this person cannot approve or refuse, or ""."""
    if service.asked_by_id == by.pk:
        return _("You asked for it, so somebody else must decide.")
    if not memberships(by, Permission.CASE_ASSIGN, now).filter(team=service.case.team_id).exists():
        return _("A coordinator of the team decides.")
    return ""


def _refuse_decision_of(service: Service, by: User, now: datetime) -> None:
    if reason := why_not_decide(service, by, now):
        raise UnableToDecideOnService(reason)


def _refuse_over_budget(service: Service, refusal: type[Refusal]) -> None:
    """Raise if the programme has not enough left. The programme stays locked: of two at once the second sees the first."""
    if service.programme_id is None or service.amount is None:
        return
    programme = Programme.objects.select_for_update().get(pk=service.programme_id)
    if programme.budget is None:
        return
    left = programme.budget - committed_by(programme, without=service.pk)
    if service.amount > left:
        raise refusal(
            _("The programme has %(left)s %(currency)s left, which is not enough.")
            % {"left": left, "currency": programme.currency},
            field="amount",
        )


def _refuse_impossible(service: Service, people: Collection[Client]) -> None:
    if any(client.case_id != service.case_id for client in people):
        raise UnableToRecordService(_("Choose people of this case."), field="people")
    if service.need is not None and service.need.client.case_id != service.case_id:
        raise UnableToRecordService(_("Choose a need of somebody in this case."), field="need")
    _refuse_wrong_money(service)
    if service.quantity is not None and (service.quantity <= 0 or not service.unit):
        raise UnableToRecordService(_("Enter how many and of what, such as 2 sets."), field="quantity")
    if service.period_from and service.period_until and service.period_until < service.period_from:
        raise UnableToRecordService(_("The time ends before it begins."), field="period_until")
    if service.kind == Service.Kind.CASH_CONDITIONAL and not str(service.condition).strip():
        raise UnableToRecordService(_("Write down what the condition is."), field="condition")


def _refuse_wrong_money(service: Service) -> None:
    if service.kind in OF_MONEY and service.amount is None:
        raise UnableToRecordService(_("Enter the amount."), field="amount")
    if service.amount is not None and service.amount <= 0:
        raise UnableToRecordService(_("Enter an amount above zero."), field="amount")
    if service.amount is not None and not is_currency(service.currency):
        raise UnableToRecordService(_("Choose the currency of the amount."), field="currency")
    programme = service.programme
    if programme is None:
        return
    if programme.is_archived:
        raise UnableToRecordService(_("This programme is archived."), field="programme")
    if not programme.pays(service.kind):
        raise UnableToRecordService(_("This programme does not pay for that."), field="programme")
    if service.amount is not None and service.currency != programme.currency:
        raise UnableToRecordService(
            _("This programme pays in %(currency)s.") % {"currency": programme.currency}, field="currency"
        )


def _fill(service: Service, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(service, name, value)
    _tidy(service)


def _tidy(service: Service) -> None:
    """Take away what belongs to something that is not there: the currency of no amount, the unit of no quantity."""
    if service.amount is None:
        service.currency = ""
    if service.quantity is None:
        service.unit = ""
    if service.kind != Service.Kind.RENT:
        service.paid_to = ""


def _as_changed(service: Service, values: dict[str, Any]) -> Service:
    """Return what the service would be, and tidy `values` as that is."""
    names = [*ServiceFields.__annotations__, "case"]
    would_be = Service(id=service.pk, data_key=service.data_key)
    for name in names:
        setattr(would_be, name, values.get(name, getattr(service, name)))
    _tidy(would_be)
    for name in ("currency", "unit", "paid_to"):
        values[name] = getattr(would_be, name)
    return would_be


def _moving(service: Service, to: Service.State, version: int, refusal: type[Refusal]) -> Service:
    service = locked(service, version=version)
    if to not in TRANSITIONS[Service.State(service.state)]:
        raise refusal(_("This is %(state)s already.") % _state_of(service))
    return service


def _move(service: Service, to: Service.State, **values: Any) -> None:
    """Write state and what goes with it. `values` hold `why` and its words where the service ends."""
    write(service, {"state": to, **values})


def _state_of(service: Service) -> dict[str, str]:
    return {"state": service.get_state_display()}


def _say(what: str, service: Service, by: User, now: datetime, **data: Any) -> None:
    """Every step is an event of the case: who, when, and from which state to which."""
    record(
        what,
        subject=service,
        case_id=service.case_id,
        by=by,
        now=now,
        kind=service.kind,
        state=str(service.state),
        **data,
    )
