"""Where sessions are kept: under a hash of their key, sealed, and no longer than they may last.

Who copies the table can neither sign in with it nor read it. A session ends after `SESSION_COOKIE_AGE` without a
request, and `SESSION_AT_MOST` after it was opened. The clock is read here because the framework passes none.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone

from casework.vault.errors import TamperedData

from .models import Session, User
from .sealed_texts import SESSION


class SessionStore(SessionBase):
    # Whose session it was that ran out: None for one that goes on, that somebody ended or that was cleared away since.
    ran_out_of: UUID | None = None

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        row = Session.objects.filter(session_key=hashed(self.session_key or "")).first()
        has_ended = row is not None and (row.expire_date <= now or row.opened_at <= now - settings.SESSION_AT_MOST)
        self.ran_out_of = row.user_id if row is not None and has_ended else None
        if row is None or has_ended:
            self._session_key = None
            return {}
        self.ends_at = row.expire_date
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=hashed(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (the signature is Django's)
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        key, ends_at = hashed(self.session_key), self.get_expiry_date()
        fields = {"session_data": self.encode(data), "expire_date": ends_at, "user_id": data.get(USER_KEY)}
        if must_create:
            opened_at = timezone.now()
            _row, is_new = Session.objects.get_or_create(session_key=key, defaults={**fields, "opened_at": opened_at})
            if not is_new:
                raise CreateError
        elif not Session.objects.filter(session_key=key).update(**fields):
            raise UpdateError  # ended meanwhile, by signing out elsewhere or by an administrator
        self.ends_at = ends_at

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=hashed(key)).delete()

    def keep(self) -> None:
        """Begin the time without a request anew, at most once a minute."""
        ends_at = self.get_expiry_date()
        if self.session_key is not None and (ends_at - self.ends_at).total_seconds() > 60:
            Session.objects.filter(session_key=hashed(self.session_key)).update(expire_date=ends_at)
            self.ends_at = ends_at

    def encode(self, session_dict: dict[str, Any]) -> str:
        return SESSION.seal(json.dumps(session_dict, separators=(",", ":")))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what was encoded; nothing where it was altered, so that its owner signs in again."""
        try:
            opened: dict[str, Any] = json.loads(SESSION.open(str(session_data)))
        except TamperedData:
            return {}
        return opened

    @classmethod
    def clear_expired(cls) -> None:
        now = timezone.now()
        Session.objects.filter(expire_date__lt=now).delete()
        Session.objects.filter(opened_at__lt=now - settings.SESSION_AT_MOST).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its owner sees it. `ref` tells it apart from their others, and opens nothing."""

    row: Session
    ref: str
    opened_at: datetime
    seen_at: datetime  # to the minute
    browser: str
    system: str


def open_sessions(user: User, now: datetime) -> list[OpenSession]:
    """Return where `user` is signed in, the latest used first."""
    store = SessionStore()
    opened_after = now - settings.SESSION_AT_MOST
    rows = Session.objects.filter(user=user, expire_date__gt=now, opened_at__gt=opened_after).order_by("-expire_date")
    return [_as_seen(row, store.decode(row.session_data)) for row in rows]


def _as_seen(row: Session, data: dict[str, Any]) -> OpenSession:
    browser, system = data.get("device") or ("", "")
    seen_at = row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    ref = hashed(row.session_key)[:20]
    return OpenSession(row=row, ref=ref, opened_at=row.opened_at, seen_at=seen_at, browser=browser, system=system)


def hashed(session_key: str) -> str:
    """Return what is stored of a key; it has more random bits than anybody can try."""
    return hashlib.sha256(session_key.encode()).hexdigest()
