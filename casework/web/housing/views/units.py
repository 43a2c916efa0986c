"""Units of a site: added, changed, closed, taken into use again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.housing import actions
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..answering import asked
from ..forms import ClosingForm, NewUnitForm, UnitForm, VersionForm
from ..loading import MANAGE, managed_unit, usable_site

METHODS = ["GET", "HEAD", "POST"]


@requires(MANAGE)
@require_http_methods(METHODS)
def add_unit(request: UserRequest, site_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = usable_site(by, site_id, now, MANAGE)
    form = NewUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.add_unit(site=found, unit_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The unit is added."))
            return redirect("site", site_id)
    url = reverse("site", args=[site_id])
    return one_form_page(request, form, title=_("Add a room or flat"), who=found.code, cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def change_unit(request: UserRequest, unit_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    unit = managed_unit(by, unit_id, now)
    form = UnitForm(request.POST or None, initial=UnitForm.initial_of(unit))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_unit(unit=unit, version=version, by=by, now=now, **values)):
            messages.success(request, _("The unit is changed."))
            return redirect("site", unit.site_id)
    url = reverse("site", args=[unit.site_id])
    return one_form_page(request, form, title=_("Change this unit"), who=name_of(unit), cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def close_unit(request: UserRequest, unit_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    unit = managed_unit(by, unit_id, now)
    form = ClosingForm(request.POST or None, initial={"on": unit.site.today(now), "version": unit.version})
    return asked(
        request,
        form,
        lambda: actions.close_unit(unit=unit, on=form.day, version=form.version_read, by=by, now=now),
        said=_("The unit is closed, with its beds."),
        back=_page_of(unit),
        text=name_of(unit),
        title=_("Close this unit?"),
        warning=_("Nobody can be placed there from this day on. It can be taken into use again later."),
        act_label=_("Close this unit"),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def reopen_unit(request: UserRequest, unit_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    unit = managed_unit(by, unit_id, now)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(unit))
    return asked(
        request,
        form,
        lambda: actions.reopen_unit(unit=unit, version=form.version_read, by=by, now=now),
        said=_("The unit is in use again."),
        back=_page_of(unit),
        text=name_of(unit),
        title=_("Take this unit into use again?"),
        act_label=_("Take into use again"),
    )


def _page_of(unit: Any) -> str:
    """Return the place of the unit on the page of its site."""
    return f"{reverse('site', args=[unit.site_id])}#unit-{unit.pk}"


def name_of(unit: Any) -> str:
    return f"{unit.site.code}, {unit.label}"
