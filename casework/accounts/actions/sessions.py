"""Ending sessions: one's own, and by an administrator all of somebody's."""

from datetime import datetime

from django.db import transaction

from casework.audit.record import record

from ..models import Session, User


@transaction.atomic
def end_session(*, session: Session, by: User, now: datetime) -> None:
    """Sign `by` out where `session` is; ended already, it stays so."""
    ended, _by_model = Session.objects.filter(pk=session.pk, user=by).delete()
    if ended:
        record("accounts.sessions_ended", subject=by, by=by, now=now, count=ended)


@transaction.atomic
def end_sessions(*, user: User, by: User, now: datetime, besides: str = "") -> int:
    """Sign `user` out everywhere, except where the hash of the session's key is `besides`; return how often that was."""
    ended, _by_model = Session.objects.filter(user=user).exclude(pk=besides).delete()
    if ended:
        record("accounts.sessions_ended", subject=user, by=by, now=now, count=ended)
    return ended
