"""Rotates the keys of the key file."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.accounts.models import Job, User
from casework.audit.heads import ChainDoesNotContinue, HeadUnreadable
from casework.clients.models import Case
from casework.lifecycle import key_renewal, key_rotation
from casework.lifecycle.management.commands.keys import as_table
from casework.vault.errors import KeyFileError
from casework.vault.keyfile import PURPOSES
from casework.vault.rotation import PIECE

SAY_EVERY = 1.0  # seconds


class Command(BaseCommand):
    """Online, in pieces, and to be stopped at any moment: the key file keeps the older keys until nothing needs them."""

    help = (
        "Brings everything to the current keys of the key file. --new-key makes fresh ones the current ones first; where several "
        "machines have the key file, run it with --prepare-key before, and bring the file to all of them. Stopped or killed, it "
        "goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", nargs="+", choices=PURPOSES, default=list(PURPOSES), metavar="PURPOSE", help=", ".join(PURPOSES)
        )
        first = parser.add_mutually_exclusive_group()
        first.add_argument("--new-key", action="store_true", help="use a fresh key from now on, or the prepared one")
        first.add_argument("--prepare-key", action="store_true", help="add a key that nothing uses yet, and stop")
        first.add_argument("--dry-run", action="store_true", help="say what would be done, and stop")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--of-case", metavar="CODE", help="after a leak: other data keys for a case and its people")
        whose.add_argument("--of-user", metavar="EMAIL", help="likewise for a member of staff")
        whose.add_argument("--of-everybody", action="store_true", help="likewise for all")
        parser.add_argument("--forget-old", action="store_true", help="at the end, take out keys that nothing needs")
        parser.add_argument("--batch-size", type=int, default=PIECE, help=f"rows in one transaction ({PIECE})")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                self._say_what_is_left(options["only"])
            elif options["prepare_key"]:
                self._prepare(options["only"])
            else:
                with key_rotation.only_one():
                    if options["of_case"] or options["of_user"] or options["of_everybody"]:
                        self._replace(options)
                    else:
                        self._rotate(options)
        except key_rotation.AnotherRotationRuns:
            job = key_rotation.last_rotation()
            done = f" It has done {job.done} of {job.total}." if job else ""
            raise CommandError(f"Another rotation runs, and does all of it.{done} Nothing was changed.") from None
        except (KeyFileError, ChainDoesNotContinue, HeadUnreadable) as problem:
            raise CommandError(str(problem) or f"The last line of {settings.AUDIT_HEADS} is not a head.") from None
        except OSError as problem:
            raise CommandError(f"{problem.filename} cannot be written: {problem.strerror}.") from None

    def _say_what_is_left(self, purposes: list[str]) -> None:
        self.stdout.write("\n".join(as_table(key_rotation.statuses(timezone.now(), purposes))))
        for purpose, count in key_rotation.rows_left(purposes).items():
            self.stdout.write(f"{purpose}: {count} rows would be brought to the current key.")

    def _prepare(self, purposes: list[str]) -> None:
        for purpose, key_id in key_rotation.prepare_keys(purposes, now=timezone.now()).items():
            self.stdout.write(f"Prepared {key_id} for {purpose}.")
        self.stdout.write(
            f"Bring {settings.KEY_FILE} to every machine that runs Casework, then run this with --new-key on one of them."
        )

    def _rotate(self, options: dict[str, Any]) -> None:
        purposes = options["only"]
        if options["new_key"]:
            for purpose, key_id in key_rotation.add_keys(purposes, now=timezone.now()).items():
                self.stdout.write(f"From now on {purpose} uses {key_id}.")
            self.stdout.write(f"Renew your copies of {settings.KEY_FILE} now, on other machines too.")
        said = Saying(self)
        try:
            left = key_rotation.rotate_keys(purposes, clock=timezone.now, size=options["batch_size"], told=said.hear)
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {said.progress} Run the command again to go on.") from None
        self.stdout.write(
            f"{said.progress} Everything is under the current keys." if not any(left.values()) else said.progress
        )
        for purpose, count in left.items():
            if count:
                self.stderr.write(
                    f"{purpose}: {count} rows are not under the current key. Those that do not open are named in the log; others were "
                    "being changed all the time: run the command again."
                )
        if options["forget_old"]:
            self._forget(purposes)

    def _replace(self, options: dict[str, Any]) -> None:
        said, case, keys = Saying(self), None, key_renewal.all_keys()
        if options["of_case"]:
            case = Case.objects.filter(code=options["of_case"]).first()
            if case is None:
                raise CommandError(f"There is no case {options['of_case']}. Nothing was changed.")
            keys = key_renewal.keys_of_case(case)
        elif options["of_user"]:
            user = User.objects.filter(email__iexact=options["of_user"]).first()
            if user is None:
                raise CommandError(f"Nobody has the address {options['of_user']}. Nothing was changed.")
            keys = key_renewal.keys_of_user(user)
        try:
            left = key_renewal.replace_keys(
                keys,
                clock=timezone.now,
                size=options["batch_size"],
                told=said.hear,
                case_id=case.pk if case is not None else None,
            )
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {said.progress} Run the command again to go on.") from None
        self.stdout.write(said.progress)
        if left:
            self.stderr.write(
                f"{left} rows are still under a key that was replaced: run the command again, and see the log."
            )
        self.stdout.write("The replaced keys are destroyed in an hour, when no request can need them any more.")

    def _forget(self, purposes: list[str]) -> None:
        now = timezone.now()
        for key in key_rotation.forget_old(purposes, now=now):
            self.stdout.write(
                f"Took {key.id} ({key.purpose}) out. A backup made while it was used needs it: keep a copy of the key file with that "
                "backup, apart from it, for as long as you keep the backup."
            )
        for key in key_rotation.statuses(now, purposes):
            if not (key.is_current or key.is_prepared):
                reason = f"{key.rows} rows hang on it" if key.rows else "what replaced it is not in use for an hour yet"
                self.stdout.write(f"Kept {key.id} ({key.purpose}): {reason}.")


class Saying:
    """Says how far it is, about once a second."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.progress = "Nothing was to be done."
        self._said_at = time.monotonic()

    def hear(self, job: Job) -> None:
        self.progress = f"{job.done} of {job.total} rows done."
        if time.monotonic() - self._said_at >= SAY_EVERY:
            self._said_at = time.monotonic()
            self.command.stdout.write(f"{self.progress} {job.result.get('place', '')}")
            self.command.stdout.flush()
