"""Pages on which staff read the country rules. They show no people and write nothing."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.lib.countries import country_name
from casework.residency import wording
from casework.residency.models import Jurisdiction, NationalityGroup, Rule
from casework.residency.verifying import verified_on_of, with_verified_on
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest, permissions_in

from .forms import RulesFilterForm
from .history import history_of
from .shown import by_country, by_duty, examples_of, shown
from .timeline_view import tabs
from .today import group_names, today_at


@requires(Permission.RULES_VIEW)
@require_safe
def rules(request: UserRequest) -> HttpResponse:
    """Every country and zone with rules on record: how many, how far reviewed, when last verified."""
    held = Rule.objects.held_now()
    form = _filters(request, held)
    found = _with_sources(_filtered(held, form))
    context = {
        "countries": by_country(found),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "query": _nationality_query(form),
        "add_url": reverse("admin:residency_rule_add") if Permission.RULES_EDIT in permissions_in(request) else "",
    }
    return render(request, "rules/rules.html", context)


@requires(Permission.RULES_VIEW)
@require_safe
def rules_of_country(request: UserRequest, code: str) -> HttpResponse:
    """What is law today in one country or zone, by duty; what was and what will be stands beside it."""
    place = get_object_or_404(Jurisdiction, pk=code)
    held = Rule.objects.held_now().filter(jurisdiction=place)
    form = _filters(request, held)
    del form.fields["place"]
    today = today_at(place, request.user, timezone.now())
    names = group_names()
    rows = _with_sources(_filtered(held, form)).order_by("duty", "nationality", "part", "-valid", "pk")
    context = {
        "place": place,
        "name": wording.place_name(place),
        "tabs": tabs(place, "rules_of_country"),
        "today": today,
        "duties": by_duty(shown(row, today, names) for row in rows),
        "form": form,
        "chips": chips(form, request.GET, request.path),
    }
    return render(request, "rules/rules_of_country.html", context)


@requires(Permission.RULES_VIEW)
@require_safe
def rule(request: UserRequest, code: str, number: int) -> HttpResponse:
    """One published version with everything that is recorded of it, and the versions before and after it."""
    versions = Rule.objects.published().select_related("jurisdiction", "published_by__data_key", "withdrawal")
    row = get_object_or_404(versions.prefetch_related("citations"), jurisdiction=code, pk=number)
    now = timezone.now()
    held = permissions_in(request)
    keeps, is_held = Permission.RULES_DESK in held, row.known.upper is None
    may_change = Permission.RULES_EDIT in held and is_held
    one = shown(row, today_at(row.jurisdiction, request.user, now), group_names())
    context = {
        "rule": one,
        "name": wording.place_name(row.jurisdiction),
        "rows": _summary(row, verified_on_of([row.pk])[row.pk]),
        "examples": examples_of(row),
        "versions": _versions(versions.filter(key=row.key).order_by("-pk"), row),
        "history": history_of(row, may_undo=keeps),
        "admin_url": reverse("admin:residency_rule_change", args=[row.pk]) if keeps else "",
        "verify_url": reverse("verify_rule", args=[row.pk]) if keeps and is_held else "",
        "change_url": reverse("admin:residency_rule_supersede", args=[row.pk]) if may_change else "",
        "drafts": Rule.objects.drafts().filter(supersedes=row).order_by("pk") if keeps else [],
    }
    return render(request, "rules/rule.html", context)


def _filters(request: UserRequest, held: QuerySet[Rule]) -> RulesFilterForm:
    """Return the filters; they offer what has rules."""
    places = Jurisdiction.objects.filter(pk__in=held.values("jurisdiction"))
    nationalities = held.exclude(nationality="*").values_list("nationality", flat=True).distinct()
    groups = {group.code: group.nationalities for group in NationalityGroup.objects.all()}
    codes = {member for code in nationalities for member in groups.get(code, [code])}
    language = wording.language()
    form = RulesFilterForm(
        request.GET,
        places=sorted(((place.code, wording.place_name(place)) for place in places), key=_by_label),
        nationalities=sorted(((code, country_name(code, language)) for code in codes), key=_by_label),
    )
    form.full_clean()
    return form


def _filtered(held: QuerySet[Rule], form: RulesFilterForm) -> QuerySet[Rule]:
    """Return the rules that the filters let through; what cannot be understood filters nothing."""
    if place := form.cleaned_data.get("place"):
        held = held.filter(jurisdiction=place)
    if nationality := form.cleaned_data.get("nationality"):
        groups = NationalityGroup.objects.filter(nationalities__contains=[nationality])
        held = held.filter(Q(nationality__in=[nationality, "*"]) | Q(nationality__in=groups.values("code")))
    return held


def _with_sources(rows: QuerySet[Rule]) -> QuerySet[Any]:
    return with_verified_on(rows).select_related("jurisdiction").prefetch_related("citations")


def _nationality_query(form: RulesFilterForm) -> str:
    chosen = form.cleaned_data.get("nationality")
    return f"?nationality={chosen}" if chosen else ""


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _summary(row: Rule, verified: date | None) -> list[SummaryRow]:
    counts = {None: _("the text does not say"), True: _("yes"), False: _("no")}
    rows = [
        SummaryRow(label=_("Applies to"), value=row.get_applies_to_display()),
        SummaryRow(
            label=_("Days before commencement count"),
            value=counts[row.days_before_commencement_count],
        ),
        SummaryRow(label=_("Legal status"), value=row.get_legal_status_display()),
        SummaryRow(label=_("Review status"), value=row.get_review_status_display()),
        SummaryRow(label=_("Published by the state on"), value=row.published_on),
        SummaryRow(label=_("Last verified, or sources read, on"), value=verified),
        SummaryRow(label=_("We held it to be so"), value=wording.held(row)),
        SummaryRow(label=_("Published here by"), value=wording.published_by(row)),
        SummaryRow(label=_("Name of the rule"), value=row.key),
    ]
    if hasattr(row, "withdrawal"):
        rows.insert(0, SummaryRow(label=_("Withdrawn because"), value=row.withdrawal.reason))
    return rows


def _versions(rows: QuerySet[Rule], current: Rule) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "is_current": row.pk == current.pk,
            "says": wording.what_it_says(row),
            "days": wording.days_of(row.valid),
            "held": wording.held(row),
            "by": wording.published_by(row),
        }
        for row in rows
    ]
