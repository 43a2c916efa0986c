"""A lost second factor: an administrator takes it away, its owner sets up another through a link that works once.

Until then the password alone opens nothing: whoever knows it could otherwise set up a factor of their own.
"""

import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..models import Recovery, Session, User
from .invitations import hash_of

VALID_FOR = timedelta(hours=24)


class UnableToResetSecondFactor(Refusal):
    pass


@transaction.atomic
def reset_second_factor(*, user: User, by: User, now: datetime) -> tuple[Recovery, str]:
    """Take away the second factors of `user` and every session; return the link's row and its token, stored nowhere.

    Raises UnableToResetSecondFactor.
    """
    if user.pk == by.pk:
        raise UnableToResetSecondFactor(_("Nobody resets their own second factor. Ask another administrator."))
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_active:
        raise UnableToResetSecondFactor(_("This account is disabled. Enable it first."))
    Recovery.objects.waiting().filter(user=user).update(replaced_at=now)
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()
    token = secrets.token_urlsafe(32)
    recovery = Recovery.objects.create(
        user=user, token_hash=hash_of(token), reset_by=by, reset_at=now, expires_at=now + VALID_FOR
    )
    record("accounts.second_factor_reset", subject=user, by=by, now=now, factors=removed)
    return recovery, token


@transaction.atomic
def finish_recovery(*, user: User, now: datetime) -> None:
    """Note that `user` has set up a second factor anew; the link opens nothing any more."""
    for recovery in Recovery.objects.waiting().filter(user=user).select_for_update():
        recovery.used_at = now
        recovery.save(update_fields=["used_at"])
        record("accounts.second_factor_recovered", subject=user, by=user, now=now)


def open_recovery(token: str, now: datetime) -> Recovery | None:
    """Return the recovery that this link opens, or None."""
    return Recovery.objects.open(now).filter(token_hash=hash_of(token)).first()


def waiting_recovery(user: User) -> Recovery | None:
    """Return the recovery through which alone `user` may set up a second factor now, or None where they need none."""
    return Recovery.objects.waiting().filter(user=user).first()
