"""What becomes of each class of data in the end: the whole of `vault/columns/retention.toml`, with nothing left unsaid.

A class has a period that the organisation sets, or goes by itself after a time that is fixed here, or stays, with the reason. A test fails
for a class without a rule, for a rule without a class, and for a table that says it goes with the case and does not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.drafts import old_drafts
from casework.accounts.jobs import old_jobs
from casework.accounts.models import Counter, Session
from casework.clients.models import Import, RetentionPeriod
from casework.reminders.purge import purge
from casework.reports.donor_actions import old_donor_reports
from casework.reports.models import Export
from casework.residency.actions.impacts import old_impacts
from casework.residency.models import Upload

Kind = RetentionPeriod.Kind


class How(StrEnum):
    PERIOD = "period"  # the organisation says how long; a person or a command erases
    SWEPT = "swept"  # it goes by itself
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`says`: after what time, or why it stays. `task` sweeps it, `waiting` counts what the next sweep takes."""

    how: How
    label: Promise | str
    says: Promise | str = ""
    task: str = ""
    waiting: Callable[[datetime], int] | None = None


def _period(kind: str) -> Rule:
    return Rule(how=How.PERIOD, label=Kind(kind).label)


def _messages(now: datetime) -> int:
    old = purge(now=now, dry_run=True)
    return old.messages + old.tries


def _signed_in(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).count() + Counter.objects.filter(expires_at__lte=now).count()


def _imports(now: datetime) -> int:
    return (
        Import.objects.too_old(now).filter(Q(rows__isnull=True) | Q(rows__imported_at__isnull=True)).distinct().count()
    )


RULES: Mapping[str, Rule] = {
    **{kind: _period(kind) for kind in Kind.values},
    "delivery": Rule(
        how=How.SWEPT,
        label=_("messages and reminders"),
        says=_("two years after it was settled, the log of tries half a year; with the case at the latest"),
        task="reminders.purge",
        waiting=_messages,
    ),
    "draft": Rule(
        how=How.SWEPT,
        label=_("forms that were begun and not sent"),
        says=_("fourteen days after it was saved last"),
        task="accounts.forget_old_drafts",
        waiting=lambda now: old_drafts(now).count(),
    ),
    "import": Rule(
        how=How.SWEPT,
        label=_("tables from which people are imported"),
        says=_("what a row says: as soon as the person is on record, else thirty days after the last step"),
        task="lifecycle.forget_old_imports",
        waiting=_imports,
    ),
    "export": Rule(
        how=How.SWEPT,
        label=_("lists that wait to be fetched"),
        says=_("an hour after the file is ready"),
        task="reports.sweep_exports",
        waiting=lambda now: Export.objects.too_old(now).count(),
    ),
    "upload": Rule(
        how=How.SWEPT,
        label=_("tables of rules before they are confirmed"),
        says=_("an hour after the file was chosen"),
        task="residency.forget_uploads",
        waiting=lambda now: Upload.objects.too_old(now).count(),
    ),
    "impact": Rule(
        how=How.SWEPT,
        label=_("what a change of rules would do to whom"),
        says=_("sixty days for a draft, four hundred for what was done; with the case at the latest"),
        task="residency.purge_impacts",
        waiting=lambda now: old_impacts(now).count(),
    ),
    "work": Rule(
        how=How.SWEPT,
        label=_("how far long work was"),
        says=_("ninety days after it was done"),
        task="accounts.forget_old_jobs",
        waiting=lambda now: old_jobs(now).count(),
    ),
    "sign_in": Rule(
        how=How.SWEPT,
        label=_("sign-ins and counters of attempts"),
        says=_("when the sign-in ends: after ten hours, at sign-out, or when the account is closed"),
        task="accounts.forget_counters",
        waiting=_signed_in,
    ),
    "donor_report": Rule(
        how=How.SWEPT,
        label=_("reports to donors"),
        says=_("seven years after it was made: so long donors may ask. It holds nobody's data"),
        task="reports.forget_old_donor_reports",
        waiting=lambda now: old_donor_reports(now).count(),
    ),
    "audit": Rule(
        how=How.KEPT,
        label=_("who saw and did what"),
        says=_("It is evidence, and nothing can be cut out of its chain. It holds ids and no content"),
    ),
    "erasure": Rule(
        how=How.KEPT,
        label=_("what was erased"),
        says=_(
            "It proves that what was to be erased is gone, and erases it again on a backup. It holds ids and counts"
        ),
    ),
    "rules": Rule(
        how=How.KEPT,
        label=_("rules of countries, with what they were before"),
        says=_("What was said about a date must stay explicable. It is about nobody"),
    ),
    "programme": Rule(
        how=How.KEPT,
        label=_("programmes and how cases are scored"),
        says=_("Donors may ask what was paid for and why. It is about nobody"),
    ),
    "staff": Rule(
        how=How.KEPT,
        label=_("accounts of staff"),
        says=_("The record of who did what must be able to name who acted. Who leaves is shut out at once"),
    ),
    "partner": Rule(
        how=How.KEPT,
        label=_("organisations and whom to ask there"),
        says=_("As long as one works with them; names and telephone numbers are changed on their page"),
    ),
    "place": Rule(
        how=How.KEPT,
        label=_("places, beds and leases"),
        says=_("As long as the place is used and its costs must be accounted for; names are changed on its page"),
    ),
    "installation": Rule(
        how=How.KEPT,
        label=_("settings and lists"),
        says=_("Without them nothing works. They are about nobody"),
    ),
}


def of_kind(how: How) -> Iterator[tuple[str, Rule]]:
    return ((kind, rule) for kind, rule in RULES.items() if rule.how == how)


def swept(now: datetime) -> Iterator[tuple[str, Rule, int]]:
    """Yield what goes by itself, with how much of it the next sweep takes. Nothing is changed."""
    for kind, rule in of_kind(How.SWEPT):
        if rule.waiting is not None:
            yield kind, rule, rule.waiting(now)
