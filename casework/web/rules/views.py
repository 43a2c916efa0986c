"""Pages on which staff read the country rules. They show no people and write nothing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.access import permissions_of
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.lib.countries import country_name
from casework.residency import wording
from casework.residency.models import Jurisdiction, NationalityGroup, Rule
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest

from .forms import RulesFilterForm
from .shown import by_country, by_duty, examples_of, shown


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
        "add_url": _editor_url(request.user, "admin:residency_rule_add"),
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
    names = _group_names()
    rows = _with_sources(_filtered(held, form)).order_by("duty", "nationality", "part", "-valid", "pk")
    context = {
        "place": place,
        "name": wording.place_name(place),
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
    one = shown(row, today_at(row.jurisdiction, request.user, now), _group_names())
    context = {
        "rule": one,
        "name": wording.place_name(row.jurisdiction),
        "rows": _summary(row),
        "examples": examples_of(row),
        "versions": _versions(versions.filter(key=row.key).order_by("-pk"), row),
        "admin_url": _editor_url(request.user, "admin:residency_rule_change", row.pk),
    }
    return render(request, "rules/rule.html", context)


def today_at(place: Jurisdiction, user: User, now: datetime) -> date:
    """Return which day it is in a country; for a zone, where the reader is."""
    return now.astimezone(ZoneInfo(place.time_zone or user.time_zone or "UTC")).date()


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


def _with_sources(rows: QuerySet[Rule]) -> QuerySet[Rule]:
    return rows.select_related("jurisdiction").prefetch_related("citations")


def _nationality_query(form: RulesFilterForm) -> str:
    chosen = form.cleaned_data.get("nationality")
    return f"?nationality={chosen}" if chosen else ""


def _group_names() -> dict[str, str]:
    return dict(NationalityGroup.objects.values_list("code", "name"))


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _editor_url(user: User, name: str, *args: object) -> str:
    """Return the address of a page of the admin for those who keep rules, "" for everybody else."""
    keeps = permissions_of(user, timezone.now()) & {Permission.RULES_EDIT, Permission.RULES_REVIEW}
    return reverse(name, args=args) if keeps else ""


def _summary(row: Rule) -> list[SummaryRow]:
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
        SummaryRow(label=_("Last verified on"), value=row.last_verified_on),
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
