"""The vocabulary of country rules: what a rule is about (duty) and how it says it (kind)."""

from enum import StrEnum

from casework.lib.marking import gettext_noop as _


class Kind(StrEnum):
    """How a rule speaks. The first group computes dates, the second states facts."""

    CONSECUTIVE_DAYS = "consecutive_days"
    PERIOD_FROM_ENTRY = "period_from_entry"
    ROLLING_WINDOW = "rolling_window"
    ANCHORED_WINDOW = "anchored_window"
    CALENDAR_YEAR = "calendar_year"
    UNTIL_DATE = "until_date"
    REGISTER_WITHIN = "register_within"
    RENEW_EVERY = "renew_every"
    RENEWAL_WINDOW = "renewal_window"
    PERMIT_EXTENDED_BY_LAW = "permit_extended_by_law"
    DOCUMENT_VALIDITY = "document_validity"
    MAX_ABSENCE = "max_absence"
    COOLDOWN = "cooldown"
    ELIGIBLE_AFTER = "eligible_after"

    TRAVEL_DOCUMENT = "travel_document"
    VISA_REQUIRED = "visa_required"
    ZONE_MEMBERSHIP = "zone_membership"
    REGISTRATION_EXEMPTION = "registration_exemption"
    ENTRY_BAN = "entry_ban"
    ENTRY_AUTHORISATION = "entry_authorisation"
    RESIDENCE_PATHWAY = "residence_pathway"
    WORK_RIGHT = "work_right"
    AREA_RESTRICTION = "area_restriction"
    GRACE_PERIOD = "grace_period"
    ENTRY_REFUSAL_PRACTICE = "entry_refusal_practice"
    RETURN_RISK = "return_risk"
    NOTE = "note"


LIMIT_KINDS = frozenset(
    {
        Kind.CONSECUTIVE_DAYS,
        Kind.PERIOD_FROM_ENTRY,
        Kind.ROLLING_WINDOW,
        Kind.ANCHORED_WINDOW,
        Kind.CALENDAR_YEAR,
        Kind.UNTIL_DATE,
    }
)

COMPUTING_KINDS = LIMIT_KINDS | {
    Kind.REGISTER_WITHIN,
    Kind.RENEW_EVERY,
    Kind.RENEWAL_WINDOW,
    Kind.PERMIT_EXTENDED_BY_LAW,
    Kind.DOCUMENT_VALIDITY,
    Kind.MAX_ABSENCE,
    Kind.COOLDOWN,
    Kind.ELIGIBLE_AFTER,
}

STATING_KINDS = frozenset(Kind) - COMPUTING_KINDS


class Duty(StrEnum):
    """What a rule is about. For one duty the most specific audience wins."""

    LEAVE = "leave"
    REGISTER = "register"
    NOTIFY_ARRIVAL = "notify_arrival"
    REGISTER_ADDRESS = "register_address"
    RENEW_REGISTRATION = "renew_registration"
    APPLY_RESIDENCE = "apply_residence"
    EXTEND_STAY = "extend_stay"
    RENEW_PERMIT = "renew_permit"
    PERMIT_EXTENSION = "permit_extension"
    KEEP_DOCUMENT = "keep_document"
    RETURN = "return"
    RE_ENTER = "re_enter"
    RESIDENCE = "residence"
    CITIZENSHIP = "citizenship"
    ENTER = "enter"
    WORK = "work"
    AREA = "area"
    ZONE = "zone"
    RISK = "risk"
    NOTE = "note"


DUTY_LABELS: dict[Duty, str] = {
    Duty.LEAVE: _("Leave the country by"),
    Duty.REGISTER: _("Register the stay"),
    Duty.NOTIFY_ARRIVAL: _("Host notifies the arrival"),
    Duty.REGISTER_ADDRESS: _("Register the new address"),
    Duty.RENEW_REGISTRATION: _("Renew the registration"),
    Duty.APPLY_RESIDENCE: _("Apply for residence"),
    Duty.EXTEND_STAY: _("Apply to extend the stay"),
    Duty.RENEW_PERMIT: _("Renew the permit"),
    Duty.PERMIT_EXTENSION: _("Permit extended by law"),
    Duty.KEEP_DOCUMENT: _("Renew the document"),
    Duty.RETURN: _("Return to keep the status"),
    Duty.RE_ENTER: _("Lawful re-entry"),
    Duty.RESIDENCE: _("Residence"),
    Duty.CITIZENSHIP: _("Citizenship"),
    Duty.ENTER: _("Entry"),
    Duty.WORK: _("Work"),
    Duty.AREA: _("Where one may live"),
    Duty.ZONE: _("Zone membership"),
    Duty.RISK: _("Risk of return"),
    Duty.NOTE: _("Note"),
}

KIND_LABELS: dict[Kind, str] = {
    Kind.CONSECUTIVE_DAYS: _("Days in a row"),
    Kind.PERIOD_FROM_ENTRY: _("Months or years from entry"),
    Kind.ROLLING_WINDOW: _("Days in any window of days"),
    Kind.ANCHORED_WINDOW: _("Days in a window from the first entry"),
    Kind.CALENDAR_YEAR: _("Days in a calendar year"),
    Kind.UNTIL_DATE: _("Until a fixed date"),
    Kind.REGISTER_WITHIN: _("Act within days of an event"),
    Kind.RENEW_EVERY: _("Renew every so often"),
    Kind.RENEWAL_WINDOW: _("Window before the end"),
    Kind.PERMIT_EXTENDED_BY_LAW: _("Permit extended by law"),
    Kind.DOCUMENT_VALIDITY: _("Document must stay valid"),
    Kind.MAX_ABSENCE: _("Longest absence"),
    Kind.COOLDOWN: _("Days to stay away"),
    Kind.ELIGIBLE_AFTER: _("Possible after a time"),
    Kind.TRAVEL_DOCUMENT: _("Documents accepted or refused"),
    Kind.VISA_REQUIRED: _("Visa required"),
    Kind.ZONE_MEMBERSHIP: _("Member of a zone"),
    Kind.REGISTRATION_EXEMPTION: _("No registration needed"),
    Kind.ENTRY_BAN: _("Entry ban"),
    Kind.ENTRY_AUTHORISATION: _("Authorisation before travel"),
    Kind.RESIDENCE_PATHWAY: _("Pathway to residence"),
    Kind.WORK_RIGHT: _("Right to work"),
    Kind.AREA_RESTRICTION: _("Closed areas"),
    Kind.GRACE_PERIOD: _("Grace period"),
    Kind.ENTRY_REFUSAL_PRACTICE: _("Refusals at the border"),
    Kind.RETURN_RISK: _("Risk of return"),
    Kind.NOTE: _("Note"),
}


class AppliesTo(StrEnum):
    """Whom a change of law reaches among the people who are already there."""

    ENTRIES_FROM = "entries_from"
    EACH_DAY = "each_day"
    COHORT = "cohort"
    DOCUMENT_VALID_ON = "document_valid_on"


class LegalStatus(StrEnum):
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    ADOPTED = "adopted"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    PRACTICE = "practice"


BINDING_STATUSES = frozenset({LegalStatus.ADOPTED, LegalStatus.IN_FORCE})


class ReviewStatus(StrEnum):
    """How far a person stands behind a rule. Only `reviewed` dates are shown without a caveat."""

    REVIEWED = "reviewed"
    PROVISIONAL = "provisional"
    NEEDS_REVIEW = "needs_review"
