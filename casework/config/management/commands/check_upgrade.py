"""Say whether this database can go to this release while people work.

Exit status: 0 while they work, 1 in a pause, 2 only back from a backup (something is lost, or a migration cannot be reversed).
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from casework.config.upgrades.locks import Judged
from casework.config.upgrades.plan import NOTICED, Step, exit_status, from_a_newer_release, steps_to_go


class Command(BaseCommand):
    help = "Says what upgrading this database would lock and for how long. Ends with 0, 1 (pause) or 2 (no way back)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        newer = from_a_newer_release()
        if newer:
            self.stdout.write(f"This database is of a newer release than this code: it has had {', '.join(newer)}.")
            self.stdout.write("Not to be used with this code: check out the newer release, or restore a backup.")
            sys.exit(2)
        steps = steps_to_go()
        for step in steps:
            self._say(step)
        status = exit_status(steps)
        self.stdout.write(_verdict(steps, status))
        if status:
            sys.exit(status)

    def _say(self, step: Step) -> None:
        self.stdout.write(step.name)
        for judged, seconds in step.judged:
            if judged.grows or judged.breaks_older:
                self.stdout.write(f"    {_in_words(judged, seconds)}")
        if not any(judged.grows or judged.breaks_older for judged, _seconds in step.judged) and not step.runs_python:
            self.stdout.write("    a moment at most")
        if step.runs_python:
            self.stdout.write("    runs code, for as long as there are rows that it is about")
        if not step.is_reversible:
            self.stdout.write("    cannot be reversed")
        if step.why_it_may_lock:
            self.stdout.write(f"    {step.why_it_may_lock}")


def _in_words(judged: Judged, seconds: float) -> str:
    parts = [f"{judged.table or 'a table'}: {judged.lasts.value}"]
    if judged.blocks:
        parts.append(
            f"{judged.blocks} wait for {'less than a second' if seconds < NOTICED else f'about {seconds:.0f} s'}"
        )
    if judged.breaks_older:
        parts.append("the release before this one needs it")
    if judged.loses_data:
        parts.append("what is in there is lost")
    return "; ".join(parts)


def _verdict(steps: list[Step], status: int) -> str:
    if not steps:
        return "Nothing is to be migrated."
    many = f"{len(steps)} migration{'s' if len(steps) > 1 else ''}"
    seconds = sum(step.seconds for step in steps)
    pause = f"about {max(round(seconds), 1)} s" if seconds < 120 else f"about {round(seconds / 60)} minutes"
    return {
        0: f"{many}: safe while people work.",
        1: f"{many}: stop the web and the workers for it; a pause of {pause}.",
        2: f"{many}: take a backup first, there is no way back without it; a pause of {pause}.",
    }[status]
