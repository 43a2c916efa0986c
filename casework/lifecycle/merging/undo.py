"""A merge is taken back: every row that it changed says again what it said, and what was written since stays.

Whatever somebody has changed since the merge keeps what it says now, column by column. What was added since stays with the
person on file, unless it hangs on something that goes back: a scan goes with its document.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.actions.facts import facts_changed, identity_changed
from casework.clients.actions.people import sealed_names
from casework.clients.models import Case, Client, Merge, MergedRow
from casework.lib.refusals import Refusal
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline
from casework.vault.fields import ERASED

from .journal import COUNTERS, Key, assign, leads_somewhere, made_of, value_of
from .rows_of_people import fits, keys_to_people

Act = MergedRow.Act


class UnableToUndoMerge(Refusal):
    pass


@dataclass(slots=True)
class Outcome:
    """What an undo does, in rows. `kept`: what somebody has changed since, by table, stays as they left it."""

    restored: int = 0
    kept: dict[str, int] = field(default_factory=dict)

    def keeps(self, row: MergedRow) -> None:
        self.kept[row.model] = self.kept.get(row.model, 0) + 1


def why_not_undo(merge: Merge, now: datetime) -> str:
    """Return the sentence that says why a merge cannot be undone, or ""."""
    if merge.undone_at is not None:
        return _("This merge has been undone already.")
    if now > merge.undo_until:
        return _("The thirty days are over. What came along can only be corrected row by row now.")
    if merge.data_key.is_destroyed:
        return _("One of the two has been erased.")
    if merge.left_case_id is None:
        return _("The case that this person was in has been erased.")
    if Merge.objects.standing().filter(into=merge.into_id, at__gt=merge.at).exists():
        return _("Somebody else was merged into this person later. Undo that first.")
    return ""


def changed_since(merge: Merge) -> dict[str, int]:
    """Return how many rows of what were changed since the merge, for whoever looks before acting: they stay so."""
    outcome = Outcome()
    changed = _kept(merge, Act.CHANGED)
    rows = _rows(changed)
    for kept in changed:
        row = rows.get((kept.model, kept.row_id))
        if row is None or len(_unchanged(row, kept)) < len(kept.after or {}):
            outcome.keeps(kept)
    return outcome.kept


@transaction.atomic
def undo_merge(*, merge: Merge, by: User, now: datetime) -> Outcome:
    """Make two people of one again, as they were. Whoever may not change both cases is refused."""
    # Cases, then people, then the merge: as whoever merges does.
    cases: set[Any] = {merge.left_case_id, *Client.objects.filter(pk=merge.into_id).values_list("case", flat=True)}
    list(Case.objects.filter(pk__in=cases).order_by("pk").select_for_update())
    stays = Client.objects.select_for_update().get(pk=merge.into_id)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if reason := why_not_undo(merge, now):
        raise UnableToUndoMerge(reason)
    if not Merge.objects.undoable_by(by, now).filter(pk=merge.pk).exists():
        raise UnableToUndoMerge(_("This merge is not yours to undo: you do not work with both cases."))
    outcome = Outcome()
    _take_out_added(merge, outcome)
    _put_back_columns(merge, outcome)
    gone = _put_back_rows(merge, outcome)
    stays.refresh_from_db()
    _take_along_what_hangs_on_it(merge, stays, gone)
    stays.search_form = sealed_names(stays)
    stays.save(update_fields=["search_form"])
    for client in (stays, gone):
        facts_changed(client, now=now)
        identity_changed(client)
    ensure_fresh([stays.pk, gone.pk], now, by)
    _refuse_loose_ends()
    merge.undone_at, merge.undone_by = now, by
    merge.save(update_fields=["undone_at", "undone_by"])
    merge.rows.all().delete()
    for case in Case.objects.filter(pk__in={stays.case_id, gone.case_id}):
        Case.objects.filter(pk=case.pk).update(version=case.version + 1)
        ids = {"gone": str(gone.pk), "into": str(stays.pk)}
        record("lifecycle.merge_undone", subject=merge, case_id=case.pk, by=by, now=now, kept=outcome.kept, **ids)
    return outcome


def _refuse_loose_ends() -> None:
    """Have the database look now, and not when the transaction ends, whether everything leads somewhere."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise UnableToUndoMerge(
            _("Too much has changed since for the two to be as they were. Nothing was undone.")
        ) from error


@transaction.atomic
def throw_away_old_rows(*, now: datetime) -> int:
    """Delete what was kept of merges that can be undone no longer; return how many rows."""
    count, _by_table = MergedRow.objects.filter(merge__undo_until__lt=now).delete()
    return count


def _kept(merge: Merge, act: str) -> list[MergedRow]:
    return list(MergedRow.objects.filter(merge=merge, act=act).order_by("model", "row_id"))


def _row(kept: MergedRow) -> models.Model | None:
    row: models.Model | None = apps.get_model(kept.model)._base_manager.filter(pk=kept.row_id).first()
    return row


def _rows(kept: Iterable[MergedRow]) -> dict[Key, models.Model]:
    """Return the rows as they are now, in one query for each table."""
    by_model: dict[str, list[str]] = {}
    for each in kept:
        by_model.setdefault(each.model, []).append(each.row_id)
    found: dict[Key, models.Model] = {}
    for label, ids in by_model.items():
        for row in apps.get_model(label)._base_manager.filter(pk__in=ids):
            found[label, str(row.pk)] = row
    return found


def _unchanged(row: models.Model, kept: MergedRow) -> dict[str, Any]:
    """Return what the columns said before the merge, of those that still say what it made of them."""
    before, after = kept.before or {}, kept.after or {}
    found = {}
    for name, was in before.items():
        column: Any = row._meta.get_field(name)
        if _still_says(row, column, after.get(name)):
            found[name] = was
    return found


def _still_says(row: models.Model, column: Any, after: Any) -> bool:
    value = value_of(row, column)
    if value is ERASED:
        return False
    if value == after:
        return True
    # A case that was joined into another since: what was in the one is in the other now.
    leads_to_case = isinstance(column, models.ForeignKey) and column.remote_field.model is Case
    return leads_to_case and value in _joined_from(after)


def _joined_from(case_id: str | None) -> Iterator[str]:
    seen: set[str] = set()
    while case_id and case_id not in seen:
        seen.add(case_id)
        following = Case.objects.filter(pk=case_id).values_list("joined_into", flat=True).first()
        case_id = str(following) if following else None
        if case_id:
            yield case_id


def _take_out_added(merge: Merge, outcome: Outcome) -> None:
    """Remove what the merge has added and nobody has changed. A deadline about which somebody decided stays, and is past."""
    for kept in _kept(merge, Act.ADDED):
        row = _row(kept)
        if row is None:
            continue
        if row.decisions.exists() if isinstance(row, Deadline) else _has_changed(row, kept):
            outcome.keeps(kept)
            continue
        row.delete()
        outcome.restored += 1


def _has_changed(row: models.Model, kept: MergedRow) -> bool:
    after = kept.after or {}
    return any(
        not _still_says(row, row._meta.get_field(name), it) for name, it in after.items() if name not in COUNTERS
    )


def _put_back_columns(merge: Merge, outcome: Outcome) -> None:
    coming = {(it.model, it.row_id) for it in _kept(merge, Act.REMOVED)}
    waiting: list[tuple[models.Model, dict[str, Any]]] = []
    for kept in _kept(merge, Act.CHANGED):
        row = _row(kept)
        if row is None:
            outcome.keeps(kept)
            continue
        values = _unchanged(row, kept)
        if len(values) < len(kept.before or {}):
            outcome.keeps(kept)
        if values:
            waiting.append((row, values))
    # What the database refuses beside another row may stand once that one is back: two beds on the same days.
    while waiting:
        left = [(row, values) for row, values in waiting if not _is_saved(row, values, coming)]
        outcome.restored += len(waiting) - len(left)
        if len(left) == len(waiting):
            return
        waiting = left


def _is_saved(row: models.Model, values: dict[str, Any], coming: Collection[Key]) -> bool:
    """Write what columns said before. One that refers to what is not there any more, or fits no more, stays."""
    if not leads_somewhere(type(row), values, coming):
        return False
    names = assign(row, values)
    try:
        with transaction.atomic():
            row.save(update_fields=names)
    except IntegrityError:
        return False
    return True


def _put_back_rows(merge: Merge, outcome: Outcome) -> Client:
    """Insert what was taken out: the person first. Return them."""
    removed = _kept(merge, Act.REMOVED)
    (person,) = (it for it in removed if it.model == Client._meta.label)
    gone = made_of(person)
    assert isinstance(gone, Client)  # noqa: S101 - by the name of its table
    gone.search_form = sealed_names(gone)
    if gone.is_principal and Client.objects.filter(case=gone.case_id, is_principal=True).exists():
        # Somebody else has become the principal applicant since.
        gone.is_principal, gone.relation = False, Client.Relation.UNRELATED
    gone.save(force_insert=True)
    outcome.restored += 1
    for kept in removed:
        if kept.pk == person.pk:
            continue
        row = made_of(kept)
        try:
            with transaction.atomic():
                if not leads_somewhere(type(row), kept.before or {}):
                    raise IntegrityError("what it refers to is not there any more")
                row.save(force_insert=True)
        except IntegrityError:
            outcome.keeps(kept)
        else:
            outcome.restored += 1
    return gone


def _take_along_what_hangs_on_it(merge: Merge, stays: Client, gone: Client) -> None:
    """Give back what was added since to something that goes back: a scan of their document, a date of their stay."""
    went_back: dict[type[models.Model], set[UUID]] = {}
    for kept in MergedRow.objects.filter(merge=merge).only("model", "row_id"):
        went_back.setdefault(apps.get_model(kept.model), set())
    for model in went_back:
        for column in (it for _name, owner, it in keys_to_people() if owner is model):
            went_back[model] |= set(model._base_manager.filter(**{column: gone}).values_list("pk", flat=True))
    for _name, model, column in keys_to_people():
        for parent in (it for it in model._meta.local_concrete_fields if isinstance(it, models.ForeignKey)):
            ids = went_back.get(parent.remote_field.model)
            if ids and parent.remote_field.model is not Client:
                for row in model._base_manager.filter(Q(**{f"{parent.name}__in": ids, column: stays})):
                    fits(row, {column: gone})
    about = {pk for ids in went_back.values() for pk in ids if isinstance(pk, UUID)}
    for row in Deadline.objects.filter(client=stays, subject_id__in=about):
        fits(row, {"client": gone})
