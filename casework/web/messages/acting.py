"""What somebody does to messages on their way, one or many; and what became of one of them, try by try."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.models import Event
from casework.audit.record import record
from casework.reminders import actions
from casework.reminders.by_hand import with_acts
from casework.reminders.models import Reminder, ReminderQuerySet
from casework.web.audit.wording import SENTENCES
from casework.web.decorators import requires
from casework.web.looking import shown
from casework.web.opening import ask_where_restricted, open_or_404
from casework.web.request import UserRequest

from .views import Row, filter_form, row_of

# So many at once; whoever has more presses again.
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log of a message."""

    at: datetime
    what: str
    who: str = ""
    error: str = ""


@requires(Permission.MESSAGES_VIEW)
@require_safe
def message_log(request: UserRequest, message_id: UUID) -> HttpResponse:
    now = timezone.now()
    rows = Reminder.objects.visible_to(request.user, now).select_related("case__team", "case__data_key", "recipient")
    reminder = open_or_404(with_acts(rows, request.user, now).prefetch_related("attempts"), pk=message_id)
    shown(reminder.case_id)
    record("reminders.message_log_seen", subject=reminder, case_id=reminder.case_id, by=request.user, now=now)
    row = row_of(reminder)
    return render(request, "messages/message_log.html", {"row": row, "log": _log(row)})


@requires(Permission.CASE_CHANGE)
@require_POST
def send_again(request: UserRequest) -> HttpResponse:
    return _act(request, Reminder.objects.changeable_by(request.user, timezone.now()), actions.send_again, _sent_again)


@requires(Permission.CASE_CHANGE)
@require_POST
def tell_otherwise(request: UserRequest) -> HttpResponse:
    rows = Reminder.objects.changeable_by(request.user, timezone.now())
    return _act(request, rows, actions.tell_otherwise, _told_otherwise)


@requires(Permission.CASE_ASSIGN)
@require_POST
def call_off(request: UserRequest) -> HttpResponse:
    return _act(request, Reminder.objects.overseen_by(request.user, timezone.now()), actions.call_off, _called_off)


def _act(
    request: UserRequest, rows: ReminderQuerySet, act: Callable[..., int], said: Callable[[int], str]
) -> HttpResponse:
    """Do it to what was ticked, or to all that the filter in the address finds; go back to where it was ticked."""
    now = timezone.now()
    done = act(reminders=_wanted(request, rows, now), by=request.user, now=now)
    if done:
        messages.success(request, said(done))
    else:
        messages.info(request, _("Nothing was changed: tick a message for which this can be done."))
    query = request.GET.urlencode()
    return redirect(f"{reverse('outgoing_messages')}?{query}" if query else "outgoing_messages")


def _wanted(request: UserRequest, rows: ReminderQuerySet, now: datetime) -> list[UUID]:
    """Return what was ticked or found. Raises ProofNeeded if a restricted case is among them, as its page would."""
    if "all" in request.POST and "one" not in request.POST:
        rows = filter_form(request, now).narrow(rows)
    else:
        rows = rows.filter(pk__in=_ids([*request.POST.getlist("one")] or request.POST.getlist("message")))
    wanted = list(rows.only("pk", "case__restricted").select_related("case").order_by("send_at", "pk")[:AT_ONCE])
    if restricted := next((each.case for each in wanted if each.case and each.case.restricted), None):
        ask_where_restricted(restricted)
    return [each.pk for each in wanted]


def _ids(typed: list[str]) -> list[UUID]:
    """Return what can be an id; anything else was not ticked on our page."""
    found = []
    for each in typed:
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found


def _sent_again(count: int) -> str:
    return ngettext(
        "%(count)d message goes again within a minute.", "%(count)d messages go again within a minute.", count
    ) % {"count": count}


def _told_otherwise(count: int) -> str:
    return ngettext(
        "Noted for %(count)d message: somebody told them.", "Noted for %(count)d messages: somebody told them.", count
    ) % {"count": count}


def _called_off(count: int) -> str:
    return ngettext("%(count)d message is called off.", "%(count)d messages are called off.", count) % {"count": count}


def _log(row: Row) -> list[Entry]:
    """Return what happened to a message, oldest first: from the queue to its end, with every try and every hand."""
    reminder = row.reminder
    log = [Entry(at=reminder.created_at, what=_("queued"))]
    log += [Entry(at=it.at, what=it.get_outcome_display(), error=it.error) for it in row.attempts]
    # Those of a case are found by their case; what is about no case has no timeline.
    events = Event.objects.about_case(reminder.case_id) if reminder.case_id else Event.objects.none()
    found = events.filter(subject_id=str(reminder.pk), type__startswith="reminders.").exclude(type__endswith="_seen")
    names = {user.pk: str(user.display_name) for user in User.objects.filter(pk__in=found.values("actor_id"))}
    log += [
        Entry(at=it.at, what=str(SENTENCES[it.type]), who=names.get(it.actor_id, "") if it.actor_id else "")
        for it in found
    ]
    return sorted(log, key=lambda entry: entry.at)
