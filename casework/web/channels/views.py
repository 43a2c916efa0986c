"""The ways by which messages go out, as administrators see them: which are set up, and does one work."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.reminders.channels import DeliveryError, Message, channel
from casework.reminders.models import Reminder
from casework.reminders.wording import trial_message
from casework.web.decorators import requires
from casework.web.exports.files import handed_over
from casework.web.request import UserRequest

from .forms import TrialForm
from .letter import letter_pdf

TESTED = "reminders.channel_tested"
IN_HOUSE = (Reminder.Channel.INBOX, Reminder.Channel.LETTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    state: str
    is_ready: bool


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def message_channels(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    form = TrialForm(request.POST or None, initial={"address": request.user.email})
    if request.method == "POST" and form.is_valid():
        name, address = form.cleaned_data["channel"], form.cleaned_data["address"]
        if said := _try(name, address, request.user, now):
            form.add_error(None, said)
        else:
            messages.success(request, _("The test message has gone. Look whether it is there."))
            return redirect("message_channels")
    context = {
        "rows": [_row(it) for it in Reminder.Channel],
        "form": form,
        "stays_here": not settings.PRODUCTION,
        "answers": bool(settings.CHANNELS.get("answers")),
    }
    return render(request, "channels/message_channels.html", context)


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def trial_letter(request: UserRequest) -> HttpResponseBase:
    now = timezone.now()
    made = record(TESTED, by=request.user, now=now, channel="letter", outcome="delivered")
    content = letter_pdf(trial_message(language=request.user.language), language=request.user.language, number=made.pk)
    return handed_over(content, name="letter", format="pdf", now=now)


def _row(it: Reminder.Channel) -> Row:
    if it in IN_HOUSE:
        return Row(name=str(it.label), state=_("needs nothing"), is_ready=True)
    if not settings.PRODUCTION:
        return Row(name=str(it.label), state=_("written to a file on this machine"), is_ready=True)
    is_ready = it == Reminder.Channel.EMAIL or it.value in settings.CHANNELS
    return Row(name=str(it.label), state=_("set up") if is_ready else _("not set up"), is_ready=is_ready)


def _try(name: str, address: str, user: User, now: datetime) -> str:
    """Send a test message; return what went wrong, if anything did. The outcome is in the audit, the address is not."""
    wording = trial_message(language=user.language)
    try:
        if name == Reminder.Channel.INBOX:
            _put_into_inbox(user, now)
        else:
            channel(name).deliver(Message(key=str(new_id()), address=address, wording=wording))
    except DeliveryError as error:
        outcome = "failed" if error.permanent else "retry"
        record(TESTED, by=user, now=now, channel=name, outcome=outcome)
        if error.permanent:
            return _("It did not go, and would not go later either: %(why)s.") % {"why": error}
        return _("It did not go; a reminder would be tried again later: %(why)s.") % {"why": error}
    record(TESTED, by=user, now=now, channel=name, outcome="delivered")
    return ""


def _put_into_inbox(user: User, now: datetime) -> None:
    Reminder.objects.create(
        subject=f"test:{new_id()}",
        due_on=now.date(),
        lead_days=0,
        recipient=user,
        channel=Reminder.Channel.INBOX,
        state=Reminder.State.SENT,
        send_at=now,
        created_at=now,
        settled_at=now,
    )
