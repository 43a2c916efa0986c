"""Programmes: what donors pay for. Figures without people; small numbers of people are hidden."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import programmes as actions
from casework.clients.models import Client, Programme, Service
from casework.lib.money import money
from casework.lib.suppression import is_small, outgoing
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.request import UserRequest

from .forms import ProgrammeForm

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRow:
    """`people` supported by its cases, `services` delivered and what they cost; None where hidden."""

    programme: Programme
    people: int | None
    services: int | None
    spent: str | None
    budget: str


@requires(Permission.PROGRAMMES_MANAGE)
@require_safe
def programmes(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    record("clients.programmes_listed", by=request.user, now=now)
    rows = _rows(list(Programme.objects.by_name()))
    context = {
        "rows": [row for row in rows if not row.programme.is_archived],
        "archived": [row for row in rows if row.programme.is_archived],
    }
    return render(request, "programmes/programmes.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def create_programme(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.create_programme(programme_id=token, by=by, now=now, **values)):
            messages.success(request, _("The programme is open."))
            return redirect("programmes")
    return _form(request, form, _("Open a programme"))


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def change_programme(request: UserRequest, programme_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    programme = get_object_or_404(Programme, pk=programme_id)
    form = ProgrammeForm(request.POST or None, initial=ProgrammeForm.initial_of(programme))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(
            form, lambda: actions.change_programme(programme=programme, version=version, by=by, now=now, **values)
        ):
            messages.success(request, _("The programme is changed."))
            return redirect("programmes")
    return _form(request, form, programme.name)


@requires(Permission.PROGRAMMES_MANAGE)
@require_POST
def archive_programme(request: UserRequest, programme_id: UUID) -> HttpResponse:
    """Offer it no more, or (`again`) take it up again; done by somebody else meanwhile, it is so all the same."""
    now, by = timezone.now(), request.user
    programme = get_object_or_404(Programme, pk=programme_id)
    again = "again" in request.POST
    verb = actions.take_up_programme if again else actions.archive_programme
    verb(programme=programme, version=programme.version, by=by, now=now)
    messages.success(request, _("The programme is offered again.") if again else _("The programme is archived."))
    return redirect("programmes")


def _form(request: UserRequest, form: ProgrammeForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "differences": form.differences}
    return render(request, "programmes/programme.html", context, status=200 if form.differences is None else 409)


def _rows(found: list[Programme]) -> list[ProgrammeRow]:
    """Return the figures, in three queries. People of restricted cases are counted for nobody here.

    What was spent on few cases is hidden too: it would say what one family was given.
    """
    language = get_language() or "en"
    people = _by(Client.objects.filter(case__restricted=False), "case__in_programmes__programme", "pk")
    delivered: Any = Service.objects
    services = delivered.delivered().filter(case__restricted=False)
    helped = _by(services, "programme", "pk")
    paid = delivered.delivered().filter(amount__gt=0).order_by().values("programme")
    spent = {row["programme"]: row for row in paid.annotate(total=Sum("amount"), cases=Count("case", distinct=True))}
    shown = outgoing({programme.pk: people[programme.pk] for programme in found}).counts
    services_shown = outgoing({programme.pk: helped[programme.pk] for programme in found}).counts
    return [
        ProgrammeRow(
            programme=programme,
            people=shown[programme.pk],
            services=None if shown[programme.pk] is None else services_shown[programme.pk],
            spent=_spent(programme, spent.get(programme.pk), language),
            budget=money(programme.budget, programme.currency, language) if programme.budget else "",
        )
        for programme in found
    ]


def _spent(programme: Programme, row: Mapping[str, Any] | None, language: str) -> str | None:
    if row is None:
        return ""
    return None if is_small(row["cases"]) else money(row["total"], programme.currency, language)


def _by(rows: Any, name: str, what: str) -> Counter[Any]:
    counts = rows.order_by().values(name).annotate(number=Count(what, distinct=True))
    return Counter({row[name]: row["number"] for row in counts})
