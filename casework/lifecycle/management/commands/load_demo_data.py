"""Loads the invented people of the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework.lifecycle.demo.build import UnableToLoadDemo, load_demo


class Command(BaseCommand):
    help = "Load invented people, with dates relative to today. Run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = load_demo(now=timezone.now())
        except UnableToLoadDemo as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{number} cases loaded." if number else "The demo is loaded already.")
