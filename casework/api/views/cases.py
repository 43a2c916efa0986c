"""Cases: the list without names, one case with its people."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import F
from ninja import Path, Query, Router, Schema
from pydantic import Field

from casework.accounts.scopes import Scope
from casework.audit.record import record
from casework.clients.models import Case, Client
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline

from ..auth import Bearer
from ..fields import CODE
from ..keyset import SIZE, After, Limit, page_of
from ..seeing import case_opened, seen_by_token

router = Router(tags=["cases"])

CodeInPath = Annotated[str, Path(pattern=CODE, description="The code of a case", examples=["C-K7Q-3F9"])]


class NextOut(Schema):
    """The deadline that comes first; `due_on` null where the day is not known and a person must look."""

    duty: str = Field(examples=["leave"])
    duty_in_words: str
    due_on: date | None


class CaseInList(Schema):
    code: str = Field(examples=["C-K7Q-3F9"])
    team: str = Field(description="The code of the team", examples=["BSK"])
    status: str = Field(examples=["open"])
    priority: str = Field(examples=["normal"])
    opened_at: datetime
    closed_at: datetime | None
    next_deadline: NextOut | None
    version: int


class CasesOut(Schema):
    cases: list[CaseInList]
    next: str | None = Field(description="Send it as `after` for the page that follows; null at the end")


class BornOut(Schema):
    """Both days are the same where the day is known; a year alone has its first and its last day."""

    earliest: date | None
    latest: date | None


class PersonOut(Schema):
    reference: str = Field(examples=["K7Q-3F9"])
    is_principal: bool
    relation: str = Field(description="To the principal applicant", examples=["principal"])
    family_name: str = Field(examples=["Образцова"])
    given_name: str = Field(examples=["Вымышлена"])
    patronymic: str
    other_names: str
    born: BornOut
    sex: str = Field(examples=["female"])
    nationalities: list[str] = Field(examples=[["RU"]])
    language: str
    version: int


class CaseOut(Schema):
    code: str = Field(examples=["C-K7Q-3F9"])
    team: str = Field(examples=["BSK"])
    status: str
    priority: str
    opened_at: datetime
    closed_at: datetime | None
    closing_reason: str
    version: int
    people: list[PersonOut]


@router.get(
    "/cases",
    auth=Bearer(Scope.READ_CASES),
    response=CasesOut,
    operation_id="cases",
    summary="The cases that the owner of the token sees, the newest first",
    description="Names nobody. Scope: read:cases.",
    url_name="api_cases",
)
def cases(
    request: Any,
    status: Annotated[Literal["open", "closed", "all"], Query()] = "open",
    after: After = "",
    limit: Limit = SIZE,
) -> dict[str, Any]:
    rows: Any = Case.objects.filter(seen_by_token(request.user, request.now)).not_archived()
    if status != "all":
        rows = rows.filter(status=status)
    found, following = page_of(rows.select_related("team"), ("-opened_at", "-id"), after, limit)
    ids = [case.pk for case in found]
    ensure_fresh(Client.objects.filter(case__in=ids).values("pk"), request.now, by=request.user)
    first = _next_deadlines(ids)
    record("clients.cases_listed", by=request.user, now=request.now, cases=[str(pk) for pk in ids])
    return {"cases": [_in_list(case, first.get(case.pk)) for case in found], "next": following}


@router.get(
    "/cases/{code}",
    auth=Bearer(Scope.READ_CASES),
    response=CaseOut,
    operation_id="case",
    summary="One case and the people in it",
    description="Counts among the cases that the owner of the token opens in a day. Scope: read:cases.",
    url_name="api_case",
)
def case(request: Any, code: CodeInPath) -> dict[str, Any]:
    return case_seen(request, code)


def case_seen(request: Any, code: str) -> dict[str, Any]:
    """Return a case that a program opens, with the event of that. Raises Problem."""
    found = case_opened(request, code)
    record("clients.case_seen", subject=found, case_id=found.pk, by=request.user, now=request.now)
    return case_out(found)


def case_out(case: Case) -> dict[str, Any]:
    people: Any = Client.objects.filter(case=case).select_related("data_key").defer("search_form")
    return {
        "code": case.code,
        "team": case.team.code,
        "status": case.status,
        "priority": case.priority,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "closing_reason": case.closing_reason,
        "version": case.version,
        "people": [_person(each) for each in people.principal_first()],
    }


def _person(client: Client) -> dict[str, Any]:
    return {
        "reference": client.reference,
        "is_principal": client.is_principal,
        "relation": client.relation,
        "family_name": str(client.family_name),
        "given_name": str(client.given_name),
        "patronymic": str(client.patronymic),
        "other_names": str(client.other_names),
        "born": {"earliest": client.born_earliest, "latest": client.born_latest},
        "sex": client.sex,
        "nationalities": client.nationalities,
        "language": client.language,
        "version": client.version,
    }


def _in_list(case: Case, first: Any) -> dict[str, Any]:
    return {
        "code": case.code,
        "team": case.team.code,
        "status": case.status,
        "priority": case.priority,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "next_deadline": first
        and {"duty": first.duty, "duty_in_words": str(first.get_duty_display()), "due_on": first.drives_on},
        "version": case.version,
    }


def _next_deadlines(case_ids: list[Any]) -> dict[Any, Any]:
    """Return the first open deadline of each case that has one; a day that is not known comes first."""
    rows: Any = (
        Deadline.objects.open()
        .filter(client__case__in=case_ids, optional=False)
        .annotate(case_id=F("client__case_id"))
        .order_by("client__case_id", F("drives_on").asc(nulls_first=True), "id")
        .distinct("client__case_id")
        .defer("because", "rule_ids")
    )
    return {row.case_id: row for row in rows}
