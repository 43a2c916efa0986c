"""What a person must look at: facts that contradict each other, closed doors, laws about to change, risks."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from .acceptance import document_rules, kind_in_rules, refusal
from .duties import document_needed_until
from .facts import Address
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .leave import Leaving
from .permits import holds_permit_on
from .position import Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn, is_exit_missing
from .prospects import cooldowns
from .rulebook import Rule
from .selection import Entrant, is_valid_on, period_of
from .stay_limits import NOT_VISA_FREE
from .versions import valid_on
from .zones import zones_of

# How far ahead changes of law are announced to people whose stay has no known end.
YEAR = timedelta(days=365)

CHANGING_DUTIES = (Duty.LEAVE, Duty.REGISTER, Duty.NOTIFY_ARRIVAL, Duty.REGISTER_ADDRESS, Duty.ENTER)


def alerts(inquiry: Inquiry, current: Sojourn | None, ends: Mapping[str, Leaving]) -> list[Warning]:
    """Return the warnings that no date carries. `ends`: what is known of the end of stays, by their id."""
    found = [*_about_stays(inquiry), *_about_person(inquiry)]
    if current is not None:
        stay_ends = ends[current.stay.id].last if current.stay.id in ends else None
        found += _about_addresses(inquiry, current)
        found += _about_changes(inquiry, current, stay_ends)
        found += _about_document(inquiry, current)
        found += _about_risk(inquiry, current)
    for sojourn in inquiry.cautious:
        if sojourn.planned:
            found += _about_plan(inquiry, sojourn, ends)
    return found


# Facts


def _about_stays(inquiry: Inquiry) -> list[Warning]:
    found = []
    seen = [stay for stay in inquiry.facts.stays if stay.id not in inquiry.unconfirmed]
    for sojourn in inquiry.cautious:
        stay = sojourn.stay
        if sojourn.unconfirmed and sojourn.first is not None:
            found.append(_of_stay("plan_not_confirmed", sojourn, entry_on=date.fromordinal(sojourn.first).isoformat()))
        if is_exit_missing(stay, seen, inquiry.on.toordinal()):
            found.append(_of_stay("exit_missing", sojourn))
        elif sojourn.planned and stay.left is None:
            found.append(_of_stay("planned_exit_missing", sojourn))
        elif stay.left is not None and not stay.left.is_exact:
            found.append(_of_stay("exit_not_exact", sojourn))
        if not stay.entered.is_exact and not sojourn.here:
            found.append(_of_stay("entry_not_exact", sojourn))
    for one, other in combinations(inquiry.cautious, 2):
        common = _days_in_two_countries(inquiry, one, other)
        if common is not None:
            found.append(_of_stay("stays_overlap", other, **common))
    return found


def _days_in_two_countries(inquiry: Inquiry, one: Sojourn, other: Sojourn) -> dict[str, Any] | None:
    """Return what is said of two stays that claim more than the day of travel for both of two countries."""
    lenient = {each.stay.id: each for each in inquiry.lenient or inquiry.cautious}
    a, b = lenient[one.stay.id], lenient[other.stay.id]
    if a.stay.country == b.stay.country or a.first is None or b.first is None:
        return None
    first, last = max(a.first, b.first), min(a.last, b.last)
    if last <= first:
        return None
    return {
        "other_country": one.stay.country,
        "other_stay_id": one.stay.id,
        "first_on": date.fromordinal(first).isoformat(),
        "last_on": date.fromordinal(last).isoformat(),
    }


def _about_person(inquiry: Inquiry) -> list[Warning]:
    if inquiry.facts.nationalities or any(stay.nationality for stay in inquiry.facts.stays):
        return []
    return [Warning(code="nationality_unknown", values={})]


def _about_addresses(inquiry: Inquiry, current: Sojourn) -> list[Warning]:
    country = current.stay.country
    found = []
    for address in inquiry.facts.addresses:
        if address.country != country or not _lives_at(address, inquiry.on):
            continue
        subject = Subject(kind=SubjectKind.ADDRESS, id=address.id)
        if address.registration_possible is False:
            found.append(Warning(code="owner_consent_missing", values={}, country=country, subject=subject))
        if address.area_closed:
            rules = [
                rule
                for rule in inquiry.statements(country, Duty.AREA)
                if rule.kind == Kind.AREA_RESTRICTION and is_valid_on(rule, inquiry.on)
            ]
            rule_ids = tuple(rule.id for rule in rules)
            found.append(Warning(code="area_closed", values={}, country=country, subject=subject, rule_ids=rule_ids))
    return found


def _lives_at(address: Address, on: date) -> bool:
    return (address.since is None or address.since <= on) and (address.until is None or on < address.until)


# The law


def _about_changes(inquiry: Inquiry, current: Sojourn, stay_ends: int | None) -> list[Warning]:
    """Return the rules that begin before the stay must end, and those that are only planned."""
    country, entrant = current.stay.country, inquiry.entrant(current.stay)
    horizon = date.fromordinal(stay_ends) if stay_ends is not None else inquiry.on + YEAR
    subject = Subject(kind=SubjectKind.STAY, id=current.stay.id)
    found = []
    for place in (country, *zones_of(inquiry, country)):
        for duty in CHANGING_DUTIES:
            known = inquiry.rules(place, duty)
            for rule in known:
                if rule.valid_from is None or not inquiry.on < rule.valid_from <= horizon:
                    continue
                if rule not in _speaking(inquiry, valid_on(known, rule.valid_from), entrant, duty):
                    continue
                values = {"duty": str(duty), "kind": str(rule.kind), "valid_on": rule.valid_from.isoformat()}
                found.append(_of_rule("rule_change_scheduled", rule, values, country, subject))
            for rule in _speaking(inquiry, inquiry.plans(place, duty), entrant, duty):
                values = {"duty": str(duty), "kind": str(rule.kind), "legal_status": str(rule.legal_status)}
                found.append(_of_rule("rule_not_yet_law", rule, values, country, subject))
    return found


def _speaking(inquiry: Inquiry, rules: Sequence[Rule], entrant: Entrant, duty: Duty) -> tuple[Rule, ...]:
    return inquiry.chosen(rules, entrant, inquiry.on, leaving=duty == Duty.LEAVE).rules


def _about_document(inquiry: Inquiry, current: Sojourn) -> list[Warning]:
    """Say if the document used to enter would not be accepted any more."""
    kind = current.stay.document_kind
    if not kind or current.stay.country in inquiry.facts.nationalities:
        return []
    rules = document_rules(inquiry, current.stay.country, inquiry.entrant(current.stay), inquiry.on)
    refused = refusal(inquiry, rules, kind, inquiry.on)
    if refused is None:
        return []
    subject = Subject(kind=SubjectKind.STAY, id=current.stay.id)
    values = {"document_kind": kind}
    return [_of_rule("document_would_be_refused", refused.rule, values, current.stay.country, subject)]


def _about_risk(inquiry: Inquiry, current: Sojourn) -> list[Warning]:
    """Return the recorded risk of being returned from the country of the stay; unknown is said, and is not low."""
    country = current.stay.country
    if country in inquiry.facts.nationalities:
        return []
    recorded = [
        rule
        for rule in inquiry.statements(country, Duty.RISK)
        if rule.kind == Kind.RETURN_RISK and is_valid_on(rule, inquiry.on)
    ]
    rules = inquiry.chosen(recorded, inquiry.holder(), inquiry.on).rules
    if not rules:
        return [Warning(code="return_risk_unknown", values={"level": "unknown"}, country=country)]
    found = []
    for rule in rules:
        level = rule.parameters.get("level") or "unknown"
        values = {
            "level": level,
            "profiles": list(rule.parameters.get("profiles") or ()),
            "mechanisms": list(rule.parameters.get("mechanisms") or ()),
        }
        code = "return_risk_unknown" if level == "unknown" else "return_risk"
        found.append(_of_rule(code, rule, values, country, None))
    return found


# Plans


def _about_plan(inquiry: Inquiry, sojourn: Sojourn, ends: Mapping[str, Leaving]) -> list[Warning]:
    """Return what stands in the way of a planned stay."""
    assert sojourn.first is not None  # noqa: S101 - a plan has a day
    country, entry = sojourn.stay.country, date.fromordinal(sojourn.first)
    if country in inquiry.facts.nationalities:
        return []
    entrant = inquiry.entrant(sojourn.stay)
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    found = _too_long(sojourn, ends, subject)
    statements = [rule for rule in inquiry.statements(country, Duty.ENTER) if is_valid_on(rule, entry)]
    for kind, code in _ENTRY_CODES.items():
        if kind == Kind.VISA_REQUIRED and sojourn.stay.legal_basis in NOT_VISA_FREE:
            continue
        speaking = [rule for rule in statements if rule.kind == kind]
        for rule in inquiry.chosen(speaking, entrant, entry).rules:
            found.append(_of_rule(code, rule, {"entry_on": entry.isoformat()}, country, subject))
    found += _too_early(inquiry, sojourn, subject)
    found += _too_short(inquiry, sojourn, entrant, entry, subject)
    return found + _documents_for(inquiry, sojourn, entrant, entry, subject)


_ENTRY_CODES = {
    Kind.ENTRY_BAN: "entry_ban",
    Kind.VISA_REQUIRED: "visa_required",
    Kind.ENTRY_AUTHORISATION: "entry_authorisation_needed",
    Kind.ENTRY_REFUSAL_PRACTICE: "entry_refusals_reported",
}


def _too_long(sojourn: Sojourn, ends: Mapping[str, Leaving], subject: Subject) -> list[Warning]:
    answer = ends.get(sojourn.stay.id)
    is_unlawful = answer is not None and any(warning.code == "no_day_lawful" for warning in answer.warnings)
    if answer is None or is_unlawful or answer.unlimited or answer.last is None or answer.last >= sojourn.last:
        return []
    values = {
        "last_on": date.fromordinal(answer.last).isoformat(),
        "exit_on": date.fromordinal(sojourn.last).isoformat(),
    }
    return [Warning(code="plan_too_long", values=values, country=sojourn.stay.country, subject=subject)]


def _too_early(inquiry: Inquiry, sojourn: Sojourn, subject: Subject) -> list[Warning]:
    """Return the warning that somebody who was there must stay away longer."""
    before = [
        one
        for one in inquiry.cautious
        if one.stay.country == sojourn.stay.country and one.first is not None and one.first < (sojourn.first or 0)
    ]
    if not before or holds_permit_on(inquiry, sojourn.stay.country, sojourn.first or 0):
        return []
    return [
        _of_rule("plan_too_early", rule, {"opens_on": date.fromordinal(day).isoformat()}, sojourn.stay.country, subject)
        for day, rule in cooldowns(inquiry, before[-1])
        if day > (sojourn.first or 0)
    ]


def _documents_for(
    inquiry: Inquiry, sojourn: Sojourn, entrant: Entrant, entry: date, subject: Subject
) -> list[Warning]:
    country = sojourn.stay.country
    rules = document_rules(inquiry, country, entrant, entry)
    if not rules:
        return []
    if sojourn.stay.document_kind:
        kinds = [sojourn.stay.document_kind]
    else:
        held = [document for document in inquiry.facts.documents if document.state == "held"]
        kinds = [
            kind_in_rules(document)
            for document in held
            if document.valid_until is None or document.valid_until >= entry
        ]
    refusals = [refusal(inquiry, rules, kind, entry) for kind in kinds]
    first = next((refused for refused in refusals if refused is not None), None)
    if first is None or None in refusals:
        return []
    values = {"document_kind": kinds[refusals.index(first)], "entry_on": entry.isoformat()}
    return [_of_rule(first.code, first.rule, values, country, subject)]


def _too_short(inquiry: Inquiry, sojourn: Sojourn, entrant: Entrant, entry: date, subject: Subject) -> list[Warning]:
    """Return the documents that are not valid for as long after the entry as the country asks for."""
    speaking = [
        rule
        for rule in inquiry.rules(sojourn.stay.country, Duty.KEEP_DOCUMENT)
        if rule.kind == Kind.DOCUMENT_VALIDITY and rule.parameters.get("beyond") == "entry" and is_valid_on(rule, entry)
    ]
    found = []
    for rule in inquiry.chosen(speaking, entrant, entry).rules:
        period = period_of(rule.parameters)
        month_end = rule.parameters.get("month_end")
        needed = document_needed_until(entry, period, month_end=month_end) if period else entry
        used = [
            document
            for document in inquiry.facts.documents
            if document.kind in rule.parameters["document_kinds"] and document.state == "held"
            if sojourn.stay.document_kind in ("", document.kind) and sojourn.stay.nationality in ("", document.country)
        ]
        short = [document for document in used if document.valid_until is not None and document.valid_until < needed]
        lasting = {(document.kind, document.country) for document in used if document not in short}
        for document in short:
            if (document.kind, document.country) not in lasting:
                values = {"document_kind": document.kind, "needed_on": needed.isoformat()}
                found.append(_of_rule("document_expires_too_soon", rule, values, sojourn.stay.country, subject))
    return found


def _of_stay(code: str, sojourn: Sojourn, **values: Any) -> Warning:
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    return Warning(code=code, values=values, country=sojourn.stay.country, subject=subject)


def _of_rule(code: str, rule: Rule, values: Mapping[str, Any], country: str, subject: Subject | None) -> Warning:
    return Warning(code=code, values=values, country=country, subject=subject, rule_ids=(rule.id,))
