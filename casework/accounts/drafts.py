"""Drafts: what somebody has typed and not sent, kept on the server while they type.

One row per user, form and object. A page saves its packets under a number of its own, so that one that was late on the way
never replaces a newer one; another page takes over only what it has seen, so that two tabs never overwrite each other
unasked. No audit event every few seconds: only when a draft is thrown away.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey

from .models import DRAFT_LASTS, Draft, User

DRAFTS_AT_MOST = 50
LONGEST_DRAFT = 64 * 1024
# So long the row remembers, without content, that it was sent or discarded.
REMEMBERED_FOR = timedelta(days=1)

Pairs = Sequence[tuple[str, str]]


class UnableToKeepDraft(Refusal):
    pass


class OtherDraft(Exception):
    """There is another draft of the same form, written by a page that this one has not seen."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"{draft} was written elsewhere.")
        self.draft = draft


class DraftIsOver(Exception):
    """The draft of this very page was sent or discarded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft that a page began with: written by `page`, and as packet number `sequence` unless that is None."""

    page: UUID
    sequence: int | None = None

    def is_of(self, draft: Draft) -> bool:
        return draft.page == self.page and self.sequence in (None, draft.sequence)


@transaction.atomic
def save_draft(
    *,
    form: str,
    about: UUID | None,
    key: DataKey | None,
    page: UUID,
    sequence: int | None,
    content: Pairs,
    by: User,
    now: datetime,
    seen: Sequence[Seen] = (),
    replace: bool = False,
) -> Draft:
    """Keep what was typed, under the key of whom it is about. A packet that comes late changes nothing.

    `sequence` None is newer than whatever this page sent before. Raises OtherDraft unless `replace` or the page has seen
    the draft that is there, and DraftIsOver where it was sent or discarded from this page.
    """
    key = key or by.data_key
    if key.is_destroyed:
        raise UnableToKeepDraft(_("This was erased. Nothing more is kept about it."))
    if len(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")) > LONGEST_DRAFT:
        raise UnableToKeepDraft(_("This is too long for a draft. Send it, or shorten it."))
    _lock(by)
    draft = Draft.objects.filter(user=by, form=form, about=about).first()
    is_one_more = draft is None or draft.ended_at is not None
    if draft is None:
        draft = Draft(id=new_id(), user=by, form=form, about=about, page=page, sequence=0)
    elif draft.page == page and not replace:
        if draft.ended_at is not None:
            raise DraftIsOver
        if sequence is not None and draft.sequence >= sequence:
            return draft
    elif not replace and _is_kept(draft, now) and not any(each.is_of(draft) for each in seen):
        raise OtherDraft(draft)
    if is_one_more and _count(by, now) >= DRAFTS_AT_MOST:
        raise UnableToKeepDraft(_("You keep %(count)s drafts. Send or discard some first.") % {"count": DRAFTS_AT_MOST})
    draft.sequence = sequence if sequence is not None else _next_number(draft, page)
    draft.page, draft.data_key, draft.saved_at, draft.ended_at = page, key, now, None
    draft.content = [list(pair) for pair in content]
    draft.save()
    return draft


@transaction.atomic
def end_draft(*, form: str, about: UUID | None, page: UUID, by: User, now: datetime, seen: Sequence[Seen] = ()) -> None:
    """Forget the draft of a form that was sent, if this page wrote it or began with it, and refuse what comes late."""
    _lock(by)
    draft = Draft.objects.filter(user=by, form=form, about=about).first()
    if draft is None:
        draft = Draft(id=new_id(), user=by, form=form, about=about, page=page, sequence=0, saved_at=now)
        draft.data_key = by.data_key
    elif not (draft.page == page or any(each.is_of(draft) for each in seen)):
        return
    draft.page = page
    _empty(draft, now)


@transaction.atomic
def discard_draft(*, form: str, about: UUID | None, by: User, now: datetime) -> bool:
    """Throw a draft away; return whether there was one."""
    _lock(by)
    draft = Draft.objects.filter(user=by, form=form, about=about, ended_at__isnull=True).first()
    if draft is None:
        return False
    _empty(draft, now)
    record("accounts.draft_discarded", subject=draft, by=by, now=now, form=form)
    return True


def old_drafts(now: datetime) -> QuerySet[Draft]:
    """Return drafts with which nobody went on in time, and those that were erased."""
    lost = Q(saved_at__lte=now - DRAFT_LASTS) | Q(data_key__destroyed_at__isnull=False)
    return Draft.objects.filter(lost, ended_at__isnull=True)


@transaction.atomic
def forget_old_drafts(now: datetime) -> int:
    """Delete drafts that nobody went on with in time or that were erased, and what is remembered of ended ones."""
    Draft.objects.filter(ended_at__lte=now - REMEMBERED_FOR).delete()
    _total, by_model = old_drafts(now).delete()
    count = by_model.get("accounts.Draft", 0)
    if count:
        record("accounts.drafts_forgotten", by=None, now=now, count=count)
    return count


def _lock(user: User) -> None:
    """Let one packet of a user be worked at a time: two first ones would make two rows, or one too many."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _is_kept(draft: Draft, now: datetime) -> bool:
    return draft.ended_at is None and draft.saved_at > now - DRAFT_LASTS and not draft.data_key.is_destroyed


def _count(user: User, now: datetime) -> int:
    count: int = Draft.objects.filter(user=user).kept(now).count()
    return count


def _next_number(draft: Draft, page: UUID) -> int:
    return draft.sequence + 1 if draft.page == page else 1


def _empty(draft: Draft, now: datetime) -> None:
    draft.content, draft.ended_at = None, now
    draft.save()
