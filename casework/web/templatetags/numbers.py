"""Numbers of documents, as pages show them that nobody opened for the number."""

from django import template

register = template.Library()

SHOWN_OF_NUMBER = 3


@register.filter
def masked(number: str) -> str:
    """Return a number of which only the end is seen, enough to tell two papers apart."""
    if not number:
        return ""
    return f"••• {number[-SHOWN_OF_NUMBER:]}" if len(number) > 2 * SHOWN_OF_NUMBER else "•••"
