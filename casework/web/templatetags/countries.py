"""Countries in words."""

from django import template
from django.utils.translation import get_language, gettext

from casework.lib.countries import SPECIAL_NATIONALITIES, country_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """Return the name of a country, or of what stands for a nationality, in the reader's language."""
    if code in SPECIAL_NATIONALITIES:
        return gettext(SPECIAL_NATIONALITIES[code])
    return country_name(code, get_language() or "en")
