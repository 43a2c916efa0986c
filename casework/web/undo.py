"""What was done says so with a button that takes it back.

The button sends a form, to the address by which the same thing is undone by hand; so it may do no more than its reader may, and what
has changed meanwhile is refused there, by its version or by the decision that was taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

# What the form of the button carries besides: the page that acts then says "Undone" instead of what it says of the act.
UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Undo:
    """`fields` hold ids, versions and codes, never anything that somebody typed: they wait in the session."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


def say_done(request: HttpRequest, said: str, undo: Undo | None = None) -> None:
    """Say what was done, with the way back if there is one; of what was just taken back, that it is."""
    if request.POST.get(UNDONE):
        messages.success(request, _("Undone."))
    elif undo is None:
        messages.success(request, said)
    else:
        way = json.dumps({"url": undo.url, "fields": {**undo.fields, UNDONE: "1"}})
        messages.success(request, said, extra_tags=way)


def undo_in(extra_tags: str) -> Undo | None:
    """Return the way back that a message carries."""
    if not extra_tags.startswith("{"):
        return None
    way = json.loads(extra_tags)
    return Undo(way["url"], way["fields"])
