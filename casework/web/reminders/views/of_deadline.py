"""Who was reminded of a deadline, and what somebody says to that: "I am on it", "not before that day"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.reminders import actions
from casework.reminders.deadlines import subject_of
from casework.reminders.models import Reminder
from casework.reminders.words import Word
from casework.residency.models import Deadline
from casework.residency.rulebook import rules_version
from casework.web.cases.acting import is_done
from casework.web.deadlines.freshness import refresh_if_stale
from casework.web.deadlines.rows import DeadlineRow, with_people
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.looking import shown
from casework.web.messages.views import WHY
from casework.web.opening import open_or_404
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done

from ..forms import SnoozeForm

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message about the deadline: to whom, and what became of it."""

    reminder: Reminder
    name: str
    why: str


@requires(Permission.CASE_VIEW)
@require_safe
def deadline_reminders(request: UserRequest, deadline_id: UUID) -> HttpResponse:
    now = timezone.now()
    deadline = _load(request.user, deadline_id, now)
    if refresh_if_stale(deadline, rules_version(), now, request.user):
        deadline = _load(request.user, deadline_id, now)
    rows = Reminder.objects.visible_to(request.user, now).filter(subject=subject_of(deadline.pk))
    found = rows.select_related("recipient__data_key", "case").newest_first()[:SHOWN]
    word = Word.objects.standing().filter(deadline=deadline, due_on=deadline.drives_on).select_related("by__data_key")
    context = {
        "row": DeadlineRow(deadline, deadline.today),
        "told": [_told(each) for each in found],
        "word": word.first(),
        "may_change": deadline.may_change,
        "today": deadline.today,
    }
    record(
        "reminders.deadline_reminders_seen", subject=deadline, case_id=deadline.client.case_id, by=request.user, now=now
    )
    return render(request, "reminders/deadline_reminders.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def snooze_reminders(request: UserRequest, deadline_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    deadline = _load(by, deadline_id, now, to_change=True)
    url = reverse("deadline_reminders", args=[deadline.pk])
    form = SnoozeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        known = {"deadline": deadline, "today": deadline.today, "by": by, "now": now}
        if is_done(form, lambda: actions.snooze(word_id=token, **known, **values)):
            say_done(request, _("Nobody is reminded of it before that day."), _speak_again(deadline))
            return redirect(url)
    text = _(
        "Reminders of this deadline wait, for everybody who is told of it. The day before it is due is the latest: somebody must hear of it in time."
    )
    return one_form_page(request, form, title=_("Let the reminders wait?"), cancel_url=url, text=text)


@requires(Permission.CASE_CHANGE)
@require_POST
def say_on_it(request: UserRequest, deadline_id: UUID) -> HttpResponse:
    now = timezone.now()
    deadline = _load(request.user, deadline_id, now, to_change=True)
    if actions.say_on_it(deadline=deadline, by=request.user, now=now) is None:
        messages.info(request, _("This deadline is answered, or has no date: nobody is reminded of it."))
    else:
        said = _("Noted: you are on it. Nobody else is asked before the date is over.")
        say_done(request, said, _speak_again(deadline))
    return redirect("deadline_reminders", deadline.pk)


@requires(Permission.CASE_CHANGE)
@require_POST
def take_word_back(request: UserRequest, deadline_id: UUID) -> HttpResponse:
    now = timezone.now()
    deadline = _load(request.user, deadline_id, now, to_change=True)
    actions.take_back(deadline=deadline, by=request.user, now=now)
    say_done(request, _("The reminders speak again as before."))
    return redirect("deadline_reminders", deadline.pk)


def _speak_again(deadline: Deadline) -> Undo:
    return Undo(reverse("take_word_back", args=[deadline.pk]))


def _load(user: User, deadline_id: UUID, now: datetime, *, to_change: bool = False) -> Any:
    """Return the deadline with its person, case and team, and `may_change`; or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    deadlines: Any = Deadline.objects
    rows = deadlines.changeable_by(user, now) if to_change else deadlines.visible_to(user, now)
    rows = with_people(rows, now).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    deadline = open_or_404(rows, pk=deadline_id)
    shown(deadline.client.case_id)
    return deadline


def _told(reminder: Reminder) -> Told:
    user = reminder.recipient
    name = str(user.display_name or user.email) if user is not None else _("the person themselves")
    return Told(reminder=reminder, name=name, why=str(WHY.get(reminder.why, "")))
