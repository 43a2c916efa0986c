"""When the organisation is reminded of what, and who."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.changes import ChangedMeanwhile
from casework.reminders import actions
from casework.reminders.policies import policies
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import PolicyForm


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_policy(request: UserRequest) -> HttpResponse:
    """The form of the whole policy; "Only show the days" works the examples and writes nothing."""
    now, by = timezone.now(), request.user
    form = PolicyForm(request.POST or None, initial=PolicyForm.initial_of(policies()), today=now.date())
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            actions.change_policy(version=form.version_read, by=by, now=now, **form.values())
        except ChangedMeanwhile:
            form.show_theirs(policies())
        else:
            messages.success(request, _("The policy is saved. It counts from the next minute on."))
            return redirect("reminder_policy")
    record("reminders.policy_seen", by=by, now=now)
    text = _(
        "For each kind of deadline: how many days before it somebody is told; 0 is the day itself, below zero comes after it. "
        "One of these days speaks at a time: after a pause one message catches up."
    )
    return one_form_page(request, form, title=_("Policy of reminders"), cancel_url=reverse("people"), text=text)
