"""A small reference file, and a load of it, for tests."""

from datetime import UTC, datetime, timedelta

from casework.residency.load import load, recorded_places
from casework.residency.models import Rule
from casework.residency.rules.reference import read_reference

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)

PLACES = '[country]\nKZ = "Asia/Almaty"\nRU = "Europe/Moscow"\n'
RULE = """
[[rule]]
key = "kz-ru-leave"
row = 3
jurisdiction = "KZ"
duty = "leave"
kind = "rolling_window"
audience = { nationality = "RU" }
parameters = { days = 90, window_days = 180 }
valid_from = 2023-01-27
review = "provisional"
note = "Since 27 January 2023."
citations = [{ title = "A page", url = "https://example.org/kz", quote = "90 days" }, { title = "Another", supports = false }]
"""


def load_text(text, *, now=NOW, by=None):
    files = {"places.toml": PLACES.encode(), "rules.toml": text.encode()}
    return load(reference=read_reference(files, known=recorded_places()), now=now, by=by)


def versions(key="kz-ru-leave"):
    return [
        (row.parameters["days"], row.known.lower, row.known.upper)
        for row in Rule.objects.filter(key=key).order_by("pk")
    ]
