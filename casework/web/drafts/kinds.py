"""Which forms keep drafts, what each is about, and who may go on with one. The right is asked again each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.models import Case, Client, IncomingReferral
from casework.vault.models import DataKey

# In addresses, for a form about nothing that exists yet.
NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A form that keeps drafts. `rows` are the things that a user may fill it in for now, known in addresses by `ref`."""

    label: str | Promise
    address: Callable[[str], str]
    rows: Callable[[User, datetime], Any] | None = None
    ref: str = "pk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one form is about, and the key of that."""

    id: UUID | None = None
    key: DataKey | None = None


def _cases(user: User, now: datetime) -> Any:
    return Case.objects.changeable_by(user, now)


def _clients(user: User, now: datetime) -> Any:
    return Client.objects.changeable_by(user, now)


def _referrals_in(user: User, now: datetime) -> Any:
    return IncomingReferral.objects.changeable_by(user, now)


KINDS: dict[str, Kind] = {
    "write_note": Kind(label=_("Note"), address=lambda ref: reverse("write_note", args=[ref]), rows=_cases, ref="code"),
    "add_client": Kind(
        label=_("Add a person"), address=lambda ref: reverse("add_client", args=[ref]), rows=_cases, ref="code"
    ),
    "change_client": Kind(
        label=_("Change a person"),
        address=lambda ref: reverse("change_client", args=[ref]),
        rows=_clients,
        ref="reference",
    ),
    "log_case": Kind(label=_("Log a case"), address=lambda _new: reverse("log_case")),
    "log_referred_case": Kind(
        label=_("Log a case"),
        address=lambda ref: f"{reverse('log_case')}?referral={ref}",
        rows=_referrals_in,
    ),
}


def kind_of(form: str) -> Kind:
    """Return what is known of a form, or answer 404."""
    if form not in KINDS:
        raise Http404
    return KINDS[form]


def subject_of(form: str, ref: str, user: User, now: datetime) -> Subject:
    """Return what this form is about, or answer 404 if the user may not fill it in for that (any more)."""
    kind = kind_of(form)
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
