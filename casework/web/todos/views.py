"""One to-do: looked at, done in one step, opened again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import finish_to_do, reopen_to_do
from casework.clients.models import ToDo
from casework.residency import wording
from casework.residency.actions.impacts import mark_lines_seen
from casework.residency.models import Impact
from casework.web.decorators import requires
from casework.web.follow_ups.views import follow_up_of
from casework.web.impact.lines import rows_of as rows_of_lines
from casework.web.impact.lines import with_people
from casework.web.opening import open_or_404
from casework.web.paging import keyset_page
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done

from .coming_back import back_from
from .rows import rows_of


@requires(Permission.CASE_VIEW)
@require_safe
def to_do(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    """What is to be done; of a change of rules, the people concerned with their dates before and after."""
    now = timezone.now()
    mine = _load(request, to_do_id, now)
    impact = _impact(mine)
    context: dict[str, Any] = {"todo": mine, "row": rows_of([mine], request.user, now)[0], "impact": impact}
    context |= {
        "follow_up": follow_up_of(request, to_do=mine),
        "follow_up_url": reverse("follow_to_do_up", args=[mine.pk]),
        "waits": not mine.is_done,
    }
    record("clients.to_do_seen", subject=mine, case_id=mine.case_id, by=request.user, now=now)
    if impact is not None:
        lines = impact.lines.visible_to(request.user, now).told_to(request.user)
        page = keyset_page(with_people(lines), ("sort_on", "id"), request.GET, request.path)
        context |= {
            "page": page,
            "rows": rows_of_lines(page.rows),
            "says": wording.what_it_says(impact.rule),
            "has_unseen": lines.unseen().exists(),
        }
        record("residency.impact_seen", subject=impact, by=request.user, now=now, rows=len(page.rows))
    return render(request, "todos/to_do.html", context)


@requires(Permission.CASE_VIEW)
@require_POST
def mark_seen(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    """Take note of one line (`line`), or of all of them."""
    now = timezone.now()
    mine = _changeable(request, to_do_id, now)
    impact = _impact(mine)
    if impact is not None:
        seen = mark_lines_seen(impact=impact, by=request.user, now=now, line_id=_line(request))
        messages.success(request, ngettext("%(count)s seen.", "%(count)s seen.", seen) % {"count": seen})
    return redirect("to_do", to_do_id)


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    now = timezone.now()
    mine = _changeable(request, to_do_id, now)
    if request.method == "POST":
        finish_to_do(to_do=mine, by=request.user, now=now)
        say_done(request, _("Marked as done."), Undo(reverse("reopen_to_do", args=[to_do_id]), _where_from(request)))
        return back_from(request, mine)
    return _ask(request, mine, now, title=_("Is this done?"), act_label=_("Mark as done"))


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    now = timezone.now()
    mine = _changeable(request, to_do_id, now)
    if request.method == "POST":
        reopen_to_do(to_do=mine, by=request.user, now=now)
        again = Undo(reverse("finish_to_do", args=[to_do_id]), _where_from(request))
        say_done(request, _("The to-do is open again."), again)
        return back_from(request, mine)
    return _ask(request, mine, now, title=_("Open this to-do again?"), act_label=_("Open it again"))


def _where_from(request: UserRequest) -> dict[str, str]:
    return {"back": back} if (back := request.POST.get("back", "")) else {}


def _load(request: UserRequest, to_do_id: UUID, now: datetime) -> ToDo:
    to_dos: Any = ToDo.objects
    changeable = to_dos.changeable_by(request.user, now).filter(pk=OuterRef("pk"))
    seen = to_dos.visible_to(request.user, now).annotate(may_change=Exists(changeable))
    found: ToDo = open_or_404(seen.select_related("case", "owner__data_key", "created_by__data_key"), pk=to_do_id)
    return found


def _changeable(request: UserRequest, to_do_id: UUID, now: datetime) -> ToDo:
    """Return a to-do that this user may finish; those of colleagues are shown, and left to them."""
    to_dos: Any = ToDo.objects
    found: ToDo = open_or_404(to_dos.changeable_by(request.user, now).select_related("case"), pk=to_do_id)
    return found


def _impact(to_do: ToDo) -> Impact | None:
    if to_do.kind != ToDo.Kind.RULE_CHANGE or to_do.about is None:
        return None
    return Impact.objects.select_related("rule__jurisdiction").filter(pk=to_do.about).first()


def _line(request: UserRequest) -> UUID | None:
    """Return the line that is meant, None for all of them; what is no line is not found."""
    named = request.POST.get("line", "")
    try:
        return UUID(named) if named else None
    except ValueError as error:
        raise Http404 from error


def _ask(request: UserRequest, to_do: ToDo, now: datetime, *, title: str, act_label: str) -> HttpResponse:
    row = rows_of([to_do], request.user, now)[0]
    context = {"title": title, "text": row.title, "act_label": act_label, "cancel_url": reverse("my_day")}
    return render(request, "components/confirm_page.html", context)
