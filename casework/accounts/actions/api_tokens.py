"""Tokens for programs: made by their owner, shown once, taken away by the owner or an administrator."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..access import permissions_of
from ..models import ApiToken, User
from ..models.api_token import LASTS_AT_MOST, USUALLY_LASTS
from ..scopes import Scope, scopes_open_to

# By which programs that look for secrets in repositories and mail find ours.
PREFIX = "cw_"
AT_MOST = 20  # of one person, at a time


class UnableToMakeToken(Refusal):
    pass


class TokenMadeAlready(UnableToMakeToken):
    """The same form was sent before: its token is there, and was shown then."""


def hash_of(token: str) -> bytes:
    """Return what is stored of a token. It has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make_api_token(
    *,
    token_id: UUID,
    name: str,
    scopes: Collection[str],
    by: User,
    now: datetime,
    lasts: timedelta = USUALLY_LASTS,
) -> tuple[ApiToken, str]:
    """Make a token for a program of `by`; return it and its text, which is stored nowhere. Raises UnableToMakeToken."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # so that two at once do not both take the last place
    earlier = ApiToken.objects.filter(pk=token_id).first()
    if earlier is not None:
        if earlier.user_id != by.pk:
            raise SuspiciousOperation("the token of a form names a record of somebody else")
        raise TokenMadeAlready(
            _(
                "This token was made already, and its text was shown then. If you do not have it, revoke it and make another."
            )
        )
    if not scopes:
        raise UnableToMakeToken(_("Tick what the program may do."), field="scopes")
    if set(scopes) - set(scopes_open_to(permissions_of(by, now))):
        raise UnableToMakeToken(_("You may not do all of this yourself, so no program may for you."), field="scopes")
    if not timedelta() < lasts <= LASTS_AT_MOST:
        raise UnableToMakeToken(_("A token lasts a year at most."), field="lasts")
    if ApiToken.objects.of_user(by).working(now).count() >= AT_MOST:
        said = _("You have %(count)s tokens that work. Revoke one that no program needs any more.")
        raise UnableToMakeToken(said % {"count": AT_MOST})
    text = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(id=token_id, data_key=by.data_key, user=by, made_at=now, expires_at=now + lasts)
    made.name, made.token_hash = name.strip(), hash_of(text)
    made.scopes = [scope.value for scope in Scope if scope in scopes]
    made.save(force_insert=True)
    record("accounts.api_token_made", subject=made, by=by, now=now, scopes=made.scopes, days=lasts.days)
    return made, text


@transaction.atomic
def revoke_api_token(*, token: ApiToken, by: User, now: datetime) -> ApiToken:
    """Let it open nothing any more, from the next request on. Revoked twice, it was revoked once."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now, by
        token.save(update_fields=["revoked_at", "revoked_by"])
        record("accounts.api_token_revoked", subject=token, by=by, now=now, user=str(token.user_id))
    return token


def revoke_api_tokens_of(*, user: User, by: User, now: datetime) -> None:
    """Take away all tokens of somebody who leaves, or whose account is shut."""
    for token in ApiToken.objects.of_user(user).not_revoked().order_by("pk"):
        revoke_api_token(token=token, by=by, now=now)


def token_behind(text: str, now: datetime) -> ApiToken | None:
    """Return the token whose text a program shows, with its user; None where it opens nothing. One query."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    found: ApiToken | None = (
        ApiToken.objects.working(now).select_related("user__data_key").filter(token_hash=hash_of(text)).first()
    )
    return found


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Write down the day on which a token was used, once a day."""
    if not token.was_used_on(now.date()):
        ApiToken.objects.filter(pk=token.pk).update(used_on=now.date())
