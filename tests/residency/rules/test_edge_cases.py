"""The edge cases that the law and the papers of real people produce, one test for each.

Where another test file looks at one more closely, this one still shows that the whole answer has it right.
"""

from typing import Any

from casework.residency.rules.evaluate import evaluate, today
from casework.residency.rules.examples import compute
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus

from .making import (
    address,
    application,
    at,
    between,
    book,
    codes,
    day,
    deadline,
    document,
    due,
    has_deadline,
    opportunities,
    permit,
    person,
    position,
    rule,
    stay,
    warnings_of,
)

SHORT = {"days": 90, "window_days": 180}


def example(rule: dict[str, Any], stays: list[tuple[str, str | None]], on: str, **more: Any) -> dict[str, Any]:
    given = [{"entry": entry, "exit": left} for entry, left in stays]
    return compute({"id": "case", "rules": [rule], "stays": given, "on": on} | more)


def test_31_august_and_six_months_29_february_and_a_year() -> None:
    half_year = compute({"id": 1, "rules": [{"kind": "renew_every", "months": 6}], "from": "2022-08-31"})
    a_year = compute({"id": 2, "rules": [{"kind": "renew_every", "years": 1}], "from": "2024-02-29"})

    assert half_year == {"due_on": "2023-02-28", "alternative": "2023-03-01"}
    assert a_year == {"due_on": "2025-02-28", "alternative": "2025-03-01"}


def test_conventions_of_the_end_of_a_month_and_of_a_period_are_said_in_the_rule() -> None:
    def renewed(start: str, **says: str) -> tuple[object, object]:
        answer = compute({"id": 1, "rules": [{"kind": "renew_every", "months": 6} | says], "from": start})
        return answer["due_on"], answer["alternative"]

    assert renewed("2022-10-10") == renewed("2022-10-10", ends_on="corresponding_date") == ("2023-04-10", None)
    assert renewed("2022-10-10", ends_on="day_before") == ("2023-04-09", None)
    assert renewed("2022-08-31", month_end="last_day") == ("2023-02-28", None)
    assert renewed("2022-08-31", month_end="next_day") == ("2023-03-01", None)
    assert renewed("2022-08-31", ends_on="day_before") == ("2023-02-27", "2023-02-28")


def test_365_days_and_one_year_differ_over_29_february() -> None:
    days = compute({"id": 1, "rules": [{"kind": "renew_every", "days": 365}], "from": "2023-06-01"})
    year = compute({"id": 2, "rules": [{"kind": "renew_every", "years": 1}], "from": "2023-06-01"})

    assert (days["due_on"], year["due_on"]) == ("2024-05-31", "2024-06-01")


def test_a_crossing_near_midnight_is_on_the_day_that_was_stamped() -> None:
    # Stays hold days, not instants, so no time zone of a server can move them.
    late = stay("KZ", "2023-02-10")
    notify = rule(
        "KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "day_one": "entry_day"}, duty=Duty.NOTIFY_ARRIVAL
    )

    for now in (at("2023-02-10T19:00:00"), at("2023-02-11T12:00:00")):
        assert due(evaluate(person(late), book(notify), now), Duty.NOTIFY_ARRIVAL) == "2023-02-14"


def test_today_is_evaluated_in_the_country_where_the_person_is() -> None:
    assert today(person(stay("KZ", "2026-11-01")), book(), at("2026-11-22T19:30:00")) == day("2026-11-23")


def test_public_holidays_substitute_days_and_working_weekends() -> None:
    notify = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "day_one": "entry_day"})

    # Saturday 4 May 2024 was worked instead of Wednesday 8 May.
    assert due(position(person(stay("KZ", "2024-05-03")), (notify,), "2024-05-03"), Duty.REGISTER) == "2024-05-06"


def test_days_set_by_an_admin_stand_over_the_calendar_and_an_unknown_year_is_warned_of() -> None:
    notify = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "day_one": "entry_day"})
    friday = person(stay("KZ", "2023-02-10"))
    monday_off = book(notify, day_overrides={"KZ": {day("2023-02-13"): False}})

    assert due(evaluate(friday, book(notify), at("2023-02-10T12:00:00")), Duty.REGISTER) == "2023-02-14"
    assert due(evaluate(friday, monday_off, at("2023-02-10T12:00:00")), Duty.REGISTER) == "2023-02-15"
    far = position(person(stay("KZ", "2101-02-10")), (notify,), "2101-02-10")
    assert "calendar_not_covered" in codes(far)


def test_an_arrival_on_a_day_off_takes_the_earlier_answer() -> None:
    notify = rule("KZ", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "day_one": "entry_day"})
    found = deadline(position(person(stay("KZ", "2023-02-12")), (notify,), "2023-02-12"), Duty.REGISTER)

    assert (found.due_on, found.alternative_on) == (day("2023-02-14"), day("2023-02-15"))


def test_overlapping_and_duplicate_stays_and_same_day_returns_count_each_day_once() -> None:
    window = {"kind": "rolling_window"} | SHORT
    stays: list[tuple[str, str | None]] = [
        ("2026-01-01", "2026-01-10"),
        ("2026-01-01", "2026-01-10"),
        ("2026-01-08", "2026-01-12"),
        ("2026-01-12", "2026-01-12"),
        ("2026-01-12", "2026-01-13"),
    ]

    assert example(window, stays, "2026-01-20")["days_used"] == 13


def test_a_travel_day_counts_in_both_countries() -> None:
    rules = (
        rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", id="rs"),
        rule("TR", Kind.ROLLING_WINDOW, SHORT, whom="RU", id="tr"),
    )
    facts = person(stay("TR", "2026-10-01", "2026-11-01"), stay("RS", "2026-11-01"))
    on_the_way = position(facts, rules, "2026-11-01")

    assert [limit.days_used for limit in on_the_way.limits if limit.rule_id == "rs"] == [1]
    assert "stays_overlap" not in codes(on_the_way)
    turkey = [one for one in position(facts, rules, "2026-10-31").limits if one.rule_id == "tr"]
    assert [limit.days_used for limit in turkey] == [31]


def test_an_unknown_exit_is_counted_at_its_worst() -> None:
    window = rule("KZ", Kind.ROLLING_WINDOW, SHORT, whom="RU")
    known = person(stay("KZ", "2026-06-01", "2026-06-10"), stay("KZ", "2026-10-01"))
    unknown = person(stay("KZ", "2026-06-01", between("2026-06-10", "2026-07-20")), stay("KZ", "2026-10-01"))

    best = deadline(position(known, (window,), "2026-11-22"), Duty.LEAVE)
    found = deadline(position(unknown, (window,), "2026-11-22"), Duty.LEAVE)

    assert found.due_on is not None
    assert best.due_on is not None
    assert found.due_on < best.due_on
    assert found.alternative_on == best.due_on


def test_a_missing_exit_never_means_that_somebody_has_left() -> None:
    window = rule("KZ", Kind.ROLLING_WINDOW, SHORT, whom="RU")
    still_there = position(person(stay("KZ", "2026-06-01")), (window,), "2026-11-22")

    assert due(still_there, Duty.LEAVE) == "2026-08-29"
    assert "overstayed" in codes(still_there)

    seen_later = person(stay("KZ", "2026-06-01"), stay("RS", "2026-07-10"))
    assert "exit_missing" in codes(position(seen_later, (window,), "2026-11-22"))


def test_an_entry_without_a_stamp_is_bounded_and_read_at_its_worst() -> None:
    # An internal passport is not stamped: the ticket says not before the 1st, the slip not after the 5th.
    register = rule("KG", Kind.REGISTER_WITHIN, {"n": 5, "unit": "calendar_days", "day_one": "entry_day"}, whom="RU")
    limit = rule("KG", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU")
    here = person(stay("KG", between("2026-11-01", "2026-11-05"), document_kind="internal_passport"))
    answer = position(here, (register, limit), "2026-11-05")

    found = deadline(answer, Duty.REGISTER)
    assert (found.due_on, found.alternative_on) == (day("2026-11-05"), day("2026-11-09"))
    assert due(answer, Duty.LEAVE) == "2026-11-30"
    assert "entered_between" in [step.code for step in deadline(answer, Duty.LEAVE).because]


def test_a_planned_stay_limits_the_current_one() -> None:
    window = {"kind": "rolling_window"} | SHORT
    stays: list[tuple[str, str | None]] = [("2026-06-01", None), ("2026-09-01", "2026-10-15")]

    assert example(window, stays, "2026-06-10")["last_lawful_day"] == "2026-07-15"


def test_a_past_overstay_does_not_block_planning() -> None:
    window = {"kind": "rolling_window"} | SHORT

    assert example(window, [("2025-01-01", "2025-06-30")], "2026-01-01")["max_stay"] == 90


def test_a_rule_that_changes_during_the_stay_shows_which_version_and_why() -> None:
    before = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", valid_until="2023-10-31", id="thirty")
    season = rule(
        "TH",
        Kind.CONSECUTIVE_DAYS,
        {"days": 90},
        whom="RU",
        valid_from="2023-11-01",
        valid_until="2024-04-30",
        id="ninety",
    )
    since = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 60}, whom="RU", valid_from="2024-05-01", id="sixty")

    def version(entered: str) -> tuple[str | None, tuple[str, ...], str]:
        found = deadline(position(person(stay("TH", entered)), (before, season, since), entered), Duty.LEAVE)
        code = next(step.code for step in found.because if step.code.startswith("version"))
        return str(found.due_on), found.rule_ids, code

    assert version("2023-10-31") == ("2023-11-29", ("thirty",), "version_on_entry_until")
    assert version("2023-11-01") == ("2024-01-29", ("ninety",), "version_on_entry_between")
    assert version("2024-04-30") == ("2024-07-28", ("ninety",), "version_on_entry_between")
    assert version("2024-05-01") == ("2024-06-29", ("sixty",), "version_on_entry_since")


def test_a_decree_that_reaches_back_changes_the_answer_only_since_it_was_known() -> None:
    one_year = rule("GE", Kind.PERIOD_FROM_ENTRY, {"years": 1}, whom="UA", known_until="2026-02-25", id="one")
    two_years = rule("GE", Kind.PERIOD_FROM_ENTRY, {"years": 2}, whom="UA", known_from="2026-02-25", id="two")
    facts = person(stay("GE", "2025-03-10", nationality="UA"), nationalities=("UA",))

    def leave(known_at: str) -> str | None:
        return due(position(facts, (one_year, two_years), "2026-01-10", known_at=at(known_at)), Duty.LEAVE)

    assert leave("2026-02-24") == "2026-03-09"
    assert leave("2026-02-25") == "2027-03-09"


def test_an_exception_stands_over_the_base_in_its_season() -> None:
    base = rule("ME", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", part="visit", id="base")
    season = rule(
        "ME",
        Kind.CONSECUTIVE_DAYS,
        {"days": 90},
        whom="RU",
        part="visit",
        is_exception=True,
        valid_from="2019-04-15",
        valid_until="2019-10-31",
        id="season",
    )

    def leave(entered: str) -> tuple[str | None, tuple[str, ...]]:
        answer = position(person(stay("ME", entered)), (base, season), entered)
        return due(answer, Duty.LEAVE), deadline(answer, Duty.LEAVE).rule_ids

    assert leave("2019-04-14") == ("2019-05-13", ("base",))
    assert leave("2019-04-15") == ("2019-07-13", ("season",))
    assert leave("2019-10-31") == ("2020-01-28", ("season",))
    assert leave("2019-11-01") == ("2019-11-30", ("base",))


def test_people_whose_stay_crosses_a_scheduled_change_are_warned() -> None:
    leave = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU")
    july = rule(
        "KZ",
        Kind.REGISTER_WITHIN,
        {"n": 30, "unit": "calendar_days", "day_one": "entry_day"},
        whom="RU",
        valid_from="2026-07-01",
        id="july",
    )

    (warning,) = warnings_of(
        position(person(stay("KZ", "2026-05-01")), (leave, july), "2026-06-01"), "rule_change_scheduled"
    )
    assert (warning.rule_ids, warning.values["valid_on"]) == (("july",), "2026-07-01")


def test_a_second_nationality_exempts_and_the_document_used_decides_the_rest() -> None:
    limit = rule("AM", Kind.CALENDAR_YEAR, {"days": 180})

    assert has_deadline(position(person(stay("AM", "2026-01-01")), (limit,), "2026-03-01"), Duty.LEAVE)
    dual = person(stay("AM", "2026-01-01"), nationalities=("RU", "AM"))
    assert not has_deadline(position(dual, (limit,), "2026-03-01"), Duty.LEAVE)


def test_a_new_document_during_the_stay_does_not_begin_a_new_one() -> None:
    limit = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU")
    facts = person(
        stay("KZ", "2026-10-01", document_kind="internal_passport"),
        documents=(document("international_passport", "2036-01-01", issued_on=day("2026-11-01")),),
    )

    assert due(position(facts, (limit,), "2026-11-22"), Duty.LEAVE) == "2026-12-29"


def test_a_document_is_refused_from_a_day_on_and_only_where_the_rule_says() -> None:
    refused = rule(
        "DE",
        Kind.TRAVEL_DOCUMENT,
        {"refused": ["international_passport_non_biometric"]},
        whom="RU",
        valid_from="2026-01-01",
    )
    old = document("international_passport", "2028-01-01", biometric=False)

    def said(country: str, entry: str) -> bool:
        plan = stay(country, entry, "2026-12-31", document_kind="", nationality="")
        return "document_refused" in codes(position(person(plan, documents=(old,)), (refused,), "2025-06-01"))

    assert not said("DE", "2025-12-31")
    assert said("DE", "2026-01-01")
    assert not said("FR", "2026-01-01")


def test_a_document_that_was_revoked_or_taken_away_lets_nobody_enter_and_has_no_date() -> None:
    accepted = rule("KZ", Kind.TRAVEL_DOCUMENT, {"accepted": ["international_passport"]}, whom="RU")
    limit = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU")

    def kept(state: str) -> bool:
        passport = document("international_passport", "2026-12-01", state=state)
        facts = person(stay("KZ", "2026-11-01"), documents=(passport,))
        return has_deadline(position(facts, (accepted, limit), "2026-11-22"), Duty.KEEP_DOCUMENT)

    assert kept("held")
    assert not any(kept(state) for state in ("revoked", "retained", "lost"))


def test_a_child_becomes_old_enough_for_an_internal_passport() -> None:
    accepted = rule(
        "KZ", Kind.TRAVEL_DOCUMENT, {"accepted": ["internal_passport"], "min_age": {"internal_passport": 14}}, whom="RU"
    )
    child = person(stay("KZ", "2026-11-01"), birth=between("2013-01-05", "2013-01-05"))

    (birthday,) = opportunities(position(child, (accepted,), "2026-11-22"), Duty.ENTER)
    assert birthday.opens_on == day("2027-01-05")


def test_age_is_looked_at_on_the_day_of_the_event() -> None:
    for_adults = rule(
        "KG", Kind.REGISTER_WITHIN, {"n": 5, "unit": "calendar_days", "day_one": "entry_day"}, age_from=16
    )

    def must_register(entered: str) -> bool:
        child = person(stay("KG", entered), birth=between("2010-06-15", "2010-06-15"))
        return has_deadline(position(child, (for_adults,), "2026-11-22"), Duty.REGISTER)

    assert not must_register("2026-06-14")
    assert must_register("2026-06-15")


def test_a_passport_that_expires_before_the_stay_must_end_has_the_earlier_date() -> None:
    limit = rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU")
    months = rule(
        "RS", Kind.DOCUMENT_VALIDITY, {"months": 3, "beyond": "stay", "document_kinds": ["international_passport"]}
    )
    facts = person(stay("RS", "2026-11-01"), documents=(document("international_passport", "2027-02-15"),))

    assert due(position(facts, (limit, months), "2026-11-05"), Duty.KEEP_DOCUMENT) == "2026-11-15"


def test_a_permit_extended_by_law_ends_later_than_printed() -> None:
    extension = rule(
        "DE",
        Kind.PERMIT_EXTENDED_BY_LAW,
        {"permit_kind": "temporary_protection", "valid_on": "2024-02-01", "extended_to": "2025-03-04"},
        legal_basis="permit",
    )
    facts = person(
        stay("DE", "2022-03-20", legal_basis="permit"),
        permits=(permit("DE", "temporary_protection", "2022-05-01", "2024-03-04"),),
    )

    assert due(position(facts, (extension,), "2024-06-01"), Duty.LEAVE) == "2025-03-04"
    assert due(position(facts, (), "2024-06-01"), Duty.LEAVE) == "2024-03-04"


def test_whether_a_pending_application_keeps_the_stay_lawful_is_asked_and_not_assumed() -> None:
    limit = rule("TR", Kind.CONSECUTIVE_DAYS, {"days": 60}, whom="RU")

    def answer(keeps: bool | None) -> Any:
        filed = application("TR", "residence", "2026-10-20", keeps_stay_lawful=keeps)
        return position(person(stay("TR", "2026-10-01"), applications=(filed,)), (limit,), "2026-11-22")

    assert not has_deadline(answer(keeps=True), Duty.LEAVE)
    assert due(answer(keeps=False), Duty.LEAVE) == due(answer(keeps=None), Duty.LEAVE) == "2026-11-29"
    assert "application_effect_unknown" in codes(answer(keeps=None))
    assert "application_effect_unknown" not in codes(answer(keeps=False))


def test_a_country_that_joins_a_zone_counts_from_that_day() -> None:
    zone = (
        rule("SCHENGEN", Kind.ROLLING_WINDOW, SHORT, applies_to=AppliesTo.EACH_DAY),
        rule(
            "BG",
            Kind.ZONE_MEMBERSHIP,
            {"zone": "SCHENGEN", "scope": "air_and_sea"},
            valid_from="2024-03-31",
            valid_until="2024-12-31",
            part="sea",
        ),
        rule("BG", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN", "scope": "full"}, valid_from="2025-01-01", part="all"),
    )

    assert due(position(person(stay("BG", "2024-03-01")), zone, "2024-04-15"), Duty.LEAVE) == "2024-06-28"


def test_a_move_sets_a_registration_duty_off() -> None:
    moved = rule(
        "RS",
        Kind.REGISTER_WITHIN,
        {"n": 24, "unit": "hours", "day_one": "entry_day", "triggers": ["address_change"]},
        duty=Duty.REGISTER_ADDRESS,
        applies_to=AppliesTo.EACH_DAY,
    )
    facts = person(
        stay("RS", "2026-11-01"),
        addresses=(address("RS", "2026-11-01", "2026-11-20", id="old"), address("RS", "2026-11-20", id="new")),
    )
    found = deadline(position(facts, (moved,), "2026-11-22"), Duty.REGISTER_ADDRESS)

    assert (found.subject.id, found.due_on, found.alternative_on) == ("new", day("2026-11-20"), day("2026-11-21"))


def test_one_long_absence_ends_a_status() -> None:
    absence = rule("PL", Kind.MAX_ABSENCE, {"days": 30, "consequence": "Lost."}, whom="UA", legal_basis="permit")
    facts = person(
        stay("PL", "2026-01-01", "2026-03-01", legal_basis="permit", nationality="UA"),
        stay("PL", "2026-03-20", "2026-11-01", legal_basis="permit", nationality="UA"),
        nationalities=("UA",),
        permits=(permit("PL", "temporary_protection", "2022-05-01", None),),
    )

    # The nineteen days in March are not added.
    assert due(position(facts, (absence,), "2026-11-22"), Duty.RETURN) == "2026-11-30"


def test_a_nationality_without_a_rule_has_no_rule() -> None:
    russians = rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU")
    afghan = person(stay("RS", "2026-11-01", nationality="AF"), nationalities=("AF",))
    answer = position(afghan, (russians,), "2026-11-22")

    assert not has_deadline(answer, Duty.LEAVE)
    assert "no_rule_recorded" in codes(answer)


def test_a_day_that_no_version_covers_is_refused_with_a_message() -> None:
    since = rule("SCHENGEN", Kind.ROLLING_WINDOW, SHORT, valid_from="2013-10-18")
    member = rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"})
    answer = position(person(stay("DE", "2013-09-01")), (since, member), "2013-10-01")

    assert not has_deadline(answer, Duty.LEAVE)
    assert codes(answer) & {"no_rule_recorded", "no_rule_for_that_day"}


def test_practice_is_shown_and_binds_nobody() -> None:
    practice = rule(
        "GE", Kind.ENTRY_REFUSAL_PRACTICE, {"text": "Refused."}, whom="RU", legal_status=LegalStatus.PRACTICE
    )
    hearsay = rule("GE", Kind.CONSECUTIVE_DAYS, {"days": 5}, whom="RU", legal_status=LegalStatus.PRACTICE)
    year = rule("GE", Kind.PERIOD_FROM_ENTRY, {"years": 1}, whom="RU", part="year")
    plan = person(stay("GE", "2026-12-01", "2026-12-20"))
    answer = position(plan, (practice, hearsay, year), "2026-11-22")

    assert "entry_refusals_reported" in codes(answer)
    assert due(answer, Duty.LEAVE) == "2027-11-30"
