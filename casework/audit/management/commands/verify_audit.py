"""Verifies the audit trail."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from casework.audit.seal import seal_waiting
from casework.audit.verify import NAMED_AT_MOST, Finding, What, verify


class Command(BaseCommand):
    """Names what was altered, removed or put in; the earliest first."""

    help = (
        "Computes the chain of seals over all events anew and compares it with what is stored and with the signed heads outside the "
        "database. Exit status 0 if everything agrees, 1 if not: the first line then names the first row that does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", type=Path, help="compare with the heads in this file rather than in AUDIT_HEADS")

    def handle(self, *args: Any, **options: Any) -> None:
        waited = seal_waiting()
        path = options["heads"] or Path(settings.AUDIT_HEADS)
        report = verify(path)
        if report.seals > waited and not report.heads:
            says = f"there are seals, but {path} holds no signed head of them"
            report.findings.append(Finding(what=What.HEAD, says=says))
        for finding in report.findings[:NAMED_AT_MOST]:
            place = f"place {finding.pos}: " if finding.pos is not None else ""
            self.stdout.write(f"{finding.what}: {place}{finding.says}")
        if more := report.findings[NAMED_AT_MOST:]:
            self.stdout.write(f"... and {len(more)} more")
        self.stdout.write(
            f"{report.seals} events sealed, {waited} of them just now; {report.waiting} wait. {report.heads} signed heads in {path}"
            + (
                f", the last of place {report.last_head.pos}, {report.last_head.at.isoformat()}."
                if report.last_head
                else "."
            )
        )
        if report.findings:
            self.stdout.write("The audit trail is NOT as it was written. See docs/audit.md for what to do now.")
            sys.exit(1)
        self.stdout.write("The audit trail is as it was written.")
