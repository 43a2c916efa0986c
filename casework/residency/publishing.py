"""How published rules come and go: whoever publishes, loads or withdraws goes through here.

A published row never changes: what was held is closed, what is held from now on is inserted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import F, Func, Value

from casework.accounts.models import User

from .models import Citation, Rule

LOCK = 0x7265_6665_7265_6E63  # "referenc": one publisher or load at a time

# What a row says, without who wrote it and when it was held.
SAID = (
    "key",
    "jurisdiction_id",
    "duty",
    "kind",
    "parameters",
    "nationality",
    "age_from",
    "age_below",
    "document_kind",
    "purpose",
    "legal_basis",
    "part",
    "is_exception",
    "valid",
    "applies_to",
    "days_before_commencement_count",
    "legal_status",
    "review_status",
    "published_on",
    "last_verified_on",
    "note",
    "worked_examples",
    "reference_rows",
)

CITED = ("title", "url", "quote", "read_on", "supports")


@dataclass(frozen=True, slots=True)
class Version:
    """A row to be published: unsaved, with its unsaved citations and the time in which it is held."""

    row: Rule
    citations: Sequence[Citation]
    known: DateTimeTZRange


def lock_rules() -> None:
    """Wait until nobody else publishes; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def close(ids: Iterable[int], now: datetime) -> None:
    """End what was held at `now`. The database lets nothing else of a published row change."""
    until_now = Func(
        Func(F("known"), function="lower"), Value(now), function="tstzrange", output_field=DateTimeRangeField()
    )
    Rule.objects.filter(pk__in=list(ids)).update(known=until_now)


def insert(versions: Sequence[Version], *, by: User | None, now: datetime) -> list[Rule]:
    """Write the rows with their citations, then publish them: from then on nothing of them changes.

    `by` is None for the reference data: that is how they are told from people's rules. Four queries.
    """
    rows = Rule.objects.bulk_create([version.row for version in versions])
    for row, version in zip(rows, versions, strict=True):
        for citation in version.citations:
            citation.rule = row
    Citation.objects.bulk_create([citation for version in versions for citation in version.citations])
    for row, version in zip(rows, versions, strict=True):
        row.published_at, row.published_by, row.known = now, by, version.known
    Rule.objects.bulk_update(rows, ["published_at", "published_by", "known"])
    return rows


def copy_of(rule: Rule) -> tuple[Rule, list[Citation]]:
    """Return an unsaved row that says the same, with unsaved citations that say the same."""
    row = Rule(**{name: getattr(rule, name) for name in SAID})
    citations = [
        Citation(**{name: getattr(citation, name) for name in CITED}) for citation in rule.citations.order_by("pk")
    ]
    return row, citations


def rest_of(valid: DateRange, covered: DateRange) -> list[DateRange]:
    """Return the days of `valid` that `covered` leaves over: none, one range or two."""
    first, end = bounds(valid)
    covered_first, covered_end = bounds(covered)
    rest = []
    if covered_first is not None and (first is None or first < covered_first):
        rest.append(DateRange(first, min(filter(None, (end, covered_first)))))
    if covered_end is not None and (end is None or covered_end < end):
        rest.append(DateRange(max(filter(None, (first, covered_end))), end))
    return rest


def common_days(one: DateRange, other: DateRange) -> DateRange:
    """Return the days that two ranges share, which do share some."""
    (first, end), (other_first, other_end) = bounds(one), bounds(other)
    firsts, ends = [each for each in (first, other_first) if each], [each for each in (end, other_end) if each]
    return DateRange(max(firsts, default=None), min(ends, default=None))


def bounds(valid: DateRange) -> tuple[date | None, date | None]:
    """Return the first day and the first day that is no longer in the range; None where it is open."""
    end = valid.upper
    return valid.lower, end + timedelta(days=1) if end is not None and valid.upper_inc else end


def last_day(valid: DateRange) -> date | None:
    end = bounds(valid)[1]
    return None if end is None else end - timedelta(days=1)
