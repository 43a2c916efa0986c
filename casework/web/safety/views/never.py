"""The never-contact list of a case: put on it at once, taken off by two people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.cases.loading import changeable_case
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.request import UserRequest

from ..forms import AskOffForm, EntryForm, KeepForm, NeverContactForm, TakeOffForm
from ..loading import changeable_entry, partners_to_choose, people_of
from .consents import METHODS, _back, _form


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_never_contact(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    today = today_in(case.team.time_zone, now)
    people, partners = people_of(case), partners_to_choose()
    form = NeverContactForm(request.POST or None, people=people, partners=partners, initial={"since": today})
    keep_draft(request, "record_never_contact", case, now, form)
    if request.method == "POST" and form.is_valid():
        known: dict[str, Any] = {"case": case, "entry_id": form.cleaned_data["id"]} | form.values()
        if is_done(form, lambda: actions.record_never_contact(by=by, now=now, today=today, **known)):
            return _back(request, case, "never", _("It is on the never-contact list."))
    text = _("From then on no way to reach them with this number counts as safe, and no referral goes there.")
    return _form(request, form, case, title=_("Never contact"), text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def ask_off(request: UserRequest, entry_id: UUID) -> HttpResponse:
    title, said = (
        _("Ask to take off the never-contact list"),
        _("Asked. It stays on the list until a colleague agrees."),
    )
    return _step(request, entry_id, AskOffForm, actions.ask_to_withdraw_never_contact, title=title, said=said)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def take_off(request: UserRequest, entry_id: UUID) -> HttpResponse:
    title, said = _("Take off the never-contact list?"), _("It is off the list. Ways to reach them stay as they are.")
    return _step(request, entry_id, TakeOffForm, actions.withdraw_never_contact, title=title, said=said)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def keep(request: UserRequest, entry_id: UUID) -> HttpResponse:
    title, said = _("Keep on the never-contact list?"), _("It stays on the list.")
    return _step(request, entry_id, KeepForm, actions.keep_never_contact, title=title, said=said)


def _step(
    request: UserRequest,
    entry_id: UUID,
    form_type: type[EntryForm],
    act: Callable[..., Any],
    *,
    title: str,
    said: str,
) -> HttpResponse:
    now, by = timezone.now(), request.user
    entry = changeable_entry(by, entry_id, now)
    case = entry.case_of_it
    form = form_type(request.POST or None, initial=form_type.initial_of(entry))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: act(entry=entry, version=version, by=by, now=now, **values)):
            return _back(request, case, "never", said)
    who = f"{entry.get_kind_display()}: {entry.value}"
    return _form(request, form, case, title=title, who=who, text=str(entry.asked_reason or ""))
