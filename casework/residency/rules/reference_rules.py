"""Reads one [[rule]] of a reference file into a rule, or into several that differ in one word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from casework.lib.marking import gettext_noop as _
from casework.lib.working_days import is_known_calendar

from .choices import DOCUMENT_KINDS
from .kinds import STATING_KINDS, AppliesTo, Duty, Kind, LegalStatus, ReviewStatus
from .parameters import contradictions, validate
from .reference_places import Places
from .reference_tables import Fault, Table
from .rulebook import Audience, Citation, Rule
from .schemas import DUTIES_OF_KIND

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PART = re.compile(r"[a-z0-9_]{0,24}")
FIELDS = (
    "key, each, row, jurisdiction, duty, kind, audience, part, exception, parameters, valid_from, valid_until, known_from, "
    "known_until, applies_to, days_before_commencement_count, legal_status, published_on, last_verified_on, "
    "review, confidence, note, citations"
)
STAY_PURPOSES = {code: code for code in ("private", "work", "study", "transit")}
LEGAL_BASES = {code: code for code in ("visa_free", "visa", "permit", "application")}


class Confidence(StrEnum):
    """How the statement was found: in a public page, not at all, or in an article the project began with."""

    YES = "yes"
    NO = "no"
    FOUNDING = "founding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule as a reference file states it. `rows`: the rows of the research that it translates."""

    rule: Rule
    rows: tuple[int, ...]
    confidence: Confidence
    file: str


def read_rule(
    table: object,
    *,
    file: str,
    position: int,
    sources: Any,
    read_on: object,
    places: Places,
    faults: list[Fault],
) -> list[Entry]:
    """Return the entries that one [[rule]] stands for; unsound ones are refused and left out."""
    if not isinstance(table, Mapping):
        faults.append(Fault(file, f"rule {position}", "", _("Rules are written as [[rule]].")))
        return []
    if "each" in table and not _is_sound_each(table["each"]):
        message = _('This must be a list of lines such as { nationality = "KZ", row = 3 }.')
        faults.append(Fault(file, str(table.get("key", f"rule {position}")), "each", message))
        return []
    found = []
    for variant in _variants(table):
        key = variant.get("key")
        reader = Table(variant, file=file, key=key if isinstance(key, str) else f"rule {position}")
        entry = _entry(reader, sources=sources, read_on=read_on, places=places)
        faults.extend(reader.faults)
        if not reader.faults:
            found.append(entry)
    return found


def _is_sound_each(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(line, Mapping) for line in value)


def _variants(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the rule out once for each line of `each`: its nationality, its country, its row."""
    if "each" not in table:
        return [dict(table)]
    base = {name: value for name, value in table.items() if name != "each"}
    variants = []
    for line in table["each"]:
        variant = base | dict(line)
        nationality = variant.pop("nationality", None)
        audience = variant.get("audience", {})
        if nationality is not None and isinstance(audience, Mapping):
            variant["audience"] = {**audience, "nationality": nationality}
        for name in ("nationality", "jurisdiction"):
            word = str(line.get(name, "")).lower()
            if word and isinstance(variant.get("key"), str):
                variant["key"] = variant["key"].replace("{" + name + "}", word)
        variants.append(variant)
    return variants


def _entry(table: Table, *, sources: Any, read_on: object, places: Places) -> Entry:
    """Take every field and note what is wrong; the entry is sound only if nothing was."""
    key = _take_key(table)
    kind = table.take_code("kind", Kind) or Kind.NOTE
    duty = table.take_code("duty", Duty) or DUTIES_OF_KIND[kind][0]
    jurisdiction = _take_jurisdiction(table, places)
    published_on = table.take_day("published_on")
    default = AppliesTo.EACH_DAY if _holds_day_by_day(kind) else AppliesTo.ENTRIES_FROM
    rule = Rule(
        id=key,
        key=key,
        jurisdiction=jurisdiction,
        duty=duty,
        kind=kind,
        parameters=_take_parameters(table, kind, jurisdiction, places),
        audience=_take_audience(table, places),
        part=_take_part(table),
        is_exception=table.take_yes_no("exception") or False,
        valid_from=table.take_day("valid_from"),
        valid_until=table.take_day("valid_until"),
        known_from=_instant(table.take_day("known_from") or published_on),
        known_until=_instant(table.take_day("known_until")),
        applies_to=table.take_code("applies_to", AppliesTo, default=default) or default,
        days_before_commencement_count=table.take_yes_no("days_before_commencement_count"),
        legal_status=table.take_code("legal_status", LegalStatus, default=LegalStatus.IN_FORCE) or LegalStatus.IN_FORCE,
        review_status=table.take_code("review", ReviewStatus) or ReviewStatus.NEEDS_REVIEW,
        published_on=published_on,
        last_verified_on=table.take_day("last_verified_on"),
        citations=_take_citations(table, sources, read_on),
        note=table.take_text("note"),
    )
    confidence = table.take_code("confidence", Confidence, default=Confidence.YES) or Confidence.NO
    entry = Entry(rule=rule, rows=_take_rows(table), confidence=confidence, file=table.file)
    table.refuse_the_rest(FIELDS)
    _check_agreement(table, entry)
    return entry


def _holds_day_by_day(kind: Kind) -> bool:
    """Say whether a statement is about the day asked, and not about the entry of somebody."""
    return kind in STATING_KINDS and kind is not Kind.REGISTRATION_EXEMPTION


def _instant(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, tzinfo=UTC)


def _take_key(table: Table) -> str:
    key = table.take_text("key", required=True, longest=80)
    if key and not KEY.fullmatch(key):
        table.refuse("key", _("A key has small letters, digits and hyphens, such as kz-ru-leave-90-in-180."))
    return key


def _take_part(table: Table) -> str:
    part = table.take_text("part")
    if not PART.fullmatch(part):
        table.refuse("part", _("A part has up to 24 small letters, digits and underscores."))
    return part


def _take_jurisdiction(table: Table, places: Places) -> str:
    code = table.take_text("jurisdiction", required=True)
    if code and code not in places.countries and code not in places.zones:
        table.refuse("jurisdiction", _("“%(value)s” is not a country or zone on record."), value=code)
    return code


def _take_parameters(table: Table, kind: Kind, jurisdiction: str, places: Places) -> dict[str, Any]:
    parameters: dict[str, Any] = _days_as_text(table.take_table("parameters"))
    problems = validate(kind, parameters)
    for problem in problems:
        table.refuse(f"parameters.{problem.field}", problem.message, **problem.values)
    if problems:
        return {}
    if kind is Kind.ZONE_MEMBERSHIP and parameters["zone"] not in places.zones:
        message = _("“%(value)s” is not a zone on record.")
        table.refuse("parameters.zone", message, value=parameters["zone"])
    if parameters.get("unit") == "working_days":
        calendar = parameters.get("calendar", jurisdiction)
        if not is_known_calendar(calendar):
            message = _("No calendar of working days is known for “%(value)s”.")
            table.refuse("parameters.calendar", message, value=calendar)
    return parameters


def _days_as_text(value: Any) -> Any:
    """Return TOML values as JSON holds them: days become ISO texts."""
    if isinstance(value, Mapping):
        return {name: _days_as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_days_as_text(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _take_audience(table: Table, places: Places) -> Audience:
    given = Table(table.take_table("audience"), file=table.file, key=table.key)
    nationality = given.take_text("nationality") or "*"
    if nationality != "*" and nationality not in places.countries and nationality not in places.groups:
        message = _("“%(value)s” is not a nationality or a group on record. Write * for everybody.")
        given.refuse("nationality", message, value=nationality)
    audience = Audience(
        nationality=nationality,
        age_from=given.take_whole_number("age_from", default=0, most=200),
        age_below=given.take_whole_number("age_below", default=200, most=200),
        document_kind=given.take_choice("document_kind", DOCUMENT_KINDS),
        purpose=given.take_choice("purpose", STAY_PURPOSES),
        legal_basis=given.take_choice("legal_basis", LEGAL_BASES),
    )
    if audience.age_from >= audience.age_below:
        given.refuse("age_below", _("The ages are in the wrong order."))
    given.refuse_the_rest("nationality, age_from, age_below, document_kind, purpose, legal_basis")
    for fault in given.faults:
        table.refuse(f"audience.{fault.field}", fault.message, **fault.values)
    return audience


def _take_rows(table: Table) -> tuple[int, ...]:
    value = table.take("row")
    rows = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(row, int) and not isinstance(row, bool) and row > 0 for row in rows):
        table.refuse("row", _("This must be the number of a row, or a list of numbers."))
        return ()
    return tuple(rows)


def _take_citations(table: Table, sources: Any, read_on: object) -> tuple[Citation, ...]:
    citations = []
    for position, value in enumerate(table.take_list("citations"), start=1):
        given = Table(_with_source(value, sources), file=table.file, key=table.key)
        citations.append(_citation(given, read_on))
        for fault in given.faults:
            table.refuse(f"citations {position}, {fault.field}", fault.message, **fault.values)
    return tuple(citations)


def _with_source(value: Any, sources: Any) -> Mapping[str, Any]:
    """Return the citation with what its `source` says filled in; a name that is not there stays."""
    if not isinstance(value, Mapping):
        return {}
    name = value.get("source")
    known = sources.get(name) if isinstance(sources, Mapping) and isinstance(name, str) else None
    if not isinstance(known, Mapping):
        return value
    return {**known, **{each: given for each, given in value.items() if each != "source"}}


def _citation(given: Table, read_on: object) -> Citation:
    """Take one citation. The day on which the file was researched stands for pages that name no day."""
    unknown = given.take_text("source")
    if unknown:
        given.refuse("source", _("There is no [source.%(value)s] in this file."), value=unknown)
    url = given.take_text("url", longest=600)
    if url and not url.startswith(("https://", "http://")):
        given.refuse("url", _("An address begins with https:// or http://."))
    default = read_on if url and isinstance(read_on, date) else None
    supports = given.take_yes_no("supports")
    citation = Citation(
        title=given.take_text("title", required=not unknown, longest=240),
        url=url,
        quote=given.take_text("quote"),
        read_on=given.take_day("read_on") or default,
        supports=True if supports is None else supports,
    )
    given.refuse_the_rest("source, title, url, quote, read_on, supports")
    return citation


def _check_agreement(table: Table, entry: Entry) -> None:
    """Refuse what is sound field by field and still cannot be."""
    rule = entry.rule
    if rule.duty not in DUTIES_OF_KIND[rule.kind]:
        choices = ", ".join(DUTIES_OF_KIND[rule.kind])
        table.refuse("duty", _("A rule of this kind is about one of: %(choices)s."), choices=choices)
    elif rule.parameters:
        for problem in contradictions(rule.kind, rule.parameters, rule.duty, rule.applies_to):
            table.refuse(f"parameters.{problem.field}".rstrip("."), problem.message, **problem.values)
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        table.refuse("valid_until", _("The last day is before the first."))
    if rule.is_exception and rule.valid_from is None:
        table.refuse("valid_from", _("An exception begins on a day: say on which."))
    if rule.known_from and rule.known_until and rule.known_until <= rule.known_from:
        table.refuse("known_until", _("It must be known for some time."))
    if rule.review_status is ReviewStatus.REVIEWED:
        message = _("A file cannot say that a rule was reviewed: a person does that here, with worked examples.")
        table.refuse("review", message)
    elif rule.review_status is not ReviewStatus.NEEDS_REVIEW:
        if not any(citation.supports for citation in rule.citations):
            table.refuse("review", _("A rule without a source that supports it must be marked needs_review."))
        if entry.confidence is Confidence.NO:
            table.refuse("review", _("A rule that was not found in a source must be marked needs_review."))
