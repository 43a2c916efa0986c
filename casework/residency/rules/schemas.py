"""What every kind of rule may say: its parameters, and the duties that it may be about."""

from collections.abc import Mapping
from typing import Any

from casework.lib.marking import gettext_noop as _

from .choices import (
    ACTORS,
    DAY_ONES,
    DOCUMENT_KINDS,
    MONTH_ENDS,
    NOTE_TOPICS,
    PERIOD_ENDS,
    PERMIT_KINDS,
    PURPOSES,
    RISK_LEVELS,
    RISK_MECHANISMS,
    RISK_PROFILES,
    TRAVEL_DAYS,
    TRIGGERS,
    UNITS,
)
from .fields import PERIOD_MOST, FieldType, ParameterField
from .kinds import Duty, Kind

_PERIOD_LABELS = {"days": _("Days"), "months": _("Months"), "years": _("Years")}


def _whole(name: str, label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.WHOLE_NUMBER, label=label, help=help, **{"least": 1} | more)


def _yes_no(name: str, label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.YES_NO, label=label, help=help, **more)


def _text(name: str, label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.TEXT, label=label, help=help, **more)


def _texts(name: str, label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.TEXTS, label=label, help=help, **more)


def _choice(name: str, choices: Mapping[str, str], label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.CHOICE, choices=choices, label=label, help=help, **more)


def _choices(name: str, choices: Mapping[str, str], label: str, help: str, **more: Any) -> ParameterField:
    return ParameterField(name=name, type=FieldType.CHOICES, choices=choices, label=label, help=help, **more)


def _one_period(*units: str) -> tuple[ParameterField, ...]:
    """Return the fields of a period written into the parameters; exactly one is to be filled."""
    return tuple(
        _whole(
            unit,
            _PERIOD_LABELS[unit],
            _("How long it lasts. Fill in one unit only: a year is not the same as 365 days."),
            most=PERIOD_MOST[unit],
        )
        for unit in units
    )


_COUNT_FLAGS = (
    _yes_no(
        "count_entry_day",
        _("The entry day counts"),
        _("Whether the day of entry is a day of the stay. If the text does not say, it counts."),
        default=True,
    ),
    _yes_no(
        "count_exit_day",
        _("The exit day counts"),
        _("Whether the day of exit is a day of the stay. If the text does not say, it counts."),
        default=True,
    ),
)

_PERMIT_KIND = _choice(
    "permit_kind",
    PERMIT_KINDS,
    _("Kind of permit"),
    _("Only permits of this kind. Leave it empty for permits of every kind."),
)

_MONTH_END = _choice(
    "month_end",
    MONTH_ENDS,
    _("Where the month has no such day"),
    _(
        "What 31 August and six months lead to. Empty: the text does not say; the safe reading is used, the other shown."
    ),
)

_OPTIONAL = _yes_no(
    "optional",
    _("Only for those who want it"),
    _("Whether the date matters only to a person who wants what it leads to, such as residence."),
    default=False,
)

_DAYS_IN_WINDOW = (
    _whole("days", _("Days"), _("How many days of stay the window may hold."), required=True),
    _whole(
        "window_days",
        _("Window in days"),
        _("How many days the window is long, such as 180 in 90 days in any 180."),
        required=True,
    ),
)

SCHEMAS: dict[Kind, tuple[ParameterField, ...]] = {
    Kind.CONSECUTIVE_DAYS: (
        _whole("days", _("Days"), _("How many days in a row one visit may last."), required=True),
        *_COUNT_FLAGS,
    ),
    Kind.PERIOD_FROM_ENTRY: (
        *_one_period("days", "months", "years"),
        ParameterField(
            name="cohort",
            type=FieldType.COHORT,
            label=_("People who were already there"),
            help=_("Those who entered before a day may stay until a fixed day instead."),
        ),
        *_COUNT_FLAGS,
    ),
    Kind.ROLLING_WINDOW: (*_DAYS_IN_WINDOW, *_COUNT_FLAGS),
    Kind.ANCHORED_WINDOW: (*_DAYS_IN_WINDOW, *_COUNT_FLAGS),
    Kind.CALENDAR_YEAR: (
        _whole(
            "days",
            _("Days"),
            _("How many days of stay a calendar year may hold."),
            required=True,
            most=366,
        ),
        *_COUNT_FLAGS,
    ),
    Kind.UNTIL_DATE: (
        ParameterField(
            name="until",
            type=FieldType.DAY,
            label=_("Until"),
            help=_("The last day on which the stay is lawful."),
            required=True,
        ),
        _PERMIT_KIND,
    ),
    Kind.REGISTER_WITHIN: (
        _whole("n", _("Number"), _("How many days or hours there are."), required=True, most=3_660),
        _choice("unit", UNITS, _("Unit"), _("What is counted."), required=True),
        _choice(
            "day_one",
            DAY_ONES,
            _("Day one"),
            _("Where counting begins. Where the text does not say, choose just that: both dates are shown."),
            required=True,
        ),
        _text(
            "calendar",
            _("Calendar of working days"),
            _("Code of the country whose working days count. Empty: the country of the rule."),
        ),
        _choice("actor", ACTORS, _("Who must act"), _("Who must do it."), default="self"),
        _choices(
            "triggers",
            TRIGGERS,
            _("What sets it off"),
            _("The events from which the days are counted."),
            default=("entry",),
        ),
        _whole(
            "exceeding_days",
            _("Exceeding days"),
            _("The number of days of stay after which the duty arises."),
        ),
        _whole(
            "only_if_stay_over_days",
            _("Only for stays longer than"),
            _("A stay of no more than so many days has no such duty."),
        ),
        _OPTIONAL,
        _text("what", _("What"), _("What the act is called, such as PESEL UKR.")),
    ),
    Kind.RENEW_EVERY: (
        *_one_period("days", "months", "years"),
        _choice(
            "of",
            {"registration": _("registration"), "permit": _("permit")},
            _("Of"),
            _("What must be renewed."),
            required=True,
        ),
        _PERMIT_KIND,
        _choice(
            "ends_on",
            PERIOD_ENDS,
            _("Last day of the period"),
            _("Six months from 10 May end on 10 November, or on the day before. Empty: on the day of the same number."),
        ),
        _MONTH_END,
    ),
    Kind.RENEWAL_WINDOW: (
        ParameterField(
            name="opens",
            type=FieldType.PERIOD,
            label=_("Opens"),
            help=_("How long before the end one may apply. Empty: the text names no first day."),
        ),
        ParameterField(
            name="closes",
            type=FieldType.PERIOD,
            label=_("Closes"),
            help=_("How long before the end one must have applied. 0 days: on the last day."),
            required=True,
        ),
        _choice(
            "of",
            {
                "permit": _("permit"),
                "registration": _("registration"),
                "stay": _("lawful stay"),
            },
            _("Of"),
            _("Whose last day is counted back from."),
            required=True,
        ),
        ParameterField(
            name="extends_by",
            type=FieldType.PERIOD,
            label=_("Extended by"),
            help=_("How much longer one may stay if a lawful stay is extended."),
            least=1,
        ),
        _PERMIT_KIND,
        _MONTH_END,
        _OPTIONAL,
    ),
    Kind.PERMIT_EXTENDED_BY_LAW: (
        _PERMIT_KIND,
        ParameterField(
            name="valid_on",
            type=FieldType.DAY,
            label=_("Valid on"),
            help=_("The day on which the permit must have been valid."),
            required=True,
        ),
        ParameterField(
            name="extended_to",
            type=FieldType.DAY,
            label=_("Extended to"),
            help=_("The last day of its new validity, whatever the card says."),
            required=True,
        ),
    ),
    Kind.DOCUMENT_VALIDITY: (
        *_one_period("days", "months"),
        _choice(
            "beyond",
            {
                "stay": _("the end of the stay"),
                "entry": _("the entry"),
                "application": _("the application"),
            },
            _("Beyond"),
            _("The day after which the document must stay valid for so long."),
            required=True,
        ),
        _choices(
            "document_kinds",
            DOCUMENT_KINDS,
            _("Documents"),
            _("The kinds of document that must stay valid."),
            required=True,
        ),
        _MONTH_END,
    ),
    Kind.MAX_ABSENCE: (
        _whole("days", _("Days"), _("How many days of absence the status bears."), required=True),
        _yes_no(
            "consecutive",
            _("In a row"),
            _("Whether one absence is measured. Otherwise all absences are added up."),
            default=True,
        ),
        _choice(
            "travel_days",
            TRAVEL_DAYS,
            _("Days of exit and return"),
            _(
                "Whether they count as absence. Empty: the text does not say; the earlier date drives, the other is shown."
            ),
        ),
        _PERMIT_KIND,
        _text("consequence", _("Consequence"), _("What a longer absence leads to."), required=True),
    ),
    Kind.COOLDOWN: (
        _whole("days", _("Days"), _("How many days one must stay away."), required=True),
        _choice(
            "after",
            {"limit_used": _("after the limit is used up"), "exit": _("after every exit")},
            _("After"),
            _("What one must stay away after."),
            required=True,
        ),
        _whole(
            "limit_days",
            _("Limit in days"),
            _("The number of days of stay that uses up the limit."),
        ),
    ),
    Kind.ELIGIBLE_AFTER: (
        *_one_period("days", "months", "years"),
        _choice(
            "of",
            {"permit": _("residence with a permit"), "stay": _("presence in the country")},
            _("Of"),
            _("What must have lasted for so long."),
            required=True,
        ),
        _choice(
            "what",
            {"residence": _("residence"), "citizenship": _("citizenship")},
            _("What becomes possible"),
            _("What one may apply for then."),
            required=True,
        ),
        _yes_no(
            "continuity_required",
            _("Without a break"),
            _("Whether the time starts again after leaving the country."),
            default=True,
        ),
        _PERMIT_KIND,
        _MONTH_END,
        _text("basis", _("Basis"), _("The ground on which one applies, and other conditions.")),
    ),
    Kind.TRAVEL_DOCUMENT: (
        _choices(
            "accepted",
            DOCUMENT_KINDS,
            _("Accepted"),
            _("The documents with which one may enter."),
        ),
        _choices(
            "refused",
            DOCUMENT_KINDS,
            _("Refused"),
            _("The documents with which one may not enter."),
        ),
        ParameterField(
            name="min_age",
            type=FieldType.AGES,
            choices=DOCUMENT_KINDS,
            label=_("Youngest age"),
            help=_("From which age a document is accepted."),
            most=120,
        ),
        _choice(
            "children_need",
            DOCUMENT_KINDS,
            _("Children need"),
            _("The document that children need, where it differs."),
        ),
    ),
    Kind.VISA_REQUIRED: (
        _text("visa", _("Visa"), _("Which visa is needed, if the text says so.")),
        _choices("purposes", PURPOSES, _("Purposes"), _("For which purposes. Empty: for all.")),
    ),
    Kind.ZONE_MEMBERSHIP: (
        _text("zone", _("Zone"), _("Code of the zone, such as SCHENGEN."), required=True),
        _choice(
            "scope",
            {"full": _("every border"), "air_and_sea": _("air and sea only")},
            _("Scope"),
            _("Which borders belong to the zone."),
            default="full",
        ),
    ),
    Kind.REGISTRATION_EXEMPTION: (
        _whole(
            "days",
            _("Days"),
            _("Up to how many days of stay there is no duty. Who stays longer registers by then."),
            required=True,
        ),
        _text("what", _("What"), _("What one is exempt from, or under which treaty.")),
    ),
    Kind.ENTRY_BAN: (
        _text("scope", _("Scope"), _("Who is not let in."), required=True),
        _texts("exceptions", _("Exceptions"), _("Who is let in all the same.")),
    ),
    Kind.ENTRY_AUTHORISATION: (
        _text("name", _("Name"), _("What it is called, such as ETA-IL."), required=True),
        _whole("validity_years", _("Valid for years"), _("How many years it is valid."), most=20),
    ),
    Kind.RESIDENCE_PATHWAY: (
        _choice("permit", PERMIT_KINDS, _("Permit"), _("The kind of permit it leads to."), required=True),
        _text("name", _("Name"), _("What the permit or the programme is called.")),
        _choices("purposes", PURPOSES, _("Purposes"), _("The grounds on which it is given.")),
        _whole(
            "initial_days",
            _("First period in days"),
            _("How many days the status lasts before it is extended."),
        ),
        _whole(
            "max_validity_months",
            _("Longest validity in months"),
            _("How many months one permit is valid at most."),
            most=600,
        ),
        _whole("max_years", _("Longest in years"), _("How long it can be renewed in all."), most=50),
        _whole(
            "apply_within_days",
            _("Apply within days"),
            _(
                "How many days after the entry one may apply. For a date of it, add a rule “Act within days of an event”."
            ),
        ),
        _whole(
            "decision_working_days",
            _("Decision in working days"),
            _("How many working days the authority has."),
        ),
        _texts("exempts_from", _("Exempts from"), _("The duties that holders do not have.")),
        _text("policy", _("Policy"), _("How the authority says it decides.")),
        _texts("conditions", _("Conditions"), _("What one must show.")),
    ),
    Kind.WORK_RIGHT: (
        _yes_no("allowed", _("Allowed"), _("Whether one may work."), required=True),
        _texts("conditions", _("Conditions"), _("What it depends on.")),
        _text("treaty", _("Treaty"), _("The treaty that it rests on.")),
    ),
    Kind.AREA_RESTRICTION: (
        ParameterField(
            name="max_foreigner_share",
            type=FieldType.SHARE,
            label=_("Largest share of foreigners"),
            help=_("The share of residents above which an area is closed, from 0 to 1."),
        ),
        _whole("closed_areas", _("Closed areas"), _("How many areas are closed."), most=100_000),
        _texts("areas", _("Areas"), _("Names of closed areas, as placements spell them.")),
    ),
    Kind.GRACE_PERIOD: (
        _whole("days", _("Days"), _("How many days there are."), required=True),
        _text("trigger", _("Trigger"), _("What they are counted from."), required=True),
        _text("treaty", _("Treaty"), _("The treaty or law that grants them.")),
    ),
    Kind.ENTRY_REFUSAL_PRACTICE: (
        _text("text", _("Text"), _("What is reported, in one or two sentences."), required=True),
    ),
    Kind.RETURN_RISK: (
        _choice(
            "level",
            RISK_LEVELS,
            _("Level"),
            _("The recorded risk of being returned. Unknown is not low."),
            required=True,
        ),
        _choices("profiles", RISK_PROFILES, _("Profiles"), _("For whom it is recorded."), required=True),
        _choices("mechanisms", RISK_MECHANISMS, _("Mechanisms"), _("How a return happens.")),
        _texts("signals", _("Signals"), _("What the level rests on."), required=True),
    ),
    Kind.NOTE: (
        _text("text", _("Text"), _("What is to be known, in one or two sentences."), required=True),
        _choice("topic", NOTE_TOPICS, _("Topic"), _("What it is about."), default="other"),
    ),
}

DUTIES_OF_KIND: dict[Kind, tuple[Duty, ...]] = {
    Kind.CONSECUTIVE_DAYS: (Duty.LEAVE,),
    Kind.PERIOD_FROM_ENTRY: (Duty.LEAVE,),
    Kind.ROLLING_WINDOW: (Duty.LEAVE,),
    Kind.ANCHORED_WINDOW: (Duty.LEAVE,),
    Kind.CALENDAR_YEAR: (Duty.LEAVE,),
    Kind.UNTIL_DATE: (Duty.LEAVE,),
    Kind.REGISTER_WITHIN: (
        Duty.REGISTER,
        Duty.NOTIFY_ARRIVAL,
        Duty.REGISTER_ADDRESS,
        Duty.APPLY_RESIDENCE,
    ),
    Kind.RENEW_EVERY: (Duty.RENEW_REGISTRATION, Duty.RENEW_PERMIT),
    Kind.RENEWAL_WINDOW: (Duty.RENEW_PERMIT, Duty.RENEW_REGISTRATION, Duty.APPLY_RESIDENCE, Duty.EXTEND_STAY),
    Kind.PERMIT_EXTENDED_BY_LAW: (Duty.PERMIT_EXTENSION,),
    Kind.DOCUMENT_VALIDITY: (Duty.KEEP_DOCUMENT,),
    Kind.MAX_ABSENCE: (Duty.RETURN,),
    Kind.COOLDOWN: (Duty.RE_ENTER,),
    Kind.ELIGIBLE_AFTER: (Duty.RESIDENCE, Duty.CITIZENSHIP),
    Kind.TRAVEL_DOCUMENT: (Duty.ENTER,),
    Kind.VISA_REQUIRED: (Duty.ENTER,),
    Kind.ZONE_MEMBERSHIP: (Duty.ZONE,),
    Kind.REGISTRATION_EXEMPTION: (Duty.REGISTER,),
    Kind.ENTRY_BAN: (Duty.ENTER,),
    Kind.ENTRY_AUTHORISATION: (Duty.ENTER,),
    Kind.RESIDENCE_PATHWAY: (Duty.RESIDENCE,),
    Kind.WORK_RIGHT: (Duty.WORK,),
    Kind.AREA_RESTRICTION: (Duty.AREA,),
    Kind.GRACE_PERIOD: (Duty.WORK,),
    Kind.ENTRY_REFUSAL_PRACTICE: (Duty.ENTER,),
    Kind.RETURN_RISK: (Duty.RISK,),
    Kind.NOTE: (Duty.NOTE,),
}
