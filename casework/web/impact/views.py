"""What would change if a draft were published, and what has changed since a rule was: for everybody who reads rules.

Figures are for all; rows are of people whose case the reader may see.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.refusals import Refusal
from casework.lib.suppression import outgoing_count
from casework.reports.xlsx import xlsx_pieces
from casework.residency import wording
from casework.residency.actions import impacts as actions
from casework.residency.because import place_name
from casework.residency.impact_books import is_of_an_earlier_state
from casework.residency.models import Impact, Rule
from casework.residency.rulebook import rules_version
from casework.web.components import Progress
from casework.web.decorators import requires
from casework.web.exports.files import about_file, handed_over
from casework.web.filters import chips
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from .figures import Figures, figures_of
from .forms import LinesFilterForm, StartForm
from .lines import rows_of, with_people
from .sheet import tables_of

KEYS = ("sort_on", "id")
SHOWN = 50
# A workbook with more rows than that opens nowhere.
SHEET_AT_MOST = 100_000


@requires(Permission.RULES_VIEW)
@require_safe
def what_would_change(request: UserRequest, number: int) -> HttpResponse:
    """The latest computation of a rule: how far it is, or what came of it; for a draft without one, how to begin."""
    now = timezone.now()
    rule = _rule(number)
    impact = _asked(request, rule)
    context: dict[str, Any] = {
        "rule": rule,
        "about": _about(rule),
        "impact": impact,
        "earlier": rule.impacts.exclude(pk=impact.pk).newest_first()[:5] if impact else (),
        "may_start": Permission.RULES_DESK in permissions_in(request) and not rule.is_published,
        "start_form": StartForm(),
        "job": _progress(impact) if impact else None,
    }
    if impact is not None and impact.job.state == "done":
        context |= _result(request, impact, now)
        record("residency.impact_seen", subject=impact, by=request.user, now=now, rows=len(context["rows"]))
    return render(request, "impact/what_would_change.html", context)


@requires(Permission.RULES_DESK)
@require_POST
def start_impact(request: UserRequest, number: int) -> HttpResponse:
    rule, form = _rule(number), StartForm(request.POST)
    form.full_clean()
    try:
        actions.start_impact(rule=rule, by=request.user, now=timezone.now(), keep_rest=form.cleaned_data["keep_rest"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("what_would_change", number)


@requires(Permission.RULES_DESK)
@require_POST
def cancel_impact(request: UserRequest, impact_id: UUID) -> HttpResponse:
    impact = get_object_or_404(Impact.objects.select_related("job"), pk=impact_id)
    try:
        stopped = actions.cancel_impact(impact=impact, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Stopped.") if stopped else _("It had ended already."))
    return redirect("what_would_change", impact.rule_id)


@requires(Permission.RULES_VIEW, step_up=True)
@require_safe
def impact_sheet(request: UserRequest, number: int) -> HttpResponseBase:
    """The figures and all rows that the page shows to this reader, filtered alike, as a workbook."""
    now = timezone.now()
    rule = _rule(number)
    impact = _asked(request, rule)
    if impact is None or impact.job.state != "done":
        raise Http404
    seen = _seen(request, impact, now)
    lines = list(with_people(seen.lines).order_by(*KEYS)[:SHEET_AT_MOST])
    record("residency.impact_exported", subject=impact, by=request.user, now=now, rows=len(lines))
    tables = tables_of(seen.figures, rows_of(lines), title=_about(rule), has_rows=seen.figures.has_own)
    about = about_file(_about(rule), request.user, now)
    content = b"".join(xlsx_pieces(tables, about))
    return handed_over(content, name=f"what-would-change-{rule.pk}", format="xlsx", now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reader sees of a computation: figures, the rows of people whose case they may see, the filters."""

    figures: Figures
    lines: Any
    form: LinesFilterForm


def _seen(request: UserRequest, impact: Impact, now: datetime) -> Seen:
    lines = impact.lines.visible_to(request.user, now)
    countries = lines.order_by().values_list("country", flat=True).distinct()
    teams = teams_with(request.user, Permission.CASE_VIEW, now)
    form = LinesFilterForm(
        request.GET,
        teams=[(str(team.pk), team.name) for team in teams.order_by("name")],
        countries=sorted(((code, place_name(code)) for code in countries if code), key=lambda choice: choice[1]),
    )
    return Seen(figures=figures_of(impact, request.user, now), lines=form.narrowed(lines), form=form)


def _result(request: UserRequest, impact: Impact, now: datetime) -> dict[str, Any]:
    seen = _seen(request, impact, now)
    page = keyset_page(with_people(seen.lines), KEYS, request.GET, request.path, size=SHOWN)
    query = request.GET.urlencode()
    return {
        "figures": seen.figures,
        "page": page,
        "rows": rows_of(page.rows),
        "form": seen.form,
        "chips": chips(seen.form, request.GET, request.path),
        "is_of_an_earlier_state": is_of_an_earlier_state(impact, impact.rule, rules_version()),
        "is_first_page": not page.previous_url,
        "sheet_url": reverse("impact_sheet", args=[impact.rule_id]) + (f"?{query}" if query else ""),
    }


def _rule(number: int) -> Rule:
    return get_object_or_404(Rule.objects.select_related("jurisdiction", "supersedes"), pk=number)


def _asked(request: UserRequest, rule: Rule) -> Impact | None:
    """Return the computation that the address names, else the latest one; None if there is none."""
    found = rule.impacts.select_related("job", "rule").newest_first()
    try:
        named = UUID(request.GET.get("of", ""))
    except ValueError:
        return found.first()
    return get_object_or_404(found, pk=named)


def _about(rule: Rule) -> str:
    """Return what the rule is about in a line."""
    return f"{wording.place_name(rule.jurisdiction)} · {_(rule.get_duty_display())}: {wording.what_it_says(rule)}"


def _progress(impact: Impact) -> Progress:
    job = impact.job
    titles = {
        Impact.Kind.DRAFT: _("Working out what would change"),
        Impact.Kind.PUBLICATION: _("Following up what was published"),
        Impact.Kind.WITHDRAWAL: _("Following up what was withdrawn"),
    }
    return Progress(
        title=titles[Impact.Kind(impact.kind)],
        state=job.state,
        done=outgoing_count(job.done) or 0,
        total=outgoing_count(job.total) or None,
        message=job.message,
        result_url=reverse("what_would_change", args=[impact.rule_id]) if job.state == "done" else "",
    )
