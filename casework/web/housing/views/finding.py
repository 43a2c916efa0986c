"""Beds for the people of a case: what is free and fits, with the reasons; and placing them there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.actions import UnableToOfferBeds, UnableToPlace
from casework.housing.fit import Wishes
from casework.housing.models import Bed, HousingRequest, Unit
from casework.housing.queries import beds_in_order, suggestions
from casework.housing.vacancy import InRoom, Suggestion
from casework.housing.wording import point_sentence
from casework.lib.dates import today_in
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..answering import back_to_housing
from ..forms_of_placing import CHECK_IN, HOLD, OFFER, USUAL_STAY, FindForm, PlaceForm
from ..warnings import Warnings, warnings_about

METHODS = ["GET", "HEAD", "POST"]
# Nobody reads further; the page says that there are more.
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A suggestion in words: the rooms, who goes into which bed, what speaks for it and against it."""

    rooms: Sequence[str]
    beds: Sequence[tuple[str, str]]
    remarks: Sequence[str]
    objections: Sequence[str]
    warnings: Sequence[str]
    url: str


@requires(Permission.HOUSING_PLACE)
@require_safe
def find_beds(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = changeable_case(request.user, code, now)
    people = _people_of(case)
    today = today_in(case.team.time_zone, now)
    initial = {
        "people": [client.reference for client in people],
        "since": today,
        "until": today + USUAL_STAY,
        "country": case.team.country,
    }
    form = FindForm(request.GET or None, initial=initial, people=people)
    context: dict[str, Any] = {
        "case": case,
        "header": case_header(case, now, here="case_housing"),
        "form": form,
        "found": None,
    }
    if request.GET and form.is_valid():
        context |= _answer(request, case, form, now)
    record("housing.free_beds_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    return render(request, "housing/find_beds.html", context)


@requires(Permission.HOUSING_PLACE)
@require_http_methods(METHODS)
def place_people(request: UserRequest, code: str) -> HttpResponse:
    """Place people in beds. `?bed_K7Q-3F9=<id>`, `since_day` and so on fill the form in, as a suggestion does."""
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = _people_of(case)
    today = today_in(case.team.time_zone, now)
    beds = _beds_of(by, now)
    waiting = HousingRequest.objects.open().filter(case=case).first()
    initial: dict[str, Any] = {"since": today, "until": today + USUAL_STAY}
    asked: dict[str, Any] = {"people": people, "beds": beds, "waits": waiting is not None}
    if request.method == "POST":
        form = PlaceForm(request.POST, **asked)
    else:
        form = PlaceForm(initial=initial | _filled_in(request, people, beds), **asked)
    if request.method == "POST" and form.is_valid():
        try:
            _place(form, waiting, by, now)
        except UnableToPlace as refusal:
            refuse(form, refusal)
            form.ask({each.asks for each in refusal.hindrances})
        except UnableToOfferBeds as refusal:
            refuse(form, refusal)
        else:
            return back_to_housing(request, case, _("Done: here is who sleeps where."))
    url = reverse("find_beds", args=[code])
    context = {
        "header": case_header(case, now, here="case_housing"),
        "form": form,
        "title": _("Place them there"),
        "cancel_url": url,
        "warnings": warnings_about(form.units_shown, now).of(form.units_shown),
    }
    return render(request, "cases/form_page.html", context)


def _place(form: PlaceForm, waiting: HousingRequest | None, by: Any, now: datetime) -> None:
    values = form.values()
    asked: dict[str, Any] = {
        "people_in_beds": form.people_in_beds,
        "since": values["since"],
        "until": values["until"],
        "reason": values.get("reason", ""),
        "by": by,
        "now": now,
    }
    until = now + timedelta(hours=int(values["hours"] or 24))
    if values["how"] == OFFER and waiting is not None:
        actions.offer_beds(request=waiting, lapses_at=until, offer_id=form.act, **asked)
        return
    asked["act"] = form.act
    if values["how"] == HOLD:
        actions.hold(**asked, held_until=until)
    else:
        is_there = values["how"] == CHECK_IN
        actions.book(**asked, checks_in=is_there, may_move=bool(values.get("may_move")))


def _answer(request: UserRequest, case: Case, form: FindForm, now: datetime) -> dict[str, Any]:
    values, people = form.cleaned_data, form.wanted
    wishes = Wishes(step_free=values["step_free"], pets=values["pets"], cot=values["cot"])
    found, units = suggestions(
        people,
        request.user,
        now,
        values["since"],
        values["until"],
        wishes=wishes,
        country=values["country"],
        city=values["city"].strip(),
        together=not values["apart"],
    )
    names = {client.pk: client for client in people}
    refused = [
        (room.label, [point_sentence(point, _reference(names, point.key)) for point in points])
        for room, points in found.refused
        if room.key in units
    ]
    shown = found.found[:MOST_SHOWN]
    warnings = warnings_about([units[room.room.key] for each in shown for room in each.rooms], now)
    return {
        "found": [_offered(each, names, case, values, units, warnings) for each in shown],
        "has_more": len(found.found) > MOST_SHOWN,
        "refused": refused,
    }


def _offered(
    suggestion: Suggestion,
    names: dict[Any, Client],
    case: Case,
    values: dict[str, Any],
    units: Mapping[Any, Unit],
    warnings: Warnings,
) -> Offered:
    rooms: Sequence[InRoom] = suggestion.rooms
    labels = {place.key: f"{room.room.label}, {place.label}" for room in rooms for place in room.room.free}
    query = {f"bed_{names[person].reference}": str(bed) for person, bed in suggestion.beds.items()}
    for name in ("since", "until"):
        if day := values[name]:
            query |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return Offered(
        rooms=[room.room.label for room in rooms],
        beds=[(names[person].full_name, labels[bed]) for person, bed in suggestion.beds.items()],
        remarks=_said(rooms, "remarks", names),
        objections=_said(rooms, "objections", names),
        warnings=warnings.of(units[room.room.key] for room in rooms),
        url=f"{reverse('place_people', args=[case.code])}?{urlencode(query)}",
    )


def _said(rooms: Sequence[InRoom], which: str, names: dict[Any, Client]) -> list[str]:
    """Return the points of all rooms as sentences, each once."""
    points = [point for room in rooms for point in getattr(room.fit, which)]
    return list(dict.fromkeys(point_sentence(point, _reference(names, point.key)) for point in points))


def _reference(names: dict[Any, Client], key: Any) -> str:
    client = names.get(key)
    return str(client.reference) if client is not None else ""


def _people_of(case: Case) -> list[Client]:
    people: Any = case.clients.select_related("data_key", "case__team").defer("search_form")
    return list(people.principal_first())


def _beds_of(user: Any, now: datetime) -> dict[str, list[Bed]]:
    """Return the beds that can be chosen, by unit: all that stand in places where this user may place people."""
    beds: Any = Bed.objects
    usable = beds.usable_by(user, now, Permission.HOUSING_PLACE).in_use_on(now.date()).with_place()
    found: dict[str, list[Bed]] = {}
    for bed in usable.order_by("unit__site__code", "unit__label", "pk"):
        found.setdefault(f"{bed.unit.site.code}, {bed.unit.label}", []).append(bed)
    return {unit: beds_in_order(group) for unit, group in found.items()}


def _filled_in(request: UserRequest, people: Sequence[Client], beds: dict[str, list[Bed]]) -> dict[str, Any]:
    """Return what the address says of days and beds, as far as it is understood."""
    known = {str(bed.pk) for group in beds.values() for bed in group}
    asked = FindForm(request.GET, people=people)
    asked.is_valid()
    said: dict[str, Any] = {}
    if since := asked.cleaned_data.get("since"):
        said = {"since": since, "until": asked.cleaned_data.get("until")}
    for number, client in enumerate(people):
        # `bed` alone, as the page of a bed says it, is for the first of the case.
        bed = request.GET.get(f"bed_{client.reference}", request.GET.get("bed", "") if number == 0 else "")
        if bed in known:
            said[f"bed_{client.reference}"] = bed
    return said
