"""Imports a table of people from a shell: the same check, the same records and the same undo as on the page."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language

from casework.accounts.access import people_with
from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Permission
from casework.clients.models import Import
from casework.clients.models.importing import counts_by_state
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.lifecycle.importing import starting, work
from casework.lifecycle.importing.columns import BY_CODE
from casework.lifecycle.importing.report import everything, to_mend
from casework.reports.csv import csv_pieces

MOST_ROWS = 200_000


class Command(BaseCommand):
    help = (
        "Import people from CSV, XLSX or a KoboToolbox export; columns as in docs/import.md. If a row is wrong, or somebody may be "
        "known already, nobody is imported and each such row is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the table")
        parser.add_argument("--team", help="code of the team into which they come")
        parser.add_argument("--dry-run", action="store_true", help="check every row and record nobody")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name; else the coordinator longest in the team")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADING=CODE",
            help="what a column holds whose heading does not say it; CODE may be empty",
        )
        parser.add_argument(
            "--days", choices=["day_first", "month_first"], help="how days such as 05/12/2026 are meant"
        )
        parser.add_argument("--only-good", action="store_true", help="import the good rows although others are not")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the rows to correct there, as CSV")
        parser.add_argument("--undo", type=UUID, metavar="ID", help="take an import back as a whole")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            if options["undo"]:
                self._undo(options["undo"], options["by"], now)
            else:
                self._import(options, now)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None

    def _import(self, options: dict[str, Any], now: datetime) -> None:
        if not options["file"] or not options["team"]:
            raise CommandError("Say which file, and into which --team its people come.")
        team = _team(options["team"])
        by = _user(options["by"], team, now)
        try:
            with options["file"].open("rb") as file:
                of = starting.bring_in(
                    file=file,
                    team=team,
                    by=by,
                    now=now,
                    language=get_language() or "en",
                    submit_token=new_id(),
                    most_rows=MOST_ROWS,
                )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        try:
            is_done = self._check_and_record(of, by, options, now)
        except (Refusal, CommandError):
            starting.erase(of, now)
            raise
        if not is_done:
            starting.forget(of=Import.objects.get(pk=of.pk), by=by, now=timezone.now())
            if not options["dry_run"]:
                raise CommandError("Nobody is imported. Correct these rows, or import the others with --only-good.")

    def _check_and_record(self, of: Import, by: User, options: dict[str, Any], now: datetime) -> bool:
        """Return whether people were recorded."""
        columns, day_order = _columns(of, options["column"]), options["days"] or of.day_order
        of = starting.choose_columns(of=of, columns=columns, day_order=day_order, by=by, now=now, asks=False)
        self._say_columns(of)
        self._work(of, "checked")
        of = Import.objects.select_related("team").get(pk=of.pk)
        self._report(of, by, options["report"])
        counts = counts_by_state(of.rows.all())
        good, others = counts.get("good", 0), sum(counts.get(state, 0) for state in ("wrong", "double"))
        self.stdout.write(
            f"{good} rows can be imported, {counts.get('wrong', 0)} are to correct, "
            f"{counts.get('double', 0)} are perhaps known already."
        )
        if options["dry_run"] or not good or (others and not options["only_good"]):
            return False
        starting.record_people(of=of, by=by, now=timezone.now(), asks=False)
        self._work(of, "recorded")
        counts = counts_by_state(of.rows.all())
        self.stdout.write(self.style.SUCCESS(f"{counts.get('imported', 0)} people are imported into {of.team.code}."))
        self.stdout.write(f"To take all of it back: bin/manage import_people --undo {of.pk}")
        return True

    def _undo(self, import_id: UUID, email: str | None, now: datetime) -> None:
        of = Import.objects.select_related("team").filter(pk=import_id).first()
        if of is None:
            raise CommandError("There is no import of this id.")
        starting.take_back(of=of, by=_user(email, of.team, now), now=now, asks=False)
        self._work(of, "taken back")
        counts = counts_by_state(of.rows.all())
        kept = counts.get("kept", 0)
        self.stdout.write(
            f"{counts.get('undone', 0)} people are taken back, {kept} kept because somebody has worked on them."
        )

    def _work(self, of: Import, what: str) -> None:
        step = max(1, of.rows.count() // 10)
        said = 0

        def tell(done: int, total: int) -> None:
            nonlocal said
            if done - said >= step or done == total:
                said = done
                self.stdout.write(f"{done} of {total} {what}")

        work.carry_out(import_id=of.pk, clock=timezone.now, told=tell)

    def _say_columns(self, of: Import) -> None:
        for heading, code in zip(of.headings, of.columns, strict=True):
            self.stdout.write(f"{heading!r} holds {code or 'nothing that is imported'}")

    def _report(self, of: Import, by: User, path: Path | None) -> None:
        now = timezone.now()
        for number, state, _case, said in everything(of, by, now).rows:
            if said:
                self.stdout.write(f"Row {number}, {state}: {said}")
        if path is not None:
            path.write_bytes(b"".join(csv_pieces(to_mend(of, by, now))))
            self.stdout.write(f"The rows to correct are in {path}.")


def _team(code: str) -> Team:
    team = Team.objects.filter(code__iexact=code, is_active=True).first()
    if team is None:
        known = ", ".join(Team.objects.filter(is_active=True).order_by("code").values_list("code", flat=True))
        raise CommandError(f"There is no team {code}. These are there: {known}.")
    return team


def _user(email: str | None, team: Team, now: datetime) -> User:
    """Return in whose name people are imported: whoever was named, else the coordinator who has been longest in the team."""
    if email:
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        return user
    for permission in (Permission.CASE_ASSIGN, Permission.CASE_CHANGE):
        able = people_with(permission, [team], now)
        held = Membership.objects.filter(team=team, user__in=able.filter(is_active=True))
        first = held.order_by("starts_at", "user_id").select_related("user__data_key").first()
        if first is not None:
            return first.user
    raise CommandError("Nobody logs cases in this team. Give somebody a role there, or name somebody with --by.")


def _columns(of: Import, said: list[str]) -> list[str]:
    columns = list(of.columns)
    for each in said:
        heading, equals, code = each.rpartition("=")
        if not equals or heading not in of.headings or (code and code not in BY_CODE):
            raise CommandError(f"--column {each!r} names no column of the table, or no code: {', '.join(BY_CODE)}.")
        columns = ["" if known == code else known for known in columns]
        columns[of.headings.index(heading)] = code
    return columns
