"""Into which bed a row says that somebody moved: found by site, unit and bed, among the places that the user may fill."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.housing import actions as housing
from casework.housing.models import Bed

from .columns import plain
from .reading import Reading


class Beds:
    """The beds of a team, by what people call them; whoever logs cases for the team may fill them. Loaded when a row names one."""

    def __init__(self, team: Team) -> None:
        self.team = team

    def why_not(self, reading: Reading) -> str:
        """Return why a row cannot be placed in the bed that it names, "" if it may, as far as can be told beforehand."""
        if not reading.bed or "bed" in reading.problems:
            return reading.problems.get("bed", "")
        found = self._named(reading.bed)
        if len(found) > 1:
            return _("Several beds are called “%(bed)s”. Write site / unit / bed.") % {"bed": reading.bed[:60]}
        if not found:
            return _("Your team has no bed “%(bed)s”. Write site / unit / bed as on the board.") % {
                "bed": reading.bed[:60]
            }
        return ""

    def move_in(self, client: Client, reading: Reading, *, today: date, by: User, now: datetime) -> None:
        """Let somebody who is on record now move into the bed of their row. Raises UnableToPlace."""
        if not reading.bed:
            return
        since = reading.moved_in_on or today
        bed = self._named(reading.bed)[0]
        housing.book(people_in_beds={client: bed}, since=since, until=None, checks_in=since <= today, by=by, now=now)

    def _named(self, text: str) -> Sequence[Bed]:
        return self._by_name.get(_key(text.split("/")), ())

    @cached_property
    def _by_name(self) -> dict[str, list[Bed]]:
        found: dict[str, list[Bed]] = {}
        beds: Any = Bed.objects
        for bed in beds.filter(unit__site__teams=self.team, closed_on__isnull=True).with_place().distinct():
            site = bed.unit.site
            for name in {_key([each, bed.unit.label, bed.label]) for each in (site.name, site.code)}:
                found.setdefault(name, []).append(bed)
        return found


def _key(parts: Sequence[str]) -> str:
    return "/".join(plain(part) for part in parts)
