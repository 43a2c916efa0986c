"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.roles import Permission

from .components import NavItem
from .marks import mark_of
from .request import permissions_in, team_names_in
from .sign_in.organisation import name_of_organisation
from .templatetags.components import url_if_any

# After "g", as `/shortcuts/` tells.
KEYS = {
    "my_team": "t",
    "my_day": "d",
    "cases": "c",
    "log_case": "n",
    "inbox": "i",
    "housing_board": "b",
    "reports": "p",
}


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation of this user and what kind of installation this is."""
    context: dict[str, Any] = {"is_demo": settings.DEMO, "app_version": settings.VERSION, "nav_items": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {**context, "organisation_name": name_of_organisation()}
    held = permissions_in(request)
    context["print_mark"] = mark_of(user, team_names_in(request), timezone.now())
    context["may_search"] = Permission.CASE_VIEW in held
    pages = [
        (label, url, KEYS.get(name, ""))
        for permission, name, label in _pages()
        if permission in held and (url := url_if_any(name))
    ]
    within = nearest([url for _label, url, _key in pages], request.path) if request.resolver_match else ""
    context["nav_items"] = [
        NavItem(label=label, url=url, is_current=request.path == url, is_within=url == within, key=key)
        for label, url, key in pages
    ]
    return context


def nearest(urls: list[str], path: str) -> str:
    """Return the entry that an address belongs to: the longest above it, else the only one that begins alike; "" if there is none."""
    if above := [url for url in urls if path.startswith(url)]:
        return max(above, key=len)
    alike = [url for url in urls if url.split("/")[1] == path.split("/")[1]]
    return alike[0] if len(alike) == 1 else ""


def _pages() -> list[tuple[Permission, str, str]]:
    return [
        (Permission.CASE_ASSIGN, "my_team", _("My team")),
        (Permission.CASE_VIEW, "my_day", _("My day")),
        (Permission.ACCOUNTS_MANAGE, "upkeep", _("Upkeep")),
        (Permission.AUDIT_VIEW, "oversight", _("Oversight")),
        (Permission.CASE_VIEW, "cases", _("Cases")),
        (Permission.CASE_CHANGE, "log_case", _("Log a case")),
        (Permission.DUPLICATES_REVIEW, "duplicates", _("Duplicates")),
        (Permission.CASE_VIEW, "referrals", _("Referrals")),
        (Permission.HOUSING_VIEW, "housing_board", _("Housing")),
        (Permission.REPORTS_VIEW, "reports", _("Reports")),
        (Permission.CASE_VIEW, "originals", _("Originals")),
        (Permission.CASE_ASSIGN, "erasures", _("Erasures")),
        (Permission.CASE_ASSIGN, "leavers", _("Somebody leaves")),
        (Permission.PARTNERS_VIEW, "partners", _("Partners")),
        (Permission.COMPLAINTS_HANDLE, "complaints", _("Complaints")),
        (Permission.CASE_VIEW, "inbox", _("Inbox")),
        (Permission.MESSAGES_VIEW, "outgoing_messages", _("Outgoing messages")),
        (Permission.RULES_VIEW, "rules", _("Country rules")),
        (Permission.RULES_DESK, "policy_desk", _("Policy desk")),
        (Permission.PROGRAMMES_MANAGE, "programmes", _("Programmes")),
        (Permission.PROGRAMMES_MANAGE, "document_types", _("Document types")),
        (Permission.ACCOUNTS_MANAGE, "people", _("People and teams")),
        (Permission.ACCOUNTS_MANAGE, "message_channels", _("Ways to send messages")),
        (Permission.ACCOUNTS_MANAGE, "reminder_policy", _("Policy of reminders")),
        (Permission.ACCOUNTS_MANAGE, "status", _("Do reminders go?")),
        (Permission.AUDIT_VIEW, "audit", _("Who did what")),
        (Permission.AUDIT_VIEW, "watched", _("Emergencies")),
        (Permission.PROCESSING_VIEW, "processing", _("Record of processing")),
    ]
