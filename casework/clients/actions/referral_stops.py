"""Referrals under way that what somebody says now forbids: stopped at once, so that nobody goes on telling."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from casework.accounts.models import User

from ..audience import Audience
from ..consents import said_by
from ..models import Client, Referral, ToDo
from ..referring import stands_against
from .referrals import withdraw_referral
from .todos import give_to_dos


def stop_referrals_of(
    clients: Iterable[Client], *, by: User, now: datetime, today: date, tell: bool = True
) -> list[Referral]:
    """Withdraw what was sent about these people and may not be told any more; return it.

    Whoever looks after the case is to tell the partner, unless `tell` is false: they have a to-do that says so already.
    Drafts stay: they cannot be sent as long as the same stands in their way. Call it in the transaction of what was said.
    """
    people = list(clients)
    open_ones: Any = Referral.objects.filter(people__in=people, sent_at__isnull=False)
    sent = list(
        open_ones.open().select_related("data_key", "partner", "case__team", "case__data_key").distinct().order_by("pk")
    )
    if not sent:
        return []
    said = said_by(people)
    stopped: list[Referral] = []
    for referral in sent:
        about = set(referral.people.values_list("pk", flat=True))
        if any(stands_against(referral, said[each.pk], today) for each in people if each.pk in about):
            words = _("Stopped by the software: what they say forbids to tell this partner any more. Tell the partner.")
            why = Referral.WithdrawnWhy.CONSENT
            withdraw_referral(referral=referral, why=why, text=words, version=referral.version, by=by, now=now)
            stopped.append(referral)
    if stopped and tell:
        audience = Audience([each.case for each in stopped], now)
        for each in stopped:
            owners = audience.of(each.case)
            give_to_dos(owner_ids=owners, kind=ToDo.Kind.STOPPED, about=each.pk, case=each.case, now=now)
    return stopped
