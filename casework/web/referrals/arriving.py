"""A case that is logged for somebody who was sent to us: what is known is filled in, and the link is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404

from casework.clients.actions import accept_incoming
from casework.clients.models import Case, IncomingReferral
from casework.lib.refusals import Refusal
from casework.web.request import UserRequest

from .loading import changeable_incoming


def referred_in(request: UserRequest, now: datetime) -> IncomingReferral | None:
    """Return the referral in for which a case is being logged, None if the address names none; else 404."""
    named = request.GET.get("referral", "")
    if not named:
        return None
    try:
        return changeable_incoming(request.user, UUID(named), now)
    except ValueError as error:
        raise Http404 from error


def known_of(referral: IncomingReferral | None) -> dict[str, Any]:
    """Return what a form of a new case begins with."""
    if referral is None:
        return {}
    known = {
        "team": referral.team_id,
        "family_name": referral.family_name,
        "given_name": referral.given_name,
        "channel": referral.channel,
        "reach": referral.contact,
    }
    return {name: value for name, value in known.items() if value}


def keep_link(request: UserRequest, referral: IncomingReferral | None, case: Case, now: datetime) -> None:
    """Accept the referral in into the case. If somebody decided otherwise meanwhile, say so: the case stays."""
    if referral is None:
        return
    try:
        accept_incoming(referral=referral, case=case, by=request.user, now=now)
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
