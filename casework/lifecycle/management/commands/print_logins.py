"""Prints how to sign in to the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from casework.accounts.models import User
from casework.lifecycle.demo import logins


class Command(BaseCommand):
    help = "Print a login for each role of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        demo_is_there = User.objects.filter(email=logins.LOGINS[0].email).exists()
        if settings.DEMO and demo_is_there:
            self.stdout.write("\n".join(logins.lines()))
        else:
            self.stdout.write("Sign in with your own account; the first administrator was printed when it was made.")
