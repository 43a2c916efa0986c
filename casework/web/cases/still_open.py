"""What is still open in a case that somebody wants to close, so that nothing is left behind unseen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import ngettext

from casework.clients.models import Appointment, Case, Referral, Service, ToDo
from casework.documents.models import Custody
from casework.housing.models import Placement
from casework.housing.wording import span
from casework.residency.models import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOpen:
    """One kind of thing that is open, in words, and where to settle it."""

    text: str
    url: str


def still_open_in(case: Case, now: datetime) -> list[StillOpen]:
    """Return what is open in a case: originals that are not with their owner first. One query a kind."""
    rows: list[tuple[Any, Callable[[int], str], str]] = [
        (
            Custody.objects.open().filter(document__client__case=case),
            lambda n: ngettext("%(n)s original is not with its owner", "%(n)s originals are not with their owners", n),
            "case_documents",
        ),
        (
            Deadline.objects.open().filter(client__case=case, optional=False),
            lambda n: ngettext("%(n)s deadline", "%(n)s deadlines", n),
            "case",
        ),
        (
            Appointment.objects.planned().ending_after(now).filter(case=case),
            lambda n: ngettext("%(n)s appointment", "%(n)s appointments", n),
            "case_log",
        ),
        (
            ToDo.objects.open().filter(case=case),
            lambda n: ngettext("%(n)s to-do", "%(n)s to-dos", n),
            "case",
        ),
        (
            Referral.objects.open().filter(case=case),
            lambda n: ngettext("%(n)s referral", "%(n)s referrals", n),
            "case_referrals",
        ),
        (
            Service.objects.filter(case=case, state__in=[Service.State.ASKED, Service.State.APPROVED]),
            lambda n: ngettext("%(n)s service asked for or approved", "%(n)s services asked for or approved", n),
            "case_needs",
        ),
    ]
    return [
        StillOpen(text=words(count) % {"n": count}, url=_page(name, case))
        for query, words, name in rows
        if (count := query.count())
    ]


def beds_in_words(case: Case, placements: Sequence[Placement]) -> list[StillOpen]:
    """Say which beds people of the case have, for the form asks what becomes of them."""
    return [
        StillOpen(
            text=f"{row.client.full_name}: {row.bed.place}, {row.get_state_display()} {span(row.since, row.until)}",
            url=_page("case_housing", case),
        )
        for row in placements
    ]


def _page(name: str, case: Case) -> str:
    try:
        return reverse(name, args=[case.code])
    except NoReverseMatch:
        return ""
