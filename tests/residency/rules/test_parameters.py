"""Parameters are refused with a sentence that names the field; sound ones get their defaults."""

import re
from pathlib import Path

import pytest

from casework.residency.rules.fields import FieldType
from casework.residency.rules.kinds import Duty, Kind
from casework.residency.rules.parameters import contradictions, validate, with_defaults
from casework.residency.rules.schemas import DUTIES_OF_KIND, SCHEMAS

SOUND = {
    Kind.CONSECUTIVE_DAYS: {"days": 30},
    Kind.PERIOD_FROM_ENTRY: {"years": 1, "cohort": {"entered_before": "2025-02-24", "until": "2026-02-24"}},
    Kind.ROLLING_WINDOW: {"days": 90, "window_days": 180},
    Kind.ANCHORED_WINDOW: {"days": 90, "window_days": 180, "count_exit_day": False},
    Kind.CALENDAR_YEAR: {"days": 90},
    Kind.UNTIL_DATE: {"until": "2027-03-04"},
    Kind.REGISTER_WITHIN: {"n": 3, "unit": "working_days", "day_one": "entry_day", "calendar": "KZ", "actor": "host"},
    Kind.RENEW_EVERY: {"months": 6, "of": "registration"},
    Kind.RENEWAL_WINDOW: {"opens": {"months": 3}, "closes": {"days": 30}, "of": "permit"},
    Kind.PERMIT_EXTENDED_BY_LAW: {"valid_on": "2024-02-01", "extended_to": "2025-03-04"},
    Kind.DOCUMENT_VALIDITY: {"months": 6, "beyond": "entry", "document_kinds": ["international_passport"]},
    Kind.MAX_ABSENCE: {"days": 30, "consequence": "The status is lost."},
    Kind.COOLDOWN: {"days": 90, "after": "limit_used", "limit_days": 90},
    Kind.ELIGIBLE_AFTER: {"years": 2, "of": "permit", "what": "citizenship"},
    Kind.TRAVEL_DOCUMENT: {"accepted": ["internal_passport"], "min_age": {"internal_passport": 14}},
    Kind.VISA_REQUIRED: {},
    Kind.ZONE_MEMBERSHIP: {"zone": "SCHENGEN"},
    Kind.REGISTRATION_EXEMPTION: {"days": 30},
    Kind.ENTRY_BAN: {"scope": "holders of short-stay visas"},
    Kind.ENTRY_AUTHORISATION: {"name": "ETA-IL", "validity_years": 2},
    Kind.RESIDENCE_PATHWAY: {"permit": "temporary_residence", "purposes": ["work", "study"]},
    Kind.WORK_RIGHT: {"allowed": True},
    Kind.AREA_RESTRICTION: {"max_foreigner_share": 0.25, "closed_areas": 781},
    Kind.GRACE_PERIOD: {"days": 15, "trigger": "contract ended early"},
    Kind.ENTRY_REFUSAL_PRACTICE: {"text": "Residents are refused re-entry."},
    Kind.RETURN_RISK: {"level": "unknown", "profiles": ["deserter"], "signals": ["none recorded"]},
    Kind.NOTE: {"text": "Nothing was found."},
}

UNSOUND = [
    (Kind.CONSECUTIVE_DAYS, {}, "days", "This parameter is needed."),
    (Kind.CONSECUTIVE_DAYS, {"days": True}, "days", "This must be a whole number."),
    (Kind.CONSECUTIVE_DAYS, {"days": 0}, "days", "This must be a whole number from 1 to 3660."),
    (Kind.CONSECUTIVE_DAYS, {"days": "90"}, "days", "This must be a whole number."),
    (Kind.CONSECUTIVE_DAYS, {"days": 30, "count_entry_day": 1}, "count_entry_day", "This must be true or false."),
    (Kind.ROLLING_WINDOW, {"days": 181, "window_days": 180}, "days",
     "More days than the window is long would limit nothing."),
    (Kind.PERIOD_FROM_ENTRY, {}, "days", "Give exactly one of these units: days, months, years."),
    (Kind.PERIOD_FROM_ENTRY, {"days": 365, "years": 1}, "days",
     "Give exactly one of these units: days, months, years."),
    (Kind.PERIOD_FROM_ENTRY, {"years": 1, "cohort": {"until": "2026-02-24"}}, "cohort",
     "This must hold two days: entered_before and until."),
    (Kind.PERIOD_FROM_ENTRY, {"years": 1, "cohort": {"entered_before": "2025-02-24", "until": "2024-02-24"}}, "cohort",
     "The fixed day is before the day of entry."),
    (Kind.UNTIL_DATE, {"until": "4 March 2027"}, "until", "This must be a day such as 2024-02-24."),
    (Kind.UNTIL_DATE, {"until": "2027-02-29"}, "until", "This must be a day such as 2024-02-24."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "weeks", "day_one": "entry_day"}, "unit",
     "“weeks” is not known here. Choose from: calendar_days, working_days, hours."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": ["hours"], "day_one": "entry_day"}, "unit",
     "“['hours']” is not known here. Choose from: calendar_days, working_days, hours."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "entry_day", "triggers": []}, "triggers",
     "This must be a list with at least one entry."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "entry_day", "triggers": ["entry", "entry"]},
     "triggers", "An entry is listed twice."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "entry_day", "exceeding_days": 30}, "exceeding_days",
     "The number of days and the trigger “exceeding_days” belong together."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "entry_day", "calendar": "Kazakhstan"}, "calendar",
     "This must be the code of a country, such as KZ."),
    (Kind.RENEWAL_WINDOW, {"opens": {"days": 10}, "closes": {"days": 30}, "of": "permit"}, "opens",
     "The window must open before it closes."),
    (Kind.RENEWAL_WINDOW, {"closes": {"days": 30, "months": 1}, "of": "permit"}, "closes",
     "This must be one period such as {days: 30} or {months: 3}."),
    (Kind.RENEWAL_WINDOW, {"closes": {"weeks": 2}, "of": "permit"}, "closes",
     "This must be one period such as {days: 30} or {months: 3}."),
    (Kind.RENEWAL_WINDOW, {"closes": {"days": 30}, "of": "stay", "permit_kind": "visa"}, "permit_kind",
     "A kind of permit says nothing unless “of” is a permit."),
    (Kind.PERMIT_EXTENDED_BY_LAW, {"valid_on": "2024-02-01", "extended_to": "2024-02-01"}, "extended_to",
     "The new last day must be after the day of validity."),
    (Kind.COOLDOWN, {"days": 90, "after": "limit_used"}, "limit_days",
     "The limit in days and “limit_used” belong together."),
    (Kind.TRAVEL_DOCUMENT, {}, "accepted", "Name at least one document, accepted or refused."),
    (Kind.TRAVEL_DOCUMENT, {"accepted": ["other"], "refused": ["other"]}, "refused",
     "A document is both accepted and refused."),
    (Kind.TRAVEL_DOCUMENT, {"accepted": ["other"], "min_age": {"internal_passport": 14}}, "min_age",
     "An age is given for a document that is not accepted."),
    (Kind.TRAVEL_DOCUMENT, {"accepted": ["other"], "min_age": {"other": 200}}, "min_age",
     "This must be a whole number from 0 to 120."),
    (Kind.TRAVEL_DOCUMENT, {"refused": ["other"], "children_need": "other"}, "children_need",
     "The document that children need is refused."),
    (Kind.RESIDENCE_PATHWAY, {"permit": "other", "max_validity_months": 25, "max_years": 2}, "max_validity_months",
     "One permit is valid for longer than all of them together."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "unclear", "triggers": ["exceeding_days"],
                            "exceeding_days": 30, "only_if_stay_over_days": 30}, "only_if_stay_over_days",
     "The duty arises for longer stays either way: give one of the two."),
    (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "second_day"}, "day_one",
     "“second_day” is not known here. Choose from: entry_day, day_after_entry, unclear."),
    (Kind.ROLLING_WINDOW, {"days": 90, "window_days": 3661}, "window_days",
     "This must be a whole number from 1 to 3660."),
    (Kind.MAX_ABSENCE, {"days": -1, "consequence": "Lost."}, "days", "This must be a whole number from 1 to 3660."),
    (Kind.COOLDOWN, {"days": 90, "after": "exit", "window_days": 180}, "window_days",
     "There is no such parameter. There are: days, after, limit_days."),
    (Kind.RENEW_EVERY, {"years": 51, "of": "permit"}, "years", "This must be a whole number from 1 to 50."),
    (Kind.RENEW_EVERY, {"months": 6, "of": "permit", "month_end": "first_day"}, "month_end",
     "“first_day” is not known here. Choose from: last_day, next_day."),
    (Kind.ELIGIBLE_AFTER, {"days": 0, "of": "stay", "what": "residence"}, "days",
     "This must be a whole number from 1 to 3660."),
    (Kind.UNTIL_DATE, {"until": "0202-03-04"}, "until", "The year must lie between 1900 and 2199."),
    (Kind.AREA_RESTRICTION, {}, "areas", "Say which areas are closed, how many, or from which share."),
    (Kind.AREA_RESTRICTION, {"max_foreigner_share": 25}, "max_foreigner_share",
     "This must be a number from 0 to 1, such as 0.25."),
    (Kind.NOTE, {"text": " "}, "text", "This must be a text."),
    (Kind.NOTE, {"text": "So.", "days": 3}, "days", "There is no such parameter. There are: text, topic."),
    (Kind.RETURN_RISK, {"level": "none", "profiles": ["deserter"], "signals": ["one"]}, "level",
     "“none” is not known here. Choose from: unknown, low, elevated, high, critical."),
    (Kind.RETURN_RISK, {"level": "low", "profiles": ["deserter"], "signals": "one"}, "signals",
     "This must be a list with at least one entry."),
]  # fmt: skip


def test_every_kind_has_a_schema_a_duty_and_a_sound_example():
    assert set(SCHEMAS) == set(Kind) == set(SOUND) == set(DUTIES_OF_KIND)
    assert {duty for duties in DUTIES_OF_KIND.values() for duty in duties} == set(Duty)


@pytest.mark.parametrize("kind", Kind)
def test_a_sound_example_has_no_problems(kind):
    assert validate(kind, SOUND[kind]) == ()


@pytest.mark.parametrize(("kind", "parameters", "field", "sentence"), UNSOUND)
def test_what_is_wrong_is_said_in_a_sentence_at_its_field(kind, parameters, field, sentence):
    problems = validate(kind, parameters)

    assert [(problem.field, problem.sentence) for problem in problems] == [(field, sentence)]


@pytest.mark.parametrize(
    ("kind", "parameters", "duty", "applies_to", "field"),
    [
        (Kind.RENEW_EVERY, {"months": 6, "of": "permit"}, Duty.RENEW_REGISTRATION, "document_valid_on", "of"),
        (Kind.RENEWAL_WINDOW, {"closes": {"days": 30}, "of": "permit"}, Duty.APPLY_RESIDENCE, "each_day", "of"),
        (Kind.ELIGIBLE_AFTER, {"years": 2, "of": "stay", "what": "citizenship"}, Duty.RESIDENCE, "each_day", "what"),
        (Kind.REGISTER_WITHIN, {"n": 3, "unit": "hours", "day_one": "unclear", "triggers": ["entry"]},
         Duty.REGISTER_ADDRESS, "each_day", "triggers"),
        (Kind.PERIOD_FROM_ENTRY, {"years": 1}, Duty.LEAVE, "cohort", "cohort"),
        (Kind.CONSECUTIVE_DAYS, {"days": 30}, Duty.LEAVE, "cohort", ""),
        (Kind.PERIOD_FROM_ENTRY, {"years": 1, "cohort": {"entered_before": "2025-02-24", "until": "2026-02-24"}},
         Duty.LEAVE, "entries_from", "cohort"),
    ],
)  # fmt: skip
def test_parameters_that_contradict_the_duty_or_whom_the_change_reaches_are_told(
    kind, parameters, duty, applies_to, field
):
    assert validate(kind, parameters) == ()
    assert [problem.field for problem in contradictions(kind, parameters, duty, applies_to)] == [field]


def test_every_problem_is_reported_at_once():
    problems = validate(Kind.ROLLING_WINDOW, {"days": -1, "windows": 180})

    assert [problem.field for problem in problems] == ["windows", "days", "window_days"]


def test_parameters_that_are_no_names_with_values_are_refused():
    assert [problem.sentence for problem in validate(Kind.NOTE, ["text"])] == [
        "Parameters are written as names with values."
    ]


def test_defaults_fill_what_is_not_given_and_keep_what_is():
    assert with_defaults(Kind.CONSECUTIVE_DAYS, {"days": 30, "count_exit_day": False}) == {
        "days": 30,
        "count_entry_day": True,
        "count_exit_day": False,
    }


def test_every_field_explains_itself_and_choices_have_something_to_choose():
    for kind, fields in SCHEMAS.items():
        assert len({each.name for each in fields}) == len(fields), kind
        for each in fields:
            assert each.label, (kind, each.name)
            assert each.help.endswith("."), (kind, each.name)
            assert bool(each.choices) == (each.type in {FieldType.CHOICE, FieldType.CHOICES, FieldType.AGES})


def test_the_page_about_rules_lists_every_kind_with_its_duties_and_parameters():
    page = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8").split("## Worked examples")[0]
    listed = {line.split("|")[1].strip().strip("`"): line for line in page.splitlines() if line.startswith("| `")}

    for kind, fields in SCHEMAS.items():
        _, _, _, duties, parameters, _ = listed[kind.value].split("|")
        assert re.findall(r"`(\w+)`", duties) == [duty.value for duty in DUTIES_OF_KIND[kind]]
        assert re.findall(r"`(\w+)`", parameters) == [each.name for each in fields]
