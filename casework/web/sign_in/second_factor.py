"""Has this account a second factor, and was it shown in this session?"""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from casework.accounts import actions
from casework.accounts.models import User

# In the session: through the link of which recovery somebody came.
BY_LINK = "recovery"


def has_second_factor(user: User) -> bool:
    """Return whether `user` has set up a passkey or one-time codes."""
    return bool(is_mfa_enabled(user))


def showed_second_factor(request: HttpRequest) -> bool:
    """Return whether this session was opened with a second factor, not merely by somebody who has one."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def may_set_up_second_factor(request: HttpRequest) -> bool:
    """Return whether who is signed in may set one up: not by the password alone, after an administrator took the last away."""
    user = request.user
    waiting = actions.waiting_recovery(user) if isinstance(user, User) else None
    return waiting is None or request.session.get(BY_LINK) == str(waiting.pk)


def forget_second_factor(request: HttpRequest) -> None:
    """Let this session count as one without a second factor, after the last one was removed."""
    records = get_authentication_records(request, request.user)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [each for each in records if each.get("method") != "mfa"]
