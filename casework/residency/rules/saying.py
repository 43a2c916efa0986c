"""What a rule says, as clauses that a page translates and fills: "90 days in any 180 days", "the entry day counts"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.lib.marking import gettext_noop as _
from casework.lib.marking import ngettext
from casework.lib.periods import UNITS

from .choices import (
    ACTORS,
    DOCUMENT_KINDS,
    NOTE_TOPICS,
    PERMIT_KINDS,
    PURPOSES,
    RISK_LEVELS,
    RISK_MECHANISMS,
    RISK_PROFILES,
)
from .kinds import DUTY_LABELS, Duty, Kind
from .parameters import with_defaults


@dataclass(frozen=True, slots=True)
class Length:
    """A number of hours, days, months or years; CLDR knows its plural."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Word:
    """An English text to translate."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Values to be listed, with commas between."""

    items: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of the sentence. `values` fill `template`: numbers, texts, days, Length, Word, Listed.

    With a `plural`, the number named `counted` chooses between both.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    counted: str = ""


Given = Mapping[str, Any]


def saying(kind: Kind, parameters: Given) -> tuple[Clause, ...]:
    """Return what a rule of this kind says, in one clause or more; the parameters are sound."""
    given = with_defaults(kind, parameters)
    clauses = [*_SAYINGS[kind](given)]
    if given.get("permit_kind"):
        clauses.append(Clause(_("permit: %(permit)s"), {"permit": Word(PERMIT_KINDS[given["permit_kind"]])}))
    if given.get("optional"):
        clauses.append(Clause(_("only for those who want it")))
    return tuple(clauses)


# Limits


def _consecutive_days(given: Given) -> list[Clause]:
    return [Clause(_("at most %(length)s in a row"), {"length": _days(given)}), _flags(given)]


def _period_from_entry(given: Given) -> list[Clause]:
    clauses = [Clause(_("at most %(length)s from the entry"), {"length": _own_length(given)})]
    if given.get("cohort"):
        days = {name: date.fromisoformat(given["cohort"][name]) for name in ("entered_before", "until")}
        clauses.append(Clause(_("who entered before %(entered_before)s may stay until %(until)s"), days))
    return [*clauses, _flags(given)]


def _rolling_window(given: Given) -> list[Clause]:
    return [Clause(_("%(length)s in any %(window)s"), _window(given)), _flags(given)]


def _anchored_window(given: Given) -> list[Clause]:
    return [Clause(_("%(length)s in %(window)s from the first entry"), _window(given)), _flags(given)]


def _calendar_year(given: Given) -> list[Clause]:
    return [Clause(_("%(length)s in a calendar year"), {"length": _days(given)}), _flags(given)]


def _until_date(given: Given) -> list[Clause]:
    return [Clause(_("until %(day)s"), {"day": date.fromisoformat(given["until"])})]


def _flags(given: Given) -> Clause:
    sentences = {
        (True, True): _("entry and exit day count"),
        (True, False): _("the entry day counts, the exit day does not"),
        (False, True): _("the exit day counts, the entry day does not"),
        (False, False): _("neither entry nor exit day counts"),
    }
    return Clause(sentences[given["count_entry_day"], given["count_exit_day"]])


# Duties


def _register_within(given: Given) -> list[Clause]:
    clauses = [_within(given)]
    if given.get("what"):
        clauses.insert(0, _plain(given["what"]))
    if "exceeding_days" in given["triggers"]:
        exceeded = {"length": Length(given["exceeding_days"], "days")}
        clauses.append(Clause(_("from the day on which the stay is longer than %(length)s"), exceeded))
    if "address_change" in given["triggers"]:
        clauses.append(Clause(_("after a change of address")))
    if "entry" in given["triggers"]:
        clauses.append(Clause(_("after the entry")))
    day_one = {
        "entry_day": _("the day of the event is day one"),
        "day_after_entry": _("the day after the event is day one"),
        "unclear": _("which day is day one is not said"),
    }
    clauses.append(Clause(day_one[given["day_one"]]))
    clauses.append(Clause(_("who must act: %(actor)s"), {"actor": Word(ACTORS[given["actor"]])}))
    if given.get("only_if_stay_over_days"):
        length = Length(given["only_if_stay_over_days"], "days")
        clauses.append(Clause(_("only for stays longer than %(length)s"), {"length": length}))
    return clauses


def _within(given: Given) -> Clause:
    if given["unit"] == "working_days":
        singular, plural = ngettext("within %(n)s working day", "within %(n)s working days")
        return Clause(singular, {"n": given["n"]}, plural=plural, counted="n")
    unit = "hours" if given["unit"] == "hours" else "days"
    return Clause(_("term: %(length)s"), {"length": Length(given["n"], unit)})


def _renew_every(given: Given) -> list[Clause]:
    template = _("the permit, every %(length)s") if given["of"] == "permit" else _("the registration, every %(length)s")
    clauses = [Clause(template, {"length": _own_length(given)})]
    if given.get("ends_on") == "day_before":
        clauses.append(Clause(_("the day of the start is day one")))
    return clauses + _month_end(given)


def _renewal_window(given: Given) -> list[Clause]:
    ends = {
        "permit": _("counted back from the end of the permit"),
        "registration": _("counted back from the end of the registration"),
        "stay": _("counted back from the end of the lawful stay"),
    }
    clauses = []
    if given.get("opens"):
        clauses.append(Clause(_("opens: %(length)s before"), {"length": _length(given["opens"])}))
    clauses.append(Clause(_("closes: %(length)s before"), {"length": _length(given["closes"])}))
    clauses += [Clause(ends[given["of"]]), *_month_end(given)]
    if given.get("extends_by"):
        clauses.append(Clause(_("extended by %(length)s"), {"length": _length(given["extends_by"])}))
    return clauses


def _permit_extended_by_law(given: Given) -> list[Clause]:
    days = {name: date.fromisoformat(given[name]) for name in ("valid_on", "extended_to")}
    return [Clause(_("permits valid on %(valid_on)s are valid until %(extended_to)s"), days)]


def _document_validity(given: Given) -> list[Clause]:
    beyond = {
        "stay": _("valid for %(length)s beyond the end of the stay"),
        "entry": _("valid for %(length)s beyond the entry"),
        "application": _("valid for %(length)s beyond the application"),
    }
    documents = _words(DOCUMENT_KINDS, given["document_kinds"])
    clauses = [Clause(beyond[given["beyond"]], {"length": _own_length(given)}), Clause("%(items)s", documents)]
    return clauses + _month_end(given)


def _max_absence(given: Given) -> list[Clause]:
    template = _("absence of at most %(length)s in a row")
    if not given["consecutive"]:
        template = _("absences of at most %(length)s in all")
    clauses = [Clause(template, {"length": _days(given)})]
    if given.get("travel_days") == "absent":
        clauses.append(Clause(_("days of travel are days of absence")))
    elif given.get("travel_days") == "present":
        clauses.append(Clause(_("days of travel are no days of absence")))
    return [*clauses, Clause(_("longer leads to: %(consequence)s"), {"consequence": given["consequence"]})]


def _cooldown(given: Given) -> list[Clause]:
    if given["after"] == "exit":
        return [Clause(_("away for %(length)s after every exit"), {"length": _days(given)})]
    lengths = {"length": _days(given), "limit": Length(given["limit_days"], "days")}
    return [Clause(_("away for %(length)s after %(limit)s of stay are used up"), lengths)]


def _eligible_after(given: Given) -> list[Clause]:
    templates = {
        ("residence", "permit"): _("residence after %(length)s with a permit"),
        ("residence", "stay"): _("residence after %(length)s of presence"),
        ("citizenship", "permit"): _("citizenship after %(length)s with a permit"),
        ("citizenship", "stay"): _("citizenship after %(length)s of presence"),
    }
    clauses = [Clause(templates[given["what"], given["of"]], {"length": _own_length(given)})]
    if given["continuity_required"]:
        clauses.append(Clause(_("without a break")))
    return clauses + _month_end(given) + _texts(given, "basis")


# Kinds that state


def _travel_document(given: Given) -> list[Clause]:
    clauses = []
    if given.get("accepted"):
        clauses.append(Clause(_("accepted: %(items)s"), _words(DOCUMENT_KINDS, given["accepted"])))
    if given.get("refused"):
        clauses.append(Clause(_("refused: %(items)s"), _words(DOCUMENT_KINDS, given["refused"])))
    for document, age in (given.get("min_age") or {}).items():
        values = {"document": Word(DOCUMENT_KINDS[document]), "age": age}
        clauses.append(Clause(_("%(document)s: from age %(age)s"), values))
    if given.get("children_need"):
        values = {"document": Word(DOCUMENT_KINDS[given["children_need"]])}
        clauses.append(Clause(_("children need: %(document)s"), values))
    return clauses


def _visa_required(given: Given) -> list[Clause]:
    clauses = [Clause(_("a visa is needed")), *_texts(given, "visa")]
    return clauses + _purposes(given)


def _zone_membership(given: Given) -> list[Clause]:
    template = _("member of %(zone)s") if given["scope"] == "full" else _("member of %(zone)s by air and sea only")
    return [Clause(template, {"zone": given["zone"]})]


def _registration_exemption(given: Given) -> list[Clause]:
    return [Clause(_("no registration up to %(length)s of stay"), {"length": _days(given)}), *_texts(given, "what")]


def _entry_ban(given: Given) -> list[Clause]:
    clauses = [Clause(_("not let in: %(scope)s"), {"scope": given["scope"]})]
    if given.get("exceptions"):
        clauses.append(Clause(_("except: %(exceptions)s"), {"exceptions": Listed(tuple(given["exceptions"]))}))
    return clauses


def _entry_authorisation(given: Given) -> list[Clause]:
    clauses = [Clause(_("authorisation before travel: %(name)s"), {"name": given["name"]})]
    if given.get("validity_years"):
        length = Length(given["validity_years"], "years")
        clauses.append(Clause(_("validity: %(length)s"), {"length": length}))
    return clauses


def _residence_pathway(given: Given) -> list[Clause]:
    clauses = [Clause(_("permit: %(permit)s"), {"permit": Word(PERMIT_KINDS[given["permit"]])})]
    clauses += _texts(given, "name") + _purposes(given)
    lengths = (
        ("initial_days", "days", _("at first for %(length)s")),
        ("max_validity_months", "months", _("one permit is valid for %(length)s at most")),
        ("max_years", "years", _("renewed up to %(length)s in all")),
        ("apply_within_days", "days", _("to be applied for within %(length)s of the entry")),
    )
    for name, unit, template in lengths:
        if given.get(name):
            clauses.append(Clause(template, {"length": Length(given[name], unit)}))
    if given.get("decision_working_days"):
        singular, plural = ngettext("decision in %(n)s working day", "decision in %(n)s working days")
        clauses.append(Clause(singular, {"n": given["decision_working_days"]}, plural=plural, counted="n"))
    if given.get("exempts_from"):
        duties = tuple(_duty(each) for each in given["exempts_from"])
        clauses.append(Clause(_("exempts from: %(duties)s"), {"duties": Listed(duties)}))
    return clauses + _texts(given, "policy") + _conditions(given)


def _work_right(given: Given) -> list[Clause]:
    first = Clause(_("work is allowed") if given["allowed"] else _("work is not allowed"))
    return [first, *_conditions(given), *_texts(given, "treaty")]


def _area_restriction(given: Given) -> list[Clause]:
    clauses = []
    if given.get("max_foreigner_share") is not None:
        share = {"share": round(given["max_foreigner_share"] * 100)}
        clauses.append(Clause(_("closed where more than %(share)s %% of the residents are foreigners"), share))
    if given.get("closed_areas"):
        clauses.append(Clause(_("areas closed: %(count)s"), {"count": given["closed_areas"]}))
    if given.get("areas"):
        clauses.append(Clause(_("closed: %(areas)s"), {"areas": Listed(tuple(given["areas"]))}))
    return clauses


def _grace_period(given: Given) -> list[Clause]:
    values = {"length": _days(given), "trigger": given["trigger"]}
    return [Clause(_("%(length)s from: %(trigger)s"), values), *_texts(given, "treaty")]


def _entry_refusal_practice(given: Given) -> list[Clause]:
    return _texts(given, "text")


def _return_risk(given: Given) -> list[Clause]:
    clauses = [
        Clause(_("recorded level: %(level)s"), {"level": Word(RISK_LEVELS[given["level"]])}),
        Clause(_("for: %(items)s"), _words(RISK_PROFILES, given["profiles"])),
    ]
    if given.get("mechanisms"):
        clauses.append(Clause(_("by: %(items)s"), _words(RISK_MECHANISMS, given["mechanisms"])))
    signals = {"signals": Listed(tuple(given["signals"]))}
    return [*clauses, Clause(_("signals: %(signals)s"), signals)]


def _note(given: Given) -> list[Clause]:
    topic = [] if given["topic"] == "other" else [Clause("%(topic)s", {"topic": Word(NOTE_TOPICS[given["topic"]])})]
    return [*topic, *_texts(given, "text")]


# Parts of sentences


def _month_end(given: Given) -> list[Clause]:
    """Say what a month without such a day leads to, where the text says it."""
    sentences = {
        "last_day": _("where a month has no such day: its last day"),
        "next_day": _("where a month has no such day: the day after its last"),
    }
    return [Clause(sentences[given["month_end"]])] if given.get("month_end") else []


def _plain(text: str) -> Clause:
    return Clause("%(text)s", {"text": text.strip()})


def _texts(given: Given, name: str) -> list[Clause]:
    return [_plain(given[name])] if given.get(name) else []


def _conditions(given: Given) -> list[Clause]:
    if not given.get("conditions"):
        return []
    return [Clause(_("conditions: %(conditions)s"), {"conditions": Listed(tuple(given["conditions"]))})]


def _purposes(given: Given) -> list[Clause]:
    if not given.get("purposes"):
        return []
    return [Clause(_("purposes: %(items)s"), _words(PURPOSES, given["purposes"]))]


def _words(labels: Mapping[str, str], chosen: Sequence[str]) -> dict[str, object]:
    return {"items": Listed(tuple(Word(labels[each]) for each in chosen))}


def _duty(code: str) -> object:
    return Word(DUTY_LABELS[Duty(code)]) if code in set(Duty) else code


def _days(given: Given) -> Length:
    return Length(given["days"], "days")


def _window(given: Given) -> dict[str, object]:
    return {"length": _days(given), "window": Length(given["window_days"], "days")}


def _own_length(given: Given) -> Length:
    return next(Length(given[unit], unit) for unit in UNITS if given.get(unit))


def _length(period: Mapping[str, int]) -> Length:
    ((unit, count),) = period.items()
    return Length(count, unit)


_SAYINGS: dict[Kind, Callable[[Given], list[Clause]]] = {
    Kind.CONSECUTIVE_DAYS: _consecutive_days,
    Kind.PERIOD_FROM_ENTRY: _period_from_entry,
    Kind.ROLLING_WINDOW: _rolling_window,
    Kind.ANCHORED_WINDOW: _anchored_window,
    Kind.CALENDAR_YEAR: _calendar_year,
    Kind.UNTIL_DATE: _until_date,
    Kind.REGISTER_WITHIN: _register_within,
    Kind.RENEW_EVERY: _renew_every,
    Kind.RENEWAL_WINDOW: _renewal_window,
    Kind.PERMIT_EXTENDED_BY_LAW: _permit_extended_by_law,
    Kind.DOCUMENT_VALIDITY: _document_validity,
    Kind.MAX_ABSENCE: _max_absence,
    Kind.COOLDOWN: _cooldown,
    Kind.ELIGIBLE_AFTER: _eligible_after,
    Kind.TRAVEL_DOCUMENT: _travel_document,
    Kind.VISA_REQUIRED: _visa_required,
    Kind.ZONE_MEMBERSHIP: _zone_membership,
    Kind.REGISTRATION_EXEMPTION: _registration_exemption,
    Kind.ENTRY_BAN: _entry_ban,
    Kind.ENTRY_AUTHORISATION: _entry_authorisation,
    Kind.RESIDENCE_PATHWAY: _residence_pathway,
    Kind.WORK_RIGHT: _work_right,
    Kind.AREA_RESTRICTION: _area_restriction,
    Kind.GRACE_PERIOD: _grace_period,
    Kind.ENTRY_REFUSAL_PRACTICE: _entry_refusal_practice,
    Kind.RETURN_RISK: _return_risk,
    Kind.NOTE: _note,
}
