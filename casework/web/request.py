"""The request of somebody who is signed in, for the signatures of views, and what they may do."""

from django.http import HttpRequest
from django.utils import timezone

from casework.accounts.access import permissions_of
from casework.accounts.models import User
from casework.accounts.roles import Permission


class UserRequest(HttpRequest):
    user: User


def permissions_in(request: HttpRequest) -> frozenset[Permission]:
    """Return what the person who is signed in may do somewhere; asked of the database once a request."""
    if not hasattr(request, "held_permissions"):
        request.held_permissions = permissions_of(request.user, timezone.now())  # type: ignore[attr-defined,arg-type]
    held: frozenset[Permission] = request.held_permissions  # type: ignore[attr-defined]
    return held
