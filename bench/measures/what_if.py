"""What a draft would change, over a caseload, against the refresh of the same people without its writes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from uuid import UUID

from django.core.management import call_command
from django.db import transaction

from casework.accounts.models import User
from casework.clients.models import Client
from casework.residency.actions.deadlines import _lock, load_people, refresh
from casework.residency.actions.impacts import people_of
from casework.residency.actions.rules import supersede_rule
from casework.residency.computing import Writes, compute
from casework.residency.impact import compare as compare_people
from casework.residency.impact import line_values
from casework.residency.impact_books import Books, books_with
from casework.residency.models import ComputedPosition, Rule
from casework.residency.rulebook import load_book, rules_version
from casework.residency.tasks import CHUNK

from ..frame import Figure, Settings, measure
from ..people import have_people
from ..timing import compare

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SIZE = 10_000
KEY = "kz-ru-leave-90-in-180"

Chunks = Sequence[list[UUID]]


@measure("what_if", on_database=True)
def measure_what_if(settings: Settings) -> Iterator[Figure]:
    """Ratios where what is stored is of now, as the workers keep it, and where it is of other rules for everybody."""
    call_command("load_country_rules", stdout=StringIO())
    by = User.objects.filter(email="bench@example.org").first() or User.objects.create_user(
        "bench@example.org", now=NOW
    )
    for size in settings.sizes_or(SIZE):
        ids = have_people(size, now=NOW)
        chunks = [list(ids[first : first + CHUNK]) for first in range(0, len(ids), CHUNK)]
        held = Rule.objects.held_now().filter(key=KEY).order_by("-valid").first()
        assert held is not None
        draft = supersede_rule(rule=held, by=by, now=NOW, parameters={"days": 60, "window_days": 180})
        for chunk in chunks:
            refresh(client_ids=chunk, now=NOW)
        books = books_with(draft, keep_rest=True)
        affected = _what_if(chunks, books)
        assert affected, "the draft concerns nobody"
        yield Figure(f"what_if.{size}.affected", affected, "people concerned")
        ours, theirs = partial(_what_if, chunks, books), partial(_refresh, chunks)
        fresh = compare(ours, theirs, quick=settings.quick)
        yield Figure(f"what_if.{size}", fresh.ratio, "x a refresh without its writes", at_most=1.2)
        yield Figure(f"what_if.{size}.speed", size / fresh.ours, "people a second")
        ComputedPosition.objects.update(rules_version=0)
        stale = compare(ours, theirs, quick=settings.quick)
        yield Figure(f"what_if.{size}.stale", stale.ratio, "x a refresh without its writes")
        draft.delete()


def _what_if(chunks: Chunks, books: Books) -> int:
    """Compare everybody, and make the columns of each line; return how many people are concerned."""
    affected = 0
    for chunk in chunks:
        found = compare_people(list(load_people(people_of(chunk))), books, NOW)
        for differences in found.differences.values():
            for difference in differences:
                line_values(difference, books.borrowed)
        affected += len(found.differences)
    return affected


def _refresh(chunks: Chunks) -> None:
    """Do what a refresh does, up to its writes."""
    for chunk in chunks:
        with transaction.atomic():
            people: list[Client] = _lock(chunk, waiting=True)
            version, writes = rules_version(), Writes()
            book = load_book(version=version)
            for person in load_people(people):
                compute(person, book, version, NOW, writes)
