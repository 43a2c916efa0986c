"""What people are to each other: recorded, corrected, removed, confirmed together and taken back together."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib import kinship
from casework.lib.ages import age_on
from casework.lib.ids import new_id
from casework.lib.kinship import Tie
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Case, Client, Relation
from .facts import lock_in_order

ADULT_AGE = 18


class UnableToRelate(Refusal):
    pass


@transaction.atomic
def relate(
    *,
    one: Client,
    kind: str,
    other: Client,
    by: User,
    now: datetime,
    today: date,
    remark: str = "",
    relation_id: UUID | None = None,
) -> Relation:
    """Record that `one` is the `kind` of `other`. Sent twice with the same `relation_id`, it is recorded once."""
    one, other = _in_order(one, kind, other)
    earlier = Relation.objects.filter(pk=relation_id, one=one, other=other).first() if relation_id else None
    if earlier is not None:
        return earlier
    lock_in_order([one, other])
    if reason := why_not_relate(one, kind, other, today):
        raise UnableToRelate(reason, field="kind")
    relation, is_new = _insert(one, kind, other, by=by, now=now, remark=remark, relation_id=relation_id)
    if is_new:
        _say("clients.relation_recorded", relation, by, now, kind=kind)
    return relation


@transaction.atomic
def change_relation(
    *,
    relation: Relation,
    one: Client,
    kind: str,
    other: Client,
    version: int,
    by: User,
    now: datetime,
    today: date,
    remark: str = "",
) -> Relation:
    """Correct what two people are to each other; they stay the same two. Raises ChangedMeanwhile."""
    one, other = _in_order(one, kind, other)
    lock_in_order([one, other])
    values = {"one": one, "kind": kind, "other": other, "remark": remark}
    relation = locked(relation, version=version, mine=values)
    if {one.pk, other.pk} != {relation.one_id, relation.other_id}:
        raise UnableToRelate(_("A relation stays between the same two people. Remove it and record another."))
    if reason := why_not_relate(one, kind, other, today, besides=relation):
        raise UnableToRelate(reason, field="kind")
    # Sealed under the key of who is `one`: turned round, it is written anew under that of the other.
    turned = one.pk != relation.one_id
    if turned:
        relation.data_key, relation.remark = one.data_key, remark
        relation.save(update_fields=["data_key", "remark"])
    changed = write(relation, values)
    if changed:
        _say("clients.relation_changed", relation, by, now, fields=sorted(changed))
    return relation


@transaction.atomic
def remove_relation(*, relation: Relation, version: int, by: User, now: datetime) -> None:
    """Remove a relation that was recorded by mistake. Raises ChangedMeanwhile."""
    relation = locked(relation, version=version)
    _say("clients.relation_removed", relation, by, now, kind=relation.kind)
    relation.delete()


@transaction.atomic
def confirm_relations(
    *, case: Case, ties: Collection[Tie[UUID]], batch: UUID, by: User, now: datetime, today: date
) -> list[Relation]:
    """Record several relations within a case in one act, to be taken back in one. Sent twice, it acts once."""
    Case.objects.select_for_update().get(pk=case.pk)
    earlier = list(Relation.objects.filter(batch=batch))
    if earlier:
        return earlier
    people = {client.pk: client for client in Client.objects.filter(case=case).defer("search_form")}
    lock_in_order(people.values())
    made = []
    for tie in ties:
        if not tie.pair <= people.keys():
            raise UnableToRelate(_("Somebody is not in this case any more. Look at the family again."))
        one, other = _in_order(people[tie.one], tie.kind, people[tie.other])
        if reason := why_not_relate(one, tie.kind, other, today):
            raise UnableToRelate(reason)
        relation, _is_new = _insert(one, tie.kind, other, by=by, now=now, batch=batch)
        made.append(relation)
    if made:
        record(
            "clients.relations_confirmed",
            subject=case,
            case_id=case.pk,
            by=by,
            now=now,
            relations=len(made),
            batch=str(batch),
        )
    return made


@transaction.atomic
def take_back_relations(*, case: Case, batch: UUID, by: User, now: datetime) -> int:
    """Remove what was confirmed in one act, but for what somebody has corrected since. Return how many."""
    rows = Relation.objects.filter(batch=batch, one__case=case, version=1).select_for_update()
    gone = [relation.pk for relation in rows]
    Relation.objects.filter(pk__in=gone).delete()
    if gone:
        record("clients.relations_taken_back", subject=case, case_id=case.pk, by=by, now=now, relations=len(gone))
    return len(gone)


def why_not_relate(one: Client, kind: str, other: Client, today: date, besides: Relation | None = None) -> str:
    """Return the sentence that says why `one` cannot be the `kind` of `other`, or ""."""
    tie: Tie[Any] = Tie(one.pk, kind, other.pk)
    if one.pk == other.pk:
        return _("Nobody is related to themselves. Choose another person.")
    rows = Relation.objects.exclude(pk=besides.pk) if besides is not None else Relation.objects.all()
    if reason := _clash(tie, [row.tie for row in rows.filter(one__in=tie.pair, other__in=tie.pair)]):
        return reason
    if kind in kinship.ELDERS:
        if kinship.is_younger(_born(one), _born(other)):
            return _(
                "By the births on file, the elder of the two would be the younger. Correct a birth, or turn it round."
            )
        if other.pk in _ancestors(one, rows):
            return _("By the relations on file, the second person is an ancestor of the first already.")
    if kind == kinship.GUARDIAN and _is_child(one, today):
        return _("A legal guardian is an adult. Record an older brother or sister who looks after a child as carer.")
    return _contradiction(tie, one, other)


def _clash(tie: Tie[Any], on_file: list[Tie[Any]]) -> str:
    for each in on_file:
        if kinship.same(each, tie):
            return _("This is on file already.")
        if {each.kind, tie.kind} <= kinship.FAMILY:
            return _("Another relation between these two is on file. Correct that one.")
        if each.kind == tie.kind == kinship.GUARDIAN:
            return _("Nobody is the guardian of their own guardian. Correct what is on file first.")
    return ""


def _contradiction(tie: Tie[Any], one: Client, other: Client) -> str:
    """Return why this does not fit what one of them is to the other as the principal applicant, or ""."""
    if one.case_id != other.case_id or not (one.is_principal or other.is_principal):
        return ""
    person, principal = (other, one) if one.is_principal else (one, other)
    if kinship.fits_relation(person.relation, tie, person.pk, principal.pk):
        return ""
    return _(
        "On file as relation to the principal applicant: %(relation)s. Change the person first, or choose what fits."
    ) % {"relation": person.get_relation_display()}


def contradicts_the_file(client: Client, relation: str) -> bool:
    """Whether somebody cannot be this to their principal applicant, by what is on file between the two."""
    sides = Q(one=client, other__case=client.case_id, other__is_principal=True) | Q(
        other=client, one__case=client.case_id, one__is_principal=True
    )
    for row in Relation.objects.filter(sides):
        principal = row.other_id if row.one_id == client.pk else row.one_id
        if not kinship.fits_relation(relation, row.tie, client.pk, principal):
            return True
    return False


def _ancestors(person: Client, rows: Any) -> set[Any]:
    """Return from whom somebody descends, generation by generation; a family has few."""
    ties: list[Tie[Any]] = []
    generation: set[Any] = {person.pk}
    seen: set[Any] = set()
    while generation:
        seen |= generation
        found = [row.tie for row in rows.filter(other__in=generation, kind__in=kinship.ELDERS)]
        ties += found
        generation = {tie.one for tie in found} - seen
    return kinship.ancestors(person.pk, ties)


def _born(client: Client) -> tuple[date | None, date | None]:
    return client.born_earliest or None, client.born_latest or None


def _is_child(client: Client, today: date) -> bool:
    ages = age_on(client.birth, today)
    return ages is not None and ages[1] < ADULT_AGE


def _in_order(one: Client, kind: str, other: Client) -> tuple[Client, Client]:
    """Return both in the order in which a relation said from either side alike is stored."""
    return (other, one) if kind in kinship.EITHER_WAY and other.pk < one.pk else (one, other)


def _insert(
    one: Client,
    kind: str,
    other: Client,
    *,
    by: User,
    now: datetime,
    remark: str = "",
    relation_id: UUID | None = None,
    batch: UUID | None = None,
) -> tuple[Relation, bool]:
    relation = Relation(
        id=relation_id or new_id(),
        data_key=one.data_key,
        one=one,
        kind=kind,
        other=other,
        recorded_by=by,
        recorded_at=now,
        batch=batch,
    )
    relation.remark = remark
    try:
        return insert_once(relation, one_id=one.pk, other_id=other.pk)
    except IntegrityError:
        raise UnableToRelate(_("Another relation between these two is on file. Correct that one.")) from None


def _say(type: str, relation: Relation, by: User, now: datetime, **data: Any) -> None:
    """Record it for each case concerned: the family may be in two."""
    sides = Client.objects.filter(Q(pk=relation.one_id) | Q(pk=relation.other_id)).order_by("case_id")
    for case_id in dict.fromkeys(sides.values_list("case_id", flat=True)):
        record(type, subject=relation, case_id=case_id, by=by, now=now, **data)
