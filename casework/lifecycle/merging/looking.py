"""What a merge would make of two people, for whoever decides: nothing is written here."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from casework.clients.models import Case, Client, Relation
from casework.housing.models import Placement
from casework.lib.likeness import Born, Details, Named, compare_births, compare_names
from casework.residency.models import Stay

from ..duplicates import details_of
from .rows_of_people import keys_to_people

# What is chosen of one or the other, in the order in which a page shows it.
FIELDS = ("family_name", "given_name", "patronymic", "other_names", "birth", "sex", "nationalities", "language")
NAMES = ("family_name", "given_name", "patronymic")
# Of these, what both say may be kept.
MAY_UNITE = ("other_names", "nationalities")
LONGEST_OTHER_NAMES = 400
# Not told of: what is computed, drafted, or kept by the software for itself.
UNTOLD = {
    "clients.Merge.into",
    "clients.SuspectedPair.first",
    "clients.SuspectedPair.second",
    "residency.ComputedPosition.client",
    "residency.ImpactLine.client",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two stays that cannot both be true of one person: one of them is set aside."""

    kept: Stay
    other: Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Both people as they are now. `refusal`: why they cannot be merged, or ""; `doubts`: what speaks against it."""

    into: Client
    gone: Client
    is_one_case: bool
    refusal: str
    doubts: Sequence[str]
    clashes: Sequence[Clash]
    left_behind: Sequence[Client]  # those of the other case who stay there
    counts: Mapping[str, tuple[int, int]]
    seen: str

    @property
    def empties_case(self) -> bool:
        """Whether nobody is left in the other case: then it is joined into this one."""
        return not self.is_one_case and not self.left_behind

    @property
    def needs_principal(self) -> bool:
        """Whether somebody else becomes the principal applicant of those who are left behind."""
        return bool(self.left_behind) and self.gone.is_principal


def look(into: Client, gone: Client) -> Look:
    """Return what a merge of `gone` into `into` would do. Both come with their cases, teams and keys."""
    clashes = list(_clashes(into, gone))
    others = Client.objects.filter(case=gone.case_id).exclude(pk=gone.pk).defer("search_form")
    left_behind = list(others.principal_first()) if into.case_id != gone.case_id else []
    return Look(
        into=into,
        gone=gone,
        is_one_case=into.case_id == gone.case_id,
        refusal=why_not(into, gone),
        doubts=doubts(into, gone),
        clashes=clashes,
        left_behind=left_behind,
        counts=_counts(into, gone),
        seen=seen(into, gone, clashes, left_behind),
    )


def seen(into: Client, gone: Client, clashes: Iterable[Clash], left_behind: Iterable[Client]) -> str:
    """Return a digest of what somebody who decides has seen: another one, and they look again."""
    parts = [
        *(f"{it.pk}:{it.version}:{it.facts_version}:{it.identity_version}" for it in (into, gone)),
        *(f"{it.kept.pk}:{it.other.pk}" for it in clashes),
        *(str(it.pk) for it in left_behind),
        *(f"{it.case.pk}:{it.case.status}:{it.case.restricted}" for it in (into, gone)),
    ]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def why_not(into: Client, gone: Client) -> str:
    """Return the sentence that says why the one cannot be merged into the other, or ""."""
    if into.pk == gone.pk:
        return _("This is one person already.")
    if any(it.case.is_archived for it in (into, gone)):
        return _("One of the two cases is archived. Take it out of the archive first.")
    if into.case_id != gone.case_id:
        if into.case.status != Case.Status.OPEN:
            return _("The case of the person who stays is closed. Let the other one stay, or reopen it first.")
        if into.case.restricted or gone.case.restricted:
            return _(
                "One of the two cases is restricted. Join the cases first, which asks who will see them, then merge the two."
            )
    between = Relation.objects.filter(Q(one=into, other=gone) | Q(one=gone, other=into))
    if between.exists():
        return _(
            "A relation between the two is on file, so they are two people. If that is a mistake, take the relation out "
            "first, under Family."
        )
    if any(one.is_live and other.is_live for one, other in shared_beds(into, gone)):
        return _(
            "Both are in a bed on the same days, and one person has one bed. End or cancel one of the two placements first."
        )
    return ""


def doubts(into: Client, gone: Client) -> list[str]:
    """Return what speaks against the two being one: whoever merges them says that they have looked at it."""
    details = details_of([into, gone])
    mine, theirs = details[into.pk], details[gone.pk]
    said = []
    named, _letters = compare_names(mine, theirs)
    born = compare_births(mine.birth, theirs.birth)
    if named is not Named.SAME and born is Born.SAME_DAY:
        said.append(_("The names differ and the day of birth is the same: twins look like this."))
    elif named is not Named.SAME:
        said.append(_("The names differ: brothers and sisters look like this."))
    if born in (Born.OTHERWISE, Born.NEARLY):
        said.append(_("The dates of birth differ."))
    if into.sex != gone.sex and Client.Sex.UNKNOWN not in (into.sex, gone.sex):
        said.append(_("The sex differs."))
    if _other_numbers(mine, theirs):
        said.append(_("Both have documents, and no number of one is a number of the other."))
    if into.case_id == gone.case_id:
        said.append(_("Both stand in one case, where somebody has recorded two people."))
    return said


def _other_numbers(mine: Details, theirs: Details) -> bool:
    both = mine.documents, theirs.documents
    return all(both) and not {number for number, _country in both[0]} & {number for number, _country in both[1]}


def days_between(stay: Stay) -> tuple[date, date] | None:
    """Return the days strictly between a certain entry and a certain exit, as the database compares them; None if it does not."""
    if stay.planned or stay.entered_latest is None:
        return None
    if not stay.has_left:
        return stay.entered_latest, date.max
    if stay.left_earliest is None or stay.left_earliest < stay.entered_latest:
        return None
    return stay.entered_latest, stay.left_earliest


def clash(one: Stay, other: Stay) -> bool:
    """Return whether the two cannot be true of one person: a day lies strictly within both."""
    mine, theirs = days_between(one), days_between(other)
    if mine is None or theirs is None:
        return False
    first, last = max(mine[0], theirs[0]), min(mine[1], theirs[1])
    return (last - first).days > 1


def _clashes(into: Client, gone: Client) -> Iterable[Clash]:
    stays = Stay.objects.filter(client__in=[into, gone]).order_by("pk")
    own = [it for it in stays if it.client_id == into.pk]
    for theirs in (it for it in stays if it.client_id == gone.pk):
        for mine in own:
            if clash(mine, theirs):
                yield Clash(kept=mine, other=theirs)


def shared_beds(into: Client, gone: Client) -> list[tuple[Placement, Placement]]:
    """Return the beds that both had on the same days: of whoever stays, and of whoever goes."""
    somewhere = Placement.objects.filter(state__in=["held", "booked", "checked_in", "checked_out"], was_double=False)
    own: Any = somewhere.filter(client=into)
    return [
        (one, other)
        for other in somewhere.filter(client=gone).order_by("pk")
        for one in own.sharing_days(other.since, other.until).order_by("pk")
    ]


def _counts(into: Client, gone: Client) -> dict[str, tuple[int, int]]:
    """Return how many rows of what each of the two has, by name of key."""
    found = {}
    for name, model, column in keys_to_people():
        if name not in UNTOLD:
            rows = model._base_manager.filter(**{f"{column}__in": [into, gone]})
            ids: list[UUID] = list(rows.order_by().values_list(f"{column}_id", flat=True))
            if ids:
                found[name] = (ids.count(into.pk), ids.count(gone.pk))
    return found


def value_of(client: Client, name: str) -> Any:
    """Return what a field of FIELDS says of somebody."""
    return client.birth if name == "birth" else getattr(client, name)


def is_blank(value: Any) -> bool:
    """Return whether a field says nothing."""
    return value in ("", [], None, Client.Sex.UNKNOWN) or getattr(value, "year", 1) is None
