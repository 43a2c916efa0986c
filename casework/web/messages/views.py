"""What the software said or will say, to whom in outline, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from casework.accounts.access import teams_with
from casework.accounts.models import SavedFilter
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.reminders.by_hand import with_acts
from casework.reminders.models import Attempt, Heartbeat, Reminder
from casework.reminders.wording import Wording, staff_reminder
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.lists.saved import saved_filters_of
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from .forms import OutgoingFilterForm

WHY = {
    "done": _("the deadline was met"),
    "answered": _("there is an answer, or it is done"),
    "taken_back": _("whoever wanted to hear of it does not any more"),
    "waived": _("the deadline was waived"),
    "gone": _("the deadline does not apply any more"),
    "settled": _("there is nothing to do about it any more"),
    "moved": _("the due date has moved"),
    "overtaken": _("a later message speaks of the same date"),
    "closed": _("the case was closed"),
    "no_access": _("it is for somebody else now, or the recipient no longer sees the case"),
    "away": _("the recipient is away, and somebody else is told"),
    "acknowledged": _("somebody is on it"),
    "handed_over": _("the case has just been given to somebody else"),
    "snoozed": _("somebody let the reminders wait"),
    "in_digest": _("told in one message with others of that day"),
    "outcome_unknown": _("sent several times without an answer; please check by hand"),
    "stopped": _("they want no more messages"),
    "refused": _("they refused to be supported"),
    "ended": _("this way to reach them is not used any more"),
    "unsafe": _("this way to reach them is not safe"),
    "unverified": _("nobody has checked the number or address"),
    "no_message": _("they want no message to be left there"),
    "unfit": _("nothing can be written to them in this way"),
    "other_way": _("they are written to in another way now"),
    "no_safe_hour": _("none of their safe hours comes before it is too late; please reach them another way"),
    "says_too_much": _("the code word would give something away; please agree on another"),
    "no_code_word": _("there is no code word by which to pass it on"),
    "to_hand_over": _("somebody prints it and hands it over"),
    "called_off": _("somebody called it off"),
    "told_otherwise": _("somebody told them another way"),
    "delivery_failed": _("it could not be delivered; please tell the person another way"),
}

TO_A_CLIENT = _("a person of the case")

ACTS = ("may_send_again", "may_tell_otherwise", "may_call_off")

SILENCE = 180  # seconds without a run after which somebody should look


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message as the page shows it. `recipient` is masked."""

    reminder: Reminder
    recipient: str
    why: str
    attempts: list[Attempt]

    @property
    def can_be_ticked(self) -> bool:
        return any(getattr(self.reminder, name) for name in ACTS)


@requires(Permission.MESSAGES_VIEW)
@require_safe
def outgoing_messages(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    form = filter_form(request, now)
    reminders = form.narrow(Reminder.objects.visible_to(request.user, now).select_related("case", "recipient"))
    reminders = with_acts(reminders, request.user, now).prefetch_related("attempts")
    page = keyset_page(reminders, ("-send_at", "-id"), request.GET, request.path)
    record("reminders.messages_listed", by=request.user, now=now, shown=len(page.rows))
    rows = [row_of(reminder) for reminder in page.rows]
    context = {
        "page": page,
        "rows": rows,
        "acts": {name: any(getattr(row.reminder, name) for row in rows) for name in ACTS},
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "saved": saved_filters_of(request.user, SavedFilter.Listing.MESSAGES, request.GET),
        "query": request.GET.urlencode(),
        "wording": _example(request.user.language),
        "planner": _beat("plan", now),
        "delivery": _beat("deliver", now),
    }
    return render(request, "messages/outgoing_messages.html", context)


def filter_form(request: UserRequest, now: datetime) -> OutgoingFilterForm:
    """Return the form of the filter that stands in the address."""
    teams = list(teams_with(request.user, Permission.CASE_VIEW, now).order_by("name", "pk"))
    return OutgoingFilterForm(request.GET or None, teams=teams)


def masked(address: str) -> str:
    """Return an address in outline: first letter and domain, enough to recognise one's own."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def row_of(reminder: Reminder) -> Row:
    return Row(
        reminder=reminder,
        recipient=_to(reminder),
        why=str(WHY.get(reminder.why, "")),
        attempts=sorted(reminder.attempts.all(), key=lambda attempt: attempt.number),
    )


def _to(reminder: Reminder) -> str:
    """Return whom it goes to, in outline."""
    return masked(reminder.recipient.email) if reminder.recipient else str(TO_A_CLIENT)


def _example(language: str) -> Wording:
    return staff_reminder(items=1, language=language)


def _beat(name: str, now: datetime) -> dict[str, object]:
    """Return when a part last ran and whether that is too long ago."""
    beat = Heartbeat.objects.filter(name=name).first()
    is_late = beat is not None and (now - beat.at).total_seconds() > SILENCE
    return {"at": beat.at if beat else None, "is_late": is_late}
