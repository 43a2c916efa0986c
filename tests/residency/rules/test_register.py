"""Duties that an entry or a move sets off: when, for whom, and when they are done."""

import pytest

from casework.lib.working_days import EDITION
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.facts import Address, Application
from casework.residency.rules.kinds import AppliesTo, Duty, Kind

from .making import (
    NOW,
    address,
    application,
    between,
    book,
    codes,
    day,
    deadline,
    due,
    has_deadline,
    permit,
    person,
    position,
    registration,
    rule,
    stay,
    steps_of,
)

THREE_WORKING_DAYS = {"n": 3, "unit": "working_days", "day_one": "entry_day", "calendar": "KZ"}
NOTIFY = rule(
    "KZ",
    Kind.REGISTER_WITHIN,
    THREE_WORKING_DAYS | {"actor": "host", "triggers": ["entry", "address_change"]},
    duty=Duty.NOTIFY_ARRIVAL,
    id="notify",
)
FIFTEEN = {"n": 15, "unit": "calendar_days", "day_one": "entry_day", "only_if_stay_over_days": 15}
UZ_RU = rule("UZ", Kind.REGISTER_WITHIN, FIFTEEN, whom="RU", valid_from="2022-06-04", id="fifteen")
UZ_ALL = rule(
    "UZ",
    Kind.REGISTER_WITHIN,
    {"n": 3, "unit": "working_days", "day_one": "day_after_entry"},
    valid_from="2020-09-01",
    id="three",
)


NOTIFY_FIVE = rule(
    "KZ", Kind.REGISTER_WITHIN, {"n": 5, "unit": "working_days", "day_one": "entry_day"}, duty=Duty.NOTIFY_ARRIVAL
)


def test_the_most_specific_rule_wins_even_where_it_is_later() -> None:
    russian = position(person(stay("UZ", "2023-06-01")), (UZ_RU, UZ_ALL), "2023-06-05")
    tajik = position(
        person(stay("UZ", "2023-06-02", nationality="TJ"), nationalities=("TJ",)), (UZ_RU, UZ_ALL), "2023-06-05"
    )

    assert due(russian, Duty.REGISTER) == "2023-06-15"
    assert "replaces_everybodys" in steps_of(deadline(russian, Duty.REGISTER))
    # Friday, counted from the day after, by the calendar of the country of the rule.
    assert due(tajik, Duty.REGISTER) == "2023-06-07"


def test_a_duty_of_longer_stays_says_so_and_does_not_arise_for_shorter_ones() -> None:
    longer = deadline(position(person(stay("UZ", "2023-06-01")), (UZ_RU,), "2023-06-05"), Duty.REGISTER)
    shorter = position(person(stay("UZ", "2023-06-01", "2023-06-15")), (UZ_RU,), "2023-06-05")

    assert longer.only_if_here_after == day("2023-06-15")
    assert not has_deadline(shorter, Duty.REGISTER)


def test_an_application_that_was_withdrawn_asks_for_nothing_and_of_several_the_first_counts() -> None:
    apply = rule(
        "KZ",
        Kind.REGISTER_WITHIN,
        {"n": 90, "unit": "calendar_days", "day_one": "entry_day"},
        duty=Duty.APPLY_RESIDENCE,
    )

    def met_on(*filed: Application) -> str | None:
        answer = position(person(stay("KZ", "2026-11-01"), applications=filed), (apply,), "2026-11-22")
        found = deadline(answer, Duty.APPLY_RESIDENCE)
        return str(found.met_on) if found.is_met else None

    withdrawn = application("KZ", "residence", "2026-11-03", id="a", state="withdrawn")
    later = application("KZ", "residence", "2026-11-09", id="b")
    first = application("KZ", "residence", "2026-11-05", id="c")
    assert met_on(withdrawn) is None
    assert met_on(withdrawn, later, first) == "2026-11-05"


def test_an_arrival_on_a_swapped_weekend_is_counted_by_the_calendar_of_the_country() -> None:
    assert due(position(person(stay("KZ", "2024-05-03")), (NOTIFY,), "2024-05-03"), Duty.NOTIFY_ARRIVAL) == "2024-05-06"
    assert due(position(person(stay("KZ", "2023-02-10")), (NOTIFY,), "2023-02-10"), Duty.NOTIFY_ARRIVAL) == "2023-02-14"


def test_our_own_override_of_a_working_day_moves_the_date() -> None:
    overridden = book(NOTIFY, day_overrides={"KZ": {day("2023-02-13"): False}})
    answer = evaluate(person(stay("KZ", "2023-02-10")), overridden, NOW, on=day("2023-02-10"))

    assert due(answer, Duty.NOTIFY_ARRIVAL) == "2023-02-15"
    days_off = next(step for step in deadline(answer, Duty.NOTIFY_ARRIVAL).because if step.code == "days_off")
    assert days_off.values == {"calendar": "KZ", "days_on": ["2023-02-11", "2023-02-12", "2023-02-13"]}


def test_a_date_in_working_days_keeps_the_days_it_was_counted_by() -> None:
    answer = position(person(stay("KZ", "2024-05-03")), (NOTIFY_FIVE,), "2024-05-03")
    found = {step.code: step.values for step in deadline(answer, Duty.NOTIFY_ARRIVAL).because}

    # Friday 3, Saturday 4 (worked), Monday 6; 7 to 9 May were off; Friday 10 and Monday 13.
    assert due(answer, Duty.NOTIFY_ARRIVAL) == "2024-05-13"
    assert found["weekends_worked"] == {"calendar": "KZ", "days_on": ["2024-05-04"]}
    assert found["holidays_skipped"]["days_on"] == ["2024-05-07", "2024-05-08", "2024-05-09"]
    assert found["days_off"]["days_on"] == [
        "2024-05-05", "2024-05-07", "2024-05-08", "2024-05-09", "2024-05-11", "2024-05-12"
    ]  # fmt: skip
    assert found["calendar_used"] == {"calendar": "KZ", "edition": EDITION}
    assert "days_set_here" not in found


def test_days_that_were_set_here_are_named_in_the_reasons() -> None:
    overridden = book(NOTIFY, day_overrides={"KZ": {day("2023-02-13"): False, day("2023-03-08"): True}})
    answer = evaluate(person(stay("KZ", "2023-02-10")), overridden, NOW, on=day("2023-02-10"))
    found = {step.code: step.values for step in deadline(answer, Duty.NOTIFY_ARRIVAL).because}

    assert found["days_set_here"]["days_on"] == ["2023-02-13"]


def test_where_swapped_days_are_not_known_yet_the_reasons_say_that_the_date_may_move() -> None:
    answer = position(person(stay("KZ", "2027-05-03")), (NOTIFY,), "2027-05-03")
    found = {step.code: step.values for step in deadline(answer, Duty.NOTIFY_ARRIVAL).because}

    assert found["calendar_may_change"] == {"calendar": "KZ", "year": "2027"}


@pytest.mark.parametrize(
    ("unit", "n", "due_on", "other"),
    [
        ("calendar_days", 30, "2026-07-30", "2026-07-31"),
        ("calendar_days", 1, "2026-07-01", "2026-07-02"),
        ("working_days", 3, "2026-07-03", "2026-07-06"),
        ("hours", 24, "2026-07-01", "2026-07-02"),
    ],
)
def test_where_day_one_is_not_said_the_earlier_reading_drives_and_the_other_is_shown(
    unit: str, n: int, due_on: str, other: str
) -> None:
    unclear = rule("RS", Kind.REGISTER_WITHIN, {"n": n, "unit": unit, "day_one": "unclear"})
    found = deadline(position(person(stay("RS", "2026-07-01")), (unclear,), "2026-07-01"), Duty.REGISTER)

    assert (found.due_on, found.alternative_on) == (day(due_on), day(other))
    assert "alternative_by_day_one" in steps_of(found)


def test_an_unknown_entry_widens_what_an_unclear_day_one_leaves_open() -> None:
    unclear = rule("RS", Kind.REGISTER_WITHIN, {"n": 10, "unit": "calendar_days", "day_one": "unclear"})
    here = person(stay("RS", between("2026-07-01", "2026-07-04")))
    found = deadline(position(here, (unclear,), "2026-07-05"), Duty.REGISTER)

    assert (found.due_on, found.alternative_on) == (day("2026-07-10"), day("2026-07-14"))


def test_an_arrival_on_a_day_off_shows_the_later_reading() -> None:
    notice = deadline(position(person(stay("KZ", "2023-02-11")), (NOTIFY,), "2023-02-11"), Duty.NOTIFY_ARRIVAL)

    assert (notice.due_on, notice.alternative_on) == (day("2023-02-14"), day("2023-02-15"))


def test_an_entry_between_two_days_is_due_after_the_first_and_the_other_is_shown() -> None:
    here = person(stay("UZ", between("2023-06-01", "2023-06-04")))
    duty = deadline(position(here, (UZ_RU,), "2023-06-05"), Duty.REGISTER)

    assert (duty.due_on, duty.alternative_on) == (day("2023-06-15"), day("2023-06-18"))


def test_twenty_four_hours_from_an_unknown_hour_are_over_on_the_same_day() -> None:
    white_card = rule("RS", Kind.REGISTER_WITHIN, {"n": 24, "unit": "hours", "day_one": "entry_day"})
    duty = deadline(position(person(stay("RS", "2026-11-01")), (white_card,), "2026-11-01"), Duty.REGISTER)

    assert (duty.due_on, duty.alternative_on) == (day("2026-11-01"), day("2026-11-02"))


# Exemptions

EXEMPT = rule("KG", Kind.REGISTRATION_EXEMPTION, {"days": 30}, whom="RU", part="exemption", id="exempt")
KG_ALL = rule(
    "KG",
    Kind.REGISTER_WITHIN,
    {"n": 5, "unit": "working_days", "day_one": "entry_day"},
    valid_from="2016-12-19",
    id="five",
)


def test_an_exemption_that_wins_asks_for_registration_only_of_those_who_stay_longer() -> None:
    duty = deadline(position(person(stay("KG", "2026-11-01")), (EXEMPT, KG_ALL), "2026-11-05"), Duty.REGISTER)

    assert (duty.due_on, duty.only_if_here_after) == (day("2026-11-30"), day("2026-11-30"))
    assert duty.rule_ids == ("exempt",)


def test_an_exemption_does_not_ask_anything_of_who_leaves_in_time() -> None:
    answer = position(person(stay("KG", "2026-11-01", "2026-11-30")), (EXEMPT, KG_ALL), "2026-11-05")

    assert not has_deadline(answer, Duty.REGISTER)


def test_an_exemption_holds_by_any_nationality_held() -> None:
    dual = person(stay("KG", "2026-11-02", nationality="IL"), nationalities=("IL", "RU"))
    stranger = person(stay("KG", "2026-11-02", nationality="IL"), nationalities=("IL",))

    assert due(position(dual, (EXEMPT, KG_ALL), "2026-11-05"), Duty.REGISTER) == "2026-12-01"
    assert due(position(stranger, (EXEMPT, KG_ALL), "2026-11-05"), Duty.REGISTER) == "2026-11-06"


def test_an_exemption_for_workers_is_not_taken_by_others() -> None:
    for_workers = rule(
        "KG", Kind.REGISTRATION_EXEMPTION, {"days": 30}, whom="RU", purpose="work", part="workers", id="workers"
    )

    private = position(person(stay("KG", "2026-11-02")), (for_workers, KG_ALL), "2026-11-05")
    working = position(person(stay("KG", "2026-11-02", purpose="work")), (for_workers, KG_ALL), "2026-11-05")

    assert deadline(private, Duty.REGISTER).rule_ids == ("five",)
    assert deadline(working, Duty.REGISTER).rule_ids == ("workers",)


def test_an_exemption_for_children_is_not_taken_by_those_who_may_be_older() -> None:
    for_children = rule("KG", Kind.REGISTRATION_EXEMPTION, {"days": 30}, age_below=16, part="children", id="children")

    def rules_for(born: tuple[str, str]) -> tuple[str, ...]:
        child = person(stay("KG", "2026-11-02"), birth=between(*born))
        return deadline(position(child, (for_children, KG_ALL), "2026-11-05"), Duty.REGISTER).rule_ids

    assert rules_for(("2011-01-01", "2011-10-31")) == ("children",)
    assert rules_for(("2010-01-01", "2010-12-31")) == ("five",)


# Versions


def test_the_version_on_the_day_of_entry_decides() -> None:
    exempt_before = rule("KZ", Kind.REGISTRATION_EXEMPTION, {"days": 30}, valid_until="2026-06-30", id="exempt")
    since = rule(
        "KZ",
        Kind.REGISTER_WITHIN,
        {"n": 30, "unit": "calendar_days", "day_one": "entry_day"},
        whom="RU",
        valid_from="2026-07-01",
        id="order",
    )

    before = position(person(stay("KZ", "2026-06-30")), (exempt_before, since), "2026-07-05")
    after = position(person(stay("KZ", "2026-07-01")), (exempt_before, since), "2026-07-05")

    assert deadline(before, Duty.REGISTER).rule_ids == ("exempt",)
    assert deadline(after, Duty.REGISTER).rule_ids == ("order",)
    assert due(after, Duty.REGISTER) == "2026-07-30"


# Moves


AZ_NEW_ADDRESS = rule(
    "AZ",
    Kind.REGISTER_WITHIN,
    {"n": 5, "unit": "working_days", "day_one": "entry_day", "triggers": ["address_change"]},
    duty=Duty.REGISTER_ADDRESS,
    applies_to=AppliesTo.EACH_DAY,
)


def test_every_move_sets_the_duty_off_anew_for_the_address_where_they_live() -> None:
    facts = person(
        stay("AZ", "2026-10-10"),
        addresses=(
            address("AZ", "2026-10-10", "2026-10-20", id="first"),
            address("AZ", "2026-10-20", "2026-11-16", id="second"),
            address("AZ", "2026-11-16", id="third"),
        ),
    )
    answer = position(facts, (AZ_NEW_ADDRESS,), "2026-11-22")

    assert due(answer, Duty.REGISTER_ADDRESS) == "2026-11-20"
    assert deadline(answer, Duty.REGISTER_ADDRESS).subject.id == "third"


@pytest.mark.parametrize(
    "so_far",
    [
        address("AZ", None, "2026-11-16", id="so_far"),
        address("AZ", "2025-03-01", "2026-11-16", id="so_far"),
        address("AZ", "2025-03-01", id="so_far"),
    ],
    ids=["since nobody knows when", "since before this entry", "kept beside the new one"],
)
def test_a_move_is_one_whenever_they_came_to_the_address_before(so_far: Address) -> None:
    facts = person(
        stay("AZ", "2025-03-01", "2026-09-01"),
        stay("AZ", "2026-09-10"),
        addresses=(so_far, address("AZ", "2026-11-16", id="new")),
    )
    answer = position(facts, (AZ_NEW_ADDRESS,), "2026-11-22")

    assert due(answer, Duty.REGISTER_ADDRESS, "new") == "2026-11-20"


def test_the_address_to_which_they_came_is_no_move() -> None:
    def moves(*addresses: Address) -> bool:
        facts = person(stay("AZ", "2026-09-10"), addresses=addresses)
        return has_deadline(position(facts, (AZ_NEW_ADDRESS,), "2026-11-22"), Duty.REGISTER_ADDRESS)

    left_before = address("AZ", "2025-03-01", "2026-09-10", id="left")
    kept = address("AZ", "2025-03-01", id="kept")
    later = address("AZ", "2026-09-12", id="later")

    assert not moves(later)
    assert not moves(left_before, later)
    assert not moves(kept, address("AZ", "2026-09-10", id="on_arrival"))
    assert not moves(kept, address("AZ", None, id="some_day"))
    assert not moves(address("RS", "2025-03-01", id="elsewhere"), later)


def test_an_arrival_and_a_move_are_two_deadlines_of_one_duty() -> None:
    facts = person(
        stay("KZ", "2026-11-02"),
        addresses=(address("KZ", "2026-11-02", "2026-11-16", id="first"), address("KZ", "2026-11-16", id="second")),
        registrations=(registration("KZ", "2026-11-03", kind="arrival_notice", stay_id="KZ-2026-11-02"),),
    )
    answer = position(facts, (NOTIFY,), "2026-11-22")

    assert deadline(answer, Duty.NOTIFY_ARRIVAL, "KZ-2026-11-02").is_met
    assert not deadline(answer, Duty.NOTIFY_ARRIVAL, "second").is_met
    assert due(answer, Duty.NOTIFY_ARRIVAL, "second") == "2026-11-18"


def test_a_version_of_each_day_reaches_moves_whenever_one_entered() -> None:
    since_july = rule(
        "KZ",
        Kind.REGISTER_WITHIN,
        THREE_WORKING_DAYS | {"triggers": ["address_change"]},
        duty=Duty.REGISTER_ADDRESS,
        applies_to=AppliesTo.EACH_DAY,
        valid_from="2026-07-01",
    )

    def moved(on: str) -> bool:
        facts = person(
            stay("KZ", "2026-05-01"), addresses=(address("KZ", "2026-05-01", on), address("KZ", on, id="second"))
        )
        return has_deadline(position(facts, (since_july,), "2026-07-20"), Duty.REGISTER_ADDRESS)

    assert not moved("2026-06-30")
    assert moved("2026-07-01")


# Done


def test_a_registration_of_this_stay_meets_the_duty() -> None:
    facts = person(stay("UZ", "2023-06-01"), registrations=(registration("UZ", "2023-06-10", stay_id="UZ-2023-06-01"),))
    duty = deadline(position(facts, (UZ_RU,), "2023-06-12"), Duty.REGISTER)

    assert duty.is_met
    assert duty.met_on == day("2023-06-10")
    assert duty.due_on == day("2023-06-15")


def test_a_registration_of_another_stay_or_kind_meets_nothing() -> None:
    def is_met(**about: str) -> bool:
        facts = person(stay("UZ", "2023-06-01"), registrations=(registration("UZ", "2023-06-10", **about),))
        return deadline(position(facts, (UZ_RU,), "2023-06-12"), Duty.REGISTER).is_met

    assert is_met()
    assert not is_met(stay_id="another")
    assert not is_met(kind="arrival_notice")


def test_a_registration_older_than_the_stay_meets_nothing_unless_it_names_it() -> None:
    facts = person(stay("UZ", "2023-06-01"), registrations=(registration("UZ", "2023-05-10"),))

    assert not deadline(position(facts, (UZ_RU,), "2023-06-12"), Duty.REGISTER).is_met


# Residence


def test_an_application_for_residence_is_optional_and_met_by_one() -> None:
    within = rule(
        "MN",
        Kind.REGISTER_WITHIN,
        {"n": 21, "unit": "calendar_days", "day_one": "entry_day", "optional": True},
        duty=Duty.APPLY_RESIDENCE,
    )
    open_ = deadline(position(person(stay("MN", "2026-11-01")), (within,), "2026-11-05"), Duty.APPLY_RESIDENCE)
    filed = person(stay("MN", "2026-11-01"), applications=(application("MN", "residence", "2026-11-04"),))

    assert (open_.optional, open_.due_on, open_.is_met) == (True, day("2026-11-21"), False)
    assert deadline(position(filed, (within,), "2026-11-05"), Duty.APPLY_RESIDENCE).met_on == day("2026-11-04")


# For whom not


def test_holders_of_permits_have_rules_of_their_own_and_visitors_with_a_visa_those_of_visitors() -> None:
    visitors = rule(
        "RS", Kind.REGISTER_WITHIN, {"n": 2, "unit": "calendar_days", "day_one": "entry_day"}, id="visitors"
    )
    holders = rule(
        "RS",
        Kind.REGISTER_WITHIN,
        {"n": 3, "unit": "calendar_days", "day_one": "entry_day"},
        legal_basis="permit",
        id="holders",
    )

    def rules_for(basis: str) -> tuple[str, ...]:
        facts = person(
            stay("RS", "2026-11-01", legal_basis=basis), permits=(permit("RS", basis, "2026-01-01", "2027-01-01"),)
        )
        return deadline(position(facts, (visitors, holders), "2026-11-05"), Duty.REGISTER).rule_ids

    assert rules_for("visa_free") == ("visitors",)
    assert rules_for("visa") == ("visitors",)
    assert rules_for("permit") == ("holders",)


def test_nationals_and_those_who_have_left_register_nothing() -> None:
    at_home = position(person(stay("UZ", "2023-06-01"), nationalities=("RU", "UZ")), (UZ_RU, UZ_ALL), "2023-06-05")
    gone = position(person(stay("UZ", "2023-06-01", "2023-06-03")), (UZ_RU, UZ_ALL), "2023-06-05")

    assert not has_deadline(at_home, Duty.REGISTER)
    assert not has_deadline(gone, Duty.REGISTER)


def test_a_calendar_that_nobody_knows_is_a_warning_and_no_guess() -> None:
    odd = rule("SCHENGEN-X", Kind.REGISTER_WITHIN, {"n": 3, "unit": "working_days", "day_one": "entry_day"})
    answer = position(person(stay("SCHENGEN-X", "2026-11-01")), (odd,), "2026-11-05")

    assert not has_deadline(answer, Duty.REGISTER)
    assert "calendar_unknown" in codes(answer)


def test_a_year_whose_holidays_nobody_knows_is_a_warning() -> None:
    answer = position(person(stay("KZ", "1985-05-01")), (NOTIFY,), "1985-05-05")

    assert due(answer, Duty.NOTIFY_ARRIVAL) == "1985-05-03"
    assert "calendar_not_covered" in codes(answer)


def test_a_duty_after_so_many_days_runs_from_the_day_after_them() -> None:
    after_thirty = rule(
        "BY",
        Kind.REGISTER_WITHIN,
        {
            "n": 5,
            "unit": "calendar_days",
            "day_one": "entry_day",
            "triggers": ["exceeding_days"],
            "exceeding_days": 30,
        },
    )
    duty = deadline(position(person(stay("BY", "2026-11-01")), (after_thirty,), "2026-11-05"), Duty.REGISTER)

    # The 31st day is day one of five.
    assert duty.due_on == day("2026-12-05")
    assert duty.only_if_here_after == day("2026-11-30")
