"""The request of a case for a bed: made, changed, spoken about, ended, taken up again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import HousingRequest
from casework.housing.waiting_list import end_of_place
from casework.housing.wording import day
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.referrals.loading import people_in
from casework.web.request import UserRequest

from ..answering import asked, back_to_housing
from ..forms import VersionForm
from ..forms_of_waiting import CloseRequestForm, ContactForm, RequestForm
from ..request_rows import where_from

METHODS = ["GET", "HEAD", "POST"]
HERE = "case_housing"


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def ask_for_bed(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = people_in(case)
    everybody = list(people)
    end = end_of_place(everybody, now)
    initial = {
        "people": everybody,
        "needed_from": today_in(case.team.time_zone, now),
        "leave_by": end.on if end else None,
        "country": case.team.country,
    }
    form = RequestForm(request.POST or None, people=people, initial=initial)
    _say_where_from(form, everybody, now)
    keep_draft(request, "ask_for_bed", case, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], _as_known(form.values(), now)
        if is_done(form, lambda: actions.open_request(case=case, request_id=new_id, by=by, now=now, **values)):
            return back_to_housing(request, case, _("They are on the waiting list."))
    return _form_page(request, form, case, now, title=_("Put them on the waiting list"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_housing_request(request: UserRequest, request_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_request(by, request_id, now)
    case = found.case
    form = RequestForm(request.POST or None, people=people_in(case), initial=RequestForm.initial_of(found))
    _say_where_from(form, form.initial["people"], now)
    keep_draft(request, "change_housing_request", found, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, _as_known(form.values(), now)
        if is_done(form, lambda: actions.change_request(request=found, version=version, by=by, now=now, **values)):
            return back_to_housing(request, case, _("What they need is changed."))
    return _form_page(request, form, case, now, title=_("Change what they need"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def note_housing_contact(request: UserRequest, request_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_request(by, request_id, now)
    form = ContactForm(request.POST or None, initial={"on": today_in(found.case.team.time_zone, now)})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if is_done(form, lambda: actions.note_contact(request=found, on=on, by=by, now=now)):
            return back_to_housing(request, found.case, _("The contact is noted."))
    return _form_page(request, form, found.case, now, title=_("Somebody spoke with them"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def close_housing_request(request: UserRequest, request_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_request(by, request_id, now)
    form = CloseRequestForm(request.POST or None, initial=CloseRequestForm.initial_of(found))
    if request.method == "POST" and form.is_valid() and is_done(form, lambda: _close(found, form, by, now)):
        return back_to_housing(request, found.case, _("They are off the waiting list. It can be opened again."))
    text = _("Beds that are offered to them are free again.")
    return _form_page(request, form, found.case, now, title=_("Do they not wait any more?"), text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def reopen_housing_request(request: UserRequest, request_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_request(by, request_id, now)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(found))
    return asked(
        request,
        form,
        lambda: actions.reopen_request(request=found, version=form.version_read, by=by, now=now),
        said=_("They wait again, since when they waited first."),
        back=reverse(HERE, args=[found.case.code]),
        title=_("Do they wait again?"),
        text=found.case.code,
        act_label=_("They wait again"),
    )


def changeable_request(user: User, request_id: UUID, now: datetime) -> HousingRequest:
    """Return the request of a case that this user may change, or answer 404."""
    requests: Any = HousingRequest.objects
    rows = requests.changeable_by(user, now).select_related("data_key", "case__team", "case__data_key")
    found: HousingRequest = open_or_404(rows, pk=request_id)
    return found


def _close(found: HousingRequest, form: CloseRequestForm, by: User, now: datetime) -> HousingRequest:
    closing, version = form.cleaned_data["closing"], form.version_read
    if closing == HousingRequest.Closing.NOT_WISHED:
        return actions.withdraw_request(request=found, version=version, by=by, now=now)
    return actions.close_request(request=found, closing=closing, version=version, by=by, now=now)


def _say_where_from(form: RequestForm, people: list[Client], now: datetime) -> None:
    """Say beside the field what the software knows, and where that comes from."""
    if (end := end_of_place(people, now)) is not None:
        form.fields["leave_by"].help_text = _(
            "As far as we know by %(day)s: %(from)s. Blank, or this day: it follows what is on record."
        ) % {"day": day(end.on), "from": where_from(end)}


def _as_known(values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what is stored: a day that the software knows by itself is not kept as one that they told us."""
    end = end_of_place(values["people"], now)
    if end is not None and values["leave_by"] == end.on:
        return values | {"leave_by": None}
    return values


def _form_page(
    request: UserRequest, form: Any, case: Any, now: datetime, *, title: str, text: str = ""
) -> HttpResponse:
    url, header = reverse(HERE, args=[case.code]), case_header(case, now, here=HERE)
    return one_form_page(request, form, title=title, cancel_url=url, header=header, text=text)
