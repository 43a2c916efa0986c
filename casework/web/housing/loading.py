"""How the pages of places find them: what a user's teams may not use is not there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.housing.models import Bed, BedBlock, HostOffer, SafetyNote, Site, Unit

MANAGE = Permission.HOUSING_MANAGE


def usable_site(user: User, site_id: UUID, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> Site:
    """Return the site, or answer 404."""
    sites: Any = Site.objects
    found: Site = get_object_or_404(sites.usable_by(user, now, permission), pk=site_id)
    return found


def site_with_marks(user: User, site_id: UUID, now: datetime) -> Any:
    """Return the site with what its page turns on, or answer 404: `may_manage`, `has_safety_note`, `sees_host`."""
    sites: Any = Site.objects
    kept = Exists(sites.usable_by(user, now, MANAGE).filter(pk=OuterRef("pk")))
    noted = Exists(SafetyNote.objects.standing().filter(site=OuterRef("pk")))
    hosts = Exists(HostOffer.objects.visible_to(user, now).filter(site=OuterRef("pk")))
    rows = sites.usable_by(user, now).annotate(may_manage=kept, has_safety_note=noted, sees_host=hosts)
    return get_object_or_404(rows.select_related("data_key", "host_offer"), pk=site_id)


def managed_unit(user: User, unit_id: UUID, now: datetime) -> Unit:
    """Return the unit with its site, or answer 404."""
    units: Any = Unit.objects
    rows = units.usable_by(user, now, MANAGE).select_related("site__data_key")
    found: Unit = get_object_or_404(rows, pk=unit_id)
    return found


def managed_bed(user: User, bed_id: UUID, now: datetime) -> Bed:
    """Return the bed with its unit and site, or answer 404."""
    beds: Any = Bed.objects
    found: Bed = get_object_or_404(beds.usable_by(user, now, MANAGE).with_place(), pk=bed_id)
    return found


def usable_bed(user: User, bed_id: UUID, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> Bed:
    """Return the bed with its unit and site, or answer 404."""
    beds: Any = Bed.objects
    found: Bed = get_object_or_404(beds.usable_by(user, now, permission).with_place(), pk=bed_id)
    return found


def managed_block(user: User, block_id: UUID, now: datetime) -> BedBlock:
    """Return the block with its bed, or answer 404."""
    beds: Any = Bed.objects
    rows = BedBlock.objects.filter(bed__in=beds.usable_by(user, now, MANAGE))
    found: BedBlock = get_object_or_404(rows.select_related("data_key", "bed__unit__site__data_key"), pk=block_id)
    return found


def teams_that_manage(user: User, now: datetime) -> Any:
    """Return the teams whose places this user keeps."""
    teams = memberships(user, MANAGE, now).filter(team__isnull=False).values("team")
    return Team.objects.filter(pk__in=teams).order_by("name", "pk")
