"""Where people live: recorded, changed, moved out of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Address, Client
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.onward.housing import about_address
from casework.web.request import UserRequest
from casework.web.undo import Undo

from ..acting import back_to, form_page, is_done
from ..forms.addresses import AddressForm, EndAddressForm, RecordAddressForm
from ..forms.rows import ResumeForm
from ..loading import changeable_address, changeable_client
from ..people import today_of_case

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_address(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = changeable_client(by, reference, now)
    family = _family_of(client)
    initial = {"country": _where_they_are(client) or client.case.team.country}
    form = RecordAddressForm(request.POST or None, has_family=bool(family), initial=initial)
    keep_draft(request, "record_address", client, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        values["together_with"] = family if values.pop("everybody", False) else ()
        if is_done(form, lambda: actions.record_address(client=client, address_id=new_id, by=by, now=now, **values)):
            _warn_of_closed_areas(request, client, form, now)
            return back_to(request, client.case, "addresses", _("The address is recorded."))
    about = about_address(client, form, today_of_case(client.case, client, now), now)
    return form_page(
        request, client.case, form, title=_("Record an address"), now=now, who=client.full_name, about=about
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_address(request: UserRequest, address_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    address = changeable_address(by, address_id, now)
    client = address.client
    form = AddressForm(request.POST or None, initial=AddressForm.initial_of(address))
    keep_draft(request, "change_address", address, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_address(address=address, version=version, by=by, now=now, **values)):
            _warn_of_closed_areas(request, client, form, now)
            return back_to(request, client.case, "addresses", _("The address is changed."))
    about = about_address(client, form, today_of_case(client.case, client, now), now, address_id)
    return form_page(
        request, client.case, form, title=_("Change an address"), now=now, who=client.full_name, about=about
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def end_address(request: UserRequest, address_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    address = changeable_address(by, address_id, now)
    client = address.client
    form = EndAddressForm(request.POST or None, initial=EndAddressForm.initial_of(address))
    if request.method == "POST" and form.is_valid():
        version, until = form.version_read, form.cleaned_data["until"]
        if is_done(form, lambda: actions.end_address(address=address, until=until, version=version, by=by, now=now)):
            said = _("The end of this address is recorded.")
            # An end that was changed goes back by hand: a day that somebody typed waits in no session.
            undo = Undo(reverse("resume_address", args=[address_id]), {"version": str(version + 1)})
            return back_to(request, client.case, "addresses", said, undo=undo if not address.until else None)
    return form_page(
        request, client.case, form, title=_("They have moved out"), now=now, who=client.full_name, text=_place(address)
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def resume_address(request: UserRequest, address_id: UUID) -> HttpResponse:
    """Take back that they have moved out."""
    now, by = timezone.now(), request.user
    address = changeable_address(by, address_id, now)
    form = ResumeForm(request.POST or None, initial=ResumeForm.initial_of(address), act=_("They live there after all"))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: actions.resume_address(address=address, version=version, by=by, now=now)):
            return back_to(request, address.client.case, "addresses", _("They live there after all."))
    title = _("Do they live there after all?")
    return form_page(
        request, address.client.case, form, title=title, now=now, who=address.client.full_name, text=_place(address)
    )


def _where_they_are(client: Client) -> str:
    """Return the country in which the person was when their deadlines were last computed, "" if nowhere on record."""
    position = getattr(client, "computed_position", None)
    return position.country if position else ""


def _warn_of_closed_areas(request: UserRequest, client: Client, form: AddressForm, now: datetime) -> None:
    """Say on the next page that the address names a closed area. The message names neither: it is kept for a while."""
    if about_address(client, form, today_of_case(client.case, client, now), now).named:
        messages.warning(request, _("This address names an area that is recorded as closed to new permits. See below."))


def _family_of(client: Client) -> list[Client]:
    people: Any = Client.objects.select_related("data_key", "case__team")
    return list(people.filter(case=client.case).exclude(pk=client.pk).principal_first())


def _place(address: Address) -> str:
    return ", ".join(part for part in (address.city, address.line) if part)
