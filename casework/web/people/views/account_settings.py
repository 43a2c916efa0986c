"""What somebody may change about themselves, and what they may do here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts import actions
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.web.decorators import signed_in
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest, permissions_in
from casework.web.sign_in.second_factor import has_second_factor

from ..forms import OwnProfileForm
from ..rows import role_in_words


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account_settings(request: UserRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    initial = {name: getattr(user, name) for name in OwnProfileForm.base_fields}
    form = OwnProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_own_profile(user=user, **form.cleaned_data, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            translation.activate(form.cleaned_data["language"])
            messages.success(request, _("Your details are saved."))
            return redirect("account_settings")
    held = Membership.objects.current(now).filter(user=user).select_related("team").order_by("starts_at", "pk")
    context = {
        "form": form,
        "roles": [role_in_words(membership.role, membership.team) for membership in held],
        "sees_cases": Permission.CASE_VIEW in permissions_in(request),
        "has_second_factor": has_second_factor(user),
    }
    return render(request, "people/account_settings.html", context)
