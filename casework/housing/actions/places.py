"""What can happen to places: sites, units and beds are opened, changed, closed and taken into use again."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.lib.wall_time import is_zone
from casework.vault.models import DataKey

from ..locking import lock_beds, release_lapsed
from ..models import Bed, BedBlock, HostOffer, Placement, Site, SiteTeam, Unit
from ..wording import day

MOST_BEDS_AT_ONCE = 100
RowT = TypeVar("RowT", bound=models.Model)
ResultT = TypeVar("ResultT")


class SiteFields(TypedDict, total=False):
    code: str
    kind: str
    name: str
    line: str
    contact_name: str
    contact_phone: str
    house_rules: str
    country: str
    region: str
    city: str
    time_zone: str
    area_closed: bool | None
    opened_on: date


class UnitFields(TypedDict, total=False):
    label: str
    capacity: int
    floor_area: Decimal | None
    step_free: bool
    for_whom: str
    has_cot: bool
    takes_pets: bool
    registration_possible: bool | None


class BedFields(TypedDict, total=False):
    label: str
    kind: str
    opened_on: date


class UnableToKeepPlace(Refusal):
    pass


# What the database refuses, by the name of the constraint.
TAKEN: dict[str, Callable[[], UnableToKeepPlace]] = {
    "unit_of_a_site_named_once": lambda: UnableToKeepPlace(_("The site has another unit of this name."), field="label"),
    "bed_of_a_unit_named_once": lambda: UnableToKeepPlace(_("The unit has another bed of this name."), field="label"),
    "unit_has_no_more_beds_than_people": lambda: UnableToKeepPlace(
        _("There would be more beds than people who may live there. Change the number of people, or close a bed."),
        field="capacity",
    ),
    "site_code_is_a_code": lambda: UnableToKeepPlace(
        _("A code has two to twelve capital letters, numbers or hyphens, such as BSK-1."), field="code"
    ),
    "housing_site_code": lambda: UnableToKeepPlace(_("Another site has this code."), field="code"),
}


@transaction.atomic
def open_site(
    *, teams: Collection[Team], by: User, now: datetime, site_id: UUID | None = None, **fields: Unpack[SiteFields]
) -> Site:
    """Add a place. Sent twice with the same id, it is added once."""
    values: dict[str, Any] = dict(fields)
    _refuse_unclear_site(values, teams)
    key = DataKey.objects.make(DataKey.OwnerKind.SITE, now=now)
    site = Site(id=site_id or new_id(), data_key=key, created_at=now, created_by=by, **values)
    site, is_new = _insert(site)
    if not is_new:
        key.delete()
        return site
    _set_teams(site, teams)
    record("housing.site_opened", subject=site, by=by, now=now, site=site.code)
    return site


@transaction.atomic
def change_site(
    *,
    site: Site,
    version: int,
    by: User,
    now: datetime,
    teams: Collection[Team] | None = None,
    **fields: Unpack[SiteFields],
) -> Site:
    """Change what is on record of a place. Addresses that placements have written stay as they are. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    site = locked(site, version=version, mine=values)
    _refuse_unclear_site({name: values.get(name, getattr(site, name)) for name in ("time_zone", "name")}, teams)
    changed = _write(site, values)
    if teams is not None and _set_teams(site, teams):
        changed.append("teams")
    if changed:
        record("housing.site_changed", subject=site, by=by, now=now, fields=sorted(changed))
    return site


@transaction.atomic
def close_site(*, site: Site, on: date, version: int, by: User, now: datetime) -> Site:
    """Let nobody sleep there from the day `on`: its units and beds close with it, those too that were to close later.

    Raises ChangedMeanwhile.
    """
    site = locked(site, version=version, mine={"closed_on": on})
    if on < site.opened_on:
        raise UnableToKeepPlace(_("The site was not in use yet on this day."), field="closed_on")
    units = list(site.units.in_use_on(on).order_by("pk").select_for_update(no_key=True))
    _close_beds(Bed.objects.in_use_on(on).filter(unit__site=site), on, now)
    for unit in units:
        _write(unit, {"closed_on": on})
    _write(site, {"closed_on": on})
    record("housing.site_closed", subject=site, by=by, now=now, units=len(units))
    return site


@transaction.atomic
def reopen_site(*, site: Site, version: int, by: User, now: datetime) -> Site:
    """Take a closed place into use again, with the units and beds that closed with it. Raises ChangedMeanwhile."""
    site = locked(site, version=version)
    closed_on = site.closed_on
    if closed_on is None:
        return site
    if HostOffer.objects.filter(site=site, state=HostOffer.State.WITHDRAWN).exists():
        raise UnableToKeepPlace(
            _("The host took their offer back. Take up the offer again first, on the page of the host.")
        )
    for unit in site.units.filter(closed_on=closed_on).order_by("pk").select_for_update(no_key=True):
        _reopen_unit(unit, by, now)
    _write(site, {"closed_on": None})
    record("housing.site_reopened", subject=site, by=by, now=now)
    return site


@transaction.atomic
def add_unit(
    *,
    site: Site,
    by: User,
    now: datetime,
    beds: int = 0,
    bed_kind: str = Bed.Kind.SINGLE,
    unit_id: UUID | None = None,
    **fields: Unpack[UnitFields],
) -> Unit:
    """Add a room or flat, with so many beds named 1, 2, 3. Sent twice with the same id, it is added once."""
    site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    if site.closed_on is not None:
        raise UnableToKeepPlace(_("The site is closed. Take it into use again first."))
    unit = Unit(id=unit_id or new_id(), site=site, **fields)
    _refuse_unclear_unit(unit)
    unit, is_new = _insert(unit, site_id=site.pk)
    if is_new:
        record("housing.unit_added", subject=unit, by=by, now=now, site=str(site.pk))
        if beds:
            add_beds(
                unit=unit, number=beds, kind=bed_kind, by=by, now=now, opened_on=max(site.opened_on, site.today(now))
            )
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, version: int, by: User, now: datetime, **fields: Unpack[UnitFields]) -> Unit:
    """Change what is on record of a unit. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    unit = locked(unit, version=version, mine=values)
    _refuse_unclear_unit(Unit(**{name: values.get(name, getattr(unit, name)) for name in ("label", "capacity")}))
    changed = _write(unit, values)
    if changed:
        record("housing.unit_changed", subject=unit, by=by, now=now, fields=sorted(changed))
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, on: date, version: int, by: User, now: datetime) -> Unit:
    """Let nobody sleep there from the day `on`: its beds close with it. Raises ChangedMeanwhile."""
    unit = locked(unit, version=version, mine={"closed_on": on})
    _close_beds(Bed.objects.in_use_on(on).filter(unit=unit), on, now)
    _write(unit, {"closed_on": on})
    record("housing.unit_closed", subject=unit, by=by, now=now)
    return unit


@transaction.atomic
def reopen_unit(*, unit: Unit, version: int, by: User, now: datetime) -> Unit:
    """Take a closed unit into use again, with the beds that closed with it. Raises ChangedMeanwhile."""
    unit = locked(unit, version=version)
    if unit.closed_on is None:
        return unit
    if Site.objects.filter(pk=unit.site_id, closed_on__isnull=False).exists():
        raise UnableToKeepPlace(_("The site is closed. Take it into use again first."))
    _reopen_unit(unit, by, now)
    record("housing.unit_reopened", subject=unit, by=by, now=now)
    return unit


@transaction.atomic
def add_beds(
    *,
    unit: Unit,
    number: int = 1,
    by: User,
    now: datetime,
    opened_on: date,
    label: str = "",
    kind: str = Bed.Kind.SINGLE,
    bed_id: UUID | None = None,
) -> list[Bed]:
    """Put up beds in a unit: one with a `label`, or several that are numbered on. Sent twice with the same id, once."""
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if bed_id is not None and (earlier := Bed.objects.filter(pk=bed_id, unit=unit).first()) is not None:
        return [earlier]
    if unit.closed_on is not None:
        raise UnableToKeepPlace(_("The unit is closed. Take it into use again first."))
    if not 1 <= number <= MOST_BEDS_AT_ONCE:
        raise UnableToKeepPlace(
            _("Enter a number of beds from 1 to %(most)s.") % {"most": MOST_BEDS_AT_ONCE}, field="number"
        )
    labels = [label] if label else _next_labels(unit, number)
    beds = [Bed(id=new_id(), unit=unit, label=each, kind=kind, opened_on=opened_on) for each in labels]
    beds[0].pk = bed_id or beds[0].pk
    _saving(lambda: Bed.objects.bulk_create(beds))
    record("housing.beds_added", subject=unit, by=by, now=now, beds=len(beds))
    return beds


@transaction.atomic
def change_bed(*, bed: Bed, version: int, by: User, now: datetime, **fields: Unpack[BedFields]) -> Bed:
    """Change what is on record of a bed. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    bed = _lock_with_unit(bed, version, values)
    changed = _write(bed, values)
    if changed:
        record("housing.bed_changed", subject=bed, by=by, now=now, fields=sorted(changed))
    return bed


@transaction.atomic
def close_bed(*, bed: Bed, on: date, version: int, by: User, now: datetime) -> Bed:
    """Let nobody sleep in it from the day `on`. Raises ChangedMeanwhile."""
    bed = _lock_with_unit(bed, version, {"closed_on": on})
    _close_beds(Bed.objects.filter(pk=bed.pk), on, now)
    record("housing.bed_closed", subject=bed, by=by, now=now)
    bed.refresh_from_db()
    return bed


@transaction.atomic
def reopen_bed(*, bed: Bed, version: int, by: User, now: datetime) -> Bed:
    """Take a closed bed into use again. Raises ChangedMeanwhile."""
    bed = _lock_with_unit(bed, version, {})
    if bed.closed_on is None:
        return bed
    if Unit.objects.filter(pk=bed.unit_id, closed_on__isnull=False).exists():
        raise UnableToKeepPlace(_("The unit is closed. Take it into use again first."))
    _open_again(bed, by, now)
    record("housing.bed_reopened", subject=bed, by=by, now=now)
    return bed


def _lock_with_unit(bed: Bed, version: int, mine: dict[str, Any]) -> Bed:
    """Lock the unit, then the bed, in the order in which whoever closes a unit does."""
    Unit.objects.select_for_update(no_key=True).get(pk=bed.unit_id)
    return locked(bed, version=version, mine=mine)


def _close_beds(beds: Any, on: date, now: datetime) -> None:
    held = lock_beds(beds.values_list("pk", flat=True))
    release_lapsed(held, now)
    still = Placement.objects.taking_beds(now).filter(Q(until__isnull=True) | Q(until__gt=on), bed__in=held.keys())
    staying = still.filter(Q(until__isnull=True) | Q(until__gt=F("since"))).values_list("bed_id", flat=True)
    if taken := [held[pk].place for pk in sorted(set(staying), key=lambda pk: held[pk].place)]:
        raise UnableToKeepPlace(
            _("Somebody is placed there on %(day)s or later: %(beds)s. Move them or shorten their placement first.")
            % {"day": day(on), "beds": "; ".join(taken)},
            field="closed_on",
        )
    for bed in held.values():
        _write(bed, {"closed_on": max(on, bed.opened_on)})


def _reopen_unit(unit: Unit, by: User, now: datetime) -> None:
    closed_on = unit.closed_on
    _write(unit, {"closed_on": None})
    ids = Bed.objects.filter(unit=unit, closed_on=closed_on).values_list("pk", flat=True)
    for bed in lock_beds(ids).values():
        _open_again(bed, by, now)


def _open_again(bed: Bed, by: User, now: datetime) -> None:
    """Take a locked bed into use again from today. The days on which it was closed do not become free ones: they are blocked."""
    site = bed.unit.site
    closed_on, today = bed.closed_on, site.today(now)
    _write(bed, {"closed_on": None})
    if closed_on is None or closed_on >= today:
        return
    reached = closed_on
    for other in [*bed.blocks.sharing_days(closed_on, today).soonest_first(), None]:
        until = today if other is None else other.since
        if reached < until:
            days = BedBlock(id=new_id(), data_key=site.data_key, bed=bed, since=reached, until=until)
            days.reason, days.made_at, days.made_by = BedBlock.Reason.OTHER, now, by
            days.save(force_insert=True)
        reached = max(reached, today if other is None or other.until is None else other.until)


def _next_labels(unit: Unit, number: int) -> list[str]:
    """Return the numbers that go on from the highest that a bed of the unit has."""
    known = unit.beds.in_use().values_list("label", flat=True)
    highest = max((int(each) for each in known if each.isdecimal()), default=0)
    return [str(each) for each in range(highest + 1, highest + 1 + number)]


def _set_teams(site: Site, teams: Collection[Team]) -> bool:
    wanted, there = {team.pk for team in teams}, set(site.of_teams.values_list("team_id", flat=True))
    site.of_teams.filter(team__in=there - wanted).delete()
    SiteTeam.objects.bulk_create(SiteTeam(site=site, team_id=pk) for pk in wanted - there)
    return wanted != there


def _refuse_unclear_site(values: dict[str, Any], teams: Collection[Team] | None) -> None:
    if not str(values.get("name", "")).strip():
        raise UnableToKeepPlace(_("Give the site a name."), field="name")
    if not is_zone(values.get("time_zone", "")):
        raise UnableToKeepPlace(_("We do not know this time zone."), field="time_zone")
    if teams is not None and not teams:
        raise UnableToKeepPlace(_("Choose at least one team that may use the site."), field="teams")


def _refuse_unclear_unit(unit: Unit) -> None:
    if not unit.label.strip():
        raise UnableToKeepPlace(_("Give the unit a name, such as Room 2."), field="label")
    if not unit.capacity or unit.capacity < 1:
        raise UnableToKeepPlace(_("Say how many people may live there."), field="capacity")


def _insert(row: RowT, **same: Any) -> tuple[RowT, bool]:
    return _saving(lambda: insert_once(row, **same))


def _write(row: models.Model, values: dict[str, Any]) -> list[str]:
    return _saving(lambda: write(row, values))


def _saving(act: Callable[[], ResultT]) -> ResultT:
    """Do it, and say in a sentence what the database refuses."""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        for name, refusal in TAKEN.items():
            if name in str(error):
                raise refusal() from None
        raise
