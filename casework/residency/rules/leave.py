"""When somebody must leave: the limits of a stay, the end of what it rests on, or the decision that is awaited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from . import steps
from .facts import Application
from .inquiry import Inquiry
from .kinds import Duty
from .leave_by_limits import leave_by_limits, overstay
from .leave_by_permit import leave_by_permit
from .leaving import Leaving, recheck
from .permits import Validity, covering_end, lawful_applications, permits_for
from .position import Deadline, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .selection import least_reviewed
from .stay_limits import places_of

__all__ = ["Leaving", "leaving", "overstay"]


def leaving(inquiry: Inquiry, sojourn: Sojourn) -> Leaving:
    """Return when the person must leave in the course of this stay, current or planned."""
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    country = sojourn.stay.country
    asof = inquiry.on if sojourn.first is None or not sojourn.planned else date.fromordinal(sojourn.first)
    if not places_of(inquiry, country, asof.toordinal()):
        return Leaving(
            unlimited=True, warnings=[Warning(code="own_national", values={}, country=country, subject=subject)]
        )
    suspending = lawful_applications(inquiry, country)
    if suspending and not sojourn.planned:
        # What would be due if nothing had been filed: that waits until the decision.
        result = _leaving(replace(inquiry, heeds_applications=False), sojourn, asof.toordinal(), subject)
        _suspend(suspending[0], subject, result)
    else:
        result = _leaving(inquiry, sojourn, asof.toordinal(), subject)
        if sojourn.stay.legal_basis == "application" and not sojourn.planned:
            result.warnings.append(
                Warning(code="application_not_recorded", values={}, country=country, subject=subject)
            )
    for application in lawful_applications(inquiry, country, keeps=None):
        result.warnings.append(_about_application("application_effect_unknown", application, subject))
    return result


def _leaving(inquiry: Inquiry, sojourn: Sojourn, asof: int, subject: Subject) -> Leaving:
    result = Leaving()
    permits = permits_for(inquiry, sojourn.stay.country)
    rests_on_permit = sojourn.stay.legal_basis in ("permit", "visa") or bool(covering_end(permits, asof)[1])
    if rests_on_permit or _ended_in_this_stay(permits, sojourn, asof):
        leave_by_permit(inquiry, sojourn, permits, asof, subject, result)
    elif sojourn.first is None:
        result.deadline = _unknown(inquiry, sojourn, subject)
        warning = Warning(code="entry_unknown", values={}, country=sojourn.stay.country, subject=subject)
        result.warnings.append(warning)
    else:
        leave_by_limits(inquiry, sojourn, permits, asof, subject, result)
    return result


def _ended_in_this_stay(permits: Sequence[Validity], sojourn: Sojourn, asof: int) -> bool:
    return sojourn.first is not None and any(
        validity.until is not None and sojourn.first <= validity.until.toordinal() < asof for validity in permits
    )


def _unknown(inquiry: Inquiry, sojourn: Sojourn, subject: Subject) -> Deadline:
    return Deadline(
        duty=Duty.LEAVE,
        subject=subject,
        country=sojourn.stay.country,
        due_on=None,
        rule_ids=(),
        review=least_reviewed(()),
        because=(steps.entered(sojourn, subject),),
        recheck_on=recheck(inquiry, sojourn, None),
    )


def _suspend(application: Application, subject: Subject, result: Leaving) -> None:
    """A pending application keeps the stay lawful: nothing is due, and the date that waits is named."""
    due_on = result.deadline.due_on if result.deadline else None
    warning = _about_application("leave_suspended", application, subject)
    if due_on is not None:
        warning = Warning(
            code="leave_suspended_until_decided",
            values={**warning.values, "due_on": due_on.isoformat()},
            country=warning.country,
            subject=warning.subject,
        )
    result.deadline = None
    result.unlimited = False
    result.last = None
    result.warnings.append(warning)


def _about_application(code: str, application: Application, subject: Subject) -> Warning:
    values = {"application_kind": application.kind, "application_id": application.id}
    return Warning(code=code, values=values, country=application.country, subject=subject)
