"""What happens to an account: made, disabled, enabled, changed by its owner."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..models import Invitation, Session, User
from ..roles import Role
from .absences import drop_deputies
from .api_tokens import revoke_api_tokens_of
from .invitations import withdraw_invitation
from .memberships import administrators_besides, grant_role


class UnableToCreateFirstAdministrator(Exception):
    """There are users already, so one of them is to invite the next."""


class UnableToDisableUser(Refusal):
    pass


class UnableToChangeProfile(Refusal):
    pass


@transaction.atomic
def create_first_administrator(*, email: str, now: datetime) -> tuple[User, str]:
    """Create the user with whom an empty installation begins; return it and its password, shown once."""
    if User.objects.exists():
        raise UnableToCreateFirstAdministrator("There are users already; an administrator invites further ones.")
    password = "-".join(secrets.token_hex(3) for _group in range(4))
    user = User.objects.create_user(email, password, now=now)
    grant_role(user=user, role=Role.ADMINISTRATOR, team=None, by=None, now=now)
    record("accounts.first_administrator_created", subject=user, by=None, now=now)
    return user, password


@transaction.atomic
def disable_user(*, user: User, by: User, now: datetime) -> User:
    """Shut an account: signed out everywhere with the next request, its invitations withdrawn, its tokens revoked.

    The roles stay, for the day on which it is enabled again. Raises UnableToDisableUser.
    """
    if user.pk == by.pk:
        raise UnableToDisableUser(_("Nobody disables their own account. Ask another administrator."))
    if not administrators_besides(user, now):
        raise UnableToDisableUser(_("This is the last administrator. Give the role to somebody else first."))
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    Session.objects.filter(user=user).delete()
    for invitation in Invitation.objects.open(now).filter(invited_by=user):
        withdraw_invitation(invitation=invitation, by=by, now=now)
    revoke_api_tokens_of(user=user, by=by, now=now)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        record("accounts.user_disabled", subject=user, by=by, now=now)
        drop_deputies(user=user, by=by, now=now)
    return user


@transaction.atomic
def enable_user(*, user: User, by: User, now: datetime) -> User:
    """Open a disabled account again, with the roles that it had."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        record("accounts.user_enabled", subject=user, by=by, now=now)
    return user


@transaction.atomic
def choose_language(*, user: User, language: str, by: User, now: datetime) -> User:
    """Speak `language` to `user` from now on, on pages and in messages."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        record("accounts.language_chosen", subject=user, by=by, now=now, language=language)
    return user


@transaction.atomic
def choose_single_keys(*, user: User, on: bool, now: datetime) -> User:
    """Turn shortcuts of a single key on or off."""
    return _choose(user, "single_keys", on, now)


@transaction.atomic
def choose_case_columns(*, user: User, columns: Sequence[str], now: datetime) -> User:
    """Choose which columns the list of cases has; none named: the usual ones."""
    return _choose(user, "case_columns", list(columns), now)


def _choose(user: User, field: str, value: object, now: datetime) -> User:
    if getattr(user, field) != value:
        setattr(user, field, value)
        user.save(update_fields=[field])
        record("accounts.profile_changed", subject=user, by=user, now=now, fields=[field])
    return user


@transaction.atomic
def change_own_profile(*, user: User, display_name: str, language: str, time_zone: str, now: datetime) -> User:
    """Change what people say of themselves. `time_zone` "" is UTC. Raises UnableToChangeProfile."""
    if language not in dict(settings.LANGUAGES):
        raise UnableToChangeProfile(_("These pages do not speak this language."), field="language")
    if time_zone and time_zone not in available_timezones():
        raise UnableToChangeProfile(_("There is no time zone with this name."), field="time_zone")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    wanted = {"display_name": display_name, "language": language, "time_zone": time_zone}
    changed = sorted(field for field, value in wanted.items() if getattr(user, field) != value)
    if changed:
        for field in changed:
            setattr(user, field, wanted[field])
        user.save(update_fields=changed)
        record("accounts.profile_changed", subject=user, by=user, now=now, fields=changed)
    return user
