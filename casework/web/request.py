"""The request of somebody who is signed in, for the signatures of views, and what they may do."""

from typing import Any

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
    known: Any = request  # what is read is kept on it for as long as it lasts
    if not hasattr(known, "in_sight"):
        known.in_sight = read_sight(known.user, timezone.now())
        if known.method in SAFE_METHODS:
            known.user.in_sight = known.in_sight
    in_sight: InSight = known.in_sight
    return in_sight


def only_looks(request: UserRequest) -> None:
    """Say of a form that was sent so that what was typed stays out of the address that it changes nothing."""
    request.user.in_sight = _in_sight_of(request)
