"""How somebody is reminded themselves."""

from datetime import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.reminders import actions
from casework.reminders.policies import OwnSettings
from casework.web.decorators import signed_in
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import OwnRemindersForm


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_reminders(request: UserRequest) -> HttpResponse:
    user = request.user
    settings = OwnSettings.objects.filter(user=user).first() or OwnSettings(user=user)
    how = "digest" if settings.digest_at else "single"
    form = OwnRemindersForm(request.POST or None, initial={"how": how, "digest_at": settings.digest_at or time(8)})
    if request.method == "POST" and form.is_valid():
        actions.change_own_settings(digest_at=form.wanted, by=user, now=timezone.now())
        messages.success(request, _("Saved. It counts for what comes up from now on."))
        return redirect("account_settings")
    url = reverse("account_settings")
    return one_form_page(request, form, title=_("How you are reminded"), cancel_url=url)
