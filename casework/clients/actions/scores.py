"""What can happen to scores: a scheme is made, drafted, published; questions are answered; a case is scored."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.record import record
from casework.lib import scoring
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Answers, Case, Scheme, SchemeVersion, Score

PUBLISHED = "clients.score_everybody"


class UnableToKeepScheme(Refusal):
    pass


class UnableToAnswer(Refusal):
    pass


@transaction.atomic
def create_scheme(*, name: str, by: User, now: datetime, scheme_id: UUID | None = None) -> SchemeVersion:
    """Make a scheme with an empty draft. Sent twice with the same `scheme_id`, it is made once."""
    if not name.strip():
        raise UnableToKeepScheme(_("Enter a name."), field="name")
    scheme = Scheme(id=scheme_id or new_id(), name=name.strip(), created_at=now, created_by=by)
    scheme, is_new = insert_once(scheme, created_by_id=by.pk)
    if not is_new:
        return scheme.versions.order_by("-number")[0]
    draft = SchemeVersion.objects.create(
        scheme=scheme, number=1, created_at=now, created_by=by, definition={"criteria": [], "thresholds": {}}
    )
    record("clients.scheme_created", subject=scheme, by=by, now=now)
    return draft


@transaction.atomic
def draft_version(*, scheme: Scheme, by: User, now: datetime) -> SchemeVersion:
    """Return the draft of a scheme, a copy of what is in force if there is none yet."""
    scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if draft := scheme.versions.drafts().first():
        return draft
    last = scheme.versions.order_by("-number").first()
    draft = SchemeVersion.objects.create(
        scheme=scheme,
        number=last.number + 1 if last else 1,
        created_at=now,
        created_by=by,
        definition=last.definition if last else {"criteria": [], "thresholds": {}},
    )
    record("clients.scheme_drafted", subject=draft, by=by, now=now, number=draft.number)
    return draft


@transaction.atomic
def change_draft_version(
    *, draft: SchemeVersion, definition: Mapping[str, Any], version: int, by: User, now: datetime
) -> SchemeVersion:
    """Write what the draft counts. What was worked out for it before counts no more. Raises ChangedMeanwhile."""
    draft = locked(draft, version=version, mine={"definition": definition})
    _refuse_published(draft)
    if write(draft, {"definition": dict(definition)}):
        record("clients.scheme_draft_changed", subject=draft, by=by, now=now)
    return draft


@transaction.atomic
def rework_draft_version(
    *, draft: SchemeVersion, change: Callable[[Mapping[str, Any]], Mapping[str, Any]], by: User, now: datetime
) -> SchemeVersion:
    """Add to the draft, or take from it, whatever others change in it meanwhile: `change` gets what it counts now."""
    draft = SchemeVersion.objects.select_for_update().get(pk=draft.pk)
    _refuse_published(draft)
    if write(draft, {"definition": dict(change(draft.definition))}):
        record("clients.scheme_draft_changed", subject=draft, by=by, now=now)
    return draft


@transaction.atomic
def discard_draft_version(*, draft: SchemeVersion, version: int, by: User, now: datetime) -> None:
    """Throw a draft away; a scheme that never was in force goes with it. Raises ChangedMeanwhile."""
    draft = locked(draft, version=version)
    _refuse_published(draft)
    scheme = draft.scheme
    record("clients.scheme_draft_discarded", subject=draft, by=by, now=now)
    draft.delete()
    if not scheme.versions.exists():
        scheme.delete()


@transaction.atomic
def publish_version(
    *, draft: SchemeVersion, version: int, by: User, now: datetime, ask_a_worker: Callable[[Job], None]
) -> SchemeVersion:
    """Put a draft in force, and have every open case scored by it. Raises ChangedMeanwhile, UnableToKeepScheme.

    `ask_a_worker` is called after the commit with the job.
    """
    draft = locked(draft, version=version)
    _refuse_published(draft)
    if wrong := scoring.problems(draft.definition):
        raise UnableToKeepScheme(" ".join(_(it.sentence) for it in wrong))
    job = jobs.start_job(PUBLISHED, by=by, now=now)
    draft.published_at, draft.published_by, draft.job = now, by, job
    draft.version += 1
    draft.save(update_fields=["published_at", "published_by", "job", "version"])
    record("clients.scheme_published", subject=draft, by=by, now=now, number=draft.number)
    transaction.on_commit(lambda: ask_a_worker(job))
    return draft


@transaction.atomic
def archive_scheme(*, scheme: Scheme, by: User, now: datetime) -> Scheme:
    """Score no more cases by it. The scores stay."""
    scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if scheme.archived_at is None:
        scheme.archived_at = now
        scheme.save(update_fields=["archived_at"])
        record("clients.scheme_archived", subject=scheme, by=by, now=now)
    return scheme


@transaction.atomic
def answer_questions(
    *, case: Case, scheme_version: SchemeVersion, answers: Mapping[str, str], version: int, by: User, now: datetime
) -> Answers:
    """Write down what was answered to the questions of a scheme; "" takes an answer back. Raises ChangedMeanwhile.

    `version` is that of the answers that were read, 0 where there were none.
    """
    _refuse_other_answers(scheme_version, answers)
    row = Answers.objects.filter(case=case, scheme=scheme_version.scheme_id).first()
    if row is None:
        row = Answers(
            id=new_id(),
            data_key=case.data_key,
            case=case,
            scheme_id=scheme_version.scheme_id,
            answered_by=by,
            answered_at=now,
        )
        row.answers = _given({}, answers)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            row = Answers.objects.get(case=case, scheme=scheme_version.scheme_id)
        else:
            record("clients.score_answered", subject=row, case_id=case.pk, by=by, now=now, questions=sorted(answers))
            return row
    row = locked(row, version=version, mine=dict(answers))
    if write(row, {"answers": _given(row.answers, answers), "answered_by": by, "answered_at": now}):
        record("clients.score_answered", subject=row, case_id=case.pk, by=by, now=now, questions=sorted(answers))
    return row


def keep_score(*, case: Case, scheme_version: SchemeVersion, result: scoring.Result, now: datetime) -> bool:
    """Store what a case reaches, if that is not what is stored; return whether anything was written.

    Call it in a transaction. The case is locked: two at once write one score. What was current before, by this version
    or an earlier one of the scheme, is kept as replaced.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    scores: Any = Score.objects
    current = list(scores.current().filter(case=case, scheme_version__scheme=scheme_version.scheme_id))
    for score in current:
        if score.scheme_version_id == scheme_version.pk and is_same(score, result):
            find_unchanged(scores=[score], now=now)
            return False
    scores.filter(pk__in=[score.pk for score in current]).update(replaced_at=now)
    score = Score(
        id=new_id(),
        data_key=case.data_key,
        case=case,
        scheme_version=scheme_version,
        total=result.total,
        unanswered=result.unanswered,
        computed_at=now,
        checked_at=now,
    )
    score.parts = [part.as_json() for part in result.parts]
    score.save(force_insert=True)
    return True


def find_unchanged(*, scores: Collection[Score], now: datetime) -> None:
    """Note that these scores, worked out anew, came out as they are stored."""
    rows: Any = Score.objects
    rows.current().filter(pk__in=[score.pk for score in scores], checked_at__lt=now).update(checked_at=now)


def is_same(score: Score, result: scoring.Result) -> bool:
    parts: list[Any] = score.parts
    return score.total == result.total and parts == [part.as_json() for part in result.parts]


def _given(before: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    return {code: answer for code, answer in {**before, **answers}.items() if answer}


def _refuse_other_answers(scheme_version: SchemeVersion, answers: Mapping[str, str]) -> None:
    asked = {question["code"]: question for question in scoring.questions(scheme_version.definition)}
    for code, answer in answers.items():
        question = asked.get(code)
        if question is None:
            raise UnableToAnswer(_("This is not asked any more. Open the page again."))
        if question["kind"] == "yes_no":
            allowed = {"", "yes", "no"}
        else:
            allowed = {"", *(option["code"] for option in question["options"])}
        if answer not in allowed:
            raise UnableToAnswer(_("Choose one of the answers."), field=code)


def _refuse_published(draft: SchemeVersion) -> None:
    if draft.is_published:
        raise UnableToKeepScheme(_("This version is published and does not change any more. Make a new one."))
