"""Short ways to write people, stays and rules down in tests. The people are invented."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import (
    Address,
    Application,
    DayRange,
    Document,
    Facts,
    Permit,
    Registration,
    Stay,
)
from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.position import Deadline, Opportunity, Position, Warning  # noqa: A004 - the word of the field
from casework.residency.rules.rulebook import Audience, Rule, RuleBook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

EAEU = frozenset({"AM", "BY", "KZ", "KG", "RU"})


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(earliest: str | None, latest: str | None) -> DayRange:
    return DayRange(earliest=day(earliest) if earliest else None, latest=day(latest) if latest else None)


def stay(country: str, entered: str | DayRange, left: str | DayRange | None = None, **more: Any) -> Stay:
    """A stay of a Russian on an international passport, still going on unless `left`."""
    values: dict[str, Any] = {
        "id": f"{country}-{entered if isinstance(entered, str) else 'unknown'}",
        "country": country,
        "entered": _range(entered),
        "left": None if left is None else _range(left),
        "document_kind": "international_passport",
        "nationality": "RU",
    }
    return Stay(**values | more)


def _range(given: str | DayRange) -> DayRange:
    return DayRange.exactly(day(given)) if isinstance(given, str) else given


def person(*stays: Stay, **more: Any) -> Facts:
    values: dict[str, Any] = {"client_id": "client", "nationalities": ("RU",), "stays": stays}
    return Facts(**values | more)


def permit(country: str, kind: str, since: str | None, until: str | None, id: str = "permit") -> Permit:
    return Permit(
        id=id,
        country=country,
        kind=kind,
        valid_from=day(since) if since else None,
        printed_until=day(until) if until else None,
    )


def document(kind: str, until: str | None, id: str = "document", **more: Any) -> Document:
    values: dict[str, Any] = {"country": "RU", "valid_until": day(until) if until else None}
    return Document(id=id, kind=kind, **values | more)


def registration(country: str, on: str | None, id: str = "registration", **more: Any) -> Registration:
    values = {name: day(value) if name == "valid_until" else value for name, value in more.items()}
    return Registration(id=id, country=country, registered_on=day(on) if on else None, **values)


def application(country: str, kind: str, filed: str | None, **more: Any) -> Application:
    values: dict[str, Any] = {"id": "application"}
    return Application(country=country, kind=kind, filed_on=day(filed) if filed else None, **values | more)


def address(country: str, since: str | None, until: str | None = None, id: str = "address", **more: Any) -> Address:
    return Address(
        id=id, country=country, since=day(since) if since else None, until=day(until) if until else None, **more
    )


_DUTY_OF_KIND = {
    Kind.REGISTER_WITHIN: Duty.REGISTER,
    Kind.REGISTRATION_EXEMPTION: Duty.REGISTER,
    Kind.RENEW_EVERY: Duty.RENEW_REGISTRATION,
    Kind.RENEWAL_WINDOW: Duty.RENEW_PERMIT,
    Kind.PERMIT_EXTENDED_BY_LAW: Duty.PERMIT_EXTENSION,
    Kind.DOCUMENT_VALIDITY: Duty.KEEP_DOCUMENT,
    Kind.MAX_ABSENCE: Duty.RETURN,
    Kind.COOLDOWN: Duty.RE_ENTER,
    Kind.ELIGIBLE_AFTER: Duty.CITIZENSHIP,
    Kind.ZONE_MEMBERSHIP: Duty.ZONE,
    Kind.AREA_RESTRICTION: Duty.AREA,
    Kind.RETURN_RISK: Duty.RISK,
    Kind.TRAVEL_DOCUMENT: Duty.ENTER,
    Kind.VISA_REQUIRED: Duty.ENTER,
    Kind.ENTRY_BAN: Duty.ENTER,
    Kind.ENTRY_AUTHORISATION: Duty.ENTER,
    Kind.ENTRY_REFUSAL_PRACTICE: Duty.ENTER,
}


def rule(jurisdiction: str, kind: Kind, parameters: dict[str, Any], *, whom: str = "*", **more: Any) -> Rule:
    """A rule for `whom` (a nationality, a group or everybody); days may be given as text."""
    audience_names = ("age_from", "age_below", "document_kind", "purpose", "legal_basis")
    audience = Audience(nationality=whom, **{name: more.pop(name) for name in audience_names if name in more})
    for name in ("valid_from", "valid_until"):
        if isinstance(more.get(name), str):
            more[name] = day(more[name])
    for name in ("known_from", "known_until"):
        if isinstance(more.get(name), str):
            more[name] = at(more[name])
    duty = more.pop("duty", _DUTY_OF_KIND.get(kind, Duty.LEAVE))
    rule_id = more.pop("id", f"{jurisdiction}-{whom}-{duty}-{kind}-{more.get('part', '')}")
    return Rule(
        id=rule_id,
        key=rule_id,
        jurisdiction=jurisdiction,
        duty=duty,
        kind=kind,
        parameters=parameters,
        audience=audience,
        **more,
    )


def book(*rules: Rule, **more: Any) -> RuleBook:
    values: dict[str, Any] = {"groups": {"EAEU": EAEU}, "time_zones": {"KZ": "Asia/Almaty"}}
    return RuleBook(rules=rules, **values | more)


def position(facts: Facts, rules: Sequence[Rule], on: str, **more: Any) -> Position:
    return evaluate(facts, book(*rules), NOW, on=day(on), **more)


def deadline(answer: Position, duty: Duty, subject: str | None = None) -> Deadline:
    """Return the one deadline of this duty (and subject)."""
    found = [each for each in answer.deadlines if each.duty == duty and (subject is None or each.subject.id == subject)]
    assert len(found) == 1, found
    return found[0]


def has_deadline(answer: Position, duty: Duty) -> bool:
    return any(each.duty == duty for each in answer.deadlines)


def due(answer: Position, duty: Duty, subject: str | None = None) -> str | None:
    on = deadline(answer, duty, subject).due_on
    return on.isoformat() if on else None


def opportunities(answer: Position, duty: Duty) -> list[Opportunity]:
    return [each for each in answer.opportunities if each.duty == duty]


def warnings_of(answer: Position, code: str) -> list[Warning]:
    return [each for each in answer.warnings if each.code == code]


def codes(answer: Position) -> set[str]:
    return {each.code for each in answer.warnings}


def steps_of(each: Deadline | Opportunity) -> list[str]:
    return [step.code for step in each.because]
