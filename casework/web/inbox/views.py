"""What was said to me: every reminder and notice that reached me, with the way to what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Case
from casework.reminders.inbox import inbox_of, mark_read
from casework.reminders.models import Reminder
from casework.reminders.notices import is_notice
from casework.web.decorators import signed_in
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

# How a subject begins, and what it is called here.
KINDS: dict[str, Promise] = {
    "deadline": gettext_lazy("A deadline"),
    "placement": gettext_lazy("A stay in a bed of ours ends"),
    "hold": gettext_lazy("A bed that is held lapses"),
    "bed_offer": gettext_lazy("A bed on offer waits for an answer"),
    "housing_request": gettext_lazy("Somebody waits for a bed without a word from us"),
    "lease": gettext_lazy("Notice of a lease"),
    "lease_end": gettext_lazy("A lease ends"),
    "no_answer": gettext_lazy("No answer has come to what you wanted to hear of"),
    "emergency": gettext_lazy("A case was opened in an emergency"),
    "absence": gettext_lazy("You stand in for a colleague"),
    "alone": gettext_lazy("Nobody sees a restricted case any more"),
    "merged": gettext_lazy("A person of a case was merged with one of another case"),
    "sights": gettext_lazy("Somebody opened many cases"),
    "unreached": gettext_lazy("A message to a person did not reach them: please reach them another way"),
    "client_stopped": gettext_lazy("A person wants no more messages"),
    "client_answered": gettext_lazy("A person answered a message: please get in touch"),
    "test": gettext_lazy("A test message"),
}
OTHERS = gettext_lazy("A reminder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`code` and `url` only where the reader may see the case now."""

    reminder: Reminder
    what: str
    code: str
    url: str
    has_day: bool


@signed_in
@require_safe
def inbox(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    found = inbox_of(request.user)
    page = keyset_page(found.select_related("case"), ("-settled_at", "-id"), request.GET, request.path)
    unread = found.filter(read_at__isnull=True).count()
    record("reminders.inbox_listed", by=request.user, now=now, shown=len(page.rows))
    context = {"page": page, "rows": _rows(page.rows, request.user, now), "unread": unread}
    return render(request, "inbox/inbox.html", context)


@signed_in
@require_POST
def mark_inbox_read(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    try:
        ids = None if "all" in request.POST else [UUID(each) for each in request.POST.getlist("one")]
    except ValueError:
        raise BadRequest("this is no message") from None
    count = mark_read(by=request.user, now=now, ids=ids)
    said = ngettext("%(count)d message is marked as read.", "%(count)d messages are marked as read.", count)
    messages.success(request, said % {"count": count})
    return redirect("inbox")


def _rows(reminders: Iterable[Reminder], user: User, now: datetime) -> list[Row]:
    rows = list(reminders)
    cases: Any = Case.objects
    there = cases.filter(pk__in={each.case_id for each in rows if each.case_id})
    visible = set(there.visible_to(user, now).values_list("pk", flat=True))
    return [_row(each, each.case if each.case_id in visible else None) for each in rows]


def _row(reminder: Reminder, case: Case | None) -> Row:
    kind = reminder.subject.partition(":")[0]
    return Row(
        reminder=reminder,
        what=str(KINDS.get(kind, OTHERS)),
        code=case.code if case else "",
        url=reverse("case", args=[case.code]) if case else "",
        has_day=not is_notice(reminder),
    )
