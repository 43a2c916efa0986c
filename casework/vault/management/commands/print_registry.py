"""Prints the register of columns as the record of processing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.vault import registry
from casework.vault.errors import VaultError


class Command(BaseCommand):
    """What a data protection officer asks for: which data, why, how long, how protected."""

    help = "Prints every column with its class, purpose, retention and how it is stored, as tables in Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tables = registry.by_table()
            retentions = registry.retentions()
        except VaultError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write("# Record of processing\n")
        self.stdout.write("How long things are kept:\n")
        for key, words in retentions.items():
            self.stdout.write(f"* **{key}**: {words}")
        for table, group in tables:
            self.stdout.write(f"\n## {table}\n")
            self.stdout.write("| Column | Class | Purpose | Kept | Stored | Why plain |")
            self.stdout.write("|---|---|---|---|---|---|")
            for entry in group:
                cells = (
                    entry.column.name,
                    entry.sensitivity,
                    entry.purpose,
                    entry.retention,
                    entry.stored,
                    entry.reason,
                )
                self.stdout.write("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
