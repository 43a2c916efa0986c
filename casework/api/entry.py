"""Before every call: who asks, with what, how often. After it: nothing half-written, one shape of refusal."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.accounts.access import permissions_and_teams_of
from casework.accounts.actions import note_use, token_behind
from casework.accounts.counters import count
from casework.accounts.models import ApiToken, User
from casework.accounts.policy import Policy
from casework.accounts.roles import Permission
from casework.accounts.scopes import GRANTS, Scope
from casework.audit.history import acting
from casework.audit.record import UnableToRecord, record, through

from .problems import Problem, answer, broken, mistake, not_recorded
from .seeing import Withheld

logger = logging.getLogger(__name__)

View = Callable[..., Any]
CALLS_A_MINUTE = 120
MINUTE = timedelta(minutes=1)
LARGEST_BODY = 64 * 1024
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class ApiRequest(HttpRequest):
    """A call that has come in with a token that works."""

    user: User
    token: ApiToken
    now: datetime
    permissions: frozenset[Permission]
    method: str


def entrance(view: View, taken: Callable[[Any], set[str]] | None = None) -> View:
    """Let nobody into `view` without a token, and let nothing stay written that it refused.

    `taken`: which words the call takes in its query. A filter that is misspelt would let everything through.
    """

    @transaction.non_atomic_requests
    @wraps(view)
    def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with ExitStack() as meanwhile:
            try:
                _let_in(request, meanwhile)
                if taken is not None and set(request.GET) - taken(request):
                    said = _("There is no such field.")
                    wrong = [mistake("query", "extra_forbidden", said)]
                    raise Problem(422, "invalid", _("Correct what is listed and send it again."), errors=wrong)
                response = _answered(request, view, args, kwargs)
            except Problem as problem:
                response = answer(request, problem)
            except UnableToRecord as error:
                logger.critical("an event cannot be recorded: %s", error, exc_info=error)
                response = answer(request, not_recorded())
            except Exception:
                logger.exception("a call of a program broke")
                response = answer(request, broken())
            response["Content-Language"] = translation.get_language() or "en"
            response["Vary"] = "Authorization, Accept-Language"
        return response

    entered.csrf_exempt = True  # type: ignore[attr-defined]  # as Django names it: no cookie opens this
    entered.access_policy = Policy(token=True, second_factor=False)  # type: ignore[attr-defined]  # read by the middleware
    return login_not_required(entered)


def needs(request: Any, scope: Scope) -> None:
    """Refuse unless the token was given this scope, and its owner may do so at this moment."""
    if scope not in request.token.scopes:
        said = _("This token was not given the scope %(scope)s. Make one that has it.") % {"scope": scope.value}
        raise Problem(403, "scope_missing", said, errors=[mistake("header.Authorization", "scope", said)])
    if GRANTS[scope].permission not in request.permissions:
        said = _("The owner of this token may not do this any more, so the token may not either.")
        raise Problem(403, "role_missing", said)


def _let_in(request: Any, meanwhile: ExitStack) -> None:
    now = timezone.now()
    kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
    token = token_behind(text.strip(), now) if kind.lower() == "bearer" else None
    if token is None:
        said = _("Send a token that has not ended and was not revoked, as “Authorization: Bearer cw_…”.")
        raise Problem(401, "no_token", said, headers={"WWW-Authenticate": "Bearer"})
    user = token.user
    if "Accept-Language" not in request.headers and user.language:
        meanwhile.enter_context(translation.override(user.language))
    meanwhile.enter_context(acting(user.pk))
    meanwhile.enter_context(through(token.pk))
    _refuse_too_many(token, now)
    _refuse_body(request)
    request.user, request.token, request.now = user, token, now
    request.permissions, _teams = permissions_and_teams_of(user, now)
    if not request.permissions:
        raise Problem(403, "no_role", _("The owner of this token has no role here at the moment."))
    note_use(token=token, now=now)


def _refuse_too_many(token: ApiToken, now: datetime) -> None:
    """Count in a statement of its own, so that calls of one token do not wait for each other."""
    calls, again_at = count(f"api.{token.pk}", MINUTE, now)
    if calls > CALLS_A_MINUTE:
        seconds = max(1, int((again_at - now).total_seconds()) + 1)
        said = _("A token may call %(count)s times a minute. Wait for %(seconds)s seconds.")
        detail = said % {"count": CALLS_A_MINUTE, "seconds": seconds}
        raise Problem(429, "too_often", detail, headers={"Retry-After": str(seconds)})


def _refuse_body(request: HttpRequest) -> None:
    if request.method not in WITH_BODY:
        return
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > LARGEST_BODY:
        said = _("A call holds %(count)s bytes at most.") % {"count": LARGEST_BODY}
        raise Problem(413, "too_large", said)
    if length and request.content_type != "application/json":
        raise Problem(415, "not_json", _("Send JSON, as “Content-Type: application/json”."))


def _answered(request: Any, view: View, args: Any, kwargs: Any) -> HttpResponse:
    with transaction.atomic():
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    if response.status_code == 405:
        allowed = response.get("Allow", "")
        said = _("This address takes %(methods)s.") % {"methods": allowed}
        raise Problem(405, "method", said, headers={"Allow": allowed})
    withheld: Withheld | None = getattr(request, "withheld", None)
    if withheld is not None:
        case = withheld.case
        record(
            "clients.case_withheld",
            subject=case,
            case_id=case.pk,
            by=request.user,
            now=request.now,
            count=withheld.count,
        )
    return response
