"""Has the workers compute everybody of open cases anew, and shows how far they are."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import Job
from casework.residency import spreading


class Command(BaseCommand):
    help = "Have all workers together compute the deadlines of everybody in open cases anew; without --wait, only begin it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="say how far it is until it has ended")

    def handle(self, *, wait: bool, **options: Any) -> None:
        if spreading.is_under_way(spreading.EVERYBODY):
            raise CommandError(
                _("Everybody is being computed already; the home page of an administrator says how far it is.")
            )
        job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=timezone.now())
        self.stdout.write(_("The workers have been asked: job %(job)s.") % {"job": job.pk})
        while wait and job.state in (Job.State.WAITING, Job.State.RUNNING):
            time.sleep(1)
            job.refresh_from_db()
            self.stdout.write(f"{job.get_state_display()}: {job.done}/{job.total}")
        if job.message:
            self.stdout.write(job.message)
