"""Asked again: before what reaches many people or changes what others may do, whoever sits there shows once more who it is.

A second factor counts, shown within the last five minutes, at sign-in or since; where none is set up, as in the demo, the
password does. What was typed into a form that met the question is kept in the session, which is sealed, and sent afterwards. So is
what somebody sent whose session had run out meanwhile, until that same person has signed in.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from casework.accounts.sessions import SessionStore

from .second_factor import has_second_factor

FRESH_FOR = timedelta(minutes=5)
# So long a form that met the question waits for the answer, and so much of it is kept.
HELD_FOR = timedelta(minutes=30)
HELD_AT_MOST = 256 * 1024

HELD = "held_form"
ANSWERED = "asked_once"
ANSWERED_AT = "asked_now_and_then"


class ProofNeeded(Exception):
    """This act needs a proof, fresher than the last, that it is still the same person. A middleware asks for it."""


def ask_again(request: HttpRequest) -> None:
    """Raise ProofNeeded unless who is signed in has just shown who they are. Call it before anything is read or written."""
    if not is_fresh(request):
        raise ProofNeeded
    _let_go(request)


def ask_once(request: HttpRequest, what: str) -> None:
    """Raise ProofNeeded unless it was answered for `what`, such as "restricted", before in this session."""
    answered: list[str] = request.session.get(ANSWERED, [])
    if what not in answered:
        ask_again(request)
        request.session[ANSWERED] = [*answered, what]


def ask_now_and_then(request: HttpRequest, what: str, *, every: timedelta) -> None:
    """Raise ProofNeeded unless it was answered for `what`, such as "restricted", within the time of `every`."""
    answered: dict[str, float] = request.session.get(ANSWERED_AT, {})
    if answered.get(what, 0) < time.time() - every.total_seconds():
        ask_again(request)
        request.session[ANSWERED_AT] = {**answered, what: time.time()}
    else:
        _let_go(request)


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the last proof of who is signed in is fresh, and the strongest that they have."""
    since = time.time() - FRESH_FOR.total_seconds()
    recent = [each for each in get_authentication_records(request, request.user) if each.get("at", 0) > since]
    if any(each.get("method") == "mfa" for each in recent):
        return True
    return bool(recent) and request.user.is_authenticated and not has_second_factor(request.user)


def ask(request: HttpRequest) -> HttpResponseBase:
    """Lead to the page that asks, and from there back to this act."""
    page = request.get_full_path()
    if request.method not in {"GET", "HEAD"}:
        page = reverse("go_on") if _hold(request, page) else page
    question = f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": question})
    return redirect(question)


def with_new_key(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page that asks who it is go on under another key of the session once it is answered, as after signing in."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        was_fresh = is_fresh(request) if request.user.is_authenticated else True
        response = view(request, *args, **kwargs)
        if not was_fresh and is_fresh(request):
            request.session.cycle_key()
        return response

    return asked


def hold_until_signed_in(request: HttpRequest) -> str | None:
    """Keep what somebody sent whose session had run out, for nobody else; return where it goes on, or None where nothing can be kept."""
    user_id = ran_out_of(request)
    if user_id is None or not _hold(request, request.get_full_path(), of=user_id):
        return None
    messages.info(
        request, _("You were signed out, because nothing was sent for a while. What you typed is kept: sign in.")
    )
    return reverse("go_on")


def held_form(request: HttpRequest) -> tuple[str, list[tuple[str, str]]] | None:
    """Return where the form that met the question goes and what was typed, or None where none waits any more."""
    held: dict[str, Any] | None = request.session.get(HELD)
    if held is None or held["at"] < time.time() - HELD_FOR.total_seconds():
        return None
    if held.get("of") not in (None, str(request.user.pk)):
        del request.session[HELD]  # somebody else sits there now
        return None
    fields = QueryDict(held["form"])
    return held["to"], [(name, value) for name, values in fields.lists() for value in values]


def ran_out_of(request: HttpRequest) -> UUID | None:
    """Return whose session it was with which this came, if it ran out."""
    session = request.session
    session.is_empty()  # looks for it, if nobody did yet
    return session.ran_out_of if isinstance(session, SessionStore) else None


def let_go_what_is_sent(request: HttpRequest) -> None:
    """Keep a form no more that is on its way to where it was held for."""
    if request.method == "POST" and request.session.get(HELD, {}).get("to") == request.get_full_path():
        del request.session[HELD]


def _let_go(request: HttpRequest) -> None:
    """Keep no form any more that has now been sent."""
    if HELD in request.session and request.method == "POST":
        del request.session[HELD]


def _hold(request: HttpRequest, to: str, *, of: UUID | None = None) -> bool:
    """Keep what was typed; return whether it could be kept. Files are not: they would lie here unsealed."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    form = fields.urlencode()
    if request.FILES or len(form) > HELD_AT_MOST:
        messages.warning(
            request, _("What you sent was too large to keep, or had a file with it. Please send it once more.")
        )
        return False
    request.session[HELD] = {"to": to, "form": form, "at": time.time(), "of": of and str(of)}
    return True
