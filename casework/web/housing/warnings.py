"""What must be known about a place before somebody is placed there: said where a bed is chosen, and when people come.

Of a safety note only that there is one, and whom to ask; its text is on a page of its own, for those who keep the place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casework.housing.keepers import keepers_of
from casework.housing.models import SafetyNote, Site, Unit
from casework.housing.wording import day
from casework.residency.rulebook import load_book
from casework.residency.rules.areas import area_rules, closed_areas_named
from casework.residency.rules.known import KnownRules, known_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What is to be said of each site, in order; of a unit what its owner says about registration."""

    of_sites: dict[UUID, list[str]]

    def of(self, units: Iterable[Unit]) -> list[str]:
        """Return what must be known of the places of these units, each once, and what their owners say."""
        units = list(units)
        sites = {unit.site_id: unit.site for unit in units}
        said = [f"{sites[pk].code}: {text}" for pk in sites for text in self.of_sites.get(pk, [])]
        return [*said, *filter(None, map(consent_sentence, units))]


def warnings_about(units: Collection[Unit], now: datetime) -> Warnings:
    """Return what must be known of the places of these units: by two queries, three where the rules have changed."""
    sites = {unit.site_id: unit.site for unit in units}
    noted = safety_note_sentences(sites, now)
    rules = known_rules(load_book(), now) if sites else None
    found = {pk: [*noted.get(pk, ()), *area_sentences(site, rules, now)] for pk, site in sites.items()}
    for pk, site in sites.items():
        if site.no_new_since is not None:
            found[pk].append(_("takes nobody new from %(day)s") % {"day": day(site.no_new_since)})
    return Warnings(of_sites=found)


def safety_note_sentences(sites: Collection[UUID], now: datetime) -> dict[UUID, list[str]]:
    """Say of each site that has a safety note that there is one, and whom to ask."""
    noted = set(SafetyNote.objects.standing().filter(site__in=sites).values_list("site", flat=True)) if sites else set()
    keepers = keepers_of(noted, now)
    return {site: [safety_note_sentence(keepers.get(site, []))] for site in noted}


def safety_note_sentence(keepers: Sequence[str]) -> str:
    if not keepers:
        return _("there is a safety note. Ask a coordinator before somebody moves in.")
    return _("there is a safety note. Ask before somebody moves in: %(who)s.") % {"who": ", ".join(keepers)}


def area_sentences(site: Site, rules: KnownRules | None, now: datetime) -> list[str]:
    """Say whether the country lets nobody new register where a site is: as its page says, and as the rules name the area."""
    said = []
    if site.area_closed:
        said.append(_("the area is closed to new permits; a registration there may be refused"))
    if rules is not None and (restrictions := area_rules(rules, site.country, site.today(now))):
        named = closed_areas_named(restrictions, site.city, str(site.line or ""))
        said += [
            _("its address names an area that is recorded as closed to new permits: %(name)s") % {"name": area.name}
            for area in named
        ]
    return said


def consent_sentence(unit: Unit) -> str:
    """Say of a unit that those who live there cannot be registered, or that nobody has asked; "" where they can."""
    about = {"unit": f"{unit.site.code}, {unit.label}"}
    if unit.registration_possible is False:
        return _("%(unit)s: the owner does not agree to registration of who lives there") % about
    if unit.registration_possible is None:
        return _("%(unit)s: nobody has asked the owner whether they agree to registration") % about
    return ""
