"""Invitations: the only way to an account. The link is known to the person invited; the database holds its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..models import Invitation, Team, User
from ..roles import Role
from .memberships import grant_role, refuse_wrong_place

VALID_FOR = timedelta(hours=48)


class UnableToInvite(Refusal):
    pass


class UnableToAcceptInvitation(Refusal):
    pass


@transaction.atomic
def invite(*, email: str, role: Role, team: Team | None, by: User, now: datetime) -> tuple[Invitation, str]:
    """Keep a place for the owner of `email`, 48 hours long; return it and the token, which is stored nowhere.

    Raises UnableToInvite.
    """
    email = User.objects.normalize_email(email).lower()
    refuse_wrong_place(role, team, UnableToInvite)
    if User.objects.filter(email=email).exists():
        raise UnableToInvite(
            _("Somebody with this address has an account. Give them the role on their page."), field="email"
        )
    if Invitation.objects.open(now).filter(email=email).exists():
        raise UnableToInvite(
            _("There is an open invitation to this address. Withdraw it to send another."), field="email"
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        team=team,
        token_hash=hash_of(token),
        invited_by=by,
        invited_at=now,
        expires_at=now + VALID_FOR,
    )
    team_code = team.code if team else ""
    record("accounts.user_invited", subject=invitation, by=by, now=now, role=str(role), team=team_code)
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> Invitation:
    """Let the link open nothing any more. An accepted invitation stays accepted."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        record("accounts.invitation_withdrawn", subject=invitation, by=by, now=now)
    return invitation


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User, now: datetime) -> tuple[Invitation, str]:
    """Send an invitation anew, whether its time is over or its link was lost: the old link opens nothing any more.

    Raises UnableToInvite.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("team").get(pk=invitation.pk)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise UnableToInvite(_("This invitation was accepted or withdrawn meanwhile."))
    withdraw_invitation(invitation=invitation, by=by, now=now)
    return invite(email=invitation.email, role=Role(invitation.role), team=invitation.team, by=by, now=now)


@transaction.atomic
def accept_invitation(*, token: str, display_name: str, password: str, language: str, now: datetime) -> User:
    """Make the account that was invited, with the role that goes with it. Works once. Raises UnableToAcceptInvitation.

    The password has passed the validators of the form.
    """
    found = Invitation.objects.open(now).filter(token_hash=hash_of(token))
    invitation = found.select_for_update(of=("self",)).select_related("team", "invited_by__data_key").first()
    if invitation is None:
        raise UnableToAcceptInvitation(
            _("This invitation has been used, was withdrawn or is too old. Ask your administrator for another.")
        )
    if User.objects.filter(email=invitation.email).exists():
        raise UnableToAcceptInvitation(_("There is an account for this invitation. Sign in instead."))
    refuse_wrong_place(Role(invitation.role), invitation.team, UnableToAcceptInvitation)
    user = User.objects.create_user(
        invitation.email,
        password,
        display_name=display_name,
        language=language,
        time_zone=invitation.team.time_zone if invitation.team else "",
        now=now,
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    record("accounts.invitation_accepted", subject=invitation, by=user, now=now)
    grant_role(user=user, role=Role(invitation.role), team=invitation.team, by=invitation.invited_by, now=now)
    return user


def hash_of(token: str) -> bytes:
    """Return what is stored of a token. It has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()
