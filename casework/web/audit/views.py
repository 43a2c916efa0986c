"""Who did what and when. No content: an auditor sees the code of a case and never what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.audit.models import Event
from casework.audit.record import record
from casework.audit.state import state
from casework.clients.models import Case, Complaint, ComplaintPerson
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from .forms import AuditFilterForm
from .wording import sentence

NOBODY = "accounts.sign_in_failed"  # whoever it was, they were not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event in words. `about` is the code of a case or the name of a colleague, `role` what was granted or ended."""

    at: datetime
    who: str
    what: str
    about: str
    role: str


@requires(Permission.AUDIT_VIEW)
@require_safe
def audit(request: UserRequest) -> HttpResponse:
    users = {user.pk: user for user in User.objects.all()}
    form = AuditFilterForm(request.GET or None, users=list(users.values()))
    events = _without_complaints_about(request.user)
    if form.is_bound and form.is_valid():
        events = _narrowed(events, form.cleaned_data)
    page = keyset_page(events, ("-id",), request.GET, request.path)
    rows = _rows(page.rows, users)
    now, sealing = timezone.now(), state()
    record("audit.events_listed", by=request.user, now=now, shown=len(rows))
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "sealing": sealing,
        "is_late": sealing.is_late(now),
    }
    return render(request, "audit/audit.html", context)


def _without_complaints_about(reader: User) -> Any:
    """Return all events but those of complaints about the reader: not even an auditor learns of these here."""
    about = [str(each) for each in ComplaintPerson.objects.filter(user=reader).values_list("complaint", flat=True)]
    events = Event.objects.all()
    return events.exclude(subject_model=Complaint._meta.label, subject_id__in=about) if about else events


def _narrowed(events: Any, wanted: dict[str, Any]) -> Any:
    if wanted["part"]:
        events = events.filter(type__startswith=f"{wanted['part']}.")
    if wanted["actor"]:
        events = events.filter(actor_id=wanted["actor"])
    if wanted["code"]:
        events = events.filter(case_id__in=Case.objects.filter(code__iexact=wanted["code"]).values("pk"))
    if wanted["on"]:
        events = events.filter(at__gte=_midnight(wanted["on"]), at__lt=_midnight(wanted["on"] + timedelta(days=1)))
    return events


def _midnight(day: date) -> datetime:
    """Return the beginning of a day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _rows(events: Sequence[Event], users: dict[UUID, User]) -> list[Row]:
    case_ids = {event.case_id for event in events if event.case_id is not None}
    codes = dict(Case.objects.filter(pk__in=case_ids).values_list("pk", "code"))
    return [
        Row(
            at=event.at,
            who=_who(event, users),
            what=sentence(event.type),
            about=_about(event, codes, users),
            role=_role(event.data),
        )
        for event in events
    ]


def _who(event: Event, users: dict[UUID, User]) -> str:
    if event.actor_id is None:
        return _("somebody") if event.type == NOBODY else _("the software")
    return _named(users.get(event.actor_id))


def _about(event: Event, codes: dict[UUID, str], users: dict[UUID, User]) -> str:
    if event.case_id is not None:
        return codes.get(event.case_id, _("a case that is gone"))
    if event.subject_model == User._meta.label and event.subject_id != str(event.actor_id):
        return _named(users.get(UUID(event.subject_id)))
    return ""


def _named(user: User | None) -> str:
    return str(user.display_name or user.email) if user is not None else _("an account that is gone")


def _role(data: dict[str, Any]) -> str:
    """Return "Caseworker, ALA" for what was granted or ended."""
    role = data.get("role")
    if role not in list(Role):
        return ""
    return ", ".join(part for part in (_(DEFINITIONS[Role(role)].label), data.get("team")) if part)
