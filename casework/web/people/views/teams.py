"""Opening a team and changing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts import actions
from casework.accounts.models import Team
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..forms import ChangeTeamForm, NewTeamForm


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create_team(request: UserRequest) -> HttpResponse:
    form = NewTeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_team(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The team is open. Give roles in it to the people who work there."))
            return redirect("people")
    return render(request, "people/create_team.html", {"form": form})


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change_team(request: UserRequest, team_id: str) -> HttpResponse:
    team = get_object_or_404(Team, pk=team_id)
    form = ChangeTeamForm.of(team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_team(team=team, **form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The team is saved."))
            return redirect("people")
    return render(request, "people/change_team.html", {"form": form, "team": team})
