"""Beds: put up, changed, closed, and blocked for a while."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.housing import actions
from casework.housing.models import Bed
from casework.housing.wording import span
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..answering import asked
from ..forms import BedForm, BedsForm, BlockForm, ClosingForm, VersionForm
from ..loading import MANAGE, managed_bed, managed_block, managed_unit
from .units import name_of

METHODS = ["GET", "HEAD", "POST"]


@requires(MANAGE)
@require_http_methods(METHODS)
def add_beds(request: UserRequest, unit_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    unit = managed_unit(by, unit_id, now)
    form = BedsForm(request.POST or None, initial={"opened_on": unit.site.today(now)})
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.add_beds(unit=unit, bed_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The beds are there."))
            return redirect("site", unit.site_id)
    url = reverse("site", args=[unit.site_id])
    return one_form_page(request, form, title=_("Put up beds"), who=name_of(unit), cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def change_bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    bed = managed_bed(by, bed_id, now)
    form = BedForm(request.POST or None, initial=BedForm.initial_of(bed))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_bed(bed=bed, version=version, by=by, now=now, **values)):
            messages.success(request, _("The bed is changed."))
            return redirect(_unit_of(bed))
    return one_form_page(request, form, title=_("Change this bed"), who=bed.place, cancel_url=_unit_of(bed))


@requires(MANAGE)
@require_http_methods(METHODS)
def close_bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    bed = managed_bed(by, bed_id, now)
    form = ClosingForm(request.POST or None, initial={"on": bed.unit.site.today(now), "version": bed.version})
    return asked(
        request,
        form,
        lambda: actions.close_bed(bed=bed, on=form.day, version=form.version_read, by=by, now=now),
        title=_("Close this bed?"),
        warning=_("Nobody can be placed there from this day on. It can be taken into use again later."),
        act_label=_("Close this bed"),
        said=_("The bed is closed."),
        text=bed.place,
        back=_unit_of(bed),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def reopen_bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    bed = managed_bed(by, bed_id, now)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(bed))
    return asked(
        request,
        form,
        lambda: actions.reopen_bed(bed=bed, version=form.version_read, by=by, now=now),
        title=_("Take this bed into use again?"),
        act_label=_("Take into use again"),
        said=_("The bed is in use again."),
        text=bed.place,
        back=_unit_of(bed),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def block_bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    bed = managed_bed(by, bed_id, now)
    form = BlockForm(request.POST or None, initial={"since": bed.unit.site.today(now)})
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.block_bed(bed=bed, block_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The bed is blocked on these days."))
            return redirect(_unit_of(bed))
    return one_form_page(request, form, title=_("Block this bed"), who=bed.place, cancel_url=_unit_of(bed))


@requires(MANAGE)
@require_http_methods(METHODS)
def change_block(request: UserRequest, block_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    block = managed_block(by, block_id, now)
    form = BlockForm(request.POST or None, initial=BlockForm.initial_of(block))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_block(block=block, version=version, by=by, now=now, **values)):
            messages.success(request, _("The block is changed."))
            return redirect(_unit_of(block.bed))
    url = _unit_of(block.bed)
    return one_form_page(request, form, title=_("Change this block"), who=block.bed.place, cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def end_block(request: UserRequest, block_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    block = managed_block(by, block_id, now)
    today = block.bed.unit.site.today(now)
    form = ClosingForm(request.POST or None, initial={"on": max(today, block.since), "version": block.version})
    form.fields["on"].label = _("Free again from")
    return asked(
        request,
        form,
        lambda: actions.end_block(block=block, on=form.day, version=form.version_read, by=by, now=now),
        title=_("Is this bed free again?"),
        warning=_("Blocked %(days)s.") % {"days": span(block.since, block.until)},
        act_label=_("Free again"),
        said=_("The block is ended."),
        text=block.bed.place,
        back=_unit_of(block.bed),
    )


def _unit_of(bed: Bed) -> str:
    """Return the place of the unit on the page of its site."""
    return f"{reverse('site', args=[bed.unit.site_id])}#unit-{bed.unit_id}"
