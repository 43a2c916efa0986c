"""Days that an address asks about: `?on=2026-12-05` is read as well as the three boxes of a date."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from casework.lib.months import month_name


def asked_days(request: HttpRequest, *names: str) -> Any:
    """Return the data of a form with these day fields, None if the address asks about none of them."""
    data: Any = request.GET.copy()
    for name in names:
        if name in data and f"{name}_day" not in data:
            data.update(_in_boxes(name, data[name]))
    return data if any(f"{name}_day" in data for name in names) else None


def _in_boxes(name: str, text: str) -> dict[str, str]:
    """Return a day of the address as somebody would have typed it; what is none is refused with the other boxes blank."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return {f"{name}_day": text}
    month = month_name(day.month, get_language() or "en")
    return {f"{name}_day": str(day.day), f"{name}_month": month, f"{name}_year": str(day.year)}
