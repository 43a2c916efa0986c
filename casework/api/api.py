"""The interface itself: its parts, and what it says where something is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from casework.clients.changes import ChangedMeanwhile
from casework.lib.refusals import Refusal
from casework.lib.strict_json import read_json
from casework.vault.errors import DataKeyReplaced

from .problems import READABLE, Problem, answer, mistake, not_there
from .views import capacity, deadlines, logging, me, placements, referrals


class StrictParser(Parser):
    """Reads JSON of which everything can be stored and written again."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body.decode("utf-8"))


class ReadableRenderer(JSONRenderer):
    json_dumps_params = READABLE


def build() -> NinjaAPI:
    api = NinjaAPI(
        title="Casework",
        version="1",
        description=(
            "Cases, deadlines, beds and referrals for programs of people who work here. A program sees what its owner sees, "
            "less what its token was not given, and no restricted case."
        ),
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
        renderer=ReadableRenderer(),
        urls_namespace="api",
    )
    for part in (me, logging, deadlines, placements, referrals, capacity):
        api.add_router("", part.router)
    for kind, said in ANSWERS.items():
        api.add_exception_handler(kind, said)
    return api


def _problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer(request, problem)


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer for the library: it raises these for bodies that it cannot read."""
    return answer(request, Problem(400, "unreadable", _("Send one JSON document in UTF-8, without NUL.")))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(request, not_there())


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """Say what does not fit, where; an address that cannot be one is not there."""
    if any(found["loc"][0] == "path" for found in error.errors):
        return answer(request, not_there())
    errors = [mistake(_where(found["loc"]), str(found["type"]), _what(found)) for found in error.errors]
    return answer(request, Problem(422, "invalid", _("Correct what is listed and send it again."), errors=errors))


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    where = f"body.{refusal.field}" if refusal.field else "body"
    errors = [mistake(where, "refused", refusal.sentence)]
    return answer(request, Problem(422, "refused", refusal.sentence, errors=errors))


def _changed(request: HttpRequest, changed: Any) -> HttpResponse:
    said = _("Somebody changed this meanwhile. Look at what is there now, and send what still holds with its version.")
    now = {"version": getattr(changed.theirs, "version", None), "state": getattr(changed.theirs, "state", None)}
    return answer(request, Problem(409, "changed_meanwhile", said, now=now))


def _replaced(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(
        request, Problem(409, "changed_meanwhile", _("This was being changed at that moment. Send it again."))
    )


def _suspicious(request: HttpRequest, error: Any) -> HttpResponse:
    said = _("This Idempotency-Key made something else before. Send another key.")
    return answer(request, Problem(409, "key_used", said))


ANSWERS: Mapping[type[Exception], Any] = {
    Problem: _problem,
    HttpError: _http_error,
    Http404: _missing,
    ValidationError: _invalid,
    Refusal: _refused,
    ChangedMeanwhile: _changed,
    DataKeyReplaced: _replaced,
    SuspiciousOperation: _suspicious,
}


def _raise(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def _where(loc: Sequence[Any]) -> str:
    """Return the way to a value, such as body.people.0.family_name; the library puts the name of our parameter after "body"."""
    parts = [str(part) for part in loc]
    if parts[0] == "body" and len(parts) > 1:
        parts.pop(1)
    return ".".join(parts)


def _what(found: Mapping[str, Any]) -> str:
    context = found.get("ctx", {})
    if found["type"] in ("literal_error", "enum"):
        return _("Send one of: %(words)s.") % {"words": str(context["expected"]).replace("'", "")}
    if found["type"] == "said":
        return str(context["sentence"])
    sentence = SENTENCES.get(found["type"], NOT_OF_THE_KIND)
    return gettext(sentence) % {"count": context.get("max_length", context.get("min_length", ""))}


NOT_OF_THE_KIND = gettext_noop("This is not of the kind that is expected here.")
SENTENCES = {
    "missing": gettext_noop("This is missing."),
    "extra_forbidden": gettext_noop("There is no such field."),
    "string_too_long": gettext_noop("This is longer than %(count)s characters."),
    "string_too_short": gettext_noop("This is shorter than %(count)s characters."),
    "too_long": gettext_noop("These are more than %(count)s."),
    "too_short": gettext_noop("These are fewer than %(count)s."),
    "day": gettext_noop("Send a day of the calendar as 2026-11-28."),
    "day_out_of_bounds": gettext_noop("Send a day between 1900 and 2199."),
    "uuid_parsing": gettext_noop("Send an id as it was given out."),
    "country": gettext_noop("Send a country by its two letters, such as KG."),
    "nationality": gettext_noop("Send a nationality by its letters, such as RU, or XXX for none."),
}

# Whatever else breaks is written to the log and answered in `entry`.
API = build()
API.add_exception_handler(Exception, _raise)
