"""Seals the audit trail."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.audit.heads import ChainDoesNotContinue, HeadUnreadable, write_head
from casework.audit.seal import seal_waiting


class Command(BaseCommand):
    """What the worker does every few seconds, for who would rather do it in a process of its own."""

    help = (
        "Seals the events of the audit trail that wait, and writes the signed head of the chain to AUDIT_HEADS. --every N goes on "
        "every N seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on, with a pause of so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            self.stdout.write(self.seal(at_once=options["every"] is None))
            if options["every"] is None:
                return
            time.sleep(options["every"])

    def seal(self, *, at_once: bool) -> str:
        count = seal_waiting()
        try:
            head = write_head(now=timezone.now(), at_once=at_once)
        except ChainDoesNotContinue as problem:
            raise CommandError(f"{problem}. Run bin/manage verify_audit.") from None
        except HeadUnreadable:
            raise CommandError(f"The last line of {settings.AUDIT_HEADS} is not a head.") from None
        except OSError as problem:
            raise CommandError(f"{settings.AUDIT_HEADS} cannot be written: {problem.strerror}.") from None
        written = f" Wrote the head of place {head.pos} to {settings.AUDIT_HEADS}." if head else ""
        return f"Sealed {count} events.{written}"
