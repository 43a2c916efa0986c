"""Which keys there are and how far a rotation is: ids, ages and shares, nothing of a key and no number of people."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.models import Job
from casework.accounts.roles import Permission
from casework.lifecycle.key_rotation import KIND, KeyStatus, is_running, last_rotation, statuses
from casework.vault.models import DataKey
from casework.web.components import Progress
from casework.web.decorators import requires
from casework.web.request import UserRequest


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def keys(request: UserRequest) -> HttpResponse:
    now, job = timezone.now(), last_rotation()
    purposes, found = purposes_in_words(), statuses(now)
    context = {
        "rows": [(purposes[key.purpose], key, under_in_words(key, found), state_in_words(key)) for key in found],
        "has_replaced": DataKey.objects.replaced().exists(),
        "job": progress_of(job) if job is not None else None,
        "began_at": job.created_at if job is not None else None,
        "was_stopped": job is not None and job.finished_at is None and not is_running(),
    }
    return render(request, "processing/keys.html", context)


def progress_of(job: Job) -> Progress:
    of_the_file = job.kind == KIND
    return Progress(
        title=_("Rotation of the keys") if of_the_file else _("Replacement of data keys"),
        state=job.state,
        done=job.done * 100 // job.total if job.total else 0,
        total=100 if job.total else None,
        stage=_("Bringing what is stored to the new keys"),
    )


def under_in_words(key: KeyStatus, all_keys: Sequence[KeyStatus]) -> str:
    """Return how much of what a purpose has hangs on a key. How many rows would tell how many people there are."""
    total = sum(each.rows for each in all_keys if each.purpose == key.purpose)
    if key.rows == 0:
        return _("nothing")
    return _("everything") if key.rows == total else _("a part")


def purposes_in_words() -> dict[str, str]:
    return {
        "data": _("wraps the keys of cases, people and staff"),
        "lookup": _("search by number, phone and e-mail"),
        "search": _("search by name"),
        "seal": _("signs the audit trail"),
        "secret": _("sessions and one-time codes"),
    }


def state_in_words(key: KeyStatus) -> str:
    if key.is_current:
        return _("in use")
    if key.is_prepared:
        return _("prepared, not used yet")
    return _("old, can be taken out of the file") if key.removable else _("old, still needed")
