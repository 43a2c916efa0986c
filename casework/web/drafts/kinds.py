"""Which forms keep drafts, what each is about, and who may go on with one. The right is asked again each time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to, needs_visible_to
from casework.clients.models import (
    Address,
    Appointment,
    Assessment,
    Case,
    Client,
    Complaint,
    Consent,
    Contact,
    IncomingReferral,
    Need,
    Note,
    Referral,
    Service,
)
from casework.clients.models.service import RESTRICTED_KINDS
from casework.housing.models import HousingRequest
from casework.vault.models import DataKey
from casework.web.facts.nouns import NOUNS

# In addresses, for a form about nothing that exists yet.
NEW = "new"

Rows = Callable[[User, datetime], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A form that keeps drafts. `rows` are the things that a user may fill it in for now, known in addresses by `ref`."""

    label: str | Promise
    address: Callable[[str], str]
    rows: Rows | None = None
    ref: str = "pk"
    permission: Permission | None = Permission.CASE_CHANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one form is about, and the key of that."""

    id: UUID | None = None
    key: DataKey | None = None


def _cases(user: User, now: datetime) -> Any:
    return Case.objects.changeable_by(user, now)


def _clients(user: User, now: datetime) -> Any:
    return Client.objects.changeable_by(user, now)


def _assessed(user: User, now: datetime) -> Any:
    return _clients(user, now).filter(needs_visible_to(user, now, prefix="case__"))


def _of_cases(model: Any, prefix: str, user: User, now: datetime) -> Any:
    """Return the rows of a model that belong to cases which a user may change."""
    return model.objects.filter(cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix=prefix))


def _of_needs(model: Any, user: User, now: datetime) -> Any:
    rows = _of_cases(model, "client__case__", user, now)
    return rows.filter(needs_visible_to(user, now, prefix="client__case__"))


def _services(user: User, now: datetime) -> Any:
    may_read = ~Q(kind__in=RESTRICTED_KINDS) | needs_visible_to(user, now, prefix="case__")
    return _of_cases(Service, "case__", user, now).filter(may_read)


def _referrals_in(user: User, now: datetime) -> Any:
    return IncomingReferral.objects.changeable_by(user, now)


def _complaints(user: User, now: datetime) -> Any:
    return Complaint.objects.visible_to(user, now)


def _new(name: str, label: str | Promise, *, permission: Permission | None = Permission.CASE_CHANGE) -> Kind:
    return Kind(label=label, address=lambda _ref: reverse(name), permission=permission)


def _about(
    name: str,
    label: str | Promise,
    rows: Rows,
    ref: str = "pk",
    *,
    permission: Permission | None = Permission.CASE_CHANGE,
) -> Kind:
    return Kind(label=label, address=lambda it: reverse(name, args=[it]), rows=rows, ref=ref, permission=permission)


KINDS: dict[str, Kind] = {
    "log_case": _new("log_case", _("Log a case")),
    "log_referred_case": Kind(
        label=_("Log a case"),
        address=lambda ref: f"{reverse('log_case')}?referral={ref}",
        rows=_referrals_in,
    ),
    "record_incoming": _new("record_incoming", _("Somebody is sent to us")),
    # Anybody on the staff may.
    "record_complaint": _new("record_complaint", _("Record a complaint"), permission=None),
    "write_to_do": _new("write_to_do", _("Write down a to-do")),
    **{
        name: _about(name, label, _cases, "code")
        for name, label in {
            "write_note": _("Note"),
            "add_client": _("Add a person"),
            "write_to_do_of_case": _("Write down a to-do"),
            "ask_for_service": _("Ask for a service"),
            "draft_referral": _("Refer somebody"),
            "plan_appointment": _("Plan an appointment"),
            "offer_case": _("Hand this case over"),
            "record_never_contact": _("Never contact"),
            "ask_for_bed": _("Put them on the waiting list"),
        }.items()
    },
    **{
        name: _about(name, label, _clients, "reference")
        for name, label in {
            "change_client": _("Change a person"),
            "record_contact": _("Record a way to reach them"),
            "record_address": _("Record an address"),
            "record_consent": _("Record what they agreed to or refused"),
            **{f"add_{key}": noun.title_add for key, noun in NOUNS.items()},
        }.items()
    },
    "record_assessment": _about("record_assessment", _("Needs assessment"), _assessed, "reference"),
    "record_need": _about("record_need", _("Record a need"), _assessed, "reference"),
    "change_assessment": _about("change_assessment", _("Needs assessment"), partial(_of_needs, Assessment)),
    "change_need": _about("change_need", _("Change a need"), partial(_of_needs, Need)),
    "change_service": _about("change_service", _("Change a service"), _services),
    "change_contact": _about(
        "change_contact", _("Change a way to reach them"), partial(_of_cases, Contact, "client__case__")
    ),
    "change_address": _about("change_address", _("Change an address"), partial(_of_cases, Address, "client__case__")),
    "change_consent": _about(
        "change_consent", _("Correct what was written down"), partial(_of_cases, Consent, "client__case__")
    ),
    "change_referral": _about("change_referral", _("Change this draft"), partial(_of_cases, Referral, "case__")),
    "change_housing_request": _about(
        "change_housing_request", _("Change what they need"), partial(_of_cases, HousingRequest, "case__")
    ),
    "change_appointment": _about(
        "change_appointment", _("Change this appointment"), partial(_of_cases, Appointment, "case__")
    ),
    "correct_note": _about("correct_note", _("Correct a note"), partial(_of_cases, Note, "case__")),
    "move_complaint": _about(
        "move_complaint", _("How far is this complaint?"), _complaints, permission=Permission.COMPLAINTS_HANDLE
    ),
    "note_on_complaint": _about(
        "note_on_complaint", _("Add a note"), _complaints, permission=Permission.COMPLAINTS_HANDLE
    ),
    **{
        f"change_{key}": _about(f"change_{key}", noun.title_change, partial(_of_cases, noun.model, "client__case__"))
        for key, noun in NOUNS.items()
    },
}


def kind_of(form: str) -> Kind:
    """Return what is known of a form, or answer 404."""
    if form not in KINDS:
        raise Http404
    return KINDS[form]


def subject_of(form: str, ref: str, user: User, now: datetime, held: Collection[Permission]) -> Subject:
    """Return what this form is about, or answer 404 if the user may not fill it in for that (any more).

    `held` are the permissions that the user has somewhere.
    """
    kind = kind_of(form)
    if kind.permission is not None and kind.permission not in held:
        raise Http404
    if kind.rows is None:
        if ref != NEW:
            raise Http404
        return Subject()
    try:
        row = kind.rows(user, now).filter(**{kind.ref: UUID(ref) if kind.ref == "pk" else ref}).first()
    except ValueError as error:
        raise Http404 from error
    if row is None:
        raise Http404
    return Subject(id=row.pk, key=row.data_key)
