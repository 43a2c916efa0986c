"""Two people on file are made one, by somebody who has looked at both. Nothing here runs by itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.actions import finish_to_do
from casework.clients.actions.facts import facts_changed, identity_changed, lock_in_order
from casework.clients.actions.people import sealed_names
from casework.clients.actions.principal import write_relations
from casework.clients.actions.transfers import withdraw_open_transfer
from casework.clients.audience import Audience
from casework.clients.changes import write
from casework.clients.models import Case, Client, Merge, SuspectedPair, ToDo
from casework.housing import actions as housing
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.notices import queue_notices
from casework.residency.actions import ensure_fresh
from casework.residency.models import Registration, Stay

from ..cases import UnableToSplitCase, close_as_joined, divide, take_reminders_along
from ..rows_of_cases import follow, join_rows
from .journal import Scope, differences, keep, take
from .looking import FIELDS, LONGEST_OTHER_NAMES, MAY_UNITE, NAMES, Look, is_blank, look, shared_beds, value_of
from .rows_of_people import move_rows

UNDO_FOR = timedelta(days=30)
# What a choice may be: as the one who stays has it, as the other has it, or both.
OWN, THEIRS, BOTH = "own", "theirs", "both"


class UnableToMerge(Refusal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody decided, field by field. `fields`: by name, one of OWN, THEIRS, BOTH; what is missing is OWN.

    `set_aside` names stays that do not hold; `principal_here` becomes principal applicant of those who are left behind.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    set_aside: Collection[UUID] = ()
    principal_here: UUID | None = None
    doubts_answered: bool = False


@transaction.atomic
def merge(
    *,
    pair: SuspectedPair,
    into: UUID,
    choices: Choices,
    reason: str,
    seen: str,
    by: User,
    now: datetime,
    merge_id: UUID | None = None,
) -> Merge:
    """Merge a pair that was found to be one person into the one of the two named by `into`.

    `seen` is what `looking.look` said when somebody decided. Sent twice with the same `merge_id`, they are merged once.
    """
    earlier = Merge.objects.filter(pk=merge_id).first() if merge_id else None
    if earlier is not None:
        if earlier.by_id != by.pk:
            raise SuspiciousOperation("the token of a form names a merge by somebody else")
        return earlier
    stays, gone = _locked(pair, into, by, now)
    both = look(stays, gone)
    _refuse_unfitting(both, choices, reason, seen)
    left, here = gone.case, stays.case
    scope = Scope(people=[stays.pk, gone.pk], cases={left.pk, here.pk})
    before = take(scope)
    _bring_into_case(both, choices, by, now)
    _set_aside(both, choices)
    _mark_doubles(both)
    counts = move_rows(gone, stays, now)
    _write_fields(both, choices)
    _finish_to_dos(both, by, now)
    facts_changed(stays, now=now)
    identity_changed(stays)
    ensure_fresh([stays.pk], now, by)
    made = Merge(
        id=merge_id or new_id(),
        data_key=gone.data_key,
        into=stays,
        gone_id=gone.pk,
        gone_reference=gone.reference,
        left_case=left,
        at=now,
        by=by,
        undo_until=now + UNDO_FOR,
        counts=counts,
    )
    made.reason = reason.strip()
    after = take(scope)
    made.save(force_insert=True)
    keep(made, differences(before, after))
    Case.objects.filter(pk=here.pk).update(version=here.version + 1)
    ids = {"gone": str(gone.pk), "into": str(stays.pk)}
    record("lifecycle.people_merged", subject=made, case_id=here.pk, by=by, now=now, rows=counts, **ids)
    if left.pk != here.pk:
        record("lifecycle.person_merged_away", subject=made, case_id=left.pk, by=by, now=now, **ids)
        told = set(Audience([left], now).of(left)) - {by.pk}
        queue_notices(f"merged:{made.pk}", told, case=left, now=now)
    return made


def _locked(pair: SuspectedPair, into: UUID, by: User, now: datetime) -> tuple[Client, Client]:
    """Return who stays and who goes, locked with their cases. Whoever may not change both cases is refused."""
    people = Client.objects.filter(pk__in=[pair.first_id, pair.second_id])
    cases = people.order_by().values_list("case", flat=True)
    # Cases, then people, then pairs: as everybody does who moves people.
    list(Case.objects.filter(pk__in=list(cases)).order_by("pk").select_for_update())
    loaded = {it.pk: it for it in people.select_related("case__team", "data_key").order_by("pk").select_for_update()}
    locked = SuspectedPair.objects.filter(pk=pair.pk).select_for_update().first()
    is_allowed = SuspectedPair.objects.mergeable_by(by, now).filter(pk=pair.pk).exists()
    if locked is None or not is_allowed or loaded.keys() != {locked.first_id, locked.second_id}:
        raise UnableToMerge(_("These two have been merged or told apart meanwhile, or are not yours to merge."))
    if locked.state != SuspectedPair.State.SAME:
        raise UnableToMerge(_("Decide first that this is one person."))
    if into not in loaded:
        raise UnableToMerge(_("Choose which of the two stays on file."), field="into")
    return loaded[into], next(it for pk, it in loaded.items() if pk != into)


def _refuse_unfitting(both: Look, choices: Choices, reason: str, seen: str) -> None:
    if both.refusal:
        raise UnableToMerge(both.refusal)
    if both.seen != seen:
        raise UnableToMerge(
            _("Something about the two has changed since you looked. Look at what differs now, and merge again.")
        )
    if both.doubts and not choices.doubts_answered:
        raise UnableToMerge(
            _("Say that you have looked at what speaks against it: brothers, sisters and twins look alike on paper."),
            field="doubts_answered",
        )
    if not reason.strip():
        raise UnableToMerge(_("Write down how you know: what agrees, whom you asked."), field="reason")
    held = set(choices.set_aside)
    if any(held.isdisjoint({it.kept.pk, it.other.pk}) for it in both.clashes):
        raise UnableToMerge(
            _("One person is not in two places at once. Choose for each pair of stays the one that holds."),
            field="stays",
        )
    if held - {stay.pk for it in both.clashes for stay in (it.kept, it.other)}:
        raise SuspiciousOperation("a stay is to be set aside that stands in nobody's way")


def _bring_into_case(both: Look, choices: Choices, by: User, now: datetime) -> None:
    """Bring whoever goes into the case of whoever stays, with what goes along; an emptied case is joined into it."""
    if both.is_one_case:
        return
    left, here, gone = both.gone.case, both.into.case, both.gone
    if both.left_behind:
        if both.needs_principal:
            _choose_principal(both, choices)
        follow(left, here, [gone.pk])
    write(gone, {"case": here, "is_principal": False, "relation": Client.Relation.UNRELATED})
    if both.empties_case:
        withdraw_open_transfer(left, by=by, now=now)
        join_rows(left, here)
        close_as_joined(left, here, now)
    else:
        Case.objects.filter(pk=left.pk).update(version=left.version + 1)
    housing.wait_on_in(source=left, into=here, people=[gone.pk], by=by, now=now)
    take_reminders_along(here, [gone.pk])


def _choose_principal(both: Look, choices: Choices) -> None:
    """Make somebody else the principal applicant of those who stay in the other case."""
    gone = both.gone
    try:
        division = divide(gone.case, [gone.pk], gone.pk, choices.principal_here)
    except UnableToSplitCase as refusal:
        raise UnableToMerge(refusal.sentence, field=refusal.field) from None
    people = list(both.left_behind)
    lock_in_order(people)
    # There is one principal applicant at a time: whoever goes steps down first.
    write(gone, {"is_principal": False, "relation": Client.Relation.UNRELATED})
    write_relations(people, division.principal_here, division.here)


def _mark_doubles(both: Look) -> None:
    """Of two beds on the same days one is over: it stays on record as what was noted of the second entry."""
    for one, other in shared_beds(both.into, both.gone):
        over = one if other.is_live else other
        write(over, {"was_double": True})


def _set_aside(both: Look, choices: Choices) -> None:
    """Take out the stays that do not hold; what was said of one is said of the stay that holds in its place."""
    for clash in both.clashes:
        for gone, stays in ((clash.kept, clash.other), (clash.other, clash.kept)):
            if gone.pk in choices.set_aside and stays.pk not in choices.set_aside:
                Registration.objects.filter(stay=gone).update(stay=stays)
    Registration.objects.filter(stay__in=choices.set_aside).update(stay=None)
    stays_out: Any = Stay.objects.filter(pk__in=choices.set_aside)
    stays_out._raw_delete(stays_out.db)


def _write_fields(both: Look, choices: Choices) -> None:
    """Take whoever goes off the file, and write of whoever stays what was chosen."""
    stays, gone = both.into, both.gone
    values = merged_values(stays, gone, choices.fields)
    if both.is_one_case and gone.is_principal:
        values |= {"is_principal": True, "relation": Client.Relation.PRINCIPAL}
    rows: Any = Client.objects.filter(pk=gone.pk)
    rows._raw_delete(rows.db)
    with connection.cursor() as cursor:
        # Whatever still leads to the row is found here and not when the transaction ends.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    if write(stays, values):
        stays.search_form = sealed_names(stays)
        stays.save(update_fields=["search_form"])


def merged_values(stays: Client, gone: Client, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return what the columns of whoever stays will say. A name that is not chosen is kept among the other names."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        choice = chosen.get(name, THEIRS if is_blank(value_of(stays, name)) else OWN)
        if choice == THEIRS:
            of = ("born_earliest", "born_latest") if name == "birth" else (name,)
            values |= {each: getattr(gone, each) for each in of}
        elif choice == BOTH and name in MAY_UNITE:
            values[name] = _united(getattr(stays, name), getattr(gone, name))
    values["other_names"] = _with_names_not_chosen(stays, gone, values)
    return values


def _united(own: Any, theirs: Any) -> Any:
    if isinstance(own, str):
        return "\n".join(dict.fromkeys([*own.splitlines(), *theirs.splitlines()]))
    return list(dict.fromkeys([*own, *theirs]))


def _with_names_not_chosen(stays: Client, gone: Client, values: Mapping[str, Any]) -> str:
    """Return the other names, with the full name of either that will not be the name any more: it goes on being found."""
    is_now = _full_name({name: values.get(name, getattr(stays, name)) for name in NAMES})
    names = str(values.get("other_names", stays.other_names)).splitlines()
    for each in (stays, gone):
        was = _full_name({name: getattr(each, name) for name in NAMES})
        longer = "\n".join([*names, was])
        if was and was != is_now and was not in names and len(longer) <= LONGEST_OTHER_NAMES:
            names.append(was)
    return "\n".join(names)[:LONGEST_OTHER_NAMES]


def _full_name(names: Mapping[str, str]) -> str:
    return " ".join(names[it] for it in NAMES if names[it])


def _finish_to_dos(both: Look, by: User, now: datetime) -> None:
    """Close the to-dos that asked to have somebody look: of whoever goes, and of whoever stays if no other pair is left."""
    done = {both.gone.pk}
    pairs = SuspectedPair.objects.filter(Q(first=both.into) | Q(second=both.into), state=SuspectedPair.State.SAME)
    if not pairs.exists():
        done.add(both.into.pk)
    for to_do in ToDo.objects.open().filter(kind=ToDo.Kind.DUPLICATE, about__in=done).order_by("pk"):
        finish_to_do(to_do=to_do, by=by, now=now)
