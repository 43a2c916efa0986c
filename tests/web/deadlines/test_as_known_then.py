"""What was told on an earlier day is told again: three versions, one that reaches back, and a withdrawal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.actions.rules import publish_rule, supersede_rule, withdraw_rule
from casework.residency.facts import load_facts
from casework.residency.models import Deadline, Rule
from casework.residency.rulebook import load_book, rules_of
from casework.residency.rules.evaluate import evaluate
from casework.residency.rules.rulebook import RuleBook
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_stay
from tests.factories.rules import make_draft

from .conftest import signed_in

pytestmark = pytest.mark.django_db

ENTERED = date(2026, 11, 1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

# Day by day: what was published, and the last lawful day of somebody who entered on 1 November 2026.
PUBLISHED = datetime(2026, 11, 3, 9, tzinfo=UTC)  # ninety days in a row
CUT = datetime(2026, 11, 6, 9, tzinfo=UTC)  # thirty days, law since 1 November 2026
REACHES_BACK = datetime(2026, 11, 10, 9, tzinfo=UTC)  # a decree that gives sixty days to entries since October
SUSPENDED = datetime(2026, 11, 14, 9, tzinfo=UTC)  # withdrawn: what it superseded is held again
TOLD = {
    date(2026, 11, 2): None,
    date(2026, 11, 3): date(2027, 1, 29),
    date(2026, 11, 5): date(2027, 1, 29),
    date(2026, 11, 6): date(2026, 11, 30),
    date(2026, 11, 9): date(2026, 11, 30),
    date(2026, 11, 10): date(2026, 12, 30),
    date(2026, 11, 13): date(2026, 12, 30),
    date(2026, 11, 14): date(2026, 11, 30),
    date(2026, 11, 21): date(2026, 11, 30),
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def versions(client: Client) -> list[Rule]:
    """Three versions published one after the other, the last of them withdrawn."""
    editor = make_user(Role.POLICY_EDITOR)

    def publish(draft: Rule, now: datetime) -> Rule:
        with time_machine.travel(now, tick=False):
            return publish_rule(rule=draft, by=editor, now=now)

    first = publish(make_draft(by=editor, now=PUBLISHED, valid=(None, None)), PUBLISHED)
    thirty = supersede_rule(
        rule=first, by=editor, now=CUT, parameters={"days": 30}, valid=DateRange(date(2026, 11, 1), None)
    )
    second = publish(thirty, CUT)
    sixty = supersede_rule(
        rule=second, by=editor, now=REACHES_BACK, parameters={"days": 60}, valid=DateRange(date(2026, 10, 1), None),
        part="decree",
    )  # fmt: skip
    third = publish(sixty, REACHES_BACK)
    # What the decree left of the first rule ends with it, so that nothing else is said of this entry.
    for row in Rule.objects.held_now().exclude(pk=third.pk):
        withdraw_rule(rule=row, reason="The decree holds.", by=editor, now=REACHES_BACK.replace(hour=10))
    actions.refresh(client_ids=[client.pk], now=REACHES_BACK.replace(hour=12))
    withdraw_rule(rule=third, reason="A court suspended the decree.", by=editor, now=SUSPENDED)
    return [first, second, third]


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def client(worker: User) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    client = make_client(case=case, by=worker, family_name="Придуманова", given_name="Ася", patronymic="")
    make_stay(client, ENTERED, by=worker)
    return client


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


@pytest.fixture
def leave(client: Client, versions: list[Rule]) -> Deadline:
    """The deadline as it was written down while the decree was held; the decree is withdrawn since."""
    deadline = client.deadlines.get(duty="leave")
    actions.refresh(client_ids=[client.pk], now=NOW)
    return deadline


@pytest.mark.parametrize("day", TOLD)
def test_the_engine_gives_the_date_of_then(client: Client, leave: Deadline, day: date) -> None:
    known_at = end_of(day)
    facts = load_facts([client.pk])[client.pk]

    position = evaluate(facts, load_book(known_at), NOW, known_at=known_at, on=NOW.date())

    assert next((each.due_on for each in position.deadlines if each.duty == "leave"), None) == TOLD[day]


@pytest.mark.parametrize("day", TOLD)
def test_one_book_of_all_versions_gives_it_as_well(client: Client, leave: Deadline, day: date) -> None:
    facts = load_facts([client.pk])[client.pk]
    everything = RuleBook(rules=rules_of(Rule.objects.published()))

    position = evaluate(facts, everything, NOW, known_at=end_of(day), on=NOW.date())

    assert next((each.due_on for each in position.deadlines if each.duty == "leave"), None) == TOLD[day]


@pytest.mark.parametrize("day", TOLD)
def test_the_page_why_this_date_gives_it(worker: User, leave: Deadline, day: date) -> None:
    why = signed_in(worker).get(reverse("why_this_date", args=[leave.pk]), {"known": day.isoformat()}).context["why"]

    assert (why.known_on, why.applies, why.due_on) == (day, TOLD[day] is not None, TOLD[day])


def test_the_page_of_today_gives_the_date_that_the_withdrawal_brought_back(worker: User, leave: Deadline) -> None:
    why = signed_in(worker).get(reverse("why_this_date", args=[leave.pk])).context["why"]

    assert (why.applies, why.due_on) == (True, date(2026, 11, 30))
