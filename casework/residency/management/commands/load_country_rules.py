"""Loads country rules from reference files, again and again without harm."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.load import Report, load, recorded_places
from casework.residency.reference import shipped_files
from casework.residency.rules.reference import Fault, read_reference


class Command(BaseCommand):
    help = "Load country rules from reference files (TOML) and say what was added, changed, kept and refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a file or a folder; without it those that come along")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *, file: Path | None, dry_run: bool, **options: Any) -> None:
        files = shipped_files() if file is None else _read(file)
        reference = read_reference(files, known=recorded_places())
        with transaction.atomic():
            report = load(reference=reference, now=timezone.now())
            transaction.set_rollback(dry_run)
        self._say(report, dry_run=dry_run)
        if report.refused:
            refused = len(report.refused)
            line = ngettext(
                "%(count)s entry was refused. Correct it and load again; the others stand.",
                "%(count)s entries were refused. Correct them and load again; the others stand.",
                refused,
            )
            raise CommandError(line % {"count": refused})

    def _say(self, report: Report, *, dry_run: bool) -> None:
        """Print what was refused and kept with the reason, what was changed by name, and the counts of the rest."""
        for fault in report.refused:
            self.stderr.write(_("refused  %(place)s: %(why)s") % {"place": fault.place, "why": _said(fault)})
        for key, why in report.kept.items():
            self.stdout.write(_("kept     %(key)s: %(why)s") % {"key": key, "why": _(why)})
        for key in report.changed:
            self.stdout.write(_("changed  %(key)s") % {"key": key})
        for key in report.closed:
            self.stdout.write(_("closed   %(key)s") % {"key": key})
        counts = {
            "added": len(report.added),
            "changed": len(report.changed),
            "closed": len(report.closed),
            "unchanged": len(report.unchanged),
            "kept": len(report.kept),
            "refused": len(report.refused),
        }
        line = _(
            "Country rules: %(added)s added, %(changed)s changed, %(closed)s closed, %(unchanged)s unchanged, "
            "%(kept)s kept, %(refused)s refused."
        )
        self.stdout.write(line % counts)
        if dry_run:
            self.stdout.write(_("Nothing was written: this was a dry run."))


def _said(fault: Fault) -> str:
    return str(_(fault.message) % fault.values)


def _read(path: Path) -> dict[str, bytes]:
    """Return the TOML files at `path` by name, those of a folder in the order of their names."""
    files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise CommandError(_("There is no .toml file in %(path)s.") % {"path": path})
    try:
        return {str(file.relative_to(path) if path.is_dir() else file.name): file.read_bytes() for file in files}
    except OSError as error:
        raise CommandError(
            _("%(path)s cannot be read: %(why)s.") % {"path": path, "why": error.strerror or error}
        ) from error
