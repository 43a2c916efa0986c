"""When somebody must leave: limits, versions, permits, applications, unknown days."""

from casework.residency.rules.facts import Permit
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus, ReviewStatus
from casework.residency.rules.rulebook import Rule

from .making import (
    application,
    at,
    between,
    codes,
    deadline,
    due,
    has_deadline,
    permit,
    person,
    position,
    rule,
    stay,
    steps_of,
    warnings_of,
)

SHORT = {"days": 90, "window_days": 180}
KZ_WINDOW = rule("KZ", Kind.ROLLING_WINDOW, SHORT, whom="RU", part="window", valid_from="2023-01-27")
KZ_VISIT = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU", part="per_visit", valid_from="2023-01-27")
KZ_BEFORE = rule(
    "KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU", part="per_visit", valid_until="2023-01-26", id="before"
)
KZ_ALL = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 30}, valid_from="2023-01-27", id="everybody")
KAZAKHSTAN = (KZ_WINDOW, KZ_VISIT, KZ_BEFORE, KZ_ALL)


# Limits and why they were chosen


def test_the_earliest_of_all_limits_ends_the_stay_and_the_others_are_named() -> None:
    turkey = (
        rule("TR", Kind.ROLLING_WINDOW, SHORT, whom="RU", part="window", id="window"),
        rule("TR", Kind.CONSECUTIVE_DAYS, {"days": 60}, whom="RU", part="per_visit", id="visit"),
    )
    answer = position(person(stay("TR", "2026-10-15"), stay("TR", "2026-05-01", "2026-06-10")), turkey, "2026-11-22")

    leave = deadline(answer, Duty.LEAVE)
    assert due(answer, Duty.LEAVE) == "2026-12-13"
    assert leave.rule_ids == ("visit", "window")
    other = next(step for step in leave.because if step.code == "other_limit")
    assert other.rule_id == "window"
    assert {limit.rule_id: limit.days_used for limit in answer.limits} == {"window": 54, "visit": 39}


def test_a_rule_for_the_nationality_replaces_everybodys_and_the_page_can_say_so() -> None:
    answer = position(person(stay("KZ", "2026-09-01")), KAZAKHSTAN, "2026-11-22")

    leave = deadline(answer, Duty.LEAVE)
    assert due(answer, Duty.LEAVE) == "2026-11-29"
    replaced = [step for step in leave.because if step.code == "replaces_everybodys"]
    assert [step.rule_id for step in replaced] == ["everybody"]


def test_a_rule_for_a_group_replaces_everybodys_and_gives_way_to_the_nationalitys() -> None:
    group = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 40}, whom="EAEU", id="group")
    own = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 50}, whom="AM", id="own")
    armenian = person(stay("KZ", "2026-11-01", nationality="AM"), nationalities=("AM",))
    belarusian = person(stay("KZ", "2026-11-01", nationality="BY"), nationalities=("BY",))
    tajik = person(stay("KZ", "2026-11-01", nationality="TJ"), nationalities=("TJ",))
    rules = (group, own, KZ_ALL)

    assert deadline(position(armenian, rules, "2026-11-22"), Duty.LEAVE).rule_ids == ("own",)
    assert deadline(position(belarusian, rules, "2026-11-22"), Duty.LEAVE).rule_ids == ("group",)
    assert deadline(position(tajik, rules, "2026-11-22"), Duty.LEAVE).rule_ids == ("everybody",)


def test_the_version_on_the_day_of_entry_holds_for_the_whole_stay() -> None:
    before = position(person(stay("KZ", "2022-12-01")), KAZAKHSTAN, "2023-02-15")
    after = position(person(stay("KZ", "2022-10-01", "2022-12-20"), stay("KZ", "2023-02-01")), KAZAKHSTAN, "2023-02-15")

    assert due(before, Duty.LEAVE) == "2023-02-28"
    assert deadline(before, Duty.LEAVE).rule_ids == ("before",)
    # 81 days before commencement and 15 since: whether they count is not stated, so they do.
    assert deadline(after, Duty.LEAVE).rule_ids[0] == KZ_WINDOW.id
    assert due(after, Duty.LEAVE) == "2023-02-09"


def test_days_before_commencement_that_nobody_has_ruled_on_have_two_readings() -> None:
    visits = (stay("KZ", "2022-12-01", "2022-12-31"), stay("KZ", "2023-02-01"))
    answer = position(person(*visits), (KZ_WINDOW,), "2023-02-15")

    leave = deadline(answer, Duty.LEAVE)
    assert (str(leave.due_on), str(leave.alternative_on)) == ("2023-03-31", "2023-05-01")
    assert "alternative_by_facts" in steps_of(leave)


def test_days_before_commencement_that_do_not_count_are_left_out() -> None:
    visits = (stay("KZ", "2022-12-01", "2022-12-31"), stay("KZ", "2023-02-01"))
    stated = rule(
        "KZ", Kind.ROLLING_WINDOW, SHORT, whom="RU", valid_from="2023-01-27", days_before_commencement_count=False
    )
    answer = position(person(*visits), (stated,), "2023-02-15")

    assert due(answer, Duty.LEAVE) == "2023-05-01"
    assert deadline(answer, Duty.LEAVE).alternative_on is None


def test_a_proposed_rule_drives_no_date() -> None:
    proposed = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", legal_status=LegalStatus.PROPOSED, part="new")
    law = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 60}, whom="RU", valid_from="2024-05-01")
    answer = position(person(stay("TH", "2026-11-01")), (proposed, law), "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-12-30"
    assert "rule_not_yet_law" in codes(answer)


def test_review_status_is_that_of_the_weakest_rule() -> None:
    firm = rule("KZ", Kind.CONSECUTIVE_DAYS, {"days": 90}, part="a", review_status=ReviewStatus.REVIEWED)
    weak = rule("KZ", Kind.ROLLING_WINDOW, SHORT, part="b", review_status=ReviewStatus.NEEDS_REVIEW)
    here = person(stay("KZ", "2026-11-01"))

    assert deadline(position(here, (firm,), "2026-11-22"), Duty.LEAVE).review == ReviewStatus.REVIEWED
    assert deadline(position(here, (firm, weak), "2026-11-22"), Duty.LEAVE).review == ReviewStatus.NEEDS_REVIEW


def test_a_rule_of_each_day_changes_in_the_middle_of_a_stay() -> None:
    old = rule(
        "SCHENGEN",
        Kind.ANCHORED_WINDOW,
        SHORT,
        part="window",
        valid_until="2013-10-17",
        applies_to=AppliesTo.EACH_DAY,
        id="old",
    )
    new = rule(
        "SCHENGEN",
        Kind.ROLLING_WINDOW,
        SHORT,
        part="window",
        valid_from="2013-10-18",
        applies_to=AppliesTo.EACH_DAY,
        days_before_commencement_count=True,
        id="new",
    )
    member = rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"})
    visits = (stay("DE", "2013-04-22", "2013-06-20"), stay("DE", "2013-09-20"))

    answer = position(person(*visits), (old, new, member), "2013-10-20")

    # Until 17 October the period that began on 22 April counts; from then on the window takes a day and gives one
    # back, 89 of 90 being used, until the last of the first stay has left it on 17 December.
    assert deadline(answer, Duty.LEAVE).rule_ids[0] == "new"
    assert due(answer, Duty.LEAVE) == "2013-12-18"


def test_the_last_version_known_goes_on_after_its_end() -> None:
    protection = rule(
        "DE", Kind.UNTIL_DATE, {"until": "2027-03-04"}, valid_until="2027-03-04", applies_to=AppliesTo.EACH_DAY
    )

    assert due(position(person(stay("DE", "2026-05-01")), (protection,), "2026-11-22"), Duty.LEAVE) == "2027-03-04"


# Overstaying


def test_a_stay_over_its_limit_stays_due_on_its_last_lawful_day() -> None:
    here = person(stay("RS", "2026-08-01"))
    serbia = (rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),)

    for today in ("2026-08-30", "2026-08-31", "2026-11-22"):
        assert due(position(here, serbia, today), Duty.LEAVE) == "2026-08-30"
    (over,) = warnings_of(position(here, serbia, "2026-11-22"), "overstayed")
    assert over.values == {"first_on": "2026-08-31", "last_on": "2026-11-22", "days": 84}


def test_an_overstay_that_is_over_is_a_warning_and_no_deadline() -> None:
    left = person(stay("RS", "2026-08-01", "2026-09-20"), stay("TH", "2026-10-01"))
    answer = position(left, (rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),), "2026-11-22")

    assert not has_deadline(answer, Duty.LEAVE)
    assert [warning.country for warning in warnings_of(answer, "overstayed")] == ["RS"]


def test_an_overstay_by_the_worse_reading_alone_is_called_that() -> None:
    serbia = (rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),)

    def said(left: str) -> list[tuple[str, dict[str, object]]]:
        facts = person(stay("RS", "2026-08-01", between(left, "2026-09-20")), stay("TH", "2026-10-01"))
        return [
            (it.code, dict(it.values)) for it in position(facts, serbia, "2026-11-22").warnings if "over" in it.code
        ]

    at_worst: dict[str, object] = {"first_on": "2026-08-31", "last_on": "2026-09-20", "days": 21}
    assert said("2026-08-20") == [("overstayed_at_worst", at_worst | {"sure_days": 0})]
    assert said("2026-09-05") == [("overstayed_at_worst", at_worst | {"sure_days": 6})]
    assert said("2026-09-20") == [("overstayed", at_worst)]


def test_an_overstay_that_rests_on_days_before_commencement_is_not_called_certain() -> None:
    visits = (stay("KZ", "2022-10-01", "2022-12-20"), stay("KZ", "2023-02-01"))
    answer = position(person(*visits), (KZ_WINDOW,), "2023-02-15")

    (over,) = warnings_of(answer, "overstayed_at_worst")
    assert over.values == {"first_on": "2023-02-10", "last_on": "2023-02-15", "days": 6, "sure_days": 0}
    assert [(limit.overstay, limit.overstay_is_sure) for limit in answer.limits] == [(True, False)]


def test_a_stay_that_was_never_lawful_is_due_on_its_first_day() -> None:
    visits = (stay("KZ", "2026-05-01", "2026-07-29"), stay("KZ", "2026-08-15"))
    answer = position(person(*visits), (KZ_WINDOW,), "2026-08-20")

    assert due(answer, Duty.LEAVE) == "2026-08-15"
    assert "no_day_lawful" in codes(answer)


def test_when_old_days_leave_the_window_the_answer_is_to_be_looked_at_again() -> None:
    visits = (stay("KG", "2026-05-10", "2026-07-18"), stay("KG", "2026-10-10"))
    answer = position(
        person(*visits), (rule("KG", Kind.ROLLING_WINDOW, {"days": 80, "window_days": 180}),), "2026-10-25"
    )

    leave = deadline(answer, Duty.LEAVE)
    assert str(leave.due_on) == "2026-10-19"
    assert leave.recheck_on is None or str(leave.recheck_on) > "2026-10-25"


# No rule


def test_no_rule_for_the_nationality_is_said_and_nobody_elses_is_taken() -> None:
    tajik = person(stay("RS", "2026-11-01", nationality="TJ"), nationalities=("TJ",))
    answer = position(tajik, (rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),), "2026-11-22")

    assert not has_deadline(answer, Duty.LEAVE)
    (warning,) = warnings_of(answer, "no_rule_recorded")
    assert warning.values == {"duty": "leave", "nationality": "TJ"}


def test_no_version_for_the_day_of_entry_is_said() -> None:
    answer = position(person(stay("KZ", "2022-12-01")), (KZ_WINDOW,), "2023-02-15")

    (warning,) = warnings_of(answer, "no_rule_for_that_day")
    assert warning.values == {"duty": "leave", "nationality": "RU", "day_on": "2022-12-01"}


def test_nationals_of_the_country_fall_under_none_of_its_limits() -> None:
    dual = person(stay("AM", "2026-01-01"), nationalities=("RU", "AM"))
    answer = position(dual, (rule("AM", Kind.CALENDAR_YEAR, {"days": 180}),), "2026-11-22")

    assert not has_deadline(answer, Duty.LEAVE)
    assert "own_national" in codes(answer)
    assert not warnings_of(answer, "overstayed")


def test_nationals_of_a_member_of_a_zone_fall_under_none_of_its_limits() -> None:
    zone = (
        rule("SCHENGEN", Kind.ROLLING_WINDOW, SHORT, applies_to=AppliesTo.EACH_DAY),
        rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}),
        rule("FR", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}),
    )
    dual = person(stay("DE", "2026-01-01"), nationalities=("RU", "FR"))

    assert not has_deadline(position(dual, zone, "2026-11-22"), Duty.LEAVE)


def test_the_document_used_to_enter_decides_between_two_nationalities() -> None:
    rules = (
        rule("GE", Kind.CONSECUTIVE_DAYS, {"days": 10}, whom="RU", id="russians"),
        rule("GE", Kind.CONSECUTIVE_DAYS, {"days": 20}, whom="IL", id="israelis"),
    )
    both = ("IL", "RU")

    on_one = position(person(stay("GE", "2026-11-01", nationality="IL"), nationalities=both), rules, "2026-11-05")
    unknown = position(person(stay("GE", "2026-11-01", nationality=""), nationalities=both), rules, "2026-11-05")

    assert deadline(on_one, Duty.LEAVE).rule_ids == ("israelis",)
    assert deadline(unknown, Duty.LEAVE).rule_ids == ("russians", "israelis")


def test_a_refugee_travel_document_says_nothing_about_nationality() -> None:
    rules = (rule("GE", Kind.CONSECUTIVE_DAYS, {"days": 10}, whom="RU", id="russians"),)
    holder = person(stay("GE", "2026-11-01", nationality="DE", document_kind="refugee_travel_document"))

    assert deadline(position(holder, rules, "2026-11-05"), Duty.LEAVE).rule_ids == ("russians",)


# Unknown days


def test_an_entry_between_two_days_is_read_at_its_worst_and_the_other_is_shown() -> None:
    here = person(stay("KZ", between("2026-10-01", "2026-10-10")))
    leave = deadline(position(here, KAZAKHSTAN, "2026-11-22"), Duty.LEAVE)

    assert (str(leave.due_on), str(leave.alternative_on)) == ("2026-12-29", "2027-01-07")
    assert steps_of(leave)[0] == "entered_between"


def test_where_the_law_changed_between_two_days_of_entry_the_version_that_leaves_less_time_drives() -> None:
    ninety = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 90}, whom="RU", valid_until="2024-04-30", id="ninety")
    sixty = rule("TH", Kind.CONSECUTIVE_DAYS, {"days": 60}, whom="RU", valid_from="2024-05-01", id="sixty")

    def leave(earliest: str, latest: str, *rules: Rule) -> tuple[str, str, tuple[str, ...]]:
        facts = person(stay("TH", between(earliest, latest)))
        found = deadline(position(facts, rules, "2024-05-20"), Duty.LEAVE)
        assert found.because[0].values["earliest_on"] == earliest
        return str(found.due_on), str(found.alternative_on), found.rule_ids

    assert leave("2024-04-29", "2024-05-02", ninety, sixty) == ("2024-06-29", "2024-07-27", ("sixty",))
    assert leave("2024-04-28", "2024-04-30", ninety, sixty) == ("2024-07-26", "2024-07-28", ("ninety",))
    assert leave("2024-04-29", "2024-05-02", sixty) == ("2024-06-29", "2024-06-30", ("sixty",))


def test_an_entry_that_nothing_bounds_has_no_date() -> None:
    answer = position(person(stay("KZ", between(None, None))), KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) is None
    assert "entry_unknown" in codes(answer)


def test_an_entry_by_a_day_cannot_be_before_the_last_exit() -> None:
    visits = (stay("RS", "2026-08-01", "2026-09-01"), stay("KZ", between(None, "2026-09-20"), id="here"))
    answer = position(person(*visits), KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE, "here") == "2026-11-29"


def test_an_unknown_exit_counts_until_the_person_was_seen_elsewhere() -> None:
    visits = (
        stay("KZ", "2026-06-01", between(None, None)),
        stay("RS", "2026-07-01", "2026-09-30"),
        stay("KZ", "2026-10-01"),
    )
    answer = position(person(*visits), (KZ_WINDOW,), "2026-11-22")

    leave = deadline(answer, Duty.LEAVE)
    # At worst 31 days in June and July, at best one; the window has lost the first of them by then.
    assert str(leave.due_on) < str(leave.alternative_on)
    assert next(limit for limit in answer.limits).days_used == 53 + 31


def test_a_missing_exit_does_not_mean_that_somebody_has_gone() -> None:
    answer = position(person(stay("KZ", "2026-09-01")), KAZAKHSTAN, "2026-12-24")

    assert answer.country == "KZ"
    assert due(answer, Duty.LEAVE) == "2026-11-29"


def test_an_open_stay_ends_where_a_later_one_elsewhere_begins_and_the_missing_exit_is_said() -> None:
    visits = (stay("KZ", "2026-09-01"), stay("RS", "2026-11-01"))
    answer = position(person(*visits), KAZAKHSTAN, "2026-11-22")

    assert answer.country == "RS"
    assert [warning.country for warning in warnings_of(answer, "exit_missing")] == ["KZ"]


def test_who_may_have_left_may_still_be_there() -> None:
    answer = position(person(stay("KZ", "2026-09-01", between("2026-11-10", "2026-12-10"))), KAZAKHSTAN, "2026-11-22")

    assert answer.country == "KZ"
    assert due(answer, Duty.LEAVE) == "2026-11-29"


# Plans


def test_a_planned_stay_limits_the_current_one_and_the_date_without_it_is_named() -> None:
    visits = (stay("KZ", "2026-10-01"), stay("KZ", "2027-02-01", "2027-03-12"))
    answer = position(person(*visits), (KZ_WINDOW,), "2026-11-01")

    leave = deadline(answer, Duty.LEAVE, "KZ-2026-10-01")
    # 40 planned days leave 50.
    assert str(leave.due_on) == "2026-11-19"
    freely = next(step for step in leave.because if step.code == "without_plans")
    assert freely.values == {"last_on": "2026-12-29"}


def test_a_plan_that_cannot_be_kept_any_more_does_not_end_the_stay_today() -> None:
    visits = (stay("KZ", "2026-10-01"), stay("KZ", "2027-02-01", "2027-03-12"))
    answer = position(person(*visits), (KZ_WINDOW,), "2026-12-20")

    assert due(answer, Duty.LEAVE, "KZ-2026-10-01") == "2026-12-29"
    assert "plan_cannot_be_kept" in codes(answer)


def test_a_plan_has_a_date_of_its_own_and_says_if_it_is_too_long() -> None:
    answer = position(
        person(stay("RS", "2027-01-01", "2027-02-10")),
        (rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),),
        "2026-11-22",
    )

    assert due(answer, Duty.LEAVE) == "2027-01-30"
    (warning,) = warnings_of(answer, "plan_too_long")
    assert warning.values == {"last_on": "2027-01-30", "exit_on": "2027-02-10"}


RS_VISIT = rule("RS", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", id="serbia")
RS_CARD = rule("RS", Kind.REGISTER_WITHIN, {"n": 24, "unit": "hours", "day_one": "entry_day"}, id="card")


def test_a_plan_whose_day_has_come_ends_no_other_stay_until_somebody_says_that_it_began() -> None:
    visits = (stay("KZ", "2026-09-01"), stay("RS", "2026-11-01", planned=True))
    answer = position(person(*visits), (*KAZAKHSTAN, RS_VISIT, RS_CARD), "2026-11-22")

    assert answer.country == "KZ"
    assert due(answer, Duty.LEAVE, "KZ-2026-09-01") == "2026-11-29"
    assert due(answer, Duty.LEAVE, "RS-2026-11-01") == "2026-11-30"
    assert steps_of(deadline(answer, Duty.LEAVE, "RS-2026-11-01"))[0] == "entry_planned"
    assert due(answer, Duty.REGISTER, "RS-2026-11-01") == "2026-11-01"
    (asked,) = warnings_of(answer, "plan_not_confirmed")
    assert (asked.country, asked.values) == ("RS", {"entry_on": "2026-11-01"})
    assert "exit_missing" not in codes(answer)


def test_a_plan_that_would_be_over_by_now_ends_no_other_stay_either() -> None:
    visits = (stay("KZ", "2026-09-01"), stay("RS", "2026-11-01", "2026-11-10", planned=True))
    answer = position(person(*visits), (*KAZAKHSTAN, RS_VISIT), "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-11-29"
    assert "plan_not_confirmed" in codes(answer)


def test_a_plan_between_two_days_of_which_the_first_has_come_ends_no_other_stay() -> None:
    visits = (stay("KZ", "2026-09-01"), stay("RS", between("2026-11-20", "2026-12-10"), planned=True))
    answer = position(person(*visits), (*KAZAKHSTAN, RS_VISIT), "2026-11-22")

    assert due(answer, Duty.LEAVE, "KZ-2026-09-01") == "2026-11-29"


def test_somebody_expected_who_is_nowhere_else_has_the_dates_of_the_plan() -> None:
    answer = position(person(stay("RS", "2026-11-01", planned=True)), (RS_VISIT,), "2026-11-22")

    assert (answer.country, due(answer, Duty.LEAVE)) == ("RS", "2026-11-30")
    assert "plan_not_confirmed" in codes(answer)


def test_asked_about_a_day_to_come_what_is_planned_until_then_is_supposed_to_happen() -> None:
    visits = (stay("KZ", "2026-10-01"), stay("RS", "2026-12-01", planned=True))
    answer = position(person(*visits), (*KAZAKHSTAN, RS_VISIT), "2026-12-10")

    assert (answer.country, due(answer, Duty.LEAVE)) == ("RS", "2026-12-30")
    assert "plan_not_confirmed" not in codes(answer)


def test_a_plan_that_may_not_have_begun_is_no_certain_overstay() -> None:
    answer = position(person(stay("RS", "2026-10-01", planned=True)), (RS_VISIT,), "2026-11-22")

    (over,) = warnings_of(answer, "overstayed_at_worst")
    assert (over.values["days"], over.values["sure_days"]) == (23, 0)


def test_a_plan_without_a_day_is_no_stay() -> None:
    some_day = stay("RS", between(None, None), planned=True)

    assert position(person(some_day), (RS_VISIT,), "2026-11-22").country == ""
    answer = position(person(stay("KZ", "2026-09-01"), some_day), (*KAZAKHSTAN, RS_VISIT), "2026-11-22")
    assert due(answer, Duty.LEAVE) == "2026-11-29"


# Permits and applications


def test_under_a_permit_one_leaves_when_it_ends() -> None:
    held = person(
        stay("KZ", "2026-01-01", legal_basis="permit"),
        permits=(permit("KZ", "temporary_residence", "2026-01-20", "2027-01-19"),),
    )
    answer = position(held, KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2027-01-19"
    assert steps_of(deadline(answer, Duty.LEAVE)) == ["entered", "permit_ends", "last_lawful_day"]
    assert answer.limits == ()


def test_days_under_a_permit_do_not_count_later() -> None:
    facts = person(
        stay("KZ", "2026-06-01", "2026-08-31", legal_basis="permit"),
        stay("KZ", "2026-10-01"),
        permits=(permit("KZ", "temporary_residence", "2025-09-01", "2026-08-31"),),
    )

    assert due(position(facts, KAZAKHSTAN, "2026-11-22"), Duty.LEAVE) == "2026-12-29"


def test_a_permit_granted_during_the_stay_carries_on_from_the_days_without_a_visa() -> None:
    facts = person(stay("MN", "2026-10-10"), permits=(permit("MN", "stay_extension", "2026-11-09", "2026-12-08"),))
    mongolia = (rule("MN", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU"),)

    assert due(position(facts, mongolia, "2026-10-20"), Duty.LEAVE) == "2026-12-08"
    assert due(position(facts, mongolia, "2026-11-22"), Duty.LEAVE) == "2026-12-08"
    assert not warnings_of(position(facts, mongolia, "2026-11-22"), "overstayed")


def test_a_permit_that_has_ended_is_overdue() -> None:
    facts = person(stay("KZ", "2026-01-01"), permits=(permit("KZ", "temporary_residence", "2026-01-20", "2026-11-01"),))

    assert due(position(facts, KAZAKHSTAN, "2026-11-22"), Duty.LEAVE) == "2026-11-01"


def test_a_permit_that_begins_later_and_has_no_known_end_gives_no_date() -> None:
    facts = person(stay("KZ", "2026-10-01"), permits=(permit("KZ", "temporary_residence", "2026-12-10", None),))
    answer = position(facts, KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) is None
    assert "permit_end_unknown" in codes(answer)


def test_an_earlier_permit_whose_end_nobody_recorded_does_not_hide_the_end_of_the_next_one() -> None:
    first = permit("KZ", "temporary_residence", "2025-01-20", None, id="first")
    then = permit("KZ", "temporary_residence", "2026-01-20", "2027-01-19", id="then")
    permanent = permit("KZ", "permanent_residence", "2026-06-01", None, id="permanent")

    def leave(*permits: Permit) -> str | None:
        facts = person(stay("KZ", "2025-01-01", legal_basis="permit"), permits=permits)
        return due(position(facts, KAZAKHSTAN, "2026-11-22"), Duty.LEAVE)

    assert leave(first, then) == "2027-01-19"
    assert leave(first) is None
    assert leave(then, permanent) is None  # granted later, and nobody knows until when


def test_a_permit_that_was_over_before_the_entry_is_not_the_one_on_which_they_are_there() -> None:
    facts = person(
        stay("KZ", "2026-11-01", legal_basis="visa"), permits=(permit("KZ", "visa", "2024-01-20", "2024-04-19"),)
    )
    answer = position(facts, KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) is None
    assert "permit_not_recorded" in codes(answer)


def test_a_permit_extended_by_law_ends_later_than_its_card() -> None:
    extensions = (
        rule(
            "DE",
            Kind.PERMIT_EXTENDED_BY_LAW,
            {"permit_kind": "temporary_protection", "valid_on": "2024-02-01", "extended_to": "2025-03-04"},
            whom="UA",
            legal_basis="permit",
            part="first",
            id="first",
        ),
        rule(
            "DE",
            Kind.PERMIT_EXTENDED_BY_LAW,
            {"permit_kind": "temporary_protection", "valid_on": "2025-02-01", "extended_to": "2026-03-04"},
            whom="UA",
            legal_basis="permit",
            part="second",
            id="second",
        ),
    )

    def leave(until: str, kind: str = "temporary_protection") -> str | None:
        facts = person(
            stay("DE", "2022-03-20", legal_basis="permit", nationality="UA"),
            nationalities=("UA",),
            permits=(permit("DE", kind, "2022-05-01", until),),
        )
        return due(position(facts, extensions, "2023-12-01"), Duty.LEAVE)

    assert leave("2024-03-04") == "2026-03-04"
    assert leave("2024-01-31") == "2024-01-31"
    assert leave("2024-03-04", kind="temporary_residence") == "2024-03-04"


def test_a_visa_or_permit_that_is_not_recorded_is_asked_for() -> None:
    answer = position(person(stay("KZ", "2026-11-01", legal_basis="visa")), KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) is None
    assert "permit_not_recorded" in codes(answer)


def test_the_end_of_a_visa_is_said_to_be_no_more_than_its_end() -> None:
    def answer(kind: str) -> tuple[list[str], set[str]]:
        facts = person(
            stay("KZ", "2026-11-01", legal_basis=kind), permits=(permit("KZ", kind, "2026-10-20", "2027-01-19"),)
        )
        found = position(facts, KAZAKHSTAN, "2026-11-22")
        assert due(found, Duty.LEAVE) == "2027-01-19"
        return steps_of(deadline(found, Duty.LEAVE)), codes(found)

    for said in answer("visa"):
        assert "visa_days_not_recorded" in said
    for said in answer("permit"):
        assert "visa_days_not_recorded" not in said


def test_a_visa_of_another_member_of_the_zone_serves_a_residence_permit_does_not() -> None:
    zone = (
        rule("SCHENGEN", Kind.ROLLING_WINDOW, SHORT, applies_to=AppliesTo.EACH_DAY),
        rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}),
        rule("FR", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}),
    )

    def leave(kind: str, basis: str) -> str | None:
        facts = person(
            stay("FR", "2026-11-01", legal_basis=basis), permits=(permit("DE", kind, "2026-10-01", "2027-06-30"),)
        )
        return due(position(facts, zone, "2026-11-22"), Duty.LEAVE)

    assert leave("visa", "visa") == "2027-06-30"
    assert leave("temporary_residence", "visa_free") == "2027-01-29"


def test_a_pending_application_that_keeps_the_stay_lawful_suspends_the_date() -> None:
    facts = person(
        stay("KZ", "2026-09-01"), applications=(application("KZ", "asylum", "2026-10-01", keeps_stay_lawful=True),)
    )
    answer = position(facts, KAZAKHSTAN, "2026-12-22")

    assert not has_deadline(answer, Duty.LEAVE)
    (warning,) = warnings_of(answer, "leave_suspended_until_decided")
    assert warning.values["due_on"] == "2026-11-29"
    assert not warnings_of(answer, "overstayed")


def test_whoever_asked_on_the_day_of_an_entry_without_days_left_is_not_told_that_no_day_is_lawful() -> None:
    facts = person(
        stay("KZ", "2026-05-01", "2026-07-29"),
        stay("KZ", "2026-08-15"),
        applications=(application("KZ", "asylum", "2026-08-15", keeps_stay_lawful=True),),
    )
    answer = position(facts, KAZAKHSTAN, "2026-11-22")

    assert "leave_suspended_until_decided" in codes(answer)
    assert not codes(answer) & {"no_day_lawful", "overstayed"}


def test_an_application_of_unknown_effect_changes_nothing_and_says_so() -> None:
    facts = person(stay("KZ", "2026-09-01"), applications=(application("KZ", "asylum", "2026-10-01"),))
    answer = position(facts, KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-11-29"
    assert "application_effect_unknown" in codes(answer)


def test_a_refused_application_keeps_nothing_lawful() -> None:
    refused = application("KZ", "asylum", "2026-10-01", keeps_stay_lawful=True, state="refused")
    answer = position(person(stay("KZ", "2026-09-01"), applications=(refused,)), KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-11-29"


def test_a_stay_on_an_application_that_is_not_recorded_is_counted_as_without_one() -> None:
    answer = position(person(stay("KZ", "2026-09-01", legal_basis="application")), KAZAKHSTAN, "2026-11-22")

    assert due(answer, Duty.LEAVE) == "2026-11-29"
    assert "application_not_recorded" in codes(answer)


# Zones


def test_days_before_a_country_joins_the_zone_do_not_count() -> None:
    zone = (
        rule("SCHENGEN", Kind.ROLLING_WINDOW, SHORT, applies_to=AppliesTo.EACH_DAY),
        rule("HR", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}, valid_from="2023-01-01"),
        rule("DE", Kind.ZONE_MEMBERSHIP, {"zone": "SCHENGEN"}),
    )
    facts = person(stay("DE", "2022-10-01", "2022-10-20"), stay("HR", "2022-11-01"))

    before = position(facts, zone, "2022-12-20")
    after = position(facts, zone, "2023-01-10")

    # 20 days in Germany, and Croatia from 1 January: 70 more.
    assert due(before, Duty.LEAVE) == due(after, Duty.LEAVE) == "2023-03-11"
    assert [limit.days_used for limit in after.limits] == [30]
    assert "no_rule_recorded" in codes(before)
    assert "no_rule_recorded" not in codes(after)


# Known when


def test_an_answer_is_reproduced_as_it_was_known_then() -> None:
    two_years = rule(
        "GE",
        Kind.PERIOD_FROM_ENTRY,
        {"years": 2},
        whom="UA",
        valid_from="2024-02-24",
        known_until="2024-04-23",
        id="two",
    )
    three_years = rule(
        "GE",
        Kind.PERIOD_FROM_ENTRY,
        {"years": 3},
        whom="UA",
        valid_from="2024-02-24",
        known_from="2024-04-23",
        id="three",
    )
    facts = person(stay("GE", "2024-03-10", nationality="UA"), nationalities=("UA",))
    rules = (two_years, three_years)

    then = position(facts, rules, "2024-04-01", known_at=at("2024-04-01"))
    now = position(facts, rules, "2024-04-01")

    assert due(then, Duty.LEAVE) == "2026-03-09"
    assert due(now, Duty.LEAVE) == "2027-03-09"
    assert (then.known_at, now.known_at) == (at("2024-04-01"), None)


def test_who_was_there_before_has_a_day_of_their_own_in_place_of_the_older_rule() -> None:
    old = rule("GE", Kind.PERIOD_FROM_ENTRY, {"years": 3}, whom="UA", valid_from="2024-02-24", valid_until="2025-02-23")
    new = rule(
        "GE",
        Kind.PERIOD_FROM_ENTRY,
        {"years": 1, "cohort": {"entered_before": "2025-02-24", "until": "2026-02-24"}},
        whom="UA",
        valid_from="2025-02-24",
        applies_to=AppliesTo.COHORT,
        id="new",
    )

    def leave(entered: str) -> str | None:
        facts = person(stay("GE", entered, nationality="UA"), nationalities=("UA",))
        return due(position(facts, (old, new), "2025-06-01"), Duty.LEAVE)

    assert leave("2024-03-10") == "2026-02-24"
    assert leave("2025-02-23") == "2026-02-24"
    assert leave("2025-03-10") == "2026-03-09"


def test_a_stay_that_ended_before_the_change_keeps_the_rule_of_its_time() -> None:
    old = rule("GE", Kind.PERIOD_FROM_ENTRY, {"days": 100}, whom="UA", valid_until="2025-02-23")
    new = rule(
        "GE",
        Kind.PERIOD_FROM_ENTRY,
        {"days": 10, "cohort": {"entered_before": "2025-02-24", "until": "2024-01-01"}},
        whom="UA",
        valid_from="2025-02-24",
        applies_to=AppliesTo.COHORT,
    )
    facts = person(stay("GE", "2024-03-10", "2024-04-10", nationality="UA"), nationalities=("UA",))

    assert not warnings_of(position(facts, (old, new), "2025-06-01"), "overstayed")
