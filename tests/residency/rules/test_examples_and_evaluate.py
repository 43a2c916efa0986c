"""A worked example and the whole answer about a person say the same of the same facts, for every kind with a date."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.residency.rules.examples import compute
from casework.residency.rules.kinds import AppliesTo, Duty, Kind

from .making import deadline, document, has_deadline, opportunities, permit, person, position, registration, rule, stay

MANY = settings(max_examples=60, database=None)
days = st.dates(date(2022, 1, 1), date(2026, 12, 31))
month_ends = st.sampled_from([{}, {"month_end": "last_day"}, {"month_end": "next_day"}])


def example(kind: Kind, parameters: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return compute({"id": "case", "rules": [{"kind": kind.value, **parameters}], **facts})


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@MANY
@given(entered=days, n=st.integers(1, 40), unit=st.sampled_from(["calendar_days", "working_days", "hours"]),
       day_one=st.sampled_from(["entry_day", "day_after_entry", "unclear"]))  # fmt: skip
def test_register_within(entered: date, n: int, unit: str, day_one: str) -> None:
    says = {"n": n, "unit": unit, "day_one": day_one, "calendar": "KZ"}
    asked = deadline(
        position(
            person(stay("KZ", entered.isoformat())), (rule("KZ", Kind.REGISTER_WITHIN, says),), iso(entered) or ""
        ),
        Duty.REGISTER,
    )
    shown = example(Kind.REGISTER_WITHIN, says, stays=[{"entry": iso(entered), "exit": None}], on=iso(entered))

    assert (shown["due_on"], shown["alternative"]) == (iso(asked.due_on), iso(asked.alternative_on))


@MANY
@given(registered=days, months=st.integers(1, 24), says=month_ends,
       ends_on=st.sampled_from([{}, {"ends_on": "day_before"}]))  # fmt: skip
def test_renew_every(registered: date, months: int, says: dict[str, str], ends_on: dict[str, str]) -> None:
    given_ = {"months": months, "of": "registration"} | says | ends_on
    facts = person(stay("KG", iso(registered) or ""), registrations=(registration("KG", iso(registered)),))
    asked = deadline(
        position(facts, (rule("KG", Kind.RENEW_EVERY, given_),), iso(registered) or ""), Duty.RENEW_REGISTRATION
    )
    shown = example(Kind.RENEW_EVERY, given_, **{"from": iso(registered)})

    assert (shown["due_on"], shown["alternative"]) == (iso(asked.due_on), iso(asked.alternative_on))


@MANY
@given(until=days, valid_on=days, more=st.integers(1, 400))
def test_permit_extended_by_law(until: date, valid_on: date, more: int) -> None:
    says = {"valid_on": iso(valid_on), "extended_to": iso(valid_on + timedelta(days=more))}
    since = date(2021, 6, 1)
    facts = person(
        stay("DE", iso(since) or "", legal_basis="permit"),
        permits=(permit("DE", "temporary_protection", iso(since), iso(until)),),
    )
    extension = rule("DE", Kind.PERMIT_EXTENDED_BY_LAW, says, legal_basis="permit")
    shown = example(Kind.PERMIT_EXTENDED_BY_LAW, says, permit={"valid_from": iso(since), "valid_until": iso(until)})

    assert shown["effective_until"] == iso(deadline(position(facts, (extension,), "2021-12-01"), Duty.LEAVE).due_on)


@MANY
@given(until=days, months=st.integers(1, 12), says=month_ends)
def test_document_validity(until: date, months: int, says: dict[str, str]) -> None:
    given_ = {"months": months, "beyond": "application", "document_kinds": ["international_passport"]} | says
    facts = person(stay("KZ", "2021-12-01"), documents=(document("international_passport", iso(until)),))
    answer = position(facts, (rule("KZ", Kind.DOCUMENT_VALIDITY, given_),), "2021-12-15")
    (asked,) = [each for each in answer.deadlines if each.optional]
    shown = example(Kind.DOCUMENT_VALIDITY, given_, document={"valid_until": iso(until)})

    assert (shown["due_on"], shown["alternative"]) == (iso(asked.due_on), iso(asked.alternative_on))


stays = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=4)


def laid_out(lengths: list[tuple[int, int]]) -> list[tuple[date, date]]:
    """Stays one after the other, each so many days long and so many days after the one before."""
    found, day = [], date(2024, 1, 1)
    for length, gap in lengths:
        found.append((day, day + timedelta(days=length - 1)))
        day += timedelta(days=length + gap)
    return found


@MANY
@given(lengths=stays, later=st.integers(1, 40), allowed=st.integers(1, 120), consecutive=st.booleans(),
       travel=st.sampled_from([{}, {"travel_days": "absent"}, {"travel_days": "present"}]))  # fmt: skip
def test_max_absence(
    lengths: list[tuple[int, int]], later: int, allowed: int, consecutive: bool, travel: dict[str, str]
) -> None:
    says = {"days": allowed, "consecutive": consecutive, "consequence": "Lost."} | travel
    spans = laid_out(lengths)
    on = iso(spans[-1][1] + timedelta(days=later)) or ""
    facts = person(
        *(stay("PL", iso(first) or "", iso(last), legal_basis="permit") for first, last in spans),
        permits=(permit("PL", "temporary_protection", "2023-01-01", None),),
    )
    asked = deadline(position(facts, (rule("PL", Kind.MAX_ABSENCE, says, legal_basis="permit"),), on), Duty.RETURN)
    shown = example(
        Kind.MAX_ABSENCE, says, stays=[{"entry": iso(a), "exit": iso(b)} for a, b in spans], on=on,
        permit={"valid_from": "2023-01-01"},
    )  # fmt: skip

    assert (shown["due_on"], shown["alternative"]) == (iso(asked.due_on), iso(asked.alternative_on))


@MANY
@given(lengths=stays, later=st.integers(1, 40), away=st.integers(1, 120), limit=st.integers(1, 60),
       has_window=st.booleans())  # fmt: skip
def test_cooldown(lengths: list[tuple[int, int]], later: int, away: int, limit: int, has_window: bool) -> None:
    says = {"days": away, "after": "limit_used", "limit_days": limit}
    window = {"days": 30, "window_days": 90}
    spans = laid_out(lengths)
    on = spans[-1][1] + timedelta(days=later)
    rules = [rule("KG", Kind.COOLDOWN, says), *([rule("KG", Kind.ROLLING_WINDOW, window)] if has_window else [])]
    answer = position(person(*(stay("KG", iso(a) or "", iso(b)) for a, b in spans)), rules, iso(on) or "")
    shown = compute(
        {
            "id": "case",
            "rules": [
                {"kind": "cooldown", **says},
                *([{"kind": "rolling_window", **window}] if has_window else []),
            ],
            "stays": [{"entry": iso(a), "exit": iso(b)} for a, b in spans],
            "on": iso(on),
        }
    )

    opening = [iso(each.opens_on) for each in opportunities(answer, Duty.RE_ENTER)]
    assert opening == ([shown["earliest_entry"]] if shown["earliest_entry"] != iso(on) else [])


@MANY
@given(begins=st.integers(0, 400), entered=st.integers(0, 400), years=st.integers(1, 5), continuity=st.booleans(),
       broke_off=st.integers(1, 300), says=month_ends)  # fmt: skip
def test_eligible_after(
    begins: int, entered: int, years: int, continuity: bool, broke_off: int, says: dict[str, str]
) -> None:
    first = date(2023, 1, 1) + timedelta(days=begins)
    second = first + timedelta(days=broke_off + 30)
    entry, on = date(2023, 1, 1) + timedelta(days=entered), "2026-11-22"
    given_ = {"years": years, "of": "permit", "what": "citizenship", "continuity_required": continuity} | says
    permits = [(iso(first), iso(first + timedelta(days=broke_off))), (iso(second), "2027-06-30")]
    facts = person(
        stay("AR", iso(entry) or ""),
        permits=tuple(permit("AR", "temporary_residence", a, b, id=str(n)) for n, (a, b) in enumerate(permits)),
    )
    answer = position(facts, (rule("AR", Kind.ELIGIBLE_AFTER, given_, applies_to=AppliesTo.EACH_DAY),), on)
    shown = example(
        Kind.ELIGIBLE_AFTER, given_, permits=[{"valid_from": a, "valid_until": b} for a, b in permits],
        stays=[{"entry": iso(entry), "exit": None}], on=on,
    )["eligible_on"]  # fmt: skip

    opening = [iso(each.opens_on) for each in opportunities(answer, Duty.CITIZENSHIP)]
    assert opening == ([shown] if shown and shown > on else [])
    assert not has_deadline(answer, Duty.CITIZENSHIP)
