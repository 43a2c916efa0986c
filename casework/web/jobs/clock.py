"""Work by the clock, in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.task_runs import woken

WORDS: dict[str, str | Promise] = {
    "accounts.canary": _("whether workers work"),
    "accounts.forget_counters": _("forget counted attempts to sign in"),
    "accounts.forget_old_drafts": _("forget old drafts of forms"),
    "accounts.forget_old_jobs": _("forget long work that ended long ago"),
    "audit.seal": _("seal the trail of who did what"),
    "clients.ask_for_overdue_answers": _("ask for overdue answers to referrals"),
    "clients.recompute_instants": _("follow changes of clocks and time zones"),
    "documents.check_scans": _("look through uploaded pictures for malware"),
    "documents.sweep_scans": _("remove pictures that belong to nobody"),
    "housing.release_holds": _("release beds that were held too long"),
    "lifecycle.compare_missed": _("compare people who may be on file twice"),
    "lifecycle.destroy_replaced_keys": _("destroy keys that were replaced"),
    "lifecycle.forget_old_imports": _("forget rows of old imports"),
    "lifecycle.lapse_transfers": _("let offers of cases lapse"),
    "lifecycle.reconcile_erasures": _("see that erased people stay erased"),
    "lifecycle.resume_imports": _("go on with imports that stand still"),
    "lifecycle.resume_scoring": _("go on with scoring that stands still"),
    "lifecycle.score_all": _("score all cases"),
    "lifecycle.score_changed": _("score cases that have changed"),
    "lifecycle.throw_away_merged_rows": _("throw away what merges kept for undoing"),
    "reminders.deliver": _("send reminders"),
    "reminders.plan": _("plan reminders"),
    "reminders.purge": _("forget old reminders"),
    "reminders.watch": _("watch whether reminders go"),
    "reports.forget_old_donor_reports": _("forget old reports to donors"),
    "reports.sweep_exports": _("remove files that were fetched or lapsed"),
    "residency.forget_uploads": _("forget uploaded tables of rules"),
    "residency.purge_impacts": _("forget old previews of rules"),
    "residency.refresh_stale": _("compute deadlines that are not of today"),
    "residency.resume_impacts": _("go on with previews of rules that stand still"),
    "residency.resume_refreshes": _("go on with computing deadlines that stands still"),
}


def clock(now: datetime) -> Iterator[tuple[str | Promise, Any]]:
    """Yield what the clock wakes with its name in words, what is late first."""
    for it in woken(now):
        yield WORDS.get(it.task, it.task), it
