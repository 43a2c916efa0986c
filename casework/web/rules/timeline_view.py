"""The page of the timeline: which years, as known on which day, drawn and in words."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.residency import wording
from casework.residency.models import Jurisdiction, Rule
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only
from casework.web.request import UserRequest

from .timeline import LanesOfDuty, first_and_last, lanes_of
from .timeline_drawing import Window, drawn
from .today import group_names, today_at

BEFORE, AFTER = 5, 2  # years around today, unless the reader asks for others
LEAST, MOST = 1, 120  # years on one paper
FIRST, LAST = 1900, 2100


class KnownForm(forms.Form):
    """Both the day and the years are in the address."""

    known = DayField(
        label=gettext_lazy("As known on"),
        help_text=gettext_lazy("Empty: as held now. For an earlier day: what was told people then."),
        required=False,
    )

    helper = fields_only()


@requires(Permission.RULES_VIEW)
@require_safe
def rules_timeline(request: UserRequest, code: str) -> HttpResponse:
    """The rules of one country or zone over the years."""
    place = get_object_or_404(Jurisdiction, pk=code)
    now = timezone.now()
    today = today_at(place, request.user, now)
    form = KnownForm(request.GET if "known_day" in request.GET else None)
    known = form.cleaned_data["known"] if form.is_bound and form.is_valid() else None
    rows = _held(place, known, now).select_related("jurisdiction").order_by("duty", "nationality", "part", "pk")
    duties = lanes_of(rows, group_names())
    window = _window(request.GET, today)
    context = {
        "place": place,
        "name": wording.place_name(place),
        "tabs": tabs(place, "rules_timeline"),
        "today": today,
        "known": known,
        "form": form,
        "window": window,
        "links": _links(request, window, duties, today),
        "duties": duties,
        "drawing": drawn(duties, window, today),
        "has_remarks": any(duty.remarks for duty in duties),
    }
    return render(request, "rules/rules_timeline.html", context)


def tabs(place: Jurisdiction, current: str) -> list[Tab]:
    labels = {"rules_of_country": _("What is law today"), "rules_timeline": _("Over the years")}
    return [
        Tab(label=label, url=reverse(name, args=[place.code]), is_current=name == current)
        for name, label in labels.items()
    ]


def _held(place: Jurisdiction, known: date | None, now: datetime) -> QuerySet[Rule]:
    """Return what is held now, or was held at the end of a day where the rules are law."""
    rows = Rule.objects.filter(jurisdiction=place)
    if known is None:
        return rows.held_now()
    midnight = datetime.combine(known + timedelta(days=1), time.min, ZoneInfo(place.time_zone or "UTC"))
    return rows.held_at(min(midnight, now))


def _window(query: QueryDict, today: date) -> Window:
    """Return the years that the address asks for; what cannot be understood asks for nothing."""
    first, last = (_year(query.get(name, "")) for name in ("from", "to"))
    first = today.year - BEFORE if first is None else first
    last = max(today.year + AFTER, first + AFTER) if last is None else last
    if last < first:
        first, last = last, first
    return Window(first, min(last, first + MOST - 1))


def _year(text: str) -> int | None:
    return (
        int(text) if text.isascii() and text.isdigit() and FIRST <= int(text[:5]) <= LAST and len(text) == 4 else None
    )


def _links(request: UserRequest, window: Window, duties: list[LanesOfDuty], today: date) -> list[tuple[str, str]]:
    """Return the ways to other years: (label, address)."""
    first, last = window.first_year, window.last_year
    step = max((last - first + 1) // 2, 1)
    earliest, latest = first_and_last(duties)
    begin, end = min(earliest or today, today).year, max(latest or today, today).year + 1
    wanted = [
        (_("Earlier"), first - step, last - step),
        (_("Later"), first + step, last + step),
        (_("Fewer years"), first + (step + 1) // 2, max(last - step // 2, first + (step + 1) // 2)),
        (_("More years"), first - step, last + step),
        (_("Around today"), today.year - BEFORE, today.year + AFTER),
        (_("Everything on record"), begin, end),
    ]
    kept = {name: value for name, value in request.GET.items() if name.startswith("known")}
    return [
        (label, "?" + urlencode({"from": max(start, FIRST), "to": min(stop, LAST), **kept}))
        for label, start, stop in wanted
        if (start, stop) != (first, last) and start <= LAST and stop >= FIRST
    ]
