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
from .position import Deadline, Step, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .selection import least_reviewed
from .stay_limits import places_of
from .versions import boundaries_after

__all__ = ["Leaving", "leaving", "overstay"]


def leaving(inquiry: Inquiry, sojourn: Sojourn) -> Leaving:
    """Return when the person must leave in the course of this stay, current or planned.

    Where the law changed between the days on which they may have entered, the version that leaves less time drives.
    """
    answer = _answer(inquiry, sojourn)
    rests_on_limits = answer.outcome is not None or any(it.code == "no_rule_for_that_day" for it in answer.warnings)
    for since in _changes_at_the_entry(inquiry, sojourn) if rests_on_limits else ():
        answer = _earlier(answer, _answer(*_entered_from(inquiry, sojourn, since)), sojourn, since)
    return answer


def _answer(inquiry: Inquiry, sojourn: Sojourn) -> Leaving:
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


def _changes_at_the_entry(inquiry: Inquiry, sojourn: Sojourn) -> list[date]:
    """Return the days after the first on which they may have entered from which another version reaches the stay."""
    entered = sojourn.stay.entered
    if entered.is_exact or entered.latest is None or sojourn.first is None:
        return []
    entrant, first = inquiry.entrant(sojourn.stay), date.fromordinal(sojourn.first)
    places = places_of(inquiry, sojourn.stay.country, sojourn.first)
    changes = {day for place, _ in places for day in boundaries_after(inquiry.limits_about(place, entrant), first)}
    return sorted(day for day in changes if day <= entered.latest)


def _entered_from(inquiry: Inquiry, sojourn: Sojourn, since: date) -> tuple[Inquiry, Sojourn]:
    """Return the question and the stay as if it were known that they did not enter before that day."""
    stay = replace(sojourn.stay, entered=replace(sojourn.stay.entered, earliest=since))
    stays = tuple(stay if one is sojourn.stay else one for one in inquiry.facts.stays)
    asked = replace(inquiry, facts=replace(inquiry.facts, stays=stays))
    return asked, next(one for one in asked.cautious if one.stay is stay)


def _earlier(one: Leaving, other: Leaving, sojourn: Sojourn, since: date) -> Leaving:
    """Return the answer that leaves less time, with the date of the other; `other`: if they entered from `since` on."""
    if other.deadline is None or other.last is None or (one.last is not None and one.last <= other.last):
        return one
    dates = [deadline.alternative_on or deadline.due_on for deadline in (one.deadline, other.deadline) if deadline]
    latest = max(day for day in dates if day is not None)
    entered, *because = (step for step in other.deadline.because if step.code != "alternative_by_facts")
    changed = Step(code="entered_after_change", values={"since_on": since.isoformat()}, subject=entered.subject)
    if one.deadline is not None:
        because.append(Step(code="alternative_by_facts", values={"alternative_on": latest.isoformat()}))
    other.deadline = replace(
        other.deadline,
        alternative_on=latest if one.deadline is not None else other.deadline.alternative_on,
        because=(steps.entered(sojourn, other.deadline.subject), changed, *because),
    )
    return other


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
    """A pending application keeps the stay lawful: nothing is due, no limit is broken, and the date that waits is named."""
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
    # What the limits would say is shown to nobody: they do not speak to the days that rest on the application.
    result.outcome = None
    result.limits = tuple(replace(limit, overstay=False, first_overstay_day=None) for limit in result.limits)
    result.warnings = [each for each in result.warnings if each.code != "no_day_lawful"]
    result.warnings.append(warning)


def _about_application(code: str, application: Application, subject: Subject) -> Warning:
    values = {"application_kind": application.kind, "application_id": application.id}
    return Warning(code=code, values=values, country=application.country, subject=subject)
