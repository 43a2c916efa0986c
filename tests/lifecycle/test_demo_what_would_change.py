"""“60 in 180” for Russians in Kazakhstan, on the demo caseload: who is affected, recounted day by day.

The recount knows nothing of the engine: it counts days on fingers, from the stays alone.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from casework.accounts.models import User
from casework.clients.models import Client, ToDo
from casework.lifecycle.demo.build import load_demo
from casework.residency import reference
from casework.residency.actions import refresh
from casework.residency.actions.impacts import start_impact
from casework.residency.actions.rules import publish_rule, withdraw_rule
from casework.residency.load import load, recorded_places
from casework.residency.models import Deadline, Impact, Rule, Stay
from casework.residency.rules.reference import read_reference
from tests.factories.accounts import NOW
from tests.factories.impacts import LATER, compute

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
FIVE = (
    "Примерова Образца",  # an earlier stay in the window
    "Небылицын Фантом",
    "Макетов Набросок",
    "Бумажкина Копия",
    "Соседов Жилец",  # there for 84 days: overdue by sixty
)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo as loaded on 22 November 2026, once for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(reference=read_reference(reference.shipped_files(), known=recorded_places()), now=NOW)
        load_demo(now=NOW)
        refresh(client_ids=Client.objects.values_list("pk", flat=True), now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def draft(demo: None) -> Rule:
    return Rule.objects.drafts().get(key="kz-ru-leave-90-in-180")


def editor() -> User:
    return User.objects.get(email="editor@demo.example")


def named(name: str) -> Client:
    family, given = name.split()
    return next(it for it in Client.objects.all() if (it.family_name, it.given_name) == (family, given))


def days_in_kazakhstan(client: Client) -> set[date]:
    """Every day on which they were there, and would be if they stayed a year."""
    days: set[date] = set()
    for stay in Stay.objects.filter(client=client, country="KZ"):
        first, last = stay.entered_earliest, stay.left_latest if stay.has_left else TODAY + 365 * DAY
        assert first is not None
        assert last is not None
        days |= {first + number * DAY for number in range((last - first).days + 1)}
    return days


def last_lawful_day(client: Client, allowed: int) -> date:
    """Count, for each day from the last entry on, the days there among the 180 that end with it; and those in a row."""
    there = days_in_kazakhstan(client)
    day = entered = max(it.entered_earliest for it in Stay.objects.filter(client=client, country="KZ"))
    while sum(day - number * DAY in there for number in range(180)) <= allowed and (day - entered).days + 1 <= 90:
        day += DAY
    return day - DAY


def open_dates() -> dict[Any, date | None]:
    return {row.pk: row.drives_on for row in Deadline.objects.open()}


def leave_dates(impact: Impact, client: Client) -> tuple[date, date]:
    return impact.lines.values_list("before_on", "after_on").get(client=client, duty="leave")


@pytest.mark.parametrize("name", FIVE)
def test_what_would_change_matches_a_recount_by_hand(draft: Rule, name: str) -> None:
    client = named(name)

    impact = compute(start_impact(rule=draft, by=editor(), now=NOW))

    assert leave_dates(impact, client) == (last_lawful_day(client, 90), last_lawful_day(client, 60))


def test_exactly_those_are_affected_whom_the_rule_reaches(draft: Rule) -> None:
    """Whoever is in Kazakhstan on no permit, from Russia, since 2023: by the stored reasons, not by names."""
    reached = set(
        Deadline.objects.open()
        .filter(duty="leave", country="KZ", rule_ids__contains=[draft.supersedes_id])
        .values_list("client", flat=True)
    )

    impact = compute(start_impact(rule=draft, by=editor(), now=NOW))

    affected = set(impact.lines.values_list("client", flat=True))
    assert {named(name).pk for name in FIVE} <= affected <= reached
    still = reached - affected
    for client in Client.objects.filter(pk__in=still):
        row = Deadline.objects.get(client=client, duty="leave", gone_at=None)
        assert row.drives_on == row.imposed_on or row.drives_on < TODAY or row.state != "open"


def test_publishing_moves_exactly_those_deadlines_and_withdrawing_brings_them_back(draft: Rule) -> None:
    would = compute(start_impact(rule=draft, by=editor(), now=NOW))
    before = open_dates()

    publish_rule(rule=draft, by=editor(), now=NOW)
    published = compute(Impact.objects.get(kind="publication"))
    between = open_dates()
    withdraw_rule(rule=draft, reason="Only an example.", by=editor(), now=LATER)
    compute(Impact.objects.get(kind="withdrawal"), now=LATER)

    dates = ("client", "duty", "before_on", "after_on")
    assert set(would.lines.values_list(*dates)) == set(published.lines.values_list(*dates))
    moved = {pk for pk in {*before, *between} if before.get(pk) != between.get(pk)}
    lines = {(it.client_id, it.duty, it.before_on, it.after_on) for it in published.lines.all()}
    # Where an authority has set the date, what the rules say of it is another thing, and the date is not.
    lines = {line for line in lines if line[2] != line[3]}
    assert {
        (row.client_id, row.duty, before.get(row.pk), between.get(row.pk))
        for row in Deadline.objects.filter(pk__in=moved)
    } == lines
    assert open_dates() == before
    told = set(ToDo.objects.filter(about=published.pk).values_list("owner__email", flat=True))
    assert "caseworker@demo.example" in told
