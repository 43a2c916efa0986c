"""Guides and words, for everybody who is signed in: there are no people in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.roles import DEFINITIONS
from casework.web.decorators import signed_in
from casework.web.request import UserRequest, permissions_in
from casework.web.templatetags.components import url_if_any

from .first_hour import HIDDEN
from .for_everybody import FOR_EVERYBODY
from .guides import GUIDES
from .shape import Guide, Piece, Step, pieces
from .words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """`url`: where the first words on a page lead; "" where they lead nowhere, or not this reader."""

    pieces: Sequence[Piece]
    first: Piece | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHowTo:
    title: Promise
    steps: Sequence[ShownStep]


@signed_in
@require_safe
def help_page(request: UserRequest) -> HttpResponse:
    guides = [(guide.title, _url_of(guide), _is_of(guide, request)) for guide in GUIDES]
    context = {
        "own": [(title, url) for title, url, is_own in guides if is_own],
        "others": [(title, url) for title, url, is_own in guides if not is_own],
    }
    return render(request, "help/help.html", context)


@signed_in
@require_safe
def guide(request: UserRequest, key: str) -> HttpResponse:
    """One page that prints. Whoever does not hold the role reads it without links: they would lead to a refusal."""
    [shown] = [it for it in GUIDES if it.key == key]
    is_own = _is_of(shown, request)
    context = {
        "guide": shown,
        "is_own": is_own,
        "home_url": url_if_any(shown.home) if is_own else "",
        "now": list(pieces(shown.now)),
        "how_to": [
            ShownHowTo(title=it.title, steps=[_shown(step, is_own=is_own) for step in it.steps]) for it in shown.how_to
        ],
        "troubles": [(it.problem, list(pieces(it.advice))) for it in (*shown.troubles, *FOR_EVERYBODY)],
    }
    return render(request, "help/guide.html", context)


@signed_in
@require_safe
def words(request: UserRequest) -> HttpResponse:
    return render(request, "help/words.html", {"words": WORDS})


@signed_in
@require_POST
def hide_first_hour(request: UserRequest) -> HttpResponse:
    """Hide the list of the first hour until they sign in again; the help page has it all the same. In the demo only."""
    if not settings.DEMO:
        raise Http404
    request.session[HIDDEN] = True
    return redirect("home")


def _is_of(guide: Guide, request: UserRequest) -> bool:
    held = permissions_in(request)
    return any(DEFINITIONS[role].permissions <= held for role in guide.roles)


def _url_of(guide: Guide) -> str:
    return reverse(f"guide_{guide.key.replace('-', '_')}")


def _shown(step: Step, *, is_own: bool) -> ShownStep:
    url = url_if_any(step.page) if step.page and is_own else ""
    parts = list(pieces(step.text))
    first = next((it for it in parts if it.is_on_a_page), None)
    return ShownStep(pieces=parts, first=first, url=url)
