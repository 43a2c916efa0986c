"""What somebody has to do about housing by a day: what reminders speak of, and what My day lists.

Ends of stays, holds and offers that lapse, people who wait without a word, leases that want notice or end. One set of rows
for both, so that a message which says "one item" leads to a page that shows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.audience import told_of_cases
from casework.clients.looked_after import looks_after_some
from casework.clients.models import Case
from casework.lib.dates import today_in

from .models import BedOffer, HousingRequest, Lease, Placement

# After so many days without a word somebody is shown as waiting unseen.
SILENT_AFTER = timedelta(days=14)
# An offer that lapsed without an answer is spoken of for so long.
LAPSED_LATELY = timedelta(days=7)
# My day looks so far ahead: of what ends, and of leases, for which another place takes weeks to find.
AHEAD = timedelta(days=7)
AHEAD_OF_LEASES = timedelta(days=30)
# What is older has been seen and left.
BACK = timedelta(days=60)
AT_MOST = 30

OPEN_CASE = Case.Status.OPEN
# What `due_columns` gives and `due_in` reads.
COLUMNS = ("stays", "holds", "offers", "silent", "notices", "ends")


class Kind(StrEnum):
    STAY_ENDS = "stay_ends"
    HOLD_LAPSES = "hold_lapses"
    OFFER_WAITS = "offer_waits"
    OFFER_LAPSED = "offer_lapsed"
    SILENT = "silent"
    NOTICE = "notice"
    LEASE_ENDS = "lease_ends"


def ending_stays() -> Any:
    """Return where people live until a day from which on they have no bed of ours yet."""
    goes_on = Placement.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("until")),
        client=OuterRef("client"),
        since__lte=OuterRef("until"),
        state__in=(Placement.State.BOOKED, Placement.State.CHECKED_IN),
    ).exclude(pk=OuterRef("pk"))
    rows = Placement.objects.filter(
        ~Exists(goes_on), state=Placement.State.CHECKED_IN, until__isnull=False, client__case__status=OPEN_CASE
    )
    return rows.order_by("until", "pk")


def holds(now: datetime) -> Any:
    """Return the beds that are held by themselves; what is offered is spoken of as an offer, as long as nobody has answered."""
    offered = BedOffer.objects.filter(act=OuterRef("act"), state=BedOffer.State.OFFERED)
    rows = Placement.objects.filter(
        ~Exists(offered), state=Placement.State.HELD, held_until__gt=now, client__case__status=OPEN_CASE
    )
    return rows.order_by("held_until", "pk")


def offers(now: datetime) -> Any:
    """Return the offers that wait for an answer, or lapsed lately without one and without a word since."""
    waits = Q(state=BedOffer.State.OFFERED, lapses_at__gt=now)
    has_lapsed = Q(state=BedOffer.State.LAPSED) | Q(state=BedOffer.State.OFFERED, lapses_at__lte=now)
    later = BedOffer.objects.filter(request=OuterRef("request"), made_at__gt=OuterRef("made_at"))
    no_word = Q(request__last_contact_on__isnull=True) | Q(request__last_contact_on__lt=F("lapses_at__date"))
    lately = has_lapsed & no_word & ~Exists(later) & Q(lapses_at__gt=now - LAPSED_LATELY)
    rows = BedOffer.objects.filter(
        waits | lately, request__state=HousingRequest.State.OPEN, request__case__status=OPEN_CASE
    )
    return rows.order_by("lapses_at", "pk")


def waiting() -> Any:
    """Return the requests of those who wait; `last_word` tells since when nobody has spoken with them."""
    return HousingRequest.objects.open().filter(case__status=OPEN_CASE).longest_waiting_first()


def last_word(request: HousingRequest, zone: str) -> date:
    return request.last_contact_on or today_in(zone, request.opened_at)


def leases_to_answer(today: date) -> Any:
    """Return the leases for which nobody has given notice yet, by the last day to do so. A place that is to be closed needs it too."""
    rows = Lease.objects.filter(_in_use(today), notice_on__isnull=False, notice_given_on__isnull=True)
    return rows.filter(~Exists(_next_lease())).order_by("notice_on", "pk")


def leases_ending(today: date) -> Any:
    """Return the leases that end and after which no other holds, by the first day without one; of places that are still there then."""
    stays = Q(site__closed_on__isnull=True) | Q(site__closed_on__gt=F("until"))
    rows = Lease.objects.filter(_in_use(today), stays, ~Exists(_next_lease()), until__isnull=False)
    return rows.order_by("until", "pk")


def _in_use(today: date) -> Q:
    """A day more: somewhere it is tomorrow already."""
    return Q(site__closed_on__isnull=True) | Q(site__closed_on__gt=today + timedelta(days=1))


def _next_lease() -> Any:
    same = Q(unit=OuterRef("unit")) | Q(unit__isnull=True)
    lasts = Q(until__isnull=True) | Q(until__gt=OuterRef("until"))
    return Lease.objects.filter(same & lasts, site=OuterRef("site"), since__lte=OuterRef("until"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to do by a day, with what is not sealed of it. `at`: the hour, of what lapses."""

    kind: Kind
    on: date
    today: date
    code: str = ""
    place: str = ""
    people: int = 1
    at: datetime | None = None
    zone: str = ""
    key: str = ""

    @property
    def days_left(self) -> int:
        return (self.on - self.today).days


def due_columns(user: User, whose: str | None, now: datetime) -> dict[str, ArraySubquery]:
    """Return columns that tell what somebody has to do about housing. They cost no query of their own.

    `whose` "team": of every case that they may see; "me": of those that they are told of; None: the same, if they look after
    any, else of every one. Leases are those of the sites that they keep, whichever it is.
    """
    today = now.date()

    def told(prefix: str) -> Q:
        every = cases_visible_to(user, now, prefix=prefix)
        if whose == "team":
            return every
        own = told_of_cases(user, now, prefix=prefix)
        return own if whose == "me" else own | (every & ~looks_after_some(user, now))

    stays = ending_stays().filter(told("client__case__"), until__lte=today + AHEAD, until__gte=today - BACK)
    silent = waiting().filter(told("case__")).not_contacted_since(today - SILENT_AFTER + timedelta(days=1))
    leases = Lease.objects.usable_by(user, now, Permission.HOUSING_MANAGE)
    notices = leases_to_answer(today).filter(pk__in=leases, notice_on__lte=today + AHEAD_OF_LEASES)
    ends = leases_ending(today).filter(pk__in=leases, until__lte=today + AHEAD_OF_LEASES)
    bed = {"site": "bed__unit__site__code", "unit": "bed__unit__label", "zone": "bed__unit__site__time_zone"}
    lease = {"site": "site__code", "unit": "unit__label", "zone": "site__time_zone", "key": "site_id"}
    offered = Placement.objects.filter(act=OuterRef("act")).values("bed__unit__site__code")[:1]
    return {
        "stays": _column(stays, code="client__case__code", on="until", act="act", **bed),
        "holds": _column(holds(now).filter(told("client__case__")), code="client__case__code", at="held_until", act="act", **bed),
        "offers": _column(
            offers(now).filter(told("request__case__")),
            code="request__case__code", at="lapses_at", zone="request__case__team__time_zone", site=Subquery(offered), key="pk",
        ),
        "silent": _column(
            silent, code="case__code", last="last_contact_on", opened="opened_at", zone="case__team__time_zone"
        ),
        "notices": _column(notices.filter(notice_on__gte=today - BACK), on="notice_on", **lease),
        "ends": _column(ends.filter(until__gte=today - BACK), on="until", **lease),
    }  # fmt: skip


def due_in(found: dict[str, Sequence[dict[str, Any]]], now: datetime) -> list[Due]:
    """Return what these columns say, the first first; a family that leaves together is one line."""
    rows = [
        *(_due(Kind.STAY_ENDS, it, now, on=date.fromisoformat(it["on"])) for it in found["stays"]),
        *(_due(Kind.HOLD_LAPSES, it, now, at=datetime.fromisoformat(it["at"])) for it in found["holds"]),
        *(_offer(it, now) for it in found["offers"]),
        *(_silent(it, now) for it in found["silent"]),
        *(_due(Kind.NOTICE, it, now, on=date.fromisoformat(it["on"])) for it in found["notices"]),
        *(_due(Kind.LEASE_ENDS, it, now, on=date.fromisoformat(it["on"])) for it in found["ends"]),
    ]
    return sorted(_together(rows), key=lambda it: (it.on, it.at.isoformat() if it.at else "", it.kind, it.code, it.key))


def _column(rows: Any, **told: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(told=JSONObject(**told))[:AT_MOST])


def _due(kind: Kind, it: dict[str, Any], now: datetime, *, on: date | None = None, at: datetime | None = None) -> Due:
    """`on`: the day; without one it is that of the hour `at`, where it lapses."""
    zone = it["zone"]
    day = on or today_in(zone, at or now)
    place = ", ".join(part for part in (it.get("site"), it.get("unit")) if part)
    return Due(
        kind=kind,
        on=day,
        today=today_in(zone, now),
        code=it.get("code") or "",
        place=place,
        at=at,
        zone=zone,
        key=str(it.get("key") or it.get("act") or ""),
    )


def _offer(it: dict[str, Any], now: datetime) -> Due:
    lapses_at = datetime.fromisoformat(it["at"])
    return _due(Kind.OFFER_WAITS if lapses_at > now else Kind.OFFER_LAPSED, it, now, at=lapses_at)


def _silent(it: dict[str, Any], now: datetime) -> Due:
    opened = today_in(it["zone"], datetime.fromisoformat(it["opened"]))
    word = date.fromisoformat(it["last"]) if it["last"] else opened
    return _due(Kind.SILENT, it, now, on=word + SILENT_AFTER)


def _together(rows: Iterable[Due]) -> list[Due]:
    found: dict[tuple[Any, ...], Due] = {}
    for it in rows:
        key = (it.kind, it.on, it.code, it.key)
        found[key] = replace(found[key], people=found[key].people + 1) if key in found else it
    return list(found.values())
