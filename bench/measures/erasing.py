"""How long the erasure of a case takes, with few and with many others on file, each with a history of its own."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.db import connection, transaction

from casework.clients.models import Address, Case, Client
from casework.documents.models import Document
from casework.lifecycle.erasure.reach import of_case
from casework.lifecycle.erasure.removal import remove
from casework.residency.models import Permit, Registration, Stay

from ..frame import Figure, Settings, measure
from ..people import have_people

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PEOPLE = (2_000, 20_000)
CASES = 15
GROWTH = 1.5


class _RolledBackError(Exception):
    pass


@measure("erasing", on_database=True)
def measure_erasing(settings: Settings) -> Iterator[Figure]:
    """Erasing a case out of each number of people, and how the time grows from the fewest to the most."""
    taken: dict[int, float] = {}
    had = 0
    for size in settings.sizes_or(*PEOPLE):
        people = have_people(size, now=NOW)
        _change(people[had:])
        had = size
        ids = list(Case.objects.order_by("pk").values_list("pk", flat=True)[: 2 if settings.quick else CASES + 1])
        statements: list[tuple[float, str]] = []
        seconds = [_erased_and_taken_back(pk, statements) for pk in ids]
        taken[size] = median(seconds[1:])
        slowest, sql = max(statements)
        yield Figure(f"erasing.{size}", taken[size] * 1000, "ms a case")
        yield Figure(f"erasing.{size}.slowest", slowest * 1000, f"ms a statement: {sql[:60]}")
        yield Figure(f"erasing.{size}.statements", len(statements) / len(ids), "a case")
    if len(taken) > 1:
        yield Figure("erasing.growth", taken[max(taken)] / taken[min(taken)], "x", at_most=GROWTH)


def _erased_and_taken_back(case_id: Any, statements: list[tuple[float, str]]) -> float:
    began = time.perf_counter()
    try:
        with transaction.atomic(), connection.execute_wrapper(_timed(statements)):
            remove(of_case(case_id), about=[case_id], by=None, now=NOW)
            seconds = time.perf_counter() - began
            raise _RolledBackError
    except _RolledBackError:
        return seconds


def _timed(statements: list[tuple[float, str]]) -> Any:
    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - as Django calls it
        began = time.perf_counter()
        try:
            return run(sql, params, many, context)
        finally:
            statements.append((time.perf_counter() - began, " ".join(sql.split())))

    return execute


def _change(people: list[Any]) -> None:
    """Change each row, so that it has a history."""
    Client.objects.filter(pk__in=people).update(sex="other")
    for model in (Document, Address, Stay, Permit, Registration):
        rows: Any = model._default_manager.filter(client__in=people)
        rows.update(country="XX")
        rows.update(country="KG")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
