"""Days of one bed as the board and the page of the bed show them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from casework.housing.models import Bed
from casework.housing.occupancy import State
from casework.housing.queries import BoardStretch
from casework.lib.day_words import in_words

SIGNS = {
    State.OCCUPIED: "●",
    State.BOOKED: "○",
    State.HELD: "◌",
    State.OUT_OF_LEASE: "×",
    State.BLOCKED: "▨",
    State.FREE: "",
}
WORDS: dict[State, Any] = {
    State.OCCUPIED: lambda: _("taken"),
    State.BOOKED: lambda: _("booked"),
    State.HELD: lambda: pgettext("bed", "held"),
    State.OUT_OF_LEASE: lambda: _("out of lease"),
    State.BLOCKED: lambda: _("blocked"),
    State.FREE: lambda: pgettext("bed", "free"),
}


def legend() -> list[tuple[str, str, str]]:
    """Return how a bed can be, as pictures show it: state, sign and word."""
    return [(state.value, SIGNS[state], str(WORDS[state]())) for state in State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Some days of one bed on which it is the same. `who`: initials, where the reader may see the person.

    `url`: who is there, the block, or the bed itself where something can be done with it.
    """

    nights: int
    state: str
    sign: str
    word: str
    days: str
    who: str
    url: str
    without_lease: bool = False


def cell_of(piece: BoardStretch, bed: Bed, *, may_manage: bool, to_bed: bool = True) -> Cell:
    stretch, language = piece.stretch, get_language() or "en"
    last = stretch.until - stretch.since.resolution
    days = in_words(stretch.since, language)
    if last != stretch.since:
        days = f"{days} – {in_words(last, language)}"
    who = url = ""
    word = str(WORDS[stretch.state]())
    if piece.placement is not None:
        person = piece.placement.client
        who = initials(person)
        url = reverse("case_housing", args=[person.case.code])
    elif piece.block is not None:
        word = f"{word}: {piece.block.get_reason_display()}"
        url = reverse("change_block", args=[piece.block.pk]) if may_manage else ""
    elif stretch.state is State.BLOCKED:
        word = _("%(blocked)s: takes nobody new") % {"blocked": word}
    elif stretch.state is State.FREE and to_bed:
        url = f"{reverse('bed', args=[bed.pk])}?day={stretch.since.isoformat()}"
    if piece.without_lease:
        word = f"{word}, {WORDS[State.OUT_OF_LEASE]()}"
    return Cell(
        nights=stretch.nights,
        state=stretch.state.value,
        sign=SIGNS[stretch.state] + (SIGNS[State.OUT_OF_LEASE] if piece.without_lease else ""),
        without_lease=piece.without_lease,
        word=word,
        days=days,
        who=who,
        url=url,
    )


def initials(person: Any) -> str:
    """Return the initials of somebody, or their reference where no name is on record."""
    parts = (person.family_name, person.given_name)
    return " ".join(f"{str(part)[0]}." for part in parts if part) or str(person.reference)
