"""The pages that staff open all day, among few cases and among many: what they ask, weigh and take."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Case, Client
from casework.config.prepare import collect_static_files
from casework.residency.models import Deadline
from casework.residency.tasks import CHUNK, refresh_chunk

from .. import by_hand
from ..frame import Figure, Settings, measure
from ..housing import have_housing
from ..people import have_cases
from ..progress import Progress
from ..timing import REPETITIONS, seconds
from ..visits import Visitor, timing

CASES = (1_000, 100_000)
PAGE_QUERIES, CASE_QUERIES, PAGE_BYTES, FIRST_VISIT_BYTES, GROWTH, RATIO = 12, 20, 20 * 1024, 60 * 1024, 1.5, 2

WHO = (Role.CASEWORKER, Role.COORDINATOR)
# Every tab of a case is held to what a page of a case may ask.
OF_A_CASE = ("case", "case_log", "case_needs", "case_referrals", "case_documents", "case_safety")


@dataclass(frozen=True, slots=True)
class Page:
    """An address to be asked, what is sent there, if anything, and what reads the same by hand, where that is compared."""

    name: str
    path: str
    most_queries: int = PAGE_QUERIES
    sent: Mapping[str, str] | None = None
    by_hand: Callable[[datetime], list[str]] | None = None


@measure("pages", on_database=True)
def measure_pages(settings: Settings) -> Iterator[Figure]:
    """Queries and bytes of each page at each size, and how the time of its view grows from the fewest cases to the most."""
    call_command("load_country_rules", stdout=StringIO())
    call_command("load_document_types", stdout=StringIO())
    collect_static_files()
    with override_settings(SECOND_FACTOR_REQUIRED=False):
        yield from _figures(settings)


def _figures(settings: Settings) -> Iterator[Figure]:
    taken: dict[tuple[str, str], list[float]] = {}
    sizes = sorted(settings.sizes_or(*CASES))
    for size in sizes:
        prepare(size)
        for role in WHO:
            user = somebody(role)
            visitor = Visitor(user)
            first = visitor.first_visit(reverse("home"))
            yield Figure(f"pages.{size}.{role.value}.first_visit", first, "bytes compressed", at_most=FIRST_VISIT_BYTES)
            for page in pages_of(user):
                name = f"pages.{size}.{role.value}.{page.name}"
                weight = visitor.weighed(page.path, page.sent)
                yield Figure(f"{name}.queries", weight.queries, "queries", at_most=page.most_queries)
                yield Figure(f"{name}.bytes", weight.bytes, "bytes compressed", at_most=PAGE_BYTES)
                medians = medians_of(user, page, quick=settings.quick)
                yield Figure(f"{name}.view", medians.view * 1000, "ms without rendering")
                if medians.hand is not None:
                    ratio = medians.view / medians.hand
                    yield Figure(f"{name}.ratio", ratio, "x the same rows by hand", at_most=RATIO)
                taken.setdefault((role.value, page.name), []).append(medians.view / medians.bare_loop)
    for (role_name, page_name), (few, *_between, many) in taken.items() if len(sizes) > 1 else ():
        yield Figure(f"pages.growth.{role_name}.{page_name}", many / few, "x", at_most=GROWTH)


def prepare(cases: int) -> None:
    """Have so many cases with deadlines as of now, and housing of every team."""
    have_cases(cases, now=timezone.now())
    have_housing(now=timezone.now())
    waiting = Client.objects.filter(computed_position=None).order_by("pk").values_list("pk", flat=True)
    with Progress("deadlines", waiting.count()) as progress:
        while chunk := list(waiting[:CHUNK]):
            refresh_chunk(chunk)
            progress.advance(len(chunk))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def somebody(role: Role) -> User:
    """Return who holds this role in the first team."""
    user: User = User.objects.get(email=f"{role.value}-1@bench.example")
    return user


def pages_of(user: User) -> Iterator[Page]:
    """Yield what somebody of a team opens, about the last case of it that has two people or more."""
    yield Page("my_day", reverse("my_day"), by_hand=lambda now: by_hand.my_day(user, now))
    yield Page("cases", reverse("cases"), by_hand=lambda now: by_hand.cases(user, now))
    yield Page("cases_by_deadline", reverse("cases") + "?order=deadline")
    yield Page("housing_board", reverse("housing_board"), by_hand=lambda now: by_hand.housing_board(user, now))
    for name in ("to_dos", "referrals", "transfers", "housing_waiting"):
        yield Page(name, reverse(name))
    known: Any = Case.objects.filter(team=user.memberships.get().team, clients__is_principal=False)
    case = known.order_by("-opened_at", "-pk")[0]
    for name in OF_A_CASE:
        hand = (lambda now: by_hand.case(user, now, case.code)) if name == "case" else None
        yield Page(name, reverse(name, args=[case.code]), CASE_QUERIES, by_hand=hand)
    deadline = Deadline.objects.filter(client__case=case).order_by("pk")[0]
    yield Page("why_this_date", reverse("why_this_date", args=[deadline.pk]))
    person = case.clients.get(is_principal=True)
    asked = f"{person.family_name} {person.given_name}"
    yield Page("search", reverse("search"), sent={"q": asked}, by_hand=lambda now: by_hand.search(user, now, asked))
    if user.memberships.filter(role=Role.COORDINATOR).exists():
        for name in ("my_team", "report_capacity", "report_caseload", "report_deadlines", "reports"):
            yield Page(name, reverse(name))


@dataclass(frozen=True, slots=True)
class Medians:
    """The seconds of a view, of the same by hand, if it is compared, and of a bare loop, taken in turns."""

    view: float
    hand: float | None
    bare_loop: float


def medians_of(user: User, page: Page, *, quick: bool) -> Medians:
    """Return how long a page takes; what was read by hand stands on it."""
    views, hands, loops = [], [], []
    with timing():
        visitor = Visitor(user)
        said = visitor.text(page.path, page.sent)
        unsaid = [text for text in page.by_hand(timezone.now()) if text not in said] if page.by_hand else []
        assert not unsaid, f"{page.path} does not say {len(unsaid)} of what was read by hand, such as {unsaid[0]}"
        for _ in range(1 if quick else REPETITIONS):
            views.append(visitor.seconds(page.path, page.sent))
            if page.by_hand is not None:
                hands.append(seconds(partial(page.by_hand, timezone.now())))
            loops.append(seconds(a_bare_loop))
    return Medians(statistics.median(views), statistics.median(hands) if hands else None, statistics.median(loops))


def a_bare_loop() -> None:
    """Do a fixed piece of work, so that times of two moments can be held against each other.

    It keeps no memory: a list made each time took a third longer after some pages, as the heap happened to be laid out.
    """
    with connection.cursor() as cursor:
        for _ in range(50):
            cursor.execute("SELECT 1")
            total = 0
            for each in range(6_000):
                total = (total + each * each) % 65_521
