"""Making and changing teams."""

from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.countries import is_country
from casework.lib.refusals import Refusal

from ..models import Team, User


class UnableToChangeTeam(Refusal):
    pass


@transaction.atomic
def create_team(*, code: str, name: str, country: str, time_zone: str, by: User | None, now: datetime) -> Team:
    """Open an office. `country` is an ISO code, `time_zone` an IANA name. Raises UnableToChangeTeam."""
    _refuse_unknown(country, time_zone)
    if Team.objects.filter(code__iexact=code).exists():
        raise UnableToChangeTeam(_("Another team has this code."), field="code")
    team = Team.objects.create(code=code.upper(), name=name, country=country, time_zone=time_zone)
    record("accounts.team_created", subject=team, by=by, now=now)
    return team


@transaction.atomic
def change_team(
    *, team: Team, name: str, country: str, time_zone: str, is_active: bool, by: User, now: datetime
) -> Team:
    """Change an office, or close it: then nobody reaches its cases through it. Raises UnableToChangeTeam."""
    _refuse_unknown(country, time_zone)
    team = Team.objects.select_for_update().get(pk=team.pk)
    wanted = {"name": name, "country": country, "time_zone": time_zone, "is_active": is_active}
    changed = sorted(field for field, value in wanted.items() if getattr(team, field) != value)
    if changed:
        for field in changed:
            setattr(team, field, wanted[field])
        team.save(update_fields=changed)
        record("accounts.team_changed", subject=team, by=by, now=now, fields=changed)
    return team


def _refuse_unknown(country: str, time_zone: str) -> None:
    if not is_country(country):
        raise UnableToChangeTeam(_("There is no country with this code."), field="country")
    if time_zone not in available_timezones():
        raise UnableToChangeTeam(_("There is no time zone with this name."), field="time_zone")
