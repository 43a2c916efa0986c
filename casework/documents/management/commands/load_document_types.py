"""Adds what countries issue from the reference file, again and again without harm."""

from typing import Any

from django.core.management.base import BaseCommand

from casework.documents.reference import load_types


class Command(BaseCommand):
    help = "Add the document types of the reference file that are not in the list yet."

    def handle(self, **options: Any) -> None:
        added = load_types()
        if added:
            self.stdout.write(f"{added} document types added.")
