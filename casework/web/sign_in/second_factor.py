"""Has this account a second factor, and was it shown in this session?"""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from casework.accounts.models import User


def has_second_factor(user: User) -> bool:
    """Return whether `user` has set up a passkey or one-time codes."""
    return bool(is_mfa_enabled(user))


def showed_second_factor(request: HttpRequest) -> bool:
    """Return whether this session was opened with a second factor, not merely by somebody who has one."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))
