"""What becomes possible, and from when."""

from casework.residency.rules.facts import DayRange
from casework.residency.rules.kinds import AppliesTo, Duty, Kind
from casework.residency.rules.rulebook import Rule

from .making import between, day, opportunities, permit, person, position, rule, stay, steps_of

SHORT = {"days": 90, "window_days": 180}


def test_after_ninety_days_one_may_come_back_after_ninety_days_away() -> None:
    window = rule("TR", Kind.ROLLING_WINDOW, SHORT, whom="RU")
    facts = person(stay("TR", "2026-06-10", "2026-09-07"), stay("RS", "2026-09-07"))

    (back,) = opportunities(position(facts, (window,), "2026-09-08"), Duty.RE_ENTER)

    assert (back.country, back.opens_on) == ("TR", day("2026-12-07"))
    assert opportunities(position(facts, (window,), "2026-12-07"), Duty.RE_ENTER) == []


def test_where_days_are_left_one_may_come_back_today() -> None:
    window = rule("TR", Kind.ROLLING_WINDOW, SHORT, whom="RU")
    facts = person(stay("TR", "2026-06-10", "2026-06-20"), stay("RS", "2026-06-20"))

    assert opportunities(position(facts, (window,), "2026-09-08"), Duty.RE_ENTER) == []


WINDOW_OF_OLD = rule("TR", Kind.ROLLING_WINDOW, SHORT, whom="RU", part="window", valid_until="2026-09-30", id="old")


def test_where_the_law_changes_before_one_may_come_back_the_law_of_that_day_counts() -> None:
    def back(*since: Rule) -> tuple[str, tuple[str, ...]] | None:
        facts = person(stay("TR", "2026-06-10", "2026-09-07"), stay("RS", "2026-09-07"))
        found = opportunities(position(facts, (WINDOW_OF_OLD, *since), "2026-09-08"), Duty.RE_ENTER)
        return (str(found[0].opens_on), found[0].rule_ids) if found else None

    october = {"whom": "RU", "part": "window", "valid_from": "2026-10-01", "id": "new"}
    stricter = rule("TR", Kind.ROLLING_WINDOW, {"days": 60, "window_days": 365}, **october)
    easier = rule("TR", Kind.ROLLING_WINDOW, {"days": 91, "window_days": 180}, **october)

    # 60 days in 365: on 10 July the window begins with 11 July of the year before, and holds 59 days.
    assert back(stricter) == ("2027-07-10", ("old", "new"))
    assert back(easier) == ("2026-10-01", ("old", "new"))
    assert back() is None  # of October nothing is recorded, so nothing is promised


def test_the_day_of_an_exit_that_is_not_known_is_not_said_as_if_it_were() -> None:
    def said(left: DayRange) -> dict[str, object]:
        facts = person(stay("KG", "2026-05-01", left), stay("RS", "2026-11-01"))
        (back,) = opportunities(position(facts, (COOLDOWN,), "2026-11-22"), Duty.RE_ENTER)
        return {back.because[0].code: dict(back.because[0].values)}

    assert said(between("2026-09-01", "2026-09-01")) == {"left": {"country": "KG", "left_on": "2026-09-01"}}
    assert said(between("2026-08-29", "2026-09-01")) == {
        "left_between": {
            "country": "KG",
            "left_on": "2026-09-01",
            "earliest_on": "2026-08-29",
            "latest_on": "2026-09-01",
        }
    }
    assert said(between(None, None)) == {"left_assumed": {"country": "KG", "left_on": "2026-11-01"}}


def test_a_cooldown_runs_from_the_exit_of_those_who_used_up_the_limit() -> None:
    cooldown = rule("KG", Kind.COOLDOWN, {"days": 90, "after": "limit_used", "limit_days": 90}, whom="RU")

    def back(entered: str) -> list[str]:
        facts = person(stay("KG", entered, "2026-08-29"), stay("RS", "2026-11-01"))
        return [str(each.opens_on) for each in opportunities(position(facts, (cooldown,), "2026-11-22"), Duty.RE_ENTER)]

    assert back("2026-06-01") == ["2026-11-28"]
    assert back("2026-06-02") == []


COOLDOWN = rule("KG", Kind.COOLDOWN, {"days": 90, "after": "limit_used", "limit_days": 90}, whom="RU")


def test_who_stayed_on_a_permit_has_used_nothing_up_and_need_not_wait() -> None:
    a_year = permit("KG", "temporary_residence", "2025-09-01", "2026-08-31")
    on_it = stay("KG", "2025-09-01", "2026-08-29", legal_basis="permit")
    before_and_on_it = stay("KG", "2025-07-10", "2026-08-29")

    for there in (on_it, before_and_on_it):
        facts = person(there, stay("RS", "2026-11-01"), permits=(a_year,))
        assert opportunities(position(facts, (COOLDOWN,), "2026-11-22"), Duty.RE_ENTER) == []


def test_days_before_a_permit_that_used_the_limit_up_still_ask_to_wait() -> None:
    last_month = permit("KG", "stay_extension", "2026-08-01", "2026-08-29")
    facts = person(stay("KG", "2026-05-01", "2026-08-29"), stay("RS", "2026-11-01"), permits=(last_month,))

    (back,) = opportunities(position(facts, (COOLDOWN,), "2026-11-22"), Duty.RE_ENTER)
    assert back.opens_on == day("2026-11-28")


def test_who_holds_a_valid_permit_or_is_a_national_may_come_back_on_any_day() -> None:
    window = rule("KG", Kind.ROLLING_WINDOW, SHORT, whom="RU")
    stays = (stay("KG", "2026-06-01", "2026-08-29"), stay("RS", "2026-08-29"))
    valid = permit("KG", "temporary_residence", "2026-08-20", "2027-08-19")

    assert opportunities(position(person(*stays), (COOLDOWN, window), "2026-09-01"), Duty.RE_ENTER)
    for facts in (person(*stays, permits=(valid,)), person(*stays, nationalities=("RU", "KG"))):
        assert opportunities(position(facts, (COOLDOWN, window), "2026-09-01"), Duty.RE_ENTER) == []


def test_citizenship_after_two_years_without_a_break() -> None:
    citizenship = rule(
        "AR",
        Kind.ELIGIBLE_AFTER,
        {"years": 2, "of": "permit", "what": "citizenship", "continuity_required": True},
        legal_basis="permit",
    )

    def opens(*permits: object, entered: str = "2025-01-10") -> list[str]:
        facts = person(stay("AR", entered, legal_basis="permit"), permits=permits)
        return [
            str(each.opens_on)
            for each in opportunities(position(facts, (citizenship,), "2026-11-22"), Duty.CITIZENSHIP)
        ]

    first = permit("AR", "temporary_residence", "2025-03-01", "2026-02-28", id="a")
    next_day = permit("AR", "temporary_residence", "2026-03-01", "2027-02-28", id="b")
    a_month_later = permit("AR", "temporary_residence", "2026-04-01", "2027-03-31", id="c")

    assert opens(first, next_day) == ["2027-03-01"]
    assert opens(first, a_month_later) == ["2028-04-01"]
    assert opens(first, next_day, entered="2025-06-01") == ["2027-06-01"]
    assert opens(first) == []


def test_where_no_continuity_is_required_a_gap_does_not_start_the_time_anew() -> None:
    citizenship = rule(
        "AR",
        Kind.ELIGIBLE_AFTER,
        {"years": 2, "of": "permit", "what": "citizenship", "continuity_required": False},
        legal_basis="permit",
    )
    facts = person(
        stay("AR", "2026-06-01", legal_basis="permit"),
        permits=(
            permit("AR", "temporary_residence", "2025-03-01", "2026-02-28", id="a"),
            permit("AR", "temporary_residence", "2026-04-01", "2027-03-31", id="b"),
        ),
    )

    (opening,) = opportunities(position(facts, (citizenship,), "2026-11-22"), Duty.CITIZENSHIP)
    # Two years with permits: the 31 days of March between them are not served.
    assert opening.opens_on == day("2027-04-01")
    assert steps_of(opening)[0] == "permit_time_added"


def test_the_version_in_force_when_the_time_is_served_decides() -> None:
    def version(years: int, **more: object) -> object:
        return rule(
            "AR",
            Kind.ELIGIBLE_AFTER,
            {"years": years, "of": "stay", "what": "citizenship"},
            applies_to=AppliesTo.EACH_DAY,
            **more,
        )

    rules = (version(2, valid_until="2026-12-31", id="two"), version(3, valid_from="2027-01-01", id="three"))

    def opens(entered: str) -> list[tuple[str, ...]]:
        answer = position(person(stay("AR", entered)), rules, "2026-11-22")
        return [each.rule_ids for each in opportunities(answer, Duty.CITIZENSHIP)]

    assert opens("2024-12-31") == [("two",)]
    assert opens("2025-01-01") == [("three",)]


BY_AGE = rule(
    "KZ",
    Kind.TRAVEL_DOCUMENT,
    {"accepted": ["international_passport", "internal_passport"], "min_age": {"internal_passport": 14}},
    whom="RU",
)


def test_a_child_may_travel_on_an_internal_passport_from_the_fourteenth_birthday() -> None:
    def birthday(*born: str, on: str = "2026-11-22") -> list[str]:
        child = person(stay("KZ", "2026-11-01"), birth=between(*born))
        return [str(each.opens_on) for each in opportunities(position(child, (BY_AGE,), on), Duty.ENTER)]

    assert birthday("2013-01-05", "2013-01-05") == ["2027-01-05"]
    assert birthday("2013-01-05", "2013-01-05", on="2027-01-05") == []
    assert birthday("2013-01-01", "2013-12-31") == ["2027-12-31"]
    assert birthday("2016-02-29", "2016-02-29") == ["2030-03-01"]
    assert birthday("1990-01-05", "1990-01-05") == []
