"""What went wrong, in one shape for all (RFC 9457): what, where, and what to do. Nothing of what was sent is repeated."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Schema

TYPE = "application/problem+json"
# Names in Cyrillic as they are, for those who read answers by eye.
READABLE = {"ensure_ascii": False}
AGAIN_IN = 60  # seconds


class Mistake(Schema):
    """One thing that is wrong with what was sent."""

    where: str = Field(
        description="The way to the value: body.person.birth.earliest, query.after, header.Idempotency-Key"
    )
    code: str
    what: str = Field(description="A sentence in the language that was asked for")


class ProblemOut(Schema):
    """Why it was not done, and what to do about it."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What to do")
    errors: list[Mistake] = Field(default=[], description="What is wrong, one by one")
    now: dict[str, Any] | None = Field(default=None, description="With 409: what is there now")


class Problem(Exception):
    """Raised by what answers a program; nothing that was written before it stays."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        now: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.now, self.headers = list(errors), now, dict(headers or {})


def mistake(where: str, code: str, what: str) -> dict[str, str]:
    return {"where": where, "code": code, "what": what}


def titles() -> dict[int, str]:
    return {
        400: _("This cannot be read"),
        401: _("No token that works"),
        403: _("Not allowed"),
        404: _("Not there"),
        405: _("Not in this way"),
        409: _("Something is in the way"),
        413: _("Too large"),
        415: _("Not JSON"),
        422: _("Something is wrong with what was sent"),
        429: _("Too much at a time"),
        500: _("Something broke here"),
        503: _("Not now"),
    }


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    content: dict[str, Any] = {
        "type": f"urn:casework:problem:{problem.code}",
        "title": titles()[problem.status],
        "status": problem.status,
        "detail": problem.detail,
        "errors": problem.errors,
        "now": problem.now,
    }
    return JsonResponse(
        content,
        status=problem.status,
        content_type=TYPE,
        headers=problem.headers,
        json_dumps_params=READABLE,
    )


def not_there() -> Problem:
    return Problem(404, "not_there", _("There is nothing here, or nothing that this token may see."))


def not_recorded() -> Problem:
    said = _("This cannot be recorded at the moment, so it was not done and nothing is shown. Try again later.")
    return Problem(503, "not_recorded", said, headers={"Retry-After": str(AGAIN_IN)})


def broken() -> Problem:
    return Problem(500, "broken", _("Nothing was changed. Tell whoever runs the server at which time it was."))
