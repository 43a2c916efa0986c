"""Reads reference files (TOML) into rules, places and faults. Whatever is wrong is said, never guessed.

A refused entry does not stop the others: they are read, and what was refused is reported beside them.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from casework.lib.marking import gettext_noop as _

from .reference_places import Group, Places, SpecialDay, read_places
from .reference_rules import Entry, read_rule
from .reference_tables import Fault
from .rulebook import Rule, RuleBook

__all__ = ["Entry", "Fault", "Group", "Places", "Reference", "SpecialDay", "overlap", "read_reference"]

ALWAYS = datetime.min.replace(tzinfo=UTC)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the files say. `entries` are sound and do not overlap; `faults` are left out of them."""

    places: Places = field(default_factory=Places)
    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()

    def book(self) -> RuleBook:
        """Return the rules as the engine takes them, without a database; ids are the keys."""
        overrides: dict[str, dict[date, bool]] = defaultdict(dict)
        for special in self.places.special_days:
            overrides[special.country][special.day] = special.is_working_day
        return RuleBook(
            rules=tuple(entry.rule for entry in self.entries),
            groups={code: frozenset(group.nationalities) for code, group in self.places.groups.items()},
            time_zones=self.places.countries,
            day_overrides=overrides,
        )


def read_reference(files: Mapping[str, bytes], *, known: Places | None = None) -> Reference:
    """Return what `files` (name -> content) say, looked at together.

    `known` are places that are recorded already, for a file that brings rules only. Costs about
    half a second for the files that come with the program.
    """
    faults: list[Fault] = []
    documents = {}
    for name, content in files.items():
        document = _parsed(name, content, faults)
        if document is not None:
            documents[name] = document
    places = _with_known_countries(read_places(documents, faults), known or Places(), faults)
    all_places = (known or Places()).joined_with(places)
    entries: list[Entry] = []
    for name, document in documents.items():
        sources = document.get("source", {})
        for position, table in enumerate(_rule_tables(name, document, faults), start=1):
            entries += read_rule(
                table,
                file=name,
                position=position,
                sources=sources,
                read_on=document.get("read_on"),
                places=all_places,
                faults=faults,
            )
    sound = _without_overlaps(_without_repeated_keys(entries, faults), faults)
    return Reference(places=places, entries=tuple(sound), faults=tuple(faults))


def _parsed(name: str, content: bytes, faults: list[Fault]) -> dict[str, object] | None:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = _("This file is not written in UTF-8 (see line %(line)s). Save it as UTF-8 and load it again.")
        faults.append(Fault(name, "", "", message, {"line": line}))
    except tomllib.TOMLDecodeError as error:
        message = _("This file is not valid TOML: %(reason)s.")
        faults.append(Fault(name, "", "", message, {"reason": str(error)}))
    return None


def _with_known_countries(places: Places, known: Places, faults: list[Fault]) -> Places:
    """Leave out exceptional days of a country that is not on record."""
    countries = {**known.countries, **places.countries}
    special_days = []
    for special in places.special_days:
        if special.country in countries:
            special_days.append(special)
        else:
            message = _("“%(value)s” is not a country on record.")
            faults.append(Fault(special.file, str(special.day), "special_day", message, {"value": special.country}))
    return replace(places, special_days=tuple(special_days))


def _rule_tables(name: str, document: Mapping[str, object], faults: list[Fault]) -> list[object]:
    rules = document.get("rule", [])
    if isinstance(rules, list):
        return rules
    faults.append(Fault(name, "", "rule", _("Rules are written as [[rule]], in double brackets.")))
    return []


def _without_repeated_keys(entries: Iterable[Entry], faults: list[Fault]) -> list[Entry]:
    first: dict[str, Entry] = {}
    for entry in entries:
        earlier = first.setdefault(entry.rule.key, entry)
        if earlier is not entry:
            message = _("This key is used already in %(file)s.")
            faults.append(Fault(entry.file, entry.rule.key, "key", message, {"file": earlier.file}))
    return list(first.values())


def _without_overlaps(entries: Iterable[Entry], faults: list[Fault]) -> list[Entry]:
    """Leave out what says something else to the same people about the same duty on the same days."""
    sound: list[Entry] = []
    by_place: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        rule = entry.rule
        neighbours = by_place[*rule.line, rule.is_exception]
        other = next((each for each in neighbours if overlap(each.rule, rule)), None)
        if other is None:
            neighbours.append(entry)
            sound.append(entry)
        else:
            message = _(
                "This overlaps %(key)s in %(file)s: the same country, duty, audience and part on some of the "
                "same days. Change the days or the part."
            )
            values = {"key": other.rule.key, "file": other.file}
            faults.append(Fault(entry.file, rule.key, "valid_from", message, values))
    return sound


def overlap(one: Rule, other: Rule) -> bool:
    """Say whether two rules are law on a common day and were held to be so at a common instant."""
    return (
        (one.valid_from or date.min) <= (other.valid_until or date.max)
        and (other.valid_from or date.min) <= (one.valid_until or date.max)
        and (one.known_from or ALWAYS) < (other.known_until or FOR_EVER)
        and (other.known_from or ALWAYS) < (one.known_until or FOR_EVER)
    )
