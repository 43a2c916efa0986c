"""Lists, or erases, what is kept longer than the organisation decided."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from casework.clients.models import Case
from casework.lifecycle.erasure.periods import BY_COMMAND, Kind, due, erase_older, periods
from casework.lifecycle.erasure.rules import How, of_kind, swept


class Command(BaseCommand):
    """Says what would go, by class of data; with --erase it goes, but for cases, about which two people decide each time."""

    help = (
        "Lists what is kept longer than the periods set under /retention/: bare ids and codes. With --erase, pictures of papers, referrals that "
        "became no case, complaints and offers of hosts that came to nothing are erased; cases are listed for those who ask for their erasure and confirm it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--erase", action="store_true", help="erase what is listed, but for cases")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        unset = [kind for kind, period in periods().items() if not period.months]
        for each in due(now):
            self.stdout.write(
                f"{each.kind}: {len(each.ids)} kept longer than {each.months} months, {each.held} more held"
            )
            names = Case.objects.in_bulk(each.ids) if each.kind == Kind.CASE else {}
            for pk in each.ids:
                self.stdout.write(f"  {names[pk].code if pk in names else pk}")
            if options["erase"] and each.kind in BY_COMMAND and each.ids:
                removed = erase_older(each.kind, now=now)
                self.stdout.write(f"  erased: {sum(removed.counts.values())} rows, files and keys")
        for kind, rule, count in swept(now):
            self.stdout.write(f"{kind}: {count} go by themselves with the next sweep ({rule.says})")
        self.stdout.write(f"Kept, see /retention/ for why: {', '.join(kind for kind, _rule in of_kind(How.KEPT))}.")
        if unset:
            self.stdout.write(f"No period is set for: {', '.join(unset)}.")
        if not options["erase"]:
            self.stdout.write("Nothing was erased.")
