"""What My day says of housing: ends of stays and leases, holds and offers that lapse, people who wait without a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.housing.due import Due, Kind
from casework.housing.wording import day, moment
from casework.web.deadline_tag import DeadlineTag, deadline_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """`about`: the code of the case, or of the place; `url` leads to where something can be done."""

    tag: DeadlineTag
    sentence: str
    about: str
    url: str
    label: str


def due_rows(found: Sequence[Due]) -> list[DueRow]:
    return [
        DueRow(
            tag=deadline_tag(it.on, it.today, "open", "reviewed"),
            sentence=_sentence(it),
            about=it.code or it.place,
            url=_url(it),
            label=str(_LABELS.get(it.kind, lambda: _("Housing"))()),
        )
        for it in found
    ]


_LABELS: dict[Kind, Any] = {
    Kind.NOTICE: lambda: _("Site"),
    Kind.LEASE_ENDS: lambda: _("Site"),
}


def _url(it: Due) -> str:
    if it.kind in (Kind.NOTICE, Kind.LEASE_ENDS):
        return reverse("site", args=[it.key])
    place = "" if it.kind == Kind.STAY_ENDS else "#request"
    return f"{reverse('case_housing', args=[it.code])}{place}"


def _sentence(it: Due) -> str:
    said = {"place": it.place, "day": day(it.on), "people": it.people}
    match it.kind:
        case Kind.STAY_ENDS:
            pattern = ngettext(
                "%(people)s person is to leave %(place)s on %(day)s and has no other bed of ours yet.",
                "%(people)s people are to leave %(place)s on %(day)s and have no other bed of ours yet.",
                it.people,
            )
        case Kind.HOLD_LAPSES:
            pattern = ngettext(
                "A bed in %(place)s is held until %(moment)s.",
                "%(people)s beds in %(place)s are held until %(moment)s.",
                it.people,
            )
        case Kind.OFFER_WAITS:
            pattern = _("Beds in %(place)s are offered to them until %(moment)s. Ask for their answer.")
        case Kind.OFFER_LAPSED:
            pattern = _("An offer of beds lapsed without an answer on %(day)s, and they still wait. Speak with them.")
        case Kind.SILENT:
            pattern = _("They wait for a bed, and nobody has spoken with them for a fortnight.")
        case Kind.NOTICE:
            pattern = _("The lease of %(place)s: give notice by %(day)s, or agree on how it goes on.")
        case Kind.LEASE_ENDS:
            pattern = _("The lease of %(place)s holds no more from %(day)s.")
    return pattern % (said | {"moment": moment(it.at, it.zone) if it.at else ""})
