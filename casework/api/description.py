"""The interface in words of OpenAPI, with every refusal that a call may meet."""

import copy
from functools import cache
from typing import Any

from .api import API
from .problems import TYPE, ProblemOut

PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}}
ALWAYS = {
    400: "What was sent cannot be read",
    401: "No token, or one that has ended or was revoked",
    403: "The token was not given the scope, or its owner may not do this any more",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Something is wrong with what was sent; `errors` says what, and where",
    429: "Too many calls within a minute, or too many cases within a day",
    500: "Something broke here; nothing was changed",
    503: "This cannot be recorded at the moment, so it is not done",
}
WITH_PATH = {404: "Not there, or nothing that this token may see"}
WRITING = {409: "Something is in the way, or was changed meanwhile: `now` says what is there"}


@cache
def description() -> dict[str, Any]:
    """Return the whole description, made once: nothing in it depends on who asks."""
    made: dict[str, Any] = copy.deepcopy(dict(API.get_openapi_schema(path_prefix="/api/v1/")))
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    made["components"]["schemas"].update(schema.pop("$defs"))
    made["components"]["schemas"]["ProblemOut"] = schema
    for address, calls in made["paths"].items():
        for method, call in calls.items():
            _tell_refusals(call, has_path="{" in address, writes=method != "get")
    return made


def _tell_refusals(call: dict[str, Any], *, has_path: bool, writes: bool) -> None:
    refusals = ALWAYS | (WITH_PATH if has_path or writes else {}) | (WRITING if writes else {})
    if not writes:
        refusals = {status: said for status, said in refusals.items() if status not in {400, 413, 415}}
    call["responses"] = {str(status): each for status, each in call["responses"].items()}
    for status, said in sorted(refusals.items()):
        answer: dict[str, Any] = {"description": said, "content": {TYPE: {"schema": PROBLEM}}}
        if status in {429, 503}:
            answer["headers"] = RETRY_AFTER
        call["responses"][str(status)] = answer
