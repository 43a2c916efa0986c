"""Creates the user with whom an empty installation begins."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from casework.accounts.actions import UnableToCreateFirstAdministrator, create_first_administrator


class Command(BaseCommand):
    help = "Create the first administrator and print the password once. Does nothing when there are users."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="admin@localhost.localdomain")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user, password = create_first_administrator(email=options["email"], now=timezone.now())
        except UnableToCreateFirstAdministrator as refusal:
            self.stdout.write(str(refusal))
            return
        self.stdout.write(
            f"Administrator  {user.email}  {password}\nThe password is shown this once; set up a second factor."
        )
