"""The facts that a date rests on, each with the way to change it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.clients.models import Client
from casework.lib.dates import BoundedDay
from casework.residency.because import nationality_name, place_name
from casework.residency.models import Application, Permit, Registration
from casework.residency.rules.choices import DOCUMENT_KINDS
from casework.residency.rules.facts import DayRange, Facts
from casework.residency.rules.position import SubjectKind
from casework.web.components import SummaryRow
from casework.web.templatetags.components import in_words
from casework.web.templatetags.days import bounded_day

Subject = tuple[str, str]


def fact_rows(facts: Facts, subjects: Iterable[Subject], client: Client, *, may_change: bool) -> list[SummaryRow]:
    """Return the nationality and each of these facts once, in the order given; what is not there any more is left out."""
    rows = [
        SummaryRow(
            label=_("Nationality"),
            value=[nationality_name(code) for code in facts.nationalities],
            change_url=reverse("change_client", args=[client.reference]) if may_change else "",
        )
    ]
    for kind, fact_id in dict.fromkeys(subjects):
        described = _described(facts, kind, fact_id)
        if described is not None:
            label, value = described
            url = reverse(f"change_{kind}", args=[fact_id]) if may_change else ""
            rows.append(SummaryRow(label=label, value=value, change_url=url))
    return rows


def _described(facts: Facts, kind: str, fact_id: str) -> tuple[str, list[str]] | None:
    if kind not in _DESCRIBE:
        return None
    group, describe = _DESCRIBE[kind]
    return next((describe(fact) for fact in getattr(facts, group) if fact.id == fact_id), None)


def _stay(stay: Any) -> tuple[str, list[str]]:
    value = [(_("entry planned: %(day)s") if stay.planned else _("entered: %(day)s")) % {"day": _range(stay.entered)}]
    if stay.left is not None:
        value.append((_("exit planned: %(day)s") if stay.planned else _("left: %(day)s")) % {"day": _range(stay.left)})
    elif not stay.planned:
        value.append(_("has not left"))
    if stay.document_kind:
        value.append(str(_(DOCUMENT_KINDS.get(stay.document_kind, stay.document_kind))))
    return _("Stay: %(place)s") % {"place": place_name(stay.country)}, value


def _document(document: Any) -> tuple[str, list[str]]:
    kind = str(_(DOCUMENT_KINDS.get(document.kind, document.kind)))
    return _("Document: %(kind)s") % {"kind": kind}, [place_name(document.country), _until(document.valid_until)]


def _permit(permit: Any) -> tuple[str, list[str]]:
    kind = dict(Permit.Kind.choices).get(permit.kind, permit.kind)
    return _("Permit: %(kind)s") % {"kind": kind}, [place_name(permit.country), _until(permit.printed_until)]


def _registration(registration: Any) -> tuple[str, list[str]]:
    kind = str(dict(Registration.Kind.choices).get(registration.kind, registration.kind))
    made = _("made on %(day)s") % {"day": in_words(registration.registered_on)}
    return kind[:1].upper() + kind[1:], [place_name(registration.country), made, _until(registration.valid_until)]


def _application(application: Any) -> tuple[str, list[str]]:
    kind = dict(Application.Kind.choices).get(application.kind, application.kind)
    state = str(dict(Application.State.choices).get(application.state, application.state))
    value = [place_name(application.country), state]
    if application.filed_on:
        value.append(_("filed on %(day)s") % {"day": in_words(application.filed_on)})
    return _("Application: %(kind)s") % {"kind": kind}, value


def _address(address: Any) -> tuple[str, list[str]]:
    since = _("since %(day)s") % {"day": in_words(address.since)} if address.since else _("since an unknown day")
    return _("Address: %(place)s") % {"place": place_name(address.country)}, [since]


def _range(days: DayRange) -> str:
    return bounded_day(BoundedDay(days.earliest, days.latest))


def _until(day: Any) -> str:
    return _("valid until %(day)s") % {"day": in_words(day)} if day else _("end not recorded")


_DESCRIBE = {
    SubjectKind.STAY.value: ("stays", _stay),
    SubjectKind.DOCUMENT.value: ("documents", _document),
    SubjectKind.PERMIT.value: ("permits", _permit),
    SubjectKind.REGISTRATION.value: ("registrations", _registration),
    SubjectKind.APPLICATION.value: ("applications", _application),
    SubjectKind.ADDRESS.value: ("addresses", _address),
}
