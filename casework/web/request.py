"""The request of somebody who is signed in, for the signatures of views, and what they may do."""

from django.http import HttpRequest
from django.utils import timezone

from casework.accounts.access import permissions_and_teams_of
from casework.accounts.models import User
from casework.accounts.roles import Permission


class UserRequest(HttpRequest):
    user: User


def permissions_in(request: HttpRequest) -> frozenset[Permission]:
    """Return what the person who is signed in may do somewhere; asked of the database once a request."""
    return _held_in(request)[0]


def team_names_in(request: HttpRequest) -> list[str]:
    """Return the names of the teams of the person who is signed in, from the same one query."""
    return _held_in(request)[1]


def _held_in(request: HttpRequest) -> tuple[frozenset[Permission], list[str]]:
    if not hasattr(request, "held"):
        request.held = permissions_and_teams_of(request.user, timezone.now())  # type: ignore[attr-defined,arg-type]  # kept on the request for as long as it lasts
    held: tuple[frozenset[Permission], list[str]] = request.held  # type: ignore[attr-defined]  # set above
    return held
