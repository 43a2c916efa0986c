"""Long work of everybody and the work by the clock, for administrators: what runs, what failed and why, once more, stop."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts import jobs as work
from casework.accounts.models import Job
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.request import UserRequest

from .clock import clock
from .rows import job_rows, row_of

State = Job.State


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def jobs(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    record("accounts.jobs_seen", by=request.user, now=now)
    context = {
        "going_on": job_rows(now, State.RUNNING, State.WAITING),
        "failed": job_rows(now, State.FAILED),
        "ended": job_rows(now, State.DONE, State.CANCELLED),
        "clock": list(clock(now)),
    }
    return render(request, "jobs/jobs.html", context)


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def stop_job(request: UserRequest, job_id: UUID) -> HttpResponse:
    """Asked first: what is done stays done, and some of it cannot go on from there."""
    now, job = timezone.now(), get_object_or_404(Job, pk=job_id)
    if request.method == "POST":
        try:
            stopped = work.stop(job, by=request.user, now=now)
            messages.success(request, _("Stopped. What was done is done.") if stopped else _("It had ended already."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("jobs")
    record("accounts.jobs_seen", by=request.user, now=now)
    context = {
        "title": _("Stop this work?"),
        "text": row_of(job, now).what,
        "warning": _("Whoever began it is not asked. What is done already stays done."),
        "act_label": _("Stop this work"),
        "is_danger": True,
        "cancel_url": reverse("jobs"),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.ACCOUNTS_MANAGE)
@require_POST
def repeat_job(request: UserRequest, job_id: UUID) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id)
    try:
        work.repeat(job, by=request.user, now=timezone.now())
        messages.success(request, _("It waits for a worker again, and goes on where it was."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("jobs")
