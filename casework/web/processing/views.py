"""The record of processing, read from the register of columns; and the organisation itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.actions.organisation import OrganisationChanged, change_organisation, organisation
from casework.accounts.roles import Permission
from casework.vault import registry
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest, permissions_in

from .forms import OrganisationForm


@requires(Permission.PROCESSING_VIEW)
@require_safe
def processing(request: UserRequest) -> HttpResponse:
    context = {
        "tables": [(table, registry.alike(entries)) for table, entries in registry.by_table()],
        "retentions": registry.retentions().items(),
        "organisation": organisation(),
        "may_manage_organisation": Permission.ACCOUNTS_MANAGE in permissions_in(request),
    }
    return render(request, "processing/processing.html", context)


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_page(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = OrganisationForm(request.POST or None, initial=OrganisationForm.initial_of(organisation()))
    if request.method == "POST" and form.is_valid():
        try:
            change_organisation(version=form.version_read, by=by, now=now, **form.values())
        except OrganisationChanged as conflict:
            form.show_theirs(conflict.theirs)
        else:
            messages.success(request, _("Who we are is saved."))
            return redirect("processing")
    text = _("It stands on printed forms and in the record of processing.")
    return one_form_page(request, form, title=_("Who we are"), cancel_url=reverse("processing"), text=text)
