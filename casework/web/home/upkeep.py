"""What administrators look after: long work, invitations, who cannot work or has gone, keys. No people but staff, no figures of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as If
from django.db.models import Exists, OuterRef, Q, Subquery, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Absence, Invitation, Job, Membership, Recovery, User
from casework.clients.models import Case
from casework.vault.keys import provider
from casework.vault.models import DataKey

SHOWN = 10
# A failure is of interest for so long.
LATELY = timedelta(days=7)
# A job that has not ended after this stands still.
LONG = timedelta(hours=6)
# A role that ends so soon may have to be given anew.
SOON = timedelta(days=14)

JOBS: dict[str, str | Promise] = {
    "clients.score_everybody": _("scores of everybody, by weights that were published"),
    "residency.impact": _("what a change of rules means for people"),
    "residency.refresh_all": _("deadlines of everybody, computed anew"),
    "residency.refresh_stale": _("deadlines that may be wrong, computed anew"),
    "reports.export": _("a list that somebody takes along"),
    "lifecycle.compare": _("looking for people who are on file twice"),
    "lifecycle.rotate_keys": _("new keys in the key file"),
    "lifecycle.replace_data_keys": _("new data keys"),
    "lifecycle.import_check": _("looking through a table that is brought in"),
    "lifecycle.import_record": _("recording a table that is brought in"),
    "lifecycle.import_undo": _("taking back a table that was brought in"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job that has failed, runs or waits. `stands_still`: it should have ended long ago."""

    job: Job
    what: str
    stands_still: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonToLookAt:
    """Somebody of the staff of whom an administrator should know something; `why` is a key of the template."""

    user: User
    why: str
    until: datetime | None


def jobs_to_look_at(now: datetime) -> list[JobRow]:
    """Return what has failed lately, stands still or runs, failures first, in one query."""
    failed = Q(state=Job.State.FAILED, finished_at__gt=now - LATELY)
    goes_on = Q(state__in=[Job.State.WAITING, Job.State.RUNNING])
    rank = If(When(state=Job.State.FAILED, then=Value(0)), default=Value(1))
    jobs = Job.objects.filter(failed | goes_on).select_related("started_by__data_key").annotate(rank=rank)
    return [
        JobRow(
            job=job,
            what=str(JOBS.get(job.kind, job.kind)),
            stands_still=job.state != Job.State.FAILED and job.created_at < now - LONG,
        )
        for job in jobs.order_by("rank", "-created_at", "pk")[:SHOWN]
    ]


def invitations_to_look_at(now: datetime) -> Sequence[Invitation]:
    """Return the invitations that nobody has accepted, those that lapsed first."""
    pending = Invitation.objects.open(now) | Invitation.objects.lapsed(now)
    return list(pending.select_related("team").order_by("expires_at", "pk")[: SHOWN + 1])


def people_to_look_at(now: datetime) -> list[PersonToLookAt]:
    """Return the staff of whom something asks for an administrator, in one query."""
    of_user: Any = {"user": OuterRef("pk")}
    held = Membership.objects.current(now).filter(**of_user)
    away = Absence.objects.running(now).filter(**of_user)
    ending = held.filter(ends_at__lte=now + SOON).order_by("ends_at")
    people = User.objects.annotate(
        has_left_cases=Exists(Case.objects.open().filter(caseworker=OuterRef("pk"))),
        waits_for_factor=Exists(Recovery.objects.waiting().filter(**of_user)),
        away_until=Subquery(away.values("ends_at")[:1]),
        deputy=Subquery(away.values("deputy")[:1]),
        role_ends=Subquery(ending.values("ends_at")[:1]),
        has_role=Exists(held),
    )
    told = people.filter(
        Q(is_active=False, has_left_cases=True)
        | Q(waits_for_factor=True)
        | Q(away_until__isnull=False)
        | Q(role_ends__isnull=False)
        | Q(is_active=True, has_role=False)
    )
    found = [PersonToLookAt(user=user, why=why, until=until) for user in told[:100] for why, until in _reasons(user)]
    return sorted(found, key=lambda it: (_ORDER.index(it.why), str(it.user.display_name or it.user.email)))


_ORDER = ("left", "factor", "away_alone", "no_role", "role_ends", "away")


def _reasons(user: Any) -> list[tuple[str, datetime | None]]:
    found: list[tuple[str, datetime | None]] = []
    if not user.is_active:
        return [("left", None)] if user.has_left_cases else []
    if user.waits_for_factor:
        found.append(("factor", None))
    if user.away_until is not None:
        found.append(("away" if user.deputy else "away_alone", user.away_until))
    if not user.has_role:
        found.append(("no_role", None))
    elif user.role_ends is not None:
        found.append(("role_ends", user.role_ends))
    return found


def keys_are_of_today() -> bool:
    """Return whether every data key is wrapped by the key that the key file names as current."""
    return not DataKey.objects.wrapped_by_another_than(provider().current_id("data")).exists()
