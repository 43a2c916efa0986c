"""Countries in words."""

from django import template
from django.utils.translation import get_language

from casework.lib.countries import country_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """Return the name of a country in the reader's language."""
    return country_name(code, get_language() or "en")
