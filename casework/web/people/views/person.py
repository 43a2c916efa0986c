"""One user: what they may do, and whether they may come in at all."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts import actions
from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.lifecycle import leaving
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest
from casework.web.sign_in.second_factor import has_second_factor

from ..forms import RoleForm
from ..rows import role_in_words


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def person(request: UserRequest, user_id: str) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    return _show(request, user, RoleForm(teams=_teams()))


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def grant_role(request: UserRequest, user_id: str) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    form = RoleForm(request.POST, teams=_teams())
    if form.is_valid():
        try:
            actions.grant_role(user=user, **form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The role is granted. It counts from now."))
            return redirect("person", user.pk)
    return _show(request, user, form)


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def end_role(request: UserRequest, membership_id: str) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user__data_key"), pk=membership_id)
    try:
        leaving.end_role(membership=membership, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The role has ended. What it allowed stops now."))
    return redirect("person", membership.user_id)


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def disable_user(request: UserRequest, user_id: str) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        try:
            leaving.disable_user(user=user, by=request.user, now=timezone.now(), at_once="at_once" in request.POST)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The account is disabled and signed out everywhere."))
        return redirect("person", user.pk)
    return render(request, "people/disable_user.html", {"person": user})


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def enable_user(request: UserRequest, user_id: str) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    actions.enable_user(user=user, by=request.user, now=timezone.now())
    messages.success(request, _("The account is open again, with the roles that it had."))
    return redirect("person", user.pk)


def _teams() -> QuerySet[Team]:
    return Team.objects.filter(is_active=True).order_by("name", "pk")


def _show(request: UserRequest, user: User, form: RoleForm) -> HttpResponse:
    held = (
        Membership.objects.current(timezone.now()).filter(user=user).select_related("team").order_by("starts_at", "pk")
    )
    context = {
        "person": user,
        "roles": [(membership, role_in_words(membership.role, membership.team)) for membership in held],
        "has_second_factor": has_second_factor(user),
        "waits_for_link": actions.waiting_recovery(user) is not None,
        "is_self": user.pk == request.user.pk,
        "form": form,
    }
    return render(request, "people/person.html", context)
