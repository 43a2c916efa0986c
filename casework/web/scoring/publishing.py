"""A version tried on an invented situation, put in force, and every open case scored by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.clients.actions import scores as actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import SchemeVersion
from casework.lib import scoring
from casework.lib.refusals import Refusal
from casework.lib.scoring_edits import used_facts
from casework.lib.suppression import outgoing_count
from casework.lifecycle.score_runs import ask_a_worker, open_cases
from casework.web.components import Progress
from casework.web.decorators import requires
from casework.web.needs.scores import PartRow, part_rows
from casework.web.request import UserRequest

from . import rows
from .forms import SituationForm
from .loading import in_force_of, version_of

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an invented situation reaches. `is_cut`: the parts sum up to more than the cap, or to less than nothing."""

    result: scoring.Result
    parts: list[PartRow]
    reached: list[tuple[str, int, bool]]

    @property
    def is_cut(self) -> bool:
        return self.result.total != self.result.sum_of_parts


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def try_scheme(request: UserRequest, version_id: UUID) -> HttpResponse:
    """Score an invented situation by a version, and beside it by the one in force. Nothing typed here is kept."""
    version = version_of(version_id)
    other = in_force_of(version)
    other = None if other is None or other.pk == version.pk else other
    facts = used_facts(version.definition, *([other.definition] if other else []))
    form = SituationForm(request.POST if request.method == "POST" else None, facts=facts, definition=version.definition)
    context: dict[str, Any] = {"version": version, "form": form, "other": other}
    if form.is_bound and form.is_valid():
        situation = form.facts_typed(), form.answers_typed()
        context["tried"] = _tried(version.definition, *situation)
        context["other_total"] = scoring.score(other.definition, *situation).total if other else None
    return render(request, "scoring/try.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def publish_scheme(request: UserRequest, version_id: UUID) -> HttpResponse:
    """Say what would change and how many cases are scored anew; on a yes, do it."""
    draft = version_of(version_id)
    if draft.is_published:  # sent twice, or by a colleague a moment ago
        return redirect("scoring_progress", draft.pk)
    if request.method == "POST":
        return _publish(request, draft)
    before = in_force_of(draft)
    context = {
        "version": draft,
        "before": before,
        "problems": rows.problem_rows(draft.definition),
        "changes": rows.change_rows(before.definition if before else {}, draft.definition, rows.programme_names()),
        "will_be_scored": _will_be_scored(open_cases().filter(restricted=False).count()),
    }
    return render(request, "scoring/publish.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_safe
def scoring_progress(request: UserRequest, version_id: UUID) -> HttpResponse:
    version = version_of(version_id)
    job = version.job
    if job is None:
        raise Http404
    is_done = job.state == "done"
    progress = Progress(
        title=_("Scoring every open case by version %(number)s of %(name)s")
        % {"number": version.number, "name": version.scheme.name},
        state=job.state,
        done=outgoing_count(job.done) or 0,
        total=outgoing_count(job.total) or None,
        stage=_("Scoring cases"),
        message=job.message if is_done else "",
        result_url=reverse("scheme_version", args=[version.pk]) if is_done else "",
    )
    return render(request, "components/job_page.html", {"job": progress})


def _publish(request: UserRequest, draft: SchemeVersion) -> HttpResponse:
    """Publish what the reader has seen: the form says which state of the draft that was."""
    read = request.POST.get("version", "")
    try:
        actions.publish_version(
            draft=draft,
            version=int(read) if read.isascii() and read.isdigit() else 0,
            by=request.user,
            now=timezone.now(),
            ask_a_worker=ask_a_worker,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    except ChangedMeanwhile:
        messages.error(request, _("Somebody else has changed this draft. Look at what would change now, then decide."))
    else:
        messages.success(request, _("Version %(number)s is in force.") % {"number": draft.number})
        return redirect("scoring_progress", draft.pk)
    return redirect("publish_scheme", draft.pk)


def _tried(definition: Mapping[str, Any], facts: Mapping[str, int], answers: Mapping[str, str]) -> Tried:
    result = scoring.score(definition, facts, answers)
    thresholds = rows.threshold_rows(definition, rows.programme_names())
    return Tried(
        result=result,
        parts=part_rows(definition, [part.as_json() for part in result.parts]),
        reached=[(name, points, result.total >= points) for name, points in thresholds],
    )


def _will_be_scored(count: int) -> str:
    shown = outgoing_count(count)
    if shown is None:
        return _("Fewer than 8 open cases will be scored anew.")
    if not shown:
        return _("There is no open case yet: each is scored when it is opened.")
    return ngettext(
        "About %(count)s open case will be scored anew.", "About %(count)s open cases will be scored anew.", shown
    ) % {"count": shown}
