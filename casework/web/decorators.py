"""Every view declares who may use it. A view without a declaration answers nobody."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from casework.accounts.policy import Policy
from casework.accounts.roles import Permission
from casework.audit.record import latest
from casework.web.access.limits import hold_back
from casework.web.looking import looking, record_look
from casework.web.request import permissions_in
from casework.web.sign_in.step_up import ask_again

View = Callable[..., HttpResponseBase]

logger = logging.getLogger(__name__)


def declared(view: Any) -> Policy | None:
    """Return the policy that `view` declares, or None."""
    return getattr(view, "access_policy", None)


def public(view: View) -> View:
    """Let anybody use `view`, signed in or not."""
    return _declare(login_not_required(view), Policy(public=True, second_factor=False))


def signed_in(view: View) -> View:
    """Let everybody who is signed in use `view`."""
    return _declare(view, Policy())


def demo_only(view: View) -> View:
    """Let anybody use `view` in the embedded demo; elsewhere there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    policy = Policy(public=True, second_factor=False, demo_only=True)
    return _declare(login_not_required(guarded), policy)


def requires(permission: Permission, *, step_up: bool = False) -> Callable[[View], View]:
    """Let those use a view who hold `permission` in some team or in the organisation.

    With `step_up` they are asked again who they are, unless they have just shown it: see `sign_in.step_up`. Where only
    some rows ask for it, the view calls `ask_again` or `ask_once` itself.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission not in permissions_in(request):
                page = request.resolver_match.url_name if request.resolver_match else ""
                logger.warning("refused: user %s lacks %s for %s", request.user.pk, permission, page)
                raise PermissionDenied
            if step_up:
                ask_again(request)
            before = latest()
            with looking(request) as look:
                response = view(request, *args, **kwargs)
            if latest() is before:
                record_look(look, request, response)
            if latest() is not before:
                hold_back(look, request.user)
            return response

        return _declare(guarded, Policy(permission=permission, step_up=step_up))

    return decorate


def _declare(view: View, policy: Policy) -> View:
    view.access_policy = policy  # type: ignore[attr-defined]
    return view
