"""The parts that say what people need, what they agreed to and what is done for them. All of them are left out unless ticked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.clients.models import Appointment, Consent, Partner, Referral, ServicePerson
from casework.lifecycle.scoring import known_of
from casework.reports.table import Column
from casework.web.appointments.rows import AT_MOST
from casework.web.needs.loading import may_read_needs
from casework.web.needs.rows import needs_of, service_rows, services_of
from casework.web.referrals.rows import rows_of as referral_rows
from casework.web.referrals.rows import with_all
from casework.web.safety.rows import consent_row

from .case_part import Part, Taken, day_column, text_column, who_column

Rows = Iterable[Sequence[Any]]
REFERRALS_SHOWN = 200


def _need_columns() -> list[Column]:
    return [
        who_column(),
        text_column("need", _("Need"), 28),
        text_column("state", _("State"), 12),
        day_column("since", _("Since")),
        day_column("until", _("Until")),
        text_column("note", _("Note"), 30),
        text_column("done", _("What is done about it"), 26),
        day_column("asked_on", _("Asked on")),
        text_column("asked_by", _("By"), 16),
    ]


def _needs(taken: Taken) -> Rows:
    """Yield the needs for whoever may read them; for others, that somebody was asked, when and by whom."""
    stated = []
    if may_read_needs(taken.reader, taken.case, taken.now):
        known = known_of([taken.case], taken.now)[taken.case.pk].needs
        stated = [need for need in known if need.declined_at is None]
    for person in needs_of(taken.people, stated, services_of(taken.case), taken.today):
        last = person.assessment
        asked = (last.assessed_on, person.assessed_by) if last else (None, "")
        for row in (*person.needs, *person.past):
            need = row.need
            state = _("urgent") if need.level == "urgent" else "" if need.is_open(taken.today) else _("ended")
            answers = "; ".join(row.answers)
            yield person.client.reference, row.label, state, need.since, need.until, need.note, answers, *asked
        if last and not (person.needs or person.past):
            yield person.client.reference, "", "", None, None, "", "", *asked


def _service_columns() -> list[Column]:
    return [
        text_column("people", _("For whom"), 20),
        text_column("kind", _("Kind"), 20),
        text_column("what", _("What"), 26),
        text_column("state", _("State"), 14),
        day_column("on", _("Day")),
        text_column("amount", _("Amount"), 14),
        text_column("programme", _("Programme"), 20),
        text_column("words", _("To know"), 30),
    ]


def _services(taken: Taken) -> Rows:
    """Yield the services; what is written of restricted kinds is left out for whoever may not read the needs."""
    may_read, services = may_read_needs(taken.reader, taken.case, taken.now), services_of(taken.case)
    for service in services:
        service.case = taken.case
    meant: defaultdict[Any, list[Any]] = defaultdict(list)
    for service_id, client_id in ServicePerson.objects.filter(service__in=services).values_list("service", "client"):
        meant[service_id].append(client_id)
    for row in service_rows(services, taken.people, [], taken.reader, taken.now, read=may_read, change=False):
        it = row.service
        whom = taken.references(meant[it.pk]) or _("everybody in the case")
        words = [it.get_why_display()]
        if row.is_readable:
            words += [str(it.condition), str(it.note), str(it.why_words)]
        yield (
            whom,
            it.get_kind_display(),
            row.what if row.is_readable else "",
            it.get_state_display(),
            it.delivered_on or it.planned_on,
            row.money,
            it.programme.name if it.programme else "",
            "; ".join(word for word in words if word),
        )


def _appointment_columns() -> list[Column]:
    return [
        day_column("day", _("Day")),
        text_column("time", _("Time"), 8),
        text_column("zone", _("Time zone"), 18),
        text_column("with", _("With whom"), 22),
        text_column("people", _("Who is to be there"), 20),
        text_column("place", _("Place"), 26),
        text_column("state", _("State"), 12),
    ]


def _appointments(taken: Taken) -> Rows:
    """Yield them as the list of the case does, the latest first."""
    found: Any = Appointment.objects.filter(case=taken.case).select_related("data_key")
    for it in found.prefetch_related("people").order_by("-starts_at", "-id")[:AT_MOST]:
        yield (
            it.day,
            f"{it.wall_time:%H:%M}",
            it.zone,
            str(it.with_name or it.get_with_kind_display()),
            taken.references(each.client_id for each in it.people.all()),
            it.place,
            it.get_state_display(),
        )


def _referral_columns() -> list[Column]:
    return [
        text_column("partner", _("Partner"), 26),
        text_column("people", _("About"), 20),
        text_column("service", _("For what"), 22),
        text_column("state", _("State"), 16),
        text_column("said", _("To know"), 26),
    ]


def _referrals(taken: Taken) -> Rows:
    found = with_all(Referral.objects.filter(case=taken.case).order_by("-created_at", "-id"))[:REFERRALS_SHOWN]
    for row in referral_rows(list(found), taken.now):
        it = row.referral
        people = taken.references(person.pk for person in it.people.all())
        said = "; ".join(part for part in (_("overdue") if row.is_overdue else "", row.said) if part)
        yield it.partner.name, people, it.get_service_display(), it.get_state_display(), said


def _consent_columns() -> list[Column]:
    return [
        who_column(),
        text_column("what", _("What they were asked"), 24),
        text_column("state", _("Answer"), 24),
        text_column("about", _("About what"), 26),
        text_column("whom", _("To whom"), 20),
        text_column("how", _("How"), 20),
        text_column("basis", _("Legal basis"), 22),
    ]


def _consents(taken: Taken) -> Rows:
    """Yield what people said. Guardians, witnesses and others who are named in words stand in it where names are in full."""
    mine, rows = {client.pk: client for client in taken.people}, Consent.objects.select_related("data_key")
    consents: list[Consent] = list(rows.filter(client__in=mine).newest_first())
    named = {each.recipient_id for each in consents if each.recipient_id}
    partners = {each.pk: each for each in Partner.objects.filter(pk__in=named)}
    for client in taken.people:
        for consent in (each for each in consents if each.client_id == client.pk):
            consent.client = client
            row = consent_row(consent, partners, taken.today)
            whom, how = row.to_whom, row.how
            if not taken.in_full:
                whom, how = _("named in words") if consent.recipient_name else whom, str(consent.get_how_display())
            basis = consent.get_basis_display()
            yield client.reference, row.what, row.state, row.categories, whom, how, basis


_sensitive = partial(Part, is_sensitive=True)
WORK_PARTS = (
    _sensitive(key="needs", label=gettext_lazy("Needs"), columns=_need_columns, rows=_needs),
    _sensitive(key="services", label=gettext_lazy("Services"), columns=_service_columns, rows=_services),
    _sensitive(
        key="appointments", label=gettext_lazy("Appointments"), columns=_appointment_columns, rows=_appointments
    ),
    _sensitive(key="referrals", label=gettext_lazy("Referrals"), columns=_referral_columns, rows=_referrals),
    _sensitive(key="consents", label=gettext_lazy("Consents"), columns=_consent_columns, rows=_consents),
)
