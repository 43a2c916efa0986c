"""Filters of lists kept under a name, and which columns a list has: each for oneself."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts import actions
from casework.accounts.models import SavedFilter
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.web.cases.columns import COLUMNS, columns_of
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.forms.layouts import stacked
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from .saved import LISTS, only_filters, row_of


class SaveFilterForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    listing = forms.ChoiceField(choices=SavedFilter.Listing.choices, widget=forms.HiddenInput)
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Under which name?"),
        max_length=60,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)

    helper = stacked(gettext_lazy("Save the filters"))


class RenameFilterForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)

    helper = stacked(gettext_lazy("Rename it"))


class ColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        help_text=gettext_lazy(
            "The code of the case is always there. With none ticked, the list has its usual columns."
        ),
        choices=lambda: [(key, label) for key, label in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    helper = stacked(gettext_lazy("Show these columns"))


@requires(Permission.CASE_VIEW)
@require_safe
def saved_filters(request: UserRequest) -> HttpResponse:
    """All of one's own, by list: to use, rename and remove."""
    kept = SavedFilter.objects.filter(user=request.user).order_by("listing", "created_at", "pk")
    return render(request, "lists/saved_filters.html", {"rows": [row_of(each) for each in kept]})


@requires(Permission.CASE_VIEW)
@require_POST
def save_filter(request: UserRequest) -> HttpResponse:
    form = SaveFilterForm(request.POST)
    listing = request.POST.get("listing", "")
    if listing not in LISTS:
        raise Http404
    query = only_filters(listing, QueryDict(request.POST.get("query", "")))
    back = reverse(LISTS[listing].page(request.POST.get("page", ""))) + (f"?{query}" if query else "")
    if not query:
        messages.error(request, _("No filter is in force: choose some first."))
        return redirect(back)
    if form.is_valid():
        values = form.cleaned_data
        known: dict[str, Any] = {"filter_id": values["id"], "listing": listing, "name": values["name"], "query": query}
        try:
            actions.save_filter(**known, by=request.user, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The filters are saved. They stand above the list, for you alone."))
            return redirect(back)
    return one_form_page(request, form, title=_("Save these filters"), cancel_url=back)


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def rename_filter(request: UserRequest, filter_id: UUID) -> HttpResponse:
    saved = _own(request, filter_id)
    form = RenameFilterForm(request.POST or None, initial={"name": saved.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_filter(saved=saved, name=form.cleaned_data["name"], by=request.user, now=timezone.now())
        messages.success(request, _("It has its new name."))
        return redirect("saved_filters")
    return one_form_page(request, form, title=_("Rename saved filters"), cancel_url=reverse("saved_filters"))


@requires(Permission.CASE_VIEW)
@require_POST
def remove_filter(request: UserRequest, filter_id: UUID) -> HttpResponse:
    actions.remove_filter(saved=_own(request, filter_id), by=request.user, now=timezone.now())
    messages.success(request, _("It is removed. The list itself has not changed."))
    return redirect("saved_filters")


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def case_columns(request: UserRequest) -> HttpResponse:
    form = ColumnsForm(request.POST or None, initial={"columns": columns_of(request.user)})
    if request.method == "POST" and form.is_valid():
        chosen = [key for key in COLUMNS if key in form.cleaned_data["columns"]]
        actions.choose_case_columns(user=request.user, columns=chosen, now=timezone.now())
        messages.success(request, _("The list has these columns now, and so has its file."))
        return redirect("cases")
    return one_form_page(request, form, title=_("Columns of the list of cases"), cancel_url=reverse("cases"))


def _own(request: UserRequest, filter_id: UUID) -> SavedFilter:
    """Return one's own; those of others are not there."""
    found: SavedFilter = get_object_or_404(SavedFilter.objects.filter(user=request.user), pk=filter_id)
    return found
