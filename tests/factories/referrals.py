"""Partners, referrals and complaints, for tests; all of them invented."""

import itertools
from datetime import date, datetime
from typing import Any

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Client, Complaint, IncomingReferral, Partner, PartnerService, Referral, Share

from .accounts import NOW, make_team, make_user
from .clients import make_client

_numbers = itertools.count(1)


def make_partner(*, by: User | None = None, now: datetime = NOW, **fields: Any) -> Partner:
    """A partner who may receive everything."""
    known: dict[str, Any] = {
        "name": f"Invented Legal Clinic {next(_numbers)}",
        "kind": Partner.Kind.ORGANISATION,
        "country": "KZ",
        "may_receive": list(Share.values),
    }
    return actions.record_partner(by=by or make_user(Role.ADMINISTRATOR), now=now, **(known | fields))


def make_offer(partner: Partner, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> PartnerService:
    known: dict[str, Any] = {"kind": "legal", "country": partner.country, "town": "Almaty"}
    return actions.record_offer(partner=partner, by=by or make_user(Role.ADMINISTRATOR), now=now, **(known | fields))


def make_referral(
    client: Client | None = None,
    *,
    partner: Partner | None = None,
    by: User | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Referral:
    """A draft about one person who has agreed."""
    client = client or make_client()
    known: dict[str, Any] = {
        "people": [client],
        "service": "legal",
        "reason": "Needs a lawyer for the appeal.",
        "shared": [Share.NAME],
        "consent_how": Referral.ConsentHow.SIGNED,
        "consent_on": date(2026, 11, 20),
    }
    return actions.draft_referral(
        case=client.case,
        partner=partner or make_partner(),
        by=by or make_user(team=client.case.team),
        now=now,
        **(known | fields),
    )


def make_sent_referral(client: Client | None = None, *, now: datetime = NOW, **fields: Any) -> Referral:
    referral = make_referral(client, now=now, **fields)
    return actions.send_referral(referral=referral, how="email", version=1, by=referral.created_by, now=now)


def make_incoming(
    *, team: Team | None = None, by: User | None = None, now: datetime = NOW, **fields: Any
) -> IncomingReferral:
    team = team or make_team()
    known: dict[str, Any] = {
        "sender": "An invented consulate",
        "received_on": date(2026, 11, 20),
        "family_name": "Присланный",
        "given_name": "Вымысел",
        "channel": "phone",
        "contact": "+996 555 777888",
        "asked": "A bed for tonight.",
    }
    return actions.record_incoming(team=team, by=by or make_user(team=team), now=now, **(known | fields))


def make_complaint(
    *, team: Team | None = None, about: User | None = None, by: User | None = None, now: datetime = NOW, **fields: Any
) -> Complaint:
    """A complaint about a service, or about a member of staff."""
    known: dict[str, Any] = {
        "received_on": date(2026, 11, 20),
        "how": Complaint.How.IN_PERSON,
        "subject": Complaint.About.STAFF if about else Complaint.About.SERVICE,
        "people": [about] if about else [],
        "happened": "Nobody called back for three weeks.",
    }
    return actions.record_complaint(team=team, by=by or make_user(), now=now, **(known | fields))


def make_coordinator(team: Team | None = None, *, name: str = "Test Coordinator") -> User:
    return make_user(Role.COORDINATOR, team=team, name=name)
