"""The working days of a country, a year a page, and what editors state about single days of it. No people."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.lib.suppression import outgoing_count
from casework.lib.working_days import EDITION, is_known_calendar
from casework.residency import wording
from casework.residency.actions import calendars as actions
from casework.residency.models import CalendarDay, Deadline, Jurisdiction
from casework.residency.models.rule import FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.request import UserRequest, permissions_in

from .calendar_forms import DaysForm, SourceForm, SwapForm, initial_of
from .calendar_shown import is_covered, shown_year


@requires(Permission.RULES_VIEW)
@require_safe
def calendar(request: UserRequest, code: str, year: int) -> HttpResponse:
    """Twelve months with weekends, holidays and exceptional days, and how many deadlines rest on them."""
    place = get_object_or_404(Jurisdiction, pk=code, kind=Jurisdiction.Kind.COUNTRY)
    if not FIRST_CALENDAR_YEAR <= year <= LAST_CALENDAR_YEAR:
        raise Http404
    is_known = is_known_calendar(place.pk)
    ours = place.calendar_days.filter(day__year=year).order_by("day")
    context = {
        **_context(place, year),
        "shown": shown_year(place.pk, year, ours) if is_known else None,
        "is_known": is_known,
        "is_covered": is_covered(place.pk, year),
        "edition": EDITION,
        "ours": ours,
        "counted": _counted(place) if is_known else "",
        "may_edit": is_known and Permission.RULES_EDIT in permissions_in(request),
        "years": {"before": max(year - 1, FIRST_CALENDAR_YEAR), "after": min(year + 1, LAST_CALENDAR_YEAR)},
    }
    return render(request, "rules/calendar.html", context)


@requires(Permission.RULES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def state_days(request: UserRequest, code: str, year: int) -> HttpResponse:
    """State that a day, or several at once, is off or worked."""
    place = _place(code)
    form = DaysForm(request.POST or None)
    if form.is_valid():
        try:
            rows = actions.state_days(place=place, by=request.user, now=timezone.now(), **form.values())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            sentence = ngettext("%(count)s day stated.", "%(count)s days stated.", len(rows)) % {"count": len(rows)}
            return _done(request, place, rows[0].day, sentence)
    return _form(request, place, year, form, _("State exceptional days"))


@requires(Permission.RULES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def swap_days(request: UserRequest, code: str, year: int) -> HttpResponse:
    """State that one day is worked instead of another."""
    place = _place(code)
    form = SwapForm(request.POST or None)
    if form.is_valid():
        try:
            rows = actions.swap_days(place=place, by=request.user, now=timezone.now(), **form.values())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            return _done(request, place, rows[0].day, _("The days are swapped."))
    return _form(request, place, year, form, _("Swap two days"))


@requires(Permission.RULES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_calendar_day(request: UserRequest, code: str, number: int) -> HttpResponse:
    """Change why it is an exception, and where that stands."""
    day = _day(code, number)
    form = SourceForm(request.POST or None, initial=initial_of(day))
    if form.is_valid():
        try:
            actions.correct_days(day=day, by=request.user, now=timezone.now(), **form.source())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            return _done(request, day.jurisdiction, day.day, _("Reason and source are saved."))
    title = _("Reason and source: %(days)s") % {"days": _in_words(day)}
    return _form(request, day.jurisdiction, day.day.year, form, title)


@requires(Permission.RULES_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_calendar_day(request: UserRequest, code: str, number: int) -> HttpResponse:
    """Take an exceptional day back, with the other one of its swap."""
    day = _day(code, number)
    if request.method == "POST":
        try:
            actions.take_back_days(day=day, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("calendar", code, day.day.year)
        return _done(request, day.jurisdiction, day.day, _("Taken back: the usual calendar holds again."))
    context = {
        "title": _("Take back: %(days)s") % {"days": _in_words(day)},
        "text": _("The usual calendar decides again. Deadlines that count these days are computed anew."),
        "rows": [SummaryRow(label=_("Why?"), value=day.reason), SummaryRow(label=_("Source"), value=day.source_title)],
        "act_label": _("Take back"),
        "cancel_url": _url(day.jurisdiction, day.day.year),
    }
    return render(request, "components/confirm_page.html", context)


def _place(code: str) -> Jurisdiction:
    place = get_object_or_404(Jurisdiction, pk=code, kind=Jurisdiction.Kind.COUNTRY)
    if not is_known_calendar(place.pk):
        raise Http404
    return place


def _day(code: str, number: int) -> CalendarDay:
    return get_object_or_404(CalendarDay.objects.select_related("jurisdiction"), jurisdiction=code, pk=number)


def _in_words(day: CalendarDay) -> str:
    return ", ".join(wording.day(each.day) for each in actions.days_with(day))


def _counted(place: Jurisdiction) -> str:
    """Return for how many people something rests on this calendar, as a sentence that points at nobody."""
    rests = [{"code": "calendar_used", "values": {"calendar": place.pk}}]
    deadlines = Deadline.objects.open().filter(because__contains=rests, client__case__restricted=False)
    people = outgoing_count(deadlines.values("client").distinct().count())
    if people == 0:
        return _("No open deadline counts working days of this calendar.")
    if people is None:
        return _("Open deadlines of fewer than 8 people count working days of this calendar.")
    return ngettext(
        "Open deadlines of about %(count)s person count working days of this calendar.",
        "Open deadlines of about %(count)s people count working days of this calendar.",
        people,
    ) % {"count": people}


def _tell(form: Any, refusal: Refusal) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def _done(request: UserRequest, place: Jurisdiction, day: date, sentence: str) -> HttpResponse:
    messages.success(request, f"{sentence} " + _("Deadlines that count these days are computed anew."))
    return redirect("calendar", place.pk, day.year)


def _form(request: UserRequest, place: Jurisdiction, year: int, form: Any, title: str) -> HttpResponse:
    return render(request, "rules/calendar_form.html", {**_context(place, year), "form": form, "title": title})


def _context(place: Jurisdiction, year: int) -> dict[str, Any]:
    return {"place": place, "name": wording.place_name(place), "year": year}


def _url(place: Jurisdiction, year: int) -> str:
    return str(redirect("calendar", place.pk, year)["Location"])
