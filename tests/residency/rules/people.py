"""Invented people in many situations, for tests that look at everything the engine can say."""

from casework.residency.rules.facts import Facts
from casework.residency.rules.kinds import AppliesTo, Duty, Kind, LegalStatus
from casework.residency.rules.rulebook import RuleBook

from .making import (
    address,
    application,
    between,
    book,
    day,
    document,
    permit,
    person,
    registration,
    rule,
    stay,
)

TODAY = "2026-11-22"
UA = ("UA",)


def under_the_reference_rules() -> list[tuple[Facts, str]]:
    """People whom the rules that come with the program speak to, and the day that is asked about."""
    return [
        *_in_central_asia(),
        *_in_the_caucasus_and_around(),
        *_in_europe(),
        *_with_gaps_in_what_is_known(),
        *_after_a_permit(),
        *_with_plans(),
    ]


def _in_central_asia() -> list[tuple[Facts, str]]:
    slip = registration("KG", "2024-08-20", valid_until="2025-02-20")
    moved = (address("KZ", "2026-09-01", "2026-11-14", id="first"), address("KZ", "2026-11-14", id="second"))
    return [
        (person(stay("KZ", "2026-09-01"), birth=between("2013-01-05", "2013-01-05")), TODAY),
        (person(stay("KZ", "2022-12-01")), "2023-02-15"),
        (person(stay("KZ", "2026-05-20")), "2026-06-01"),
        (person(stay("KZ", "2026-09-01"), addresses=moved), TODAY),
        (person(stay("UZ", "2026-11-10")), TODAY),
        (person(stay("UZ", "2027-03-07", nationality="TJ"), nationalities=("TJ",)), "2027-03-08"),
        (person(stay("KG", "2024-03-01"), registrations=(slip,)), "2024-11-01"),
        (person(stay("KG", "2026-09-20"), stay("KG", "2026-05-10", "2026-06-30")), TODAY),
        (person(stay("KG", "2026-06-01", "2026-08-29"), stay("RS", "2026-11-01")), TODAY),
        (
            person(stay("MN", "2026-10-10"), permits=(permit("MN", "stay_extension", "2026-11-09", "2026-12-08"),)),
            TODAY,
        ),
    ]


def _in_the_caucasus_and_around() -> list[tuple[Facts, str]]:
    residence = permit("AR", "temporary_residence", "2025-03-01", "2027-03-01", id="residence")
    precaria = permit("AR", "precaria", "2026-10-01", "2027-04-30", id="precaria")
    return [
        (person(stay("GE", "2024-03-10", nationality="UA"), nationalities=UA), TODAY),
        (person(stay("GE", "2024-12-10")), "2026-01-10"),
        (person(stay("AM", "2026-06-10")), TODAY),
        (person(stay("AZ", "2026-10-10")), TODAY),
        (person(stay("TR", "2026-10-15"), stay("TR", "2026-05-01", "2026-06-10")), TODAY),
        (person(stay("AR", "2025-01-10", legal_basis="permit"), permits=(residence, precaria)), TODAY),
        (person(stay("VN", "2024-03-01")), "2024-03-20"),
        (person(stay("TH", between("2024-04-29", "2024-05-02"))), "2024-05-20"),
        (person(stay("TH", "2026-10-01")), TODAY),
    ]


def _in_europe() -> list[tuple[Facts, str]]:
    protection = permit("DE", "temporary_protection", "2022-05-01", "2024-03-04")
    status = permit("PL", "temporary_protection", "2022-05-01", None)
    serbian = permit("RS", "temporary_residence", "2026-01-15", "2027-01-15")
    passport = document("international_passport", "2026-11-25")
    home = address("TR", "2026-10-15", registration_possible=False, area_closed=True)
    return [
        (
            person(
                stay("DE", "2022-03-20", legal_basis="permit", nationality="UA"),
                nationalities=UA,
                permits=(protection,),
            ),
            "2025-06-01",
        ),
        (
            person(
                stay("PL", "2022-03-20", "2026-11-05", legal_basis="permit", nationality="UA"),
                nationalities=UA,
                permits=(status,),
            ),
            TODAY,
        ),
        (
            person(
                stay("PL", "2022-03-20", legal_basis="permit", nationality="UA"), nationalities=UA, permits=(status,)
            ),
            TODAY,
        ),
        (person(stay("RS", "2026-01-01", legal_basis="permit"), permits=(serbian,)), TODAY),
        (person(stay("RS", "2026-11-01"), documents=(passport,)), TODAY),
        (person(stay("HR", "2022-11-01"), stay("DE", "2022-10-01", "2022-10-20")), "2022-12-20"),
        (person(stay("DE", "2013-09-20"), stay("DE", "2013-05-01", "2013-06-01")), "2013-10-10"),
        (person(stay("TR", "2026-10-15"), addresses=(home,)), TODAY),
        (person(stay("AM", "2026-06-10"), nationalities=("RU", "AM")), TODAY),
    ]


def _with_gaps_in_what_is_known() -> list[tuple[Facts, str]]:
    asylum = application("KZ", "asylum", "2026-10-01", keeps_stay_lawful=True)
    no_end = permit("KZ", "temporary_residence", "2026-10-01", None)
    return [
        (person(stay("KZ", between("2026-10-01", "2026-10-10"))), TODAY),
        (person(stay("KZ", between(None, None))), TODAY),
        (person(stay("RS", "2026-08-01", "2026-09-01"), stay("KZ", between(None, "2026-09-20"), id="here")), TODAY),
        (person(stay("KZ", between("2026-06-01", "2026-06-03"), between(None, None)), stay("RS", "2026-07-01")), TODAY),
        (person(stay("KZ", "2026-09-01"), stay("RS", "2026-11-01")), TODAY),
        (person(stay("RS", "2026-08-01", between("2026-08-20", "2026-09-20")), stay("TH", "2026-10-01")), TODAY),
        (person(stay("KZ", "2026-06-01", between("2026-06-10", None)), stay("KZ", "2026-10-01")), TODAY),
        (person(stay("KZ", "2026-09-01", "2026-11-20"), stay("RS", "2026-11-01")), TODAY),
        (person(stay("KZ", "2026-09-01", nationality=""), nationalities=()), TODAY),
        (person(stay("RS", "2026-11-01", nationality="TJ"), nationalities=("TJ",)), TODAY),
        (person(stay("KZ", "2026-11-01", legal_basis="visa")), TODAY),
        (
            person(
                stay("KZ", "2026-11-01", legal_basis="visa"),
                permits=(permit("KZ", "visa", "2026-10-20", "2027-01-19"),),
            ),
            TODAY,
        ),
        (person(stay("KZ", "2026-11-01", legal_basis="permit"), permits=(no_end,)), TODAY),
        (person(stay("KZ", "2026-09-01", legal_basis="application")), TODAY),
        (person(stay("KZ", "2026-09-01"), applications=(asylum,)), TODAY),
        (
            person(stay("TJ", "2026-09-01"), applications=(application("TJ", "asylum", None, keeps_stay_lawful=True),)),
            TODAY,
        ),
        (person(stay("KZ", "2026-09-01"), applications=(application("KZ", "asylum", "2026-10-01"),)), TODAY),
        (person(stay("KG", "2026-05-01", between("2026-08-29", "2026-09-02")), stay("RS", "2026-11-01")), TODAY),
        (person(stay("KG", "2026-05-01", between(None, None)), stay("RS", "2026-11-01")), TODAY),
        (person(stay("KZ", "1985-05-01")), "1985-05-05"),
        (person(stay("KZ", "2026-05-01", "2026-07-29"), stay("KZ", "2026-08-15")), "2026-08-20"),
    ]


def _after_a_permit() -> list[tuple[Facts, str]]:
    ended = permit("KZ", "temporary_residence", "2025-09-01", "2026-08-31")
    return [
        (
            person(
                stay("KZ", "2026-06-01", "2026-08-31", legal_basis="permit"), stay("KZ", "2026-10-01"), permits=(ended,)
            ),
            TODAY,
        )
    ]


def _with_plans() -> list[tuple[Facts, str]]:
    old_passport = document("international_passport", "2027-01-20", biometric=False)
    return [
        (person(stay("KZ", "2026-10-01"), stay("KZ", "2027-02-01", "2027-03-12")), "2026-11-01"),
        (person(stay("KZ", "2026-10-01"), stay("KZ", "2027-02-01", "2027-03-12")), "2026-12-20"),
        (person(stay("RS", "2027-01-01", "2027-02-10")), TODAY),
        (person(stay("KZ", "2026-12-01")), TODAY),
        (person(stay("KZ", "2026-09-01"), stay("RS", "2026-11-10", planned=True)), TODAY),
        (person(stay("KG", "2026-06-01", "2026-08-29"), stay("KG", "2026-11-01", "2026-11-10")), "2026-10-01"),
        (person(stay("PL", "2026-12-01", "2026-12-10")), TODAY),
        (person(stay("IL", "2026-12-01", "2026-12-10"), documents=(old_passport,)), TODAY),
        (person(stay("GE", "2026-12-01", "2026-12-10")), TODAY),
        (person(stay("DE", "2026-12-01", "2026-12-10", document_kind=""), documents=(old_passport,)), TODAY),
        (person(stay("KZ", "2026-12-01", "2026-12-10", document_kind="identity_card")), TODAY),
        (
            person(
                stay("KZ", "2026-12-01", "2026-12-10", document_kind="internal_passport"),
                birth=between("2013-01-05", "2013-01-05"),
            ),
            TODAY,
        ),
        (
            person(
                stay("AM", "2026-12-01", "2026-12-10", document_kind="internal_passport"),
                birth=between("2010-01-05", "2010-01-05"),
            ),
            TODAY,
        ),
        (person(stay("KZ", "2026-11-01", document_kind="birth_certificate")), TODAY),
    ]


def under_made_up_rules() -> list[tuple[Facts, RuleBook, str]]:
    """People whom invented rules speak to, for what the rules that come with the program do not say."""
    within = {"n": 3, "unit": "calendar_days", "day_one": "day_after_entry"}
    after_hours = rule(
        "XA", Kind.REGISTER_WITHIN, {"n": 24, "unit": "hours", "day_one": "day_after_entry"}, part="hours"
    )
    after_day = rule("XA", Kind.REGISTER_WITHIN, within, part="days")
    after_working_day = rule(
        "XA",
        Kind.REGISTER_WITHIN,
        {"n": 3, "unit": "working_days", "day_one": "day_after_entry", "calendar": "KZ"},
        duty=Duty.NOTIFY_ARRIVAL,
    )
    unknown_calendar = rule(
        "XA",
        Kind.REGISTER_WITHIN,
        {"n": 3, "unit": "working_days", "day_one": "entry_day"},
        duty=Duty.APPLY_RESIDENCE,
    )
    group = rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="EAEU", part="visit")
    own = rule("XA", Kind.CONSECUTIVE_DAYS, {"days": 40}, whom="RU", part="visit")
    ages = rule(
        "XB", Kind.PERIOD_FROM_ENTRY, {"months": 1}, whom="RU", valid_from="2020-01-01", valid_until="2026-12-31"
    )
    loose = rule("XB", Kind.CALENDAR_YEAR, {"days": 366}, whom="RU", part="year")
    each_day = {"applies_to": AppliesTo.EACH_DAY}
    window = {"days": 90, "window_days": 180}
    chain = (
        rule("XC", Kind.ROLLING_WINDOW, window, part="w", valid_until="2026-10-31", id="a", **each_day),
        rule(
            "XC",
            Kind.ROLLING_WINDOW,
            {"days": 80, "window_days": 180},
            part="w",
            valid_from="2026-11-01",
            id="b",
            **each_day,
        ),
    )
    between_days = rule(
        "XD", Kind.CONSECUTIVE_DAYS, {"days": 30}, valid_from="2026-01-01", valid_until="2026-12-31", **each_day
    )
    until = rule("XE", Kind.CONSECUTIVE_DAYS, {"days": 30}, valid_until="2026-12-31", **each_day)
    generous = rule("XF", Kind.ROLLING_WINDOW, {"days": 179, "window_days": 180}, part="window")
    planned = rule("XG", Kind.CALENDAR_YEAR, {"days": 365}, part="year")
    permits = rule("XH", Kind.RENEWAL_WINDOW, {"closes": {"months": 3}, "of": "permit"}, legal_basis="permit")
    six_months = rule(
        "XI", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]}
    )
    beyond = rule(
        "XI", Kind.DOCUMENT_VALIDITY, {"months": 6, "beyond": "stay", "document_kinds": ["international_passport"]}
    )
    short = rule("XI", Kind.CONSECUTIVE_DAYS, {"days": 30})
    visa = rule("XI", Kind.VISA_REQUIRED, {}, whom="RU")
    authorisation = rule("XI", Kind.ENTRY_AUTHORISATION, {"name": "ETA"}, whom="RU", part="eta")
    refused = rule("XI", Kind.TRAVEL_DOCUMENT, {"refused": ["identity_card"]}, whom="RU")
    announced = rule("XI", Kind.ENTRY_BAN, {"scope": "all"}, whom="RU", legal_status=LegalStatus.ANNOUNCED, part="ban")
    coming = rule("XI", Kind.REGISTRATION_EXEMPTION, {"days": 9}, valid_from="2026-11-25")
    served = rule("XJ", Kind.ELIGIBLE_AFTER, {"years": 2, "of": "stay", "what": "citizenship"})
    two_dates = (
        rule("XK", Kind.REGISTER_WITHIN, within, part="a", id="a"),
        rule("XK", Kind.REGISTER_WITHIN, within | {"n": 5}, part="b", id="b"),
    )
    unclear = [
        rule("XL", Kind.REGISTER_WITHIN, {"n": 2, "unit": "calendar_days", "day_one": "unclear"}),
        rule("XL", Kind.REGISTER_WITHIN, {"n": 48, "unit": "hours", "day_one": "unclear"}, duty=Duty.NOTIFY_ARRIVAL),
        rule(
            "XL",
            Kind.REGISTER_WITHIN,
            {"n": 3, "unit": "working_days", "day_one": "unclear", "calendar": "KZ"},
            duty=Duty.APPLY_RESIDENCE,
        ),
    ]
    base = rule("XN", Kind.CONSECUTIVE_DAYS, {"days": 30}, whom="RU", part="visit", id="base")
    season = rule(
        "XN",
        Kind.CONSECUTIVE_DAYS,
        {"days": 60},
        whom="RU",
        part="visit",
        id="season",
        is_exception=True,
        valid_from="2026-10-01",
        valid_until="2026-12-31",
    )
    longer = rule(
        "XN",
        Kind.RENEWAL_WINDOW,
        {"closes": {"days": 0}, "of": "stay", "extends_by": {"days": 30}},
        duty=Duty.EXTEND_STAY,
    )
    swapped = {"KZ": {day("2026-11-07"): True, day("2026-11-09"): False}}
    with_breaks = rule(
        "XM", Kind.ELIGIBLE_AFTER, {"years": 2, "of": "permit", "what": "citizenship", "continuity_required": False}
    )
    passport = document("international_passport", "2027-01-20")
    return [
        (person(stay("XN", "2026-11-10")), book(base, season, longer), TODAY),
        (person(stay("XL", "2027-05-03")), book(*unclear), "2027-05-03"),
        (person(stay("XL", "2026-11-06")), book(*unclear, day_overrides=swapped), TODAY),
        (
            person(
                stay("XM", "2026-06-01"),
                permits=(
                    permit("XM", "temporary_residence", "2025-03-01", "2026-02-28", id="a"),
                    permit("XM", "temporary_residence", "2026-04-01", "2027-03-31", id="b"),
                ),
            ),
            book(with_breaks),
            TODAY,
        ),
        (person(stay("XA", "2026-11-01")), book(after_hours, after_working_day, unknown_calendar, group, own), TODAY),
        (person(stay("XA", "2026-11-01")), book(after_day), TODAY),
        (person(stay("XB", "2026-11-01")), book(ages, loose), TODAY),
        (person(stay("XC", "2026-10-01")), book(*chain), TODAY),
        (person(stay("XD", "2026-11-01")), book(between_days), TODAY),
        (person(stay("XE", "2026-11-01")), book(until), TODAY),
        (person(stay("XF", "2026-11-01"), stay("XF", "2027-03-01", "2027-03-20")), book(generous), TODAY),
        (person(stay("XG", "2027-01-01"), stay("XG", "2028-02-01", "2028-12-31")), book(planned), "2027-01-05"),
        (
            person(
                stay("XH", "2024-01-01", legal_basis="permit"),
                permits=(permit("XH", "other", "2023-07-01", "2024-05-31"),),
            ),
            book(permits),
            "2024-02-01",
        ),
        (person(stay("XI", "2026-11-10"), documents=(passport,)), book(beyond, short, announced, coming), TODAY),
        (
            person(stay("XI", "2026-12-10", "2026-12-20"), documents=(passport,)),
            book(six_months, visa, authorisation),
            TODAY,
        ),
        (person(stay("XI", "2026-12-10", "2026-12-20", document_kind="identity_card")), book(refused), TODAY),
        (person(stay("XJ", "2025-11-10")), book(served), TODAY),
        (person(stay("XK", "2026-11-10")), book(*two_dates), TODAY),
    ]
