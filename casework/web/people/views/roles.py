"""What each role may do, what one may do with a case, and what nobody may: for everybody to read, and to print."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.accounts.roles import DEFINITIONS, Permission
from casework.clients import quotas
from casework.clients.models.case import NAMED_AT_LEAST
from casework.clients.models.timed_access import LONGEST_ACCESS
from casework.web.decorators import signed_in
from casework.web.request import UserRequest

from ..pages import addresses_by_permission

PERMISSIONS = {
    Permission.CASE_VIEW: gettext_lazy("see the cases of the own team"),
    Permission.CASE_CHANGE: gettext_lazy("log and change cases"),
    Permission.CASE_ASSIGN: gettext_lazy("give cases to caseworkers"),
    Permission.MESSAGES_VIEW: gettext_lazy("see which reminders went out"),
    Permission.RULES_VIEW: gettext_lazy("read the country rules"),
    Permission.RULES_DESK: gettext_lazy("open the policy desk"),
    Permission.RULES_EDIT: gettext_lazy("draft country rules"),
    Permission.RULES_REVIEW: gettext_lazy("review country rules"),
    Permission.ACCOUNTS_MANAGE: gettext_lazy("keep users and teams"),
    Permission.PROCESSING_VIEW: gettext_lazy("read the record of processing"),
    Permission.AUDIT_VIEW: gettext_lazy("see who did what"),
    Permission.REPORTS_VIEW: gettext_lazy("read reports"),
    Permission.DONOR_REPORTS: gettext_lazy("make and read reports to donors"),
    Permission.DUPLICATES_COMPARE: gettext_lazy("compare two people who may be one, both of whom they may see"),
    Permission.DUPLICATES_REVIEW: gettext_lazy("compare people who may be registered twice"),
    Permission.COMPLAINTS_HANDLE: gettext_lazy("handle complaints, never one about oneself"),
    Permission.PARTNERS_VIEW: gettext_lazy("read the directory of partners"),
    Permission.PARTNERS_MANAGE: gettext_lazy("keep the directory of partners"),
    Permission.PROGRAMMES_MANAGE: gettext_lazy("keep programmes, scores and kinds of documents"),
    Permission.HOUSING_VIEW: gettext_lazy("see the places of the own team and what is free there"),
    Permission.HOUSING_PLACE: gettext_lazy("place people in beds"),
    Permission.HOUSING_MANAGE: gettext_lazy("keep places, beds, leases and offers of hosts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How somebody stands to a case, and what that lets them do. Each line is proved by a test of the predicate."""

    who: str | Promise
    knows: str | Promise
    sees: str | Promise
    needs: str | Promise
    changes: str | Promise
    lets_in: str | Promise


YES, NO = gettext_lazy("yes"), gettext_lazy("no")

RELATIONS = (
    Relation(
        who=gettext_lazy("Caseworker who looks after it"),
        knows=YES,
        sees=YES,
        needs=YES,
        changes=YES,
        lets_in=gettext_lazy("may restrict it"),
    ),
    Relation(
        who=gettext_lazy("Caseworker of the same team"),
        knows=YES,
        sees=YES,
        needs=gettext_lazy("that and when somebody was asked"),
        changes=YES,
        lets_in=gettext_lazy("may restrict it"),
    ),
    Relation(
        who=gettext_lazy("Coordinator of the team"),
        knows=YES,
        sees=YES,
        needs=YES,
        changes=gettext_lazy("yes, and assigns it"),
        lets_in=gettext_lazy("may restrict it, and give access for a time"),
    ),
    Relation(who=gettext_lazy("Another team"), knows=NO, sees=NO, needs=NO, changes=NO, lets_in=NO),
    Relation(
        who=gettext_lazy("Restricted case, named on it"),
        knows=YES,
        sees=YES,
        needs=YES,
        changes=YES,
        lets_in=gettext_lazy("may name others of the team, and lift the restriction"),
    ),
    Relation(
        who=gettext_lazy("Restricted case, not named, whatever the role"),
        knows=NO,
        sees=NO,
        needs=NO,
        changes=NO,
        lets_in=NO,
    ),
    Relation(
        who=gettext_lazy("Given access for a time, to look"), knows=YES, sees=YES, needs=NO, changes=NO, lets_in=NO
    ),
    Relation(
        who=gettext_lazy("Given access for a time, to change too"),
        knows=YES,
        sees=YES,
        needs=YES,
        changes=YES,
        lets_in=NO,
    ),
    Relation(
        who=gettext_lazy("Opened it in an emergency, for an hour"),
        knows=YES,
        sees=YES,
        needs=NO,
        changes=NO,
        lets_in=NO,
    ),
    Relation(
        who=gettext_lazy("Duplicate reviewer, of two people who may be one"),
        knows=gettext_lazy("unless it is restricted"),
        sees=gettext_lazy("what it takes to compare"),
        needs=NO,
        changes=NO,
        lets_in=NO,
    ),
    Relation(
        who=gettext_lazy("Administrator, auditor, keeper of rules, report reader"),
        knows=gettext_lazy("the auditor: its code"),
        sees=NO,
        needs=NO,
        changes=NO,
        lets_in=NO,
    ),
)

NOBODY = (
    gettext_lazy("gives a role, or access to a case, to themselves"),
    gettext_lazy("ends a role of their own, or disables their own account"),
    gettext_lazy("reviews a draft of a country rule that they wrote"),
    gettext_lazy("confirms a date that they set themselves, or takes off the never-contact list what they asked to"),
    gettext_lazy("handles a complaint about themselves, or learns that there is one"),
    gettext_lazy("sees a restricted case, or learns that it is there, without being named on it, outside an emergency"),
    gettext_lazy("opens a case in an emergency without those concerned being told"),
    gettext_lazy("changes or removes what is on record of who saw and did what"),
)


@signed_in
@require_safe
def roles(request: UserRequest) -> HttpResponse:
    rows = [
        {
            "label": _(it.label),
            "description": _(it.description),
            "of_a_team": it.of_a_team,
            "may": [PERMISSIONS[each] for each in Permission if each in it.permissions],
        }
        for it in DEFINITIONS.values()
    ]
    found = addresses_by_permission()
    pages = [{"may": PERMISSIONS[each], "addresses": found[each]} for each in Permission if found[each]]
    context = {"rows": rows, "pages": pages, "relations": RELATIONS, "nobody": NOBODY, "limits": _limits()}
    return render(request, "people/roles.html", context)


def _limits() -> list[str]:
    """Return the numbers that hold for everybody, from where they hold."""
    known: dict[str, Any] = {
        "told_of": quotas.CASES_TOLD_OF,
        "a_day": quotas.CASES_A_DAY,
        "searches": quotas.SEARCHES_A_MINUTE,
        "codes": quotas.EMERGENCIES_AN_HOUR,
        "named": NAMED_AT_LEAST,
        "days": LONGEST_ACCESS.days,
    }
    sentences = (
        _("At least %(named)s people are named on a restricted case; the database refuses fewer."),
        _("Access for a time lasts %(days)s days at most and ends by itself."),
        _("%(codes)s codes an hour can be typed in an emergency, right or wrong."),
        _("%(told_of)s different cases within an hour and more: coordinators and auditors are told."),
        _("More than %(a_day)s different cases within a day: the next asks for a reason."),
        _("A search needs three letters, shows twenty people at most, and can be done %(searches)s times a minute."),
    )
    return [sentence % known for sentence in sentences]
