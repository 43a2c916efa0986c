"""Pages on which the facts about a client are recorded, changed and removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Client
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.residency import actions as residency
from casework.web.cases.acting import is_done
from casework.web.cases.forms.rows import RowForm
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.duplicates.rows import compare_after_saving
from casework.web.forms.errors import refuse
from casework.web.looking import shown
from casework.web.machine_lines import LinesPanel, read_lines, sent_data
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from .forms import EndStayForm, FactForm
from .holder import doubts_about_holder
from .nouns import NOUNS, Noun


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "POST"])
def add_fact(request: UserRequest, reference: str, noun: str) -> HttpResponse:
    now, subject = timezone.now(), NOUNS[noun]
    may_change = cases_visible_to(request.user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    client = open_or_404(Client.objects.filter(may_change).select_related("case__team"), reference=reference)
    shown(client.case_id)
    form = subject.form(sent_data(request), client=client)
    draft = keep_draft(request, f"add_{noun}", client, now, form)
    lines = _lines(request, subject, form, now, is_new=True)
    if request.method == "POST" and form.is_valid():
        values = form.values() | {"id": form.cleaned_data["id"]} if form.cleaned_data["id"] else form.values()
        try:
            fact = subject.record(client=client, by=request.user, now=now, **values)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            draft.sent()
            return _back(request, client, subject, fact)
    return render(request, "facts/fact_form.html", _page(client, form, subject.title_add) | {"lines": lines})


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "POST"])
def change_fact(request: UserRequest, fact_id: UUID, noun: str) -> HttpResponse:
    now, subject = timezone.now(), NOUNS[noun]
    fact = _load(request, subject, fact_id, now)
    form = subject.form(sent_data(request), client=fact.client, initial=subject.form.initial_of(fact))
    keep_draft(request, f"change_{noun}", fact, now, form)
    lines = _lines(request, subject, form, now, is_new=False)
    if request.method == "POST" and form.is_valid():
        changed: list[Any] = []
        told: dict[str, Any] = {
            noun: fact,
            "version": form.version_read,
            "by": request.user,
            "now": now,
        } | form.values()
        with gone_is_missing():
            if is_done(form, lambda: changed.append(subject.change(**told))):
                return _back(request, fact.client, subject, changed[0])
    context = _page(fact.client, form, subject.title_change) | {
        "remove_url": reverse(f"remove_{noun}", args=[fact_id]),
        "lines": lines,
    }
    return render(request, "facts/fact_form.html", context, status=_status(form))


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "POST"])
def remove_fact(request: UserRequest, fact_id: UUID, noun: str) -> HttpResponse:
    now, subject = timezone.now(), NOUNS[noun]
    fact = _load(request, subject, fact_id, now)
    if request.method == "POST":
        try:
            with gone_is_missing():
                subject.remove(**{noun: fact}, version=fact.version, by=request.user, now=now)
        except ChangedMeanwhile:
            messages.warning(request, _("Somebody else changed it at this moment. Look at it before you remove it."))
            return redirect(f"change_{noun}", fact_id)
        messages.success(request, _("It was removed. The audit keeps who removed it and when."))
        return redirect("case", fact.client.case.code)
    context = {
        "title": subject.title_remove,
        "text": _(
            "Only what was recorded by mistake is removed. What has ended is changed instead, so that it still counts."
        ),
        "act_label": subject.remove_label,
        "is_danger": True,
        "cancel_url": reverse(f"change_{noun}", args=[fact_id]),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "POST"])
def end_stay(request: UserRequest, fact_id: UUID) -> HttpResponse:
    now = timezone.now()
    stay = _load(request, NOUNS["stay"], fact_id, now)
    form = EndStayForm(request.POST or None, initial=EndStayForm.initial_of(stay))
    if request.method == "POST" and form.is_valid():
        left = form.cleaned_data["left"]
        days = {"left_earliest": left.earliest, "left_latest": left.latest}
        told: dict[str, Any] = {"stay": stay, "version": form.version_read, "by": request.user, "now": now} | days
        with gone_is_missing():
            if is_done(form, lambda: residency.end_stay(**told)):
                return _back(request, stay.client, NOUNS["stay"])
    page = _page(stay.client, form, _("Record the exit"))
    return render(request, "facts/fact_form.html", page, status=_status(form))


@contextmanager
def gone_is_missing() -> Iterator[None]:
    """Answer 404 if the fact was removed after it was loaded, as when a removal is sent twice."""
    try:
        yield
    except ObjectDoesNotExist:
        raise Http404 from None


def _load(request: UserRequest, subject: Noun, fact_id: UUID, now: datetime) -> Any:
    may_change = cases_visible_to(request.user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    rows: Any = subject.model._default_manager
    fact = open_or_404(rows.filter(may_change).select_related("client__case__team", "client__data_key"), pk=fact_id)
    shown(fact.client.case_id)
    return fact


def _status(form: RowForm) -> int:
    """Return 409 if somebody else changed the same thing meanwhile."""
    return 200 if form.differences is None else 409


def _lines(request: UserRequest, subject: Noun, form: FactForm, now: datetime, *, is_new: bool) -> LinesPanel | None:
    """Read the machine-readable lines of a document into its form; other facts have none."""
    if subject.lines is None:
        return None
    client = form.client
    today = today_in(client.case.team.time_zone, now)
    compare = partial(doubts_about_holder, client=client)
    return read_lines(request, form, subject.lines, today=today, is_new=is_new, compare_with=compare)


def _page(client: Client, form: Any, title: Any) -> dict[str, Any]:
    return {
        "client": client,
        "form": form,
        "title": title,
        "differences": form.differences,
        "draft": form.draft,
        "case_url": reverse("case", args=[client.case.code]),
    }


def _back(request: UserRequest, client: Client, subject: Noun, fact: Any = None) -> HttpResponse:
    """Go to the case and say there that it is saved, and what is odd about it."""

    if subject is NOUNS["document"]:
        compare_after_saving(request.user, Client.objects.filter(pk=client.pk), timezone.now())
    messages.success(request, str(subject.saved))
    if subject.doubt is not None and fact is not None and (doubt := subject.doubt(fact)):
        messages.warning(request, doubt)
    return redirect(f"{reverse('case', args=[client.case.code])}#deadlines")
