"""What each role may do, for everybody to read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.accounts.roles import DEFINITIONS, Permission
from casework.web.decorators import signed_in
from casework.web.request import UserRequest

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
    Permission.DUPLICATES_COMPARE: gettext_lazy("compare two people who may be one, both of whom they may see"),
    Permission.DUPLICATES_REVIEW: gettext_lazy("compare people who may be registered twice"),
    Permission.COMPLAINTS_HANDLE: gettext_lazy("handle complaints, never one about oneself"),
    Permission.PARTNERS_VIEW: gettext_lazy("read the directory of partners"),
    Permission.PARTNERS_MANAGE: gettext_lazy("keep the directory of partners"),
    Permission.PROGRAMMES_MANAGE: gettext_lazy("keep programmes, scores and kinds of documents"),
}


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
    return render(request, "people/roles.html", {"rows": rows})
