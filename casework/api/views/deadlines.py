"""Deadlines: those of a stretch of days, those of one case with why they are due, and what people decide about one."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.db.models import F
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema
from pydantic import Field

from casework.accounts.roles import Permission
from casework.accounts.scopes import Scope
from casework.audit.record import record
from casework.clients.models import Client
from casework.residency.actions import DeadlineMoved, ensure_fresh, mark_done, waive
from casework.residency.because import lines, says
from casework.residency.models import Deadline, Rule
from casework.residency.models.position import today_of
from casework.residency.rulebook import rules_of
from casework.residency.rules import rulebook

from ..auth import Bearer
from ..fields import Day, Id, In, at_most
from ..keyset import SIZE, After, Limit, page_of
from ..problems import Problem, mistake
from ..seeing import case_opened, one_or_none, seen_by_token
from .cases import CodeInPath

router = Router(tags=["deadlines"])

LONGEST = timedelta(days=366)


class DeadlineOut(Schema):
    """`due_on` null where the day is not known and a person must look. Send it back as `seen_on` with an answer."""

    id: Id
    case: str = Field(description="The code of the case", examples=["C-K7Q-3F9"])
    client: str = Field(description="The reference of the person", examples=["K7Q-3F9"])
    duty: str = Field(examples=["leave"])
    duty_in_words: str
    country: str = Field(examples=["KG"])
    due_on: date | None
    set_by: str = Field(
        description="Who set another day than the rules give: authority, staff, or nobody", examples=[""]
    )
    optional: bool = Field(description="A possibility, not a duty")
    state: str = Field(examples=["open"])
    must_be_looked_at: bool = Field(description="What was answered or set no longer fits the facts or the rules")
    review: str = Field(description="How sure we are of the rule", examples=["reviewed"])
    today: date = Field(description="Which day it is where the person is")


class WhyOut(Schema):
    """One step from the facts to the day."""

    code: str
    sentence: str = Field(description="In the language that was asked for")
    rule: int | None = Field(description="`id` of the rule that the step is about")


class SourceOut(Schema):
    title: str
    url: str
    read_on: date | None
    supports: bool


class RuleOut(Schema):
    id: int
    says: str
    country: str
    valid_from: date | None
    valid_until: date | None
    legal_status: str
    review: str
    sources: list[SourceOut]


class ExplainedOut(DeadlineOut):
    opens_on: date | None
    alternative_on: date | None = Field(description="The other reading, where the law can be read in two ways")
    why: list[WhyOut]
    rules: list[RuleOut] = Field(description="The one that binds first")


class DeadlinesOut(Schema):
    deadlines: list[DeadlineOut]
    next: str | None = Field(description="Send it as `after` for the page that follows; null at the end")
    not_computed_yet: int = Field(description="People whose deadlines are being computed: ask again in some minutes")


class ExplainedListOut(Schema):
    case: str
    deadlines: list[ExplainedOut]


class AnswerIn(In):
    answer: Literal["done", "not_needed"]
    seen_on: Day | None = Field(
        description="`due_on` as the program saw it; where it has moved meanwhile, nothing is recorded"
    )
    reason: Annotated[str, at_most(2000)] = Field(default="", description="Needed with not_needed")


@router.get(
    "/deadlines",
    auth=Bearer(Scope.READ_DEADLINES),
    response=DeadlinesOut,
    operation_id="deadlines",
    summary="Deadlines that are due between two days, the soonest first",
    description="Open ones of open cases. Names nobody. Scope: read:deadlines.",
    url_name="api_deadlines",
)
def deadlines(
    request: Any,
    first: Annotated[Day, Query(alias="from", description="The first day")],
    last: Annotated[Day, Query(alias="to", description="The last day, at most a year later")],
    after: After = "",
    limit: Limit = SIZE,
) -> dict[str, Any]:
    if not timedelta() <= last - first <= LONGEST:
        said = _("Send a last day that is not before the first, and at most a year later.")
        raise Problem(422, "invalid", said, errors=[mistake("query.to", "stretch", said)])
    user, now = request.user, request.now
    seen: Any = Client.objects.filter(seen_by_token(user, now, prefix="case__")).in_open_cases()
    left = ensure_fresh(seen.values("pk"), now, by=user)
    rows: Any = Deadline.objects.filter(seen_by_token(user, now, prefix="client__case__"))
    rows = _with_people(rows.open().due_between(first, last), now).defer("because", "rule_ids")
    found, following = page_of(rows, ("drives_on", "id"), after, limit)
    record("residency.deadlines_listed", by=user, now=now, rows=len(found))
    return {"deadlines": [_out(row) for row in found], "next": following, "not_computed_yet": left}


@router.get(
    "/cases/{code}/deadlines",
    auth=Bearer(Scope.READ_DEADLINES),
    response=ExplainedListOut,
    operation_id="deadlines_of_case",
    summary="The deadlines of everybody in a case, each with why it is due",
    description="Counts among the cases that the owner of the token opens in a day. Scope: read:deadlines.",
    url_name="api_deadlines_of_case",
)
def deadlines_of_case(request: Any, code: CodeInPath) -> dict[str, Any]:
    user, now = request.user, request.now
    case = case_opened(request, code)
    ensure_fresh(Client.objects.filter(case=case).values("pk"), now, by=user)
    rows: Any = Deadline.objects.filter(client__case=case).computed()
    found = list(_with_people(rows, now).order_by(F("drives_on").asc(nulls_first=True), "id"))
    wanted = {int(pk) for row in found for pk in row.rule_ids}
    rules = {int(rule.id): rule for rule in rules_of(Rule.objects.filter(pk__in=wanted))}
    record("residency.deadlines_seen", subject=case, case_id=case.pk, by=user, now=now, shown=len(found))
    return {"case": case.code, "deadlines": [_explained(row, rules) for row in found]}


@router.post(
    "/deadlines/{deadline_id}/answer",
    auth=Bearer(Scope.WRITE_DEADLINES),
    response=DeadlineOut,
    operation_id="answer_deadline",
    summary="Record what people decided about a deadline: done, or not needed and why",
    description="Said twice, it counts once. Scope: write:deadlines.",
    url_name="api_answer_deadline",
)
def answer_deadline(request: Any, deadline_id: Annotated[Id, Path()], sent: AnswerIn) -> dict[str, Any]:
    user, now = request.user, request.now
    visible = seen_by_token(user, now, prefix="client__case__", permission=Permission.CASE_CHANGE)
    rows: Any = _with_people(Deadline.objects.filter(visible), now)
    deadline = one_or_none(rows, pk=deadline_id)
    try:
        if sent.answer == "done":
            mark_done(deadline=deadline, seen_on=sent.seen_on, by=user, now=now)
        else:
            waive(deadline=deadline, reason=sent.reason, seen_on=sent.seen_on, by=user, now=now)
    except DeadlineMoved as moved:
        there = moved.deadline
        said = _("The day has moved meanwhile. Look at it again, and answer with the day that holds now.")
        now_there = {"due_on": there.drives_on and there.drives_on.isoformat(), "state": there.state}
        raise Problem(409, "moved_meanwhile", said, now=now_there) from moved
    return _out(one_or_none(rows, pk=deadline_id))


def _with_people(rows: Any, now: Any) -> Any:
    """Return the queryset with the person, the case, and which day it is for them. Opens no seal."""
    rows = rows.select_related("client__case", "client__data_key").annotate(today=today_of("client__", now))
    return rows.defer("client__search_form")


def _out(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "case": row.client.case.code,
        "client": row.client.reference,
        "duty": row.duty,
        "duty_in_words": str(row.get_duty_display()),
        "country": row.country,
        "due_on": row.drives_on,
        "set_by": row.set_by,
        "optional": row.optional,
        "state": row.state,
        "must_be_looked_at": row.contradicted,
        "review": row.review,
        "today": row.today,
    }


def _explained(row: Any, rules: dict[int, rulebook.Rule]) -> dict[str, Any]:
    return {
        **_out(row),
        "opens_on": row.opens_on,
        "alternative_on": row.alternative_on,
        "why": [{"code": it.code, "sentence": it.sentence, "rule": it.rule_id or None} for it in lines(row.because)],
        "rules": [_rule(rules[int(pk)]) for pk in row.rule_ids if int(pk) in rules],
    }


def _rule(rule: rulebook.Rule) -> dict[str, Any]:
    return {
        "id": int(rule.id),
        "says": says(rule),
        "country": rule.jurisdiction,
        "valid_from": rule.valid_from,
        "valid_until": rule.valid_until,
        "legal_status": rule.legal_status.value,
        "review": rule.review_status.value,
        "sources": [
            {"title": it.title, "url": it.url, "read_on": it.read_on, "supports": it.supports} for it in rule.citations
        ],
    }
