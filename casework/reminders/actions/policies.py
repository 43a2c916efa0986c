"""Deciding when and to whom reminders speak."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.changes import ChangedMeanwhile

from ..policies import KindPolicy, OwnSettings, Policy
from ..schedule import COORDINATORS_LEAD, DEPUTIES_LEAD, leads_of


@transaction.atomic
def change_policy(
    *,
    version: int,
    leads: Mapping[str, Collection[int]],
    also: Mapping[str, Collection[str]],
    by: User,
    now: datetime,
    quiet_from: time | None,
    quiet_until: time | None,
    working_days_only: bool,
    without_clients: Collection[str] = (),
    deputies_lead: int = DEPUTIES_LEAD,
    coordinators_lead: int = COORDINATORS_LEAD,
) -> Policy:
    """Write what was decided; of kinds that are as the software comes, nothing is kept. Raises ChangedMeanwhile.

    `without_clients`: kinds of deadlines of which the people themselves are not reminded, though they agreed.
    What is queued already goes when it was to go; quiet hours are looked at once more before anything is sent.
    """
    Policy.objects.get_or_create(pk=1)
    policy = Policy.objects.select_for_update().get(pk=1)
    wanted: dict[str, Any] = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "working_days_only": working_days_only,
    }
    wanted |= {"deputies_lead": deputies_lead, "coordinators_lead": coordinators_lead}
    if policy.version != version:
        raise ChangedMeanwhile(policy, wanted)
    changed = sorted(name for name, value in wanted.items() if getattr(policy, name) != value)
    kinds = [
        duty
        for duty in leads
        if _decide(
            duty, sorted(leads[duty], reverse=True), sorted(also.get(duty, ())), clients=duty not in without_clients
        )
    ]
    if changed or kinds:
        for name in changed:
            setattr(policy, name, wanted[name])
        policy.version += 1
        policy.save()
        record("reminders.policy_changed", subject=policy, by=by, now=now, fields=changed, kinds=sorted(kinds))
    return policy


def _decide(duty: str, leads: list[int], also: list[str], *, clients: bool) -> bool:
    """Write what is decided about one kind, and return whether that is new."""
    there = KindPolicy.objects.filter(pk=duty).first()
    as_it_comes: tuple[list[int], list[str], bool] = (list(leads_of(duty)), [], True)
    before = (list(there.leads), sorted(there.also), there.clients) if there else as_it_comes
    if before == (leads, also, clients):
        return False
    if (leads, also, clients) == as_it_comes:
        KindPolicy.objects.filter(pk=duty).delete()
    else:
        KindPolicy.objects.update_or_create(pk=duty, defaults={"leads": leads, "also": also, "clients": clients})
    return True


@transaction.atomic
def change_own_settings(*, digest_at: time | None, by: User, now: datetime) -> OwnSettings:
    """Say how one wants to be reminded oneself."""
    row, _is_new = OwnSettings.objects.select_for_update().get_or_create(user=by)
    if row.digest_at != digest_at:
        row.digest_at = digest_at
        row.save(update_fields=["digest_at"])
        record("reminders.own_settings_changed", subject=by, by=by, now=now, digest=digest_at is not None)
    return row
