"""The pages of one case, side by side under its header."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from casework.web.components import Tab


def case_tabs(code: str, here: str = "") -> list[Tab]:
    """Return the pages of a case; `here` is the name of the address of the one that is open."""
    tabs = []
    for name, label in _pages():
        try:
            url = reverse(name, args=[code])
        except NoReverseMatch:
            continue
        tabs.append(Tab(label=label, url=url, is_current=name == here))
    return tabs


def _pages() -> list[tuple[str, str]]:
    return [
        ("case", _("Overview")),
        ("case_log", _("Log")),
        ("case_needs", _("Needs and services")),
        ("case_referrals", _("Referrals")),
        ("case_housing", _("Housing")),
        ("case_documents", _("Documents")),
        ("case_safety", _("Consent and safety")),
    ]
