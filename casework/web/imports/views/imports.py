"""The way of a table of people: brought in, its columns named, checked, recorded, taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case, Import, ImportRow
from casework.clients.models.importing import counts_by_state
from casework.lib.refusals import Refusal
from casework.lifecycle.importing import starting
from casework.lifecycle.importing.report import Seen, sentences_of
from casework.web.components import Progress
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from ..forms import BringInForm, ColumnsForm, CorrectedForm
from ..loading import visible_import

State, Stage = ImportRow.State, Import.Stage
LISTED = 50
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that somebody has to do something with: whom it is about, and what is wrong."""

    row: ImportRow
    name: str
    said: list[str]
    code: str = ""  # of a case that is kept, where the reader may see it


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def imports(request: UserRequest) -> HttpResponse:
    """The imports of one's teams, and the form that begins one."""
    now = timezone.now()
    teams = teams_with(request.user, Permission.CASE_CHANGE, now).filter(is_active=True).order_by("name", "pk")
    if not teams:
        raise Http404  # the membership ended between two questions
    form = BringInForm(request.POST or None, request.FILES or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        try:
            of = starting.bring_in(
                file=form.cleaned_data["file"],
                team=form.cleaned_data["team"],
                by=request.user,
                now=now,
                language=get_language() or "en",
                submit_token=form.cleaned_data["submit_token"],
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("import_columns", of.pk)
    record("lifecycle.imports_listed", by=request.user, now=now)
    rows: Any = Import.objects.visible_to(request.user, now).select_related("team", "by__data_key", "data_key")
    page = keyset_page(rows, ["-created_at", "-id"], request.GET, request.path)
    return render(request, "imports/imports.html", {"form": form, "page": page})


@requires(Permission.CASE_CHANGE)
@require_safe
def import_page(request: UserRequest, import_id: UUID) -> HttpResponse:
    """How far an import is, and what there is to do."""
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    if of.stage == Stage.COLUMNS:
        return redirect("import_columns", of.pk)
    record("lifecycle.import_seen", subject=of, by=request.user, now=now)
    counts = counts_by_state(of.rows.all())
    rows = of.rows.filter(state__in=[*ImportRow.TO_MEND, State.WAITING, State.KEPT]).select_related("data_key")
    page = keyset_page(rows, ["number", "id"], request.GET, request.path, size=LISTED)
    seen = Seen(page.rows, request.user, now)
    codes = _codes(page.rows, request, now)
    context = {
        "import": of,
        "job": _progress(of),
        "counts": [(State(state).label, counts[state], state) for state in State.values if counts.get(state)],
        "count": counts,
        "ready": of.rows.ready().count() if of.stage in (Stage.CHECKED, Stage.IMPORTED) else 0,
        "page": page,
        "lines": [_line(of, row, seen, codes) for row in page.rows],
        "form": CorrectedForm(),
        "can_undo": bool(counts.get(State.IMPORTED)) and of.stage in (Stage.CHECKED, Stage.IMPORTED),
        "can_forget": not of.is_under_way and not set(counts) & {State.IMPORTED, State.UNDONE, State.KEPT},
        "to_mend": counts.get(State.WRONG, 0) + counts.get(State.DOUBLE, 0),
    }
    return render(request, "imports/import.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def import_columns(request: UserRequest, import_id: UUID) -> HttpResponse:
    """What each column holds."""
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    if of.is_under_way or of.stage == Stage.UNDONE:
        return redirect("import", of.pk)
    rows = of.rows.exclude(state=State.IMPORTED).order_by("number")[:3]
    form = ColumnsForm(request.POST or None, of=of, samples=[row.cells for row in rows if row.cells])
    if request.method == "POST" and form.is_valid():
        try:
            starting.choose_columns(
                of=of, columns=form.columns(), day_order=form.cleaned_data["day_order"], by=request.user, now=now
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("import", of.pk)
    record("lifecycle.import_seen", subject=of, by=request.user, now=now)
    context = {
        "form": form,
        "import": of,
        "title": _("What do the columns hold?"),
        "text": _(
            "Below each column stand its first cells. What is left out is not recorded, and goes when the import is over."
        ),
        "cancel_url": reverse("imports"),
    }
    return render(request, "imports/columns.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def record_import(request: UserRequest, import_id: UUID) -> HttpResponse:
    return _act(request, import_id, lambda of, now: starting.record_people(of=of, by=request.user, now=now))


@requires(Permission.CASE_CHANGE)
@require_POST
def take_import_back(request: UserRequest, import_id: UUID) -> HttpResponse:
    return _act(request, import_id, lambda of, now: starting.take_back(of=of, by=request.user, now=now))


@requires(Permission.CASE_CHANGE)
@require_POST
def stop_import(request: UserRequest, import_id: UUID) -> HttpResponse:
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    stopped = starting.stop(of=of, by=request.user, now=now)
    messages.success(request, _("Stopped. What was done is done.") if stopped else _("It had ended already."))
    return redirect("import", of.pk)


@requires(Permission.CASE_CHANGE)
@require_POST
def leave_out_rows(request: UserRequest, import_id: UUID) -> HttpResponse:
    state = request.POST.get("state", "")
    return _act(
        request, import_id, lambda of, now: starting.leave_out_all(of=of, state=state, by=request.user, now=now)
    )


@requires(Permission.CASE_CHANGE)
@require_POST
def forget_import(request: UserRequest, import_id: UUID) -> HttpResponse:
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    try:
        starting.forget(of=of, by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("import", of.pk)
    messages.success(request, _("The table is thrown away, and nothing of it is kept."))
    return redirect("imports")


def _act(request: UserRequest, import_id: UUID, act: Callable[[Import, datetime], Any]) -> HttpResponse:
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    try:
        act(of, now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("import", of.pk)


def _progress(of: Import) -> Progress | None:
    """Return the bar of the work that goes on, or of what was stopped by an error."""
    job = of.job
    if job is None or not (of.is_under_way or job.state == "failed"):
        return None
    return Progress(
        title=str(of.get_stage_display()).capitalize(),  # type: ignore[attr-defined]  # made by Django
        state=job.state,
        done=job.done,
        total=job.total or None,
        stage=str(of.get_stage_display()).capitalize(),  # type: ignore[attr-defined]  # made by Django
        message=job.message,
    )


def _codes(rows: Sequence[ImportRow], request: UserRequest, now: datetime) -> dict[UUID, str]:
    ids = [row.case_id for row in rows if row.case_id]
    return dict(Case.objects.visible_to(request.user, now).filter(pk__in=ids).values_list("pk", "code")) if ids else {}


def _line(of: Import, row: ImportRow, seen: Seen, codes: Mapping[UUID, str]) -> Line:
    cells = dict(zip(of.columns, row.cells or (), strict=False))
    name = " ".join(cells.get(code, "") for code in ("family_name", "given_name")).replace("\ue000", "").strip()
    code = codes.get(row.case_id, "") if row.case_id else ""
    return Line(row=row, name=name, said=sentences_of(row, seen), code=code)
