"""Hosts offer room at home; somebody visits them; they are taken, or not. And what must be known about a place."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey

from ..locking import lock_beds
from ..models import Bed, HostOffer, SafetyNote, Site
from ..without_lease import living_or_coming
from .places import SiteFields, add_unit, close_site, open_site, reopen_site

State = HostOffer.State


class HostOfferFields(TypedDict, total=False):
    contact_name: str
    contact_phone: str
    line: str
    country: str
    city: str
    beds: int
    since: date
    until: date | None
    for_whom: str
    takes_pets: bool
    note: str


class UnableToKeepHostOffer(Refusal):
    pass


@transaction.atomic
def record_host_offer(
    *, team: Team, by: User, now: datetime, offer_id: UUID | None = None, **fields: Unpack[HostOfferFields]
) -> HostOffer:
    """Record that somebody offers room at home. Sent twice with the same id, it is recorded once."""
    key = DataKey.objects.make(DataKey.OwnerKind.SITE, now=now)
    offer = HostOffer(id=offer_id or new_id(), data_key=key, team=team, made_at=now, made_by=by, **fields)
    _refuse_impossible(offer)
    offer, is_new = insert_once(offer, team_id=team.pk)
    if is_new:
        record("housing.host_offer_recorded", subject=offer, by=by, now=now)
    else:
        key.delete()
    return offer


@transaction.atomic
def change_host_offer(
    *, offer: HostOffer, version: int, by: User, now: datetime, **fields: Unpack[HostOfferFields]
) -> HostOffer:
    """Change what is offered. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    offer = locked(offer, version=version, mine=values)
    _refuse_impossible(
        HostOffer(**{name: values.get(name, getattr(offer, name)) for name in ("beds", "since", "until")})
    )
    changed = write(offer, values)
    if changed:
        record("housing.host_offer_changed", subject=offer, by=by, now=now, fields=sorted(changed))
    return offer


@transaction.atomic
def plan_visit(*, offer: HostOffer, on: date, version: int, by: User, now: datetime) -> HostOffer:
    """Plan to look at the place on a day. Raises ChangedMeanwhile."""
    if on < today_in(offer.team.time_zone, now):
        raise UnableToKeepHostOffer(_("This day is over. If somebody has been there, say what they found."), field="on")
    return _become(offer, State.VISIT_PLANNED, version, by, now, visit_on=on)


@transaction.atomic
def record_visit(
    *,
    offer: HostOffer,
    on: date,
    found: Collection[str],
    visited_by: User,
    version: int,
    by: User,
    now: datetime,
    note: str = "",
) -> HostOffer:
    """Note what was found when somebody looked; a later visit takes the place of an earlier one. Raises ChangedMeanwhile."""
    if on > today_in(offer.team.time_zone, now):
        raise UnableToKeepHostOffer(_("This day has not come yet."), field="on")
    if set(found) - set(HostOffer.Check.values):
        raise UnableToKeepHostOffer(_("Choose answers of the list."), field="found")
    values = {"visited_on": on, "visited_by": visited_by, "found": sorted(found), "visit_note": note.strip()}
    return _become(offer, State.VISITED, version, by, now, **values)


@transaction.atomic
def accept_host(*, offer: HostOffer, version: int, by: User, now: datetime) -> HostOffer:
    """Take the offer, after a visit that found what must be found. Raises ChangedMeanwhile."""
    current = locked(offer, version=version)
    if current.state == State.VISITED and current.missing:
        missing = ", ".join(str(HostOffer.Check(code).label) for code in sorted(current.missing))
        raise UnableToKeepHostOffer(_("This was not found when somebody looked: %(missing)s.") % {"missing": missing})
    return _become(offer, State.ACCEPTED, version, by, now)


@transaction.atomic
def decline_host(*, offer: HostOffer, reason: str, version: int, by: User, now: datetime) -> HostOffer:
    """Do not take the offer, and say why. Raises ChangedMeanwhile."""
    if not reason.strip():
        raise UnableToKeepHostOffer(_("Say why the offer is not taken."), field="reason")
    return _become(offer, State.DECLINED, version, by, now, reason=reason.strip())


@transaction.atomic
def withdraw_host(*, offer: HostOffer, reason: str, version: int, by: User, now: datetime) -> HostOffer:
    """Note that the host takes the offer back. Raises ChangedMeanwhile.

    A site that was opened for it is closed with it if nobody has a bed there. Else it takes nobody new from today, and stays
    until those who live there have moved: nobody is put out by a form.
    """
    if not reason.strip():
        raise UnableToKeepHostOffer(_("Say why they take it back, or that they did not say."), field="reason")
    site = _locked_site(offer)
    offer = _become(offer, State.WITHDRAWN, version, by, now, reason=reason.strip())
    if site is not None and not site.is_closed_on(site.today(now)):
        lock_beds(Bed.objects.filter(unit__site=site).values_list("pk", flat=True))
        if living_or_coming(now).filter(bed__unit__site=site).exists():
            write(site, {"no_new_since": site.today(now)})
            record("housing.site_takes_nobody_new", subject=site, by=by, now=now)
        else:
            close_site(site=site, on=max(site.today(now), site.opened_on), version=site.version, by=by, now=now)
    return offer


@transaction.atomic
def reconsider_host(*, offer: HostOffer, version: int, by: User, now: datetime) -> HostOffer:
    """Take up an offer again that was declined or withdrawn. Raises ChangedMeanwhile."""
    return _become(offer, State.OFFERED, version, by, now, reason="")


@transaction.atomic
def take_host_into_use(
    *,
    offer: HostOffer,
    unit_label: str,
    version: int,
    by: User,
    now: datetime,
    teams: Sequence[Team] = (),
    beds: int | None = None,
    site_id: UUID | None = None,
    **fields: Unpack[SiteFields],
) -> Site:
    """Open a site of an accepted offer, with one room and its beds: as many as were offered, or `beds`.

    Sent twice with the same `site_id`, it is opened once. Raises ChangedMeanwhile and UnableToKeepPlace.
    """
    if site_id is not None and offer.site_id == site_id:
        return Site.objects.get(pk=site_id)
    current = locked(offer, version=version)
    if not current.may_become(State.IN_USE):
        raise _not_now(current)
    known: SiteFields = {
        "kind": Site.Kind.HOST_FAMILY,
        "line": str(current.line or ""),
        "contact_name": str(current.contact_name or ""),
        "contact_phone": str(current.contact_phone or ""),
        "country": current.country,
        "city": current.city,
        "time_zone": current.team.time_zone,
        "opened_on": max(current.since, today_in(current.team.time_zone, now)),
    }
    known.update(fields)
    site = open_site(teams=[*teams] or [current.team], by=by, now=now, site_id=site_id, **known)
    add_unit(
        site=site,
        by=by,
        now=now,
        beds=beds or current.beds,
        label=unit_label,
        capacity=beds or current.beds,
        for_whom=current.for_whom,
        takes_pets=current.takes_pets,
        registration_possible=HostOffer.Check.REGISTRATION in current.found,
    )
    _become(offer, State.IN_USE, version, by, now, site=site)
    return site


@transaction.atomic
def take_host_into_use_at(*, offer: HostOffer, site: Site, version: int, by: User, now: datetime) -> Site:
    """Let a place that is there already be that of an accepted offer, with the rooms and beds that it has.

    A site that was closed, or took nobody new, because the host had withdrawn is in use again. Raises ChangedMeanwhile.
    """
    site = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    if HostOffer.objects.filter(site=site).exclude(pk=offer.pk).exists():
        raise UnableToKeepHostOffer(_("This site belongs to the offer of another host."), field="existing")
    _become(offer, State.IN_USE, version, by, now, site=site)
    if site.no_new_since is not None:
        write(site, {"no_new_since": None})
        record("housing.site_takes_people_again", subject=site, by=by, now=now)
    return reopen_site(site=site, version=site.version, by=by, now=now)


@transaction.atomic
def write_safety_note(*, site: Site, text: str, by: User, now: datetime, note_id: UUID | None = None) -> SafetyNote:
    """Write down what is dangerous about a place. Sent twice with the same id, it is written once."""
    if not text.strip():
        raise UnableToKeepHostOffer(_("Write down what must be known."), field="text")
    note = SafetyNote(id=note_id or new_id(), data_key=site.data_key, site=site, written_at=now, written_by=by)
    note.text = text.strip()
    note, is_new = insert_once(note, site_id=site.pk)
    if is_new:
        record("housing.safety_note_written", subject=note, by=by, now=now, site=str(site.pk))
    return note


@transaction.atomic
def withdraw_safety_note(*, note: SafetyNote, by: User, now: datetime) -> SafetyNote:
    """Say that it does not hold any more. It stays on record."""
    note = SafetyNote.objects.select_for_update().get(pk=note.pk)
    if note.withdrawn_at is None:
        note.withdrawn_at, note.withdrawn_by = now, by
        note.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record("housing.safety_note_withdrawn", subject=note, by=by, now=now, site=str(note.site_id))
    return note


EVENTS = {
    State.OFFERED: "housing.host_reconsidered",
    State.VISIT_PLANNED: "housing.host_visit_planned",
    State.VISITED: "housing.host_visited",
    State.ACCEPTED: "housing.host_accepted",
    State.IN_USE: "housing.host_taken_into_use",
    State.DECLINED: "housing.host_declined",
    State.WITHDRAWN: "housing.host_withdrew",
}


def _become(offer: HostOffer, state: State, version: int, by: User, now: datetime, **values: Any) -> HostOffer:
    offer = locked(offer, version=version, mine=values)
    if not offer.may_become(state):
        raise _not_now(offer)
    write(offer, {"state": state, **values})
    record(EVENTS[state], subject=offer, by=by, now=now)
    return offer


def _locked_site(offer: HostOffer) -> Site | None:
    """Lock the site of an offer before the offer itself, as everybody does who closes one."""
    if offer.site_id is None:
        return None
    return Site.objects.select_for_update(no_key=True).get(pk=offer.site_id)


def _not_now(offer: HostOffer) -> UnableToKeepHostOffer:
    return UnableToKeepHostOffer(
        _("This offer is now: %(state)s. This step does not follow.") % {"state": State(offer.state).label}
    )


def _refuse_impossible(offer: HostOffer) -> None:
    if not offer.beds or not 1 <= offer.beds <= 50:
        raise UnableToKeepHostOffer(_("Enter how many beds, from 1 to 50."), field="beds")
    if offer.until is not None and offer.until <= offer.since:
        raise UnableToKeepHostOffer(_("The last day is before the first."), field="until")
