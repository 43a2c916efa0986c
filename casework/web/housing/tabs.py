"""The pages of housing, side by side under their titles."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from casework.accounts.roles import Permission
from casework.web.components import Tab
from casework.web.request import UserRequest, permissions_in


def housing_tabs(request: UserRequest, here: str) -> list[Tab]:
    """Return the pages that this reader may open; `here` is the name of the address of the one that is open."""
    held = permissions_in(request)
    tabs = []
    for permission, name, label in _pages():
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if permission in held:
            tabs.append(Tab(label=label, url=url, is_current=name == here))
    return tabs


def _pages() -> list[tuple[Permission, str, str]]:
    return [
        (Permission.HOUSING_VIEW, "housing_board", _("Beds")),
        (Permission.HOUSING_VIEW, "housing_waiting", _("Waiting list")),
        (Permission.HOUSING_VIEW, "sites", _("Sites")),
        (Permission.HOUSING_MANAGE, "housing_leases", _("Leases")),
        (Permission.HOUSING_MANAGE, "housing_hosts", _("Hosts")),
        (Permission.HOUSING_VIEW, "turn_aways", _("Turn-aways")),
    ]
