"""Words and columns that several reports share."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from casework.housing.models import Site
from casework.housing.occupancy import State
from casework.lib.countries import country_name
from casework.reports.capacity import By
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind
from casework.web.templatetags.days import day_long

STATES = (State.OCCUPIED, State.BOOKED, State.HELD, State.FREE, State.BLOCKED, State.OUT_OF_LEASE)


def country(code: str) -> str:
    return country_name(code, get_language() or "en")


def kind_of_site(kind: str) -> str:
    return str(dict(Site.Kind.choices).get(kind, kind))


def about_whose(reader: Reader, whose: Whose) -> str:
    """Return the sentence that says whose figures these are and how exact they are."""
    if whose is Whose.OWN:
        return _("Figures of %(teams)s. They are exact.") % {"teams": ", ".join(reader.teams.values())}
    whom = _("all teams but your own") if reader.teams else _("all teams")
    return _(
        "Figures of %(whom)s. Numbers of beds are exact. Numbers of people are in tens, "
        "and * stands where there are 1 to 7, or where a number would tell that. "
        "People of restricted cases are counted nowhere."
    ) % {"whom": whom}


def on_day(day: date) -> str:
    return _("As of the night that begins on %(day)s.") % {"day": day_long(day)}


def heads(by: By) -> list[Column]:
    """Return the columns that say what a row is about."""
    match by:
        case By.SITE:
            return [
                Column(key="site", label=_("Site"), width=12, hxl="#loc+site+code"),
                Column(key="kind", label=_("Kind"), width=20, hxl="#loc+type"),
                Column(key="region", label=_("Region"), width=14, hxl="#adm1+name"),
                Column(key="town", label=_("Town"), width=14, hxl="#loc+city+name"),
            ]
        case By.KIND:
            return [Column(key="kind", label=_("Kind"), width=26, hxl="#loc+type")]
        case By.TEAM:
            return [Column(key="team", label=_("Team"), width=26, hxl="#org+team+name")]
        case By.TOWN:
            return [
                Column(key="town", label=_("Town"), width=16, hxl="#loc+city+name"),
                Column(key="country", label=_("Country"), width=16, hxl="#country+name"),
            ]


def numbers_of_beds() -> list[Column]:
    return [
        *_numbers(
            ("beds", _("Beds"), "#capacity+beds"),
            ("occupied", pgettext("beds", "Occupied"), "#affected+housed"),
            ("booked", pgettext("beds", "Booked"), "#capacity+beds+booked"),
            ("held", pgettext("beds", "Held"), "#capacity+beds+held"),
            ("free", pgettext("beds", "Free"), "#capacity+beds+free"),
            ("blocked", pgettext("beds", "Blocked"), "#capacity+beds+blocked"),
            ("out_of_lease", _("Out of lease"), "#capacity+beds+out_of_lease"),
        ),
        Column(key="share", label=_("Occupied, %"), kind=Kind.NUMBER, width=9, hxl="#indicator+occupancy+pct"),
    ]


def numbers_of_beds_of_others() -> list[Column]:
    return _numbers(
        ("beds", _("Beds"), "#capacity+beds"),
        ("blocked", pgettext("beds", "Blocked"), "#capacity+beds+blocked"),
        ("out_of_lease", _("Out of lease"), "#capacity+beds+out_of_lease"),
        ("usable", _("Can be slept in"), "#capacity+beds+usable"),
        ("people", _("People there"), "#affected+housed"),
    )


def _numbers(*columns: tuple[str, str, str]) -> list[Column]:
    return [Column(key=key, label=label, kind=Kind.NUMBER, width=9, hxl=hxl) for key, label, hxl in columns]


def total_of(heads: Sequence[Column]) -> list[Any]:
    return [_("Total"), *[None] * (len(heads) - 1)]
