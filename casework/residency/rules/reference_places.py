"""Reads countries, zones, groups of nationalities and exceptional days from reference files."""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from casework.lib.marking import gettext_noop as _

from .reference_tables import Fault, Table

COUNTRY_CODE = re.compile(r"[A-Z]{2}")
ZONE_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,15}")


@dataclass(frozen=True, slots=True)
class Group:
    """Nationalities that rules may speak of together, such as EAEU."""

    name: str
    nationalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day on which a country works, or does not, whatever the `holidays` package says."""

    country: str
    day: date
    is_working_day: bool
    reason: str
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """countries: code -> IANA time zone ("" if not recorded); zones: code -> name."""

    countries: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    special_days: tuple[SpecialDay, ...] = ()

    def joined_with(self, other: "Places") -> "Places":
        return Places(
            countries={**self.countries, **other.countries},
            zones={**self.zones, **other.zones},
            groups={**self.groups, **other.groups},
            special_days=self.special_days + other.special_days,
        )


def read_places(documents: Mapping[str, Mapping[str, Any]], faults: list[Fault]) -> Places:
    """Return the places that the documents (file name -> parsed TOML) name, and refuse unsound ones."""
    countries: dict[str, str] = {}
    zones: dict[str, str] = {}
    groups: dict[str, Group] = {}
    special_days: list[SpecialDay] = []
    for file, document in documents.items():
        _refuse_unknown_sections(file, document, faults)
        countries |= {
            code: time_zone
            for code, time_zone in _section(file, document, "country", faults).items()
            if _is_sound_country(file, code, time_zone, faults)
        }
        zones |= {
            code: name
            for code, name in _section(file, document, "zone", faults).items()
            if _is_sound_zone(file, code, name, faults)
        }
        for code, table in _section(file, document, "group", faults).items():
            group = _group(file, code, table, faults)
            if group:
                groups[code] = group
        listed = document.get("special_day", [])
        for position, table in enumerate(listed if isinstance(listed, list) else [listed], start=1):
            special_day = _special_day(file, position, table, faults)
            if special_day:
                special_days.append(special_day)
    return Places(countries=countries, zones=zones, groups=groups, special_days=tuple(special_days))


SECTIONS = ("read_on", "source", "rule", "country", "zone", "group", "special_day")


def _refuse_unknown_sections(file: str, document: Mapping[str, Any], faults: list[Fault]) -> None:
    for name in document:
        if name not in SECTIONS:
            message = _("There is no such section. There are: %(names)s.")
            faults.append(Fault(file, "", name, message, {"names": ", ".join(SECTIONS)}))


def _section(file: str, document: Mapping[str, Any], name: str, faults: list[Fault]) -> Mapping[str, Any]:
    section = document.get(name, {})
    if isinstance(section, Mapping):
        return section
    faults.append(Fault(file, "", name, _("This section is written as [%(name)s]."), {"name": name}))
    return {}


def _is_sound_country(file: str, code: str, time_zone: object, faults: list[Fault]) -> bool:
    if not COUNTRY_CODE.fullmatch(code):
        message = _("The code of a country has two capital letters, such as KZ.")
        faults.append(Fault(file, code, "country", message))
        return False
    if not isinstance(time_zone, str) or time_zone not in _time_zones():
        message = _("“%(value)s” is not a time zone such as Asia/Almaty.")
        faults.append(Fault(file, code, "country", message, {"value": time_zone}))
        return False
    return True


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _is_sound_zone(file: str, code: str, name: object, faults: list[Fault]) -> bool:
    if ZONE_CODE.fullmatch(code) and isinstance(name, str) and 0 < len(name) <= 80:
        return True
    message = _("A zone has a code in capital letters, such as SCHENGEN, and a name of up to 80 characters.")
    faults.append(Fault(file, code, "zone", message))
    return False


def _group(file: str, code: str, value: object, faults: list[Fault]) -> Group | None:
    table = Table(value if isinstance(value, Mapping) else {}, file=file, key=code)
    name = table.take_text("name", required=True, longest=120)
    nationalities = table.take_list("nationalities")
    table.refuse_the_rest("name, nationalities")
    if not ZONE_CODE.fullmatch(code) or COUNTRY_CODE.fullmatch(code):
        table.refuse("group", _("The code of a group has three capital letters or more, such as EAEU."))
    if not nationalities or not all(isinstance(each, str) and COUNTRY_CODE.fullmatch(each) for each in nationalities):
        table.refuse("nationalities", _("This must be a list of codes of countries, such as KZ."))
    faults.extend(table.faults)
    return None if table.faults else Group(name, tuple(nationalities))


def _special_day(file: str, position: int, value: object, faults: list[Fault]) -> SpecialDay | None:
    table = Table(value if isinstance(value, Mapping) else {}, file=file, key=f"special_day {position}")
    country = table.take_text("country", required=True)
    day = table.take_day("day")
    is_working_day = table.take_yes_no("is_working_day")
    reason = table.take_text("reason", required=True, longest=160)
    table.refuse_the_rest("country, day, is_working_day, reason")
    for name, given in (("day", day), ("is_working_day", is_working_day)):
        if given is None and not any(fault.field == name for fault in table.faults):
            table.refuse(name, _("This field is needed."))
    faults.extend(table.faults)
    if table.faults or day is None or is_working_day is None:
        return None
    return SpecialDay(country, day, is_working_day, reason, file)
