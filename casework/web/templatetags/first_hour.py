"""The list of the first hour on the start pages of the demo."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from casework.accounts.models import User
from casework.lifecycle.demo.logins import LOGINS
from casework.web.help.first_hour import FIRST_HOUR, HIDDEN, role_of, tried
from casework.web.help.guides import GUIDES
from casework.web.help.shape import pieces
from casework.web.request import permissions_in
from casework.web.templatetags.components import url_if_any

register = template.Library()

DEMO_USERS = frozenset(login.email for login in LOGINS)
START_PAGES = frozenset(
    {
        "my_day",
        "my_team",
        "upkeep",
        "oversight",
        "policy_desk",
        "rules",
        "people",
        "audit",
        "reports",
        "duplicates",
        "help",
    }
)


@register.inclusion_tag("help/_first_hour.html", takes_context=True)
def first_hour(context: Context) -> dict[str, Any]:
    """{% first_hour %}: for who signed in with a login of the demo; nothing on other pages, or once it is hidden (until the next sign-in)."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not settings.DEMO or not isinstance(user, User) or user.email not in DEMO_USERS:
        return {}
    here = request.resolver_match.url_name if request.resolver_match else ""
    role = role_of(permissions_in(request)) if here in START_PAGES else None
    if role is None or (request.session.get(HIDDEN) and here != "help"):
        return {}
    rows = [
        {"pieces": list(pieces(it.text)), "url": url_if_any(it.page), "is_done": is_done}
        for it, is_done in tried(user, FIRST_HOUR[role])
    ]
    guide = next(it for it in GUIDES if role in it.roles)
    return {
        "rows": rows,
        "done": sum(row["is_done"] for row in rows),
        "guide": guide.title,
        "guide_url": reverse(f"guide_{guide.key.replace('-', '_')}"),
        "may_hide": not request.session.get(HIDDEN),
        "csrf_token": context.get("csrf_token"),
    }
