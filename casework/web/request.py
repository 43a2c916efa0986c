"""The request of somebody who is signed in, for the signatures of views, and what they may do."""

from django.http import HttpRequest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.in_sight import InSight
from casework.clients.reading_sight import read_sight

# Those that change nothing.
SAFE_METHODS = ("GET", "HEAD")


class UserRequest(HttpRequest):
    user: User


def permissions_in(request: HttpRequest) -> frozenset[Permission]:
    """Return what the person who is signed in may do somewhere; asked of the database once a request."""
    return _in_sight_of(request).permissions


def team_names_in(request: HttpRequest) -> list[str]:
    """Return the names of the teams of the person who is signed in, from the same one query."""
    return _in_sight_of(request).team_names


def _in_sight_of(request: HttpRequest) -> InSight:
    """Return it, asked of the database once a request; a page that only looks asks nothing more about who may see what."""
    if not hasattr(request, "in_sight"):
        request.in_sight = read_sight(request.user, timezone.now())  # type: ignore[attr-defined,arg-type]  # kept on the request for as long as it lasts
        if request.method in SAFE_METHODS:
            request.user.in_sight = request.in_sight  # type: ignore[attr-defined,union-attr]  # of whoever is signed in
    in_sight: InSight = request.in_sight  # type: ignore[attr-defined]  # set above
    return in_sight
