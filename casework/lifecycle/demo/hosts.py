"""Offers of hosts as far as they get: just called, looked at, accepted, not taken, taken back. All of them invented."""

from datetime import datetime, timedelta
from typing import Any

from casework.accounts.models import Team, User
from casework.housing import actions
from casework.housing.models import HostOffer
from casework.lib.dates import today_in

USUAL = HostOffer.NEEDED | {"own_room", "heated", "water"}


def build_hosts(*, team: Team, keeper: User, visitor: User, now: datetime) -> None:
    """Give the demo an offer in each state that the family in use and the one with a planned visit do not have."""
    today = today_in(team.time_zone, now)
    known: dict[str, Any] = {"team": team, "country": "KZ", "city": "Almaty", "by": keeper, "now": now}

    def looked_at(name: str, beds: int, found: frozenset[str], **more: Any) -> HostOffer:
        offer = actions.record_host_offer(
            contact_name=name, beds=beds, since=today - timedelta(days=12), **known, **more
        )
        return actions.record_visit(
            offer=offer,
            on=today - timedelta(days=4),
            found=found,
            visited_by=visitor,
            note="Demo: a quiet street, the bus stops at the corner.",
            version=offer.version,
            by=keeper,
            now=now,
        )

    actions.record_host_offer(
        contact_name="Отзывчивая Н.", contact_phone="+7 700 555 0148", beds=3, since=today, for_whom="family", **known
    )
    looked_at("Небывалый С.", 2, frozenset(USUAL - {"no_work"}), note="Demo: hopes for help in the garden.")
    accepted = looked_at("Приветливая М.", 2, frozenset(USUAL | {"registration"}), for_whom="women")
    actions.accept_host(offer=accepted, version=accepted.version, by=keeper, now=now)
    refused = looked_at("Расчётливый Ж.", 1, frozenset({"heated"}))
    actions.decline_host(offer=refused, reason="Demo: asks for money.", version=refused.version, by=keeper, now=now)
    gone = actions.record_host_offer(contact_name="Уехавшая П.", beds=1, since=today - timedelta(days=30), **known)
    actions.withdraw_host(offer=gone, reason="Demo: leaves town herself.", version=gone.version, by=keeper, now=now)
