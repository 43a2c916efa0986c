"""Saying that a rule is still true, and taking that back."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.residency import wording
from casework.residency.actions import verifications as actions
from casework.residency.models import Rule, Verification
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..forms import VerifyForm


@requires(Permission.RULES_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def verify_rule(request: UserRequest, number: int) -> HttpResponse:
    """Ask for day and source. The lists send both at once, for the source that supports the rule."""
    rule = get_object_or_404(Rule.objects.published().select_related("jurisdiction"), pk=number)
    now = timezone.now()
    today = today_in(request.user.time_zone or "UTC", now)
    initial = {"next": request.GET.get("next", "")}
    form = VerifyForm(_typed(request, today), rule=rule, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = actions.verify_rule(rule=rule, today=today, by=request.user, now=now, **form.values())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _noted(said))
            return redirect(_next(request, rule))
    context = {
        "rule": rule,
        "name": wording.place_name(rule.jurisdiction),
        "says": wording.what_it_says(rule),
        "audience": wording.audience(rule),
        "form": form,
    }
    return render(request, "policy_desk/verify_rule.html", context)


@requires(Permission.RULES_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def undo_verification(request: UserRequest, number: int) -> HttpResponse:
    rows = Verification.objects.filter(undoes__isnull=True).select_related("rule__jurisdiction", "citation")
    row = get_object_or_404(rows, pk=number)
    back = reverse("rule", args=[row.rule.jurisdiction_id, row.rule_id])
    if request.method == "POST":
        try:
            actions.undo_verification(verification=row, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Taken back. The history keeps both, and the day before counts again."))
        return redirect(back)
    context = {
        "title": _("Was this said by mistake?"),
        "text": _("Nothing is deleted: a second entry says that the first was a mistake."),
        "rows": [
            SummaryRow(label=_("Rule"), value=wording.what_it_says(row.rule)),
            SummaryRow(label=_("Read on"), value=row.read_on),
            SummaryRow(label=_("Source"), value=row.citation.title if row.citation else row.url),
        ],
        "act_label": _("Take it back"),
        "cancel_url": back,
    }
    return render(request, "components/confirm_page.html", context)


def _typed(request: UserRequest, today: date) -> dict[str, str] | None:
    """Return what was sent; the one step of the lists sends no day: it means today."""
    if request.method != "POST":
        return None
    typed = request.POST.dict()
    if not any(name.startswith("read_on") for name in typed):
        typed |= {"read_on_day": str(today.day), "read_on_month": str(today.month), "read_on_year": str(today.year)}
    return typed


def _noted(said: Verification) -> str:
    undo_url = reverse("undo_verification", args=[said.pk])
    words = _("Noted: still true, read on %(day)s.") % {"day": wording.day(said.read_on)}
    return format_html('{} <a href="{}">{}</a>', words, undo_url, _("Undo"))


def _next(request: UserRequest, rule: Rule) -> str:
    """Return where the form came from, if that is a page of ours, else the page of the rule."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("rule", args=[rule.jurisdiction_id, rule.pk])
