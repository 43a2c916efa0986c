"""Suggested needs are confirmed or declined; the questions of a scheme are answered; earlier scores are looked at."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import needs, scores
from casework.clients.models import Answers, Case, SchemeVersion, Score
from casework.lib import scoring
from casework.lib.dates import today_in
from casework.lifecycle.scoring import known_of, score_case
from casework.lifecycle.suggestions import suggestions
from casework.web.cases.acting import is_done
from casework.web.cases.forms.rows import RowForm
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case, visible_case
from casework.web.decorators import requires
from casework.web.forms.layouts import stacked
from casework.web.request import UserRequest

from .answering import back_to_needs, needs_form
from .loading import client_to_assess, may_read_needs
from .scores import past_score_rows

PREFIX = "q_"
SHOWN = 50


class AnswersForm(RowForm):
    """A field for each question of a scheme; an answer can be taken back."""

    helper = stacked(gettext_lazy("Save the answers"))

    def __init__(self, *args: Any, definition: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        for question in scoring.questions(definition):
            self.fields[PREFIX + question["code"]] = forms.ChoiceField(
                label=scoring.label_in(question["label"], language),
                choices=[*_choices(question, language), ("", _("not answered"))],
                required=False,
                widget=forms.RadioSelect,
            )

    @staticmethod
    def initial_of(row: Answers) -> dict[str, Any]:
        return {"version": row.version, **{PREFIX + code: answer for code, answer in row.answers.items()}}

    def values(self) -> dict[str, Any]:
        return {name.removeprefix(PREFIX): value for name, value in super().values().items()}


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_score(request: UserRequest, code: str, version_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = _case(by, code, now)
    version = get_object_or_404(SchemeVersion.objects.in_force().select_related("scheme"), pk=version_id)
    row = Answers.objects.filter(case=case, scheme=version.scheme).select_related("data_key").first()
    initial = AnswersForm.initial_of(row) if row else {"version": 0}
    form = AnswersForm(request.POST or None, initial=initial, definition=version.definition)
    if request.method == "POST" and form.is_valid():
        read, answers = form.version_read, form.values()
        if is_done(
            form,
            lambda: scores.answer_questions(
                case=case, scheme_version=version, answers=answers, version=read, by=by, now=now
            ),
        ):
            score_case(case=case, by=by, now=now)
            return back_to_needs(request, case, "score", _("The answers are saved, and the case is scored."))
    return needs_form(request, case, form, title=_("Questions of the score"), now=now, who=version.scheme.name)


@requires(Permission.CASE_VIEW)
@require_safe
def case_scores(request: UserRequest, code: str) -> HttpResponse:
    """Every score that the case has had, each with the version by which it was reached and, to some, with why."""
    now = timezone.now()
    case = visible_case(request.user, code, now)
    header, may_read = case_header(case, now, here="case_needs"), may_read_needs(request.user, case, now)
    scores: Any = Score.objects
    found = scores.filter(case=case).select_related("data_key", "scheme_version__scheme").order_by("-computed_at", "pk")
    record("clients.scores_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    rows = past_score_rows(found[:SHOWN], explained=may_read)
    context = {"case": case, "header": header, "rows": rows, "may_read": may_read, "shown": SHOWN}
    return render(request, "needs/scores.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def answer_suggestion(request: UserRequest, reference: str) -> HttpResponse:
    """Confirm a suggested need (`act=confirm`), or say that it does not apply."""
    now, by = timezone.now(), request.user
    client = client_to_assess(by, reference, now)
    case, code = client.case, request.POST.get("code", "")
    suggested = {(it.client.pk, it.code) for it in suggestions(known_of([case], now)[case.pk])}
    if (client.pk, code) not in suggested:
        return back_to_needs(
            request, case, "needs", _("Somebody has answered this already, or the facts have changed.")
        )
    if request.POST.get("act") == "confirm":
        since = today_in(case.team.time_zone, now)
        needs.record_need(client=client, kind="specific", code=code, since=since, suggested=True, by=by, now=now)
        return back_to_needs(request, case, "needs", _("The need is recorded."))
    needs.decline_suggestion(client=client, code=code, by=by, now=now)
    return back_to_needs(request, case, "needs", _("Noted: it does not apply, and is not suggested again."))


def _case(user: User, code: str, now: Any) -> Case:
    """Return the case that this user may change and whose needs they may read, or answer 404."""
    case = changeable_case(user, code, now)
    if not may_read_needs(user, case, now):
        raise Http404
    return case


def _choices(question: Any, language: str) -> list[tuple[str, str]]:
    if question["kind"] == "yes_no":
        return [("yes", _("yes")), ("no", _("no"))]
    return [(option["code"], scoring.label_in(option["label"], language)) for option in question["options"]]
