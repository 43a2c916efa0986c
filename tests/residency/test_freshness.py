"""After a change of rules those are computed anew whom it can concern, and what the others have is what they would get."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bench.people import have_people
from casework.clients.actions import facts_changed
from casework.clients.models import Client
from casework.residency import computing, freshness, impact, rulebook, tasks
from casework.residency.actions import following, impacts, refresh, stale_clients
from casework.residency.actions.following import concerned_by, follow_rules
from casework.residency.actions.rules import publish_rule, supersede_rule, withdraw_rule
from casework.residency.freshness import moved_since, rests_on, rules_now
from casework.residency.models import (
    CalendarDay,
    ComputedPosition,
    Deadline,
    Derivation,
    Impact,
    ImpactLine,
    Jurisdiction,
    Move,
    NationalityGroup,
    Rule,
    RulesState,
)
from casework.residency.rulebook import rules_version
from tests.factories.accounts import NOW, make_user
from tests.factories.impacts import LATER, compute, make_person, make_shorter_draft
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db


def stale(now: Any = NOW) -> set[UUID]:
    return set(stale_clients(now).values_list("pk", flat=True))


def publish(draft: Rule, now: Any = NOW) -> Rule:
    return publish_rule(rule=draft, by=make_user(None), now=now)


# Whom a change concerns


def test_a_rule_of_another_country_concerns_nobody_here() -> None:
    make_rule(country="GE")
    kazakh, georgian = make_person(), make_person(country="GE")
    assert stale() == set()

    make_rule()

    assert stale() == {kazakh.pk}
    refresh(client_ids=[kazakh.pk, georgian.pk], now=NOW, only_stale=True)
    assert stale() == set()
    assert set(Deadline.objects.values_list("client", flat=True)) == {kazakh.pk, georgian.pk}


def test_whoever_was_there_or_holds_something_from_there_is_concerned() -> None:
    make_rule(country="GE")
    client = make_person(country="GE")
    make_stay(client, date(2026, 5, 1), date(2026, 6, 1), country="KZ")
    refresh(client_ids=[client.pk], now=NOW)
    assert stale() == set()

    make_rule()

    assert stale() == {client.pk}


CHANGES: dict[str, Callable[[Rule], object]] = {
    "withdrawn": lambda rule: withdraw_rule(rule=rule, reason="No such law.", by=make_user(None), now=LATER),
    "superseded": lambda rule: publish(make_shorter_draft(rule), LATER),
    "closed": lambda rule: Rule.objects.filter(pk=rule.pk).update(known=DateTimeTZRange(rule.known.lower, LATER)),
    "calendar": lambda _: CalendarDay.objects.create(
        jurisdiction_id="KZ", day=date(2026, 12, 31), is_working_day=False, reason="Day off"
    ),
    "time zone": lambda _: Jurisdiction.objects.filter(code="KZ").update(time_zone="Asia/Aqtau"),
    "group": lambda _: NationalityGroup.objects.update(nationalities=["KZ"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_what_is_said_of_a_country_makes_its_people_stale(change: str) -> None:
    NationalityGroup.objects.create(code="EAEU", name="Union", nationalities=["KZ", "RU"])
    rule = make_rule(nationality="EAEU")
    make_rule(country="GE")
    kazakh = make_person()
    make_person(country="GE")

    CHANGES[change](rule)

    assert stale() == {kazakh.pk}


def test_what_cannot_be_compared_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(country="GE")
    client = make_person(country="GE")
    make_rule()
    assert stale() == set()
    stored = ComputedPosition.objects.filter(client=client)

    stored.update(looked_at=None)
    assert stale() == {client.pk}
    assert not rests_on(stored.get(), rules_version())
    stored.update(looked_at=["GE", "RU/zone"])
    assert stale() == set()
    RulesState.objects.update(computed_with="an earlier edition of the software")
    freshness.forget_comparisons()
    assert stale() == {client.pk}
    RulesState.objects.all().delete()
    freshness.forget_comparisons()
    assert stale() == {client.pk}
    assert not rests_on(stored.get(), rules_version())


def test_whose_facts_could_not_be_computed_is_looked_at_after_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(country="GE")
    client = make_person(country="GE")
    with monkeypatch.context() as patch:
        patch.setattr(computing, "evaluate", lambda *_, **__: 1 / 0)
        facts_changed(client, now=NOW)
        refresh(client_ids=[client.pk], now=NOW)
    assert ComputedPosition.objects.get().looked_at is None
    assert stale() == set()

    make_rule()

    assert stale() == {client.pk}


def test_an_upgrade_of_the_software_concerns_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule()
    client = make_person()

    monkeypatch.setattr(rulebook, "COMPUTED_WITH", "a later edition")
    monkeypatch.setattr(freshness, "COMPUTED_WITH", "a later edition")

    assert stale() == {client.pk}


def test_of_two_changes_each_concerns_its_own() -> None:
    for country in ("KZ", "GE", "RS"):
        make_rule(country=country)
    people = {country: make_person(country=country) for country in ("KZ", "GE", "RS")}
    publish(make_shorter_draft(Rule.objects.get(jurisdiction="KZ")))
    refresh(client_ids=[people["KZ"].pk], now=NOW)

    publish(make_shorter_draft(Rule.objects.get(jurisdiction="GE")), LATER)

    assert stale() == {people["GE"].pk}
    version = rules_version()
    held = {it.client_id: rests_on(it, version) for it in ComputedPosition.objects.all()}
    assert {pk for pk, rests in held.items() if not rests} == stale()
    assert ComputedPosition.objects.values("rules_version").distinct().count() == 2


def test_a_day_more_is_no_change_of_the_law_for_whom_it_does_not_concern() -> None:
    make_rule(country="GE")
    client = make_person(date(2026, 8, 1), country="GE")
    make_rule()

    refresh(client_ids=[client.pk], now=NOW + timedelta(days=1))

    assert not Derivation.objects.exists()
    assert not Move.objects.exists()


# Following


def test_whom_a_change_does_not_concern_is_written_down_as_of_now_and_the_rest_stays_stale() -> None:
    for country in ("KZ", "GE"):
        make_rule(country=country)
    kazakh, georgian = make_person(), make_person(country="GE")
    earlier = rules_version()
    publish(make_shorter_draft(Rule.objects.get(jurisdiction="KZ")))
    concerned = stale()

    followed = follow_rules()

    versions = dict(ComputedPosition.objects.values_list("client", "rules_version"))
    assert followed == 1
    assert versions == {kazakh.pk: earlier, georgian.pk: rules_version()}
    assert stale() == concerned == {kazakh.pk}


@pytest.mark.django_db(transaction=True)
def test_a_worker_follows_many_by_and_by_each_part_committed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 2)
    for country in ("KZ", "GE"):
        make_rule(country=country)
    people = [make_person(country="GE") for _ in range(3)]
    kazakh = make_person()
    publish(make_shorter_draft(Rule.objects.get(jurisdiction="KZ")))

    tasks.refresh_stale()

    assert set(ComputedPosition.objects.values_list("rules_version", flat=True)) == {rules_version()}
    assert set(ComputedPosition.objects.values_list("client", flat=True)) == {kazakh.pk, *(it.pk for it in people)}
    assert Deadline.objects.get(client=kazakh).due_on == date(2026, 12, 30)


def test_after_following_the_next_change_concerns_its_own_alone() -> None:
    for country in ("KZ", "GE"):
        make_rule(country=country)
    kazakh, georgian = make_person(), make_person(country="GE")
    publish(make_shorter_draft(Rule.objects.get(jurisdiction="KZ")))
    follow_rules()
    refresh(client_ids=[kazakh.pk], now=NOW)
    for number in (1, 2):
        make_rule("until_date", {"until": f"2027-0{number}-01"}, country="RS", part=f"part {number}")

        assert stale() == set()
        assert follow_rules() == 2

    publish(make_shorter_draft(Rule.objects.get(jurisdiction="GE")), LATER)
    assert stale() == {georgian.pk}


def test_states_on_which_nothing_rests_are_forgotten() -> None:
    for country in ("KZ", "GE"):
        make_rule(country=country)
    kazakh, _ = make_person(), make_person(country="GE")
    earlier = rules_version()
    publish(make_shorter_draft(Rule.objects.get(jurisdiction="KZ")))
    follow_rules()
    assert RulesState.objects.filter(version=earlier).exists()
    refresh(client_ids=[kazakh.pk], now=NOW)

    assert follow_rules() == 0

    assert list(RulesState.objects.values_list("version", flat=True)) == [rules_version()]
    assert follow_rules() == 0


def test_a_book_that_is_read_while_somebody_publishes_is_of_the_version_under_which_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_rule()
    before = rules_version()
    real, published = rulebook._read_book, list[Rule]()

    def slow(known_at: Any) -> Any:
        if not published:
            published.append(make_rule(country="GE"))
        return real(known_at)

    monkeypatch.setattr(rulebook, "_read_book", slow)

    version, book = rules_now()

    assert (version, len(book.rules)) == (rules_version(), 2)
    assert version != before
    assert (before, None) not in rulebook._books


# The same rows as if everybody had been computed

TABLES = ("residency_deadline", "residency_move", "residency_derivation")


def rows() -> dict[str, list[Any]]:
    """Everything stored of everybody, but for which version of the rules it was compared with, and when."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for name in TABLES:
            cursor.execute(f"SELECT * FROM {name} ORDER BY id")
            found[name] = cursor.fetchall()
    skipped = ("rules_version", "computed_at")
    names = [it.attname for it in ComputedPosition._meta.concrete_fields if it.attname not in skipped]
    found["positions"] = list(ComputedPosition.objects.order_by("pk").values_list(*names))
    return found


def random_change(random: Random, now: Any) -> Rule:
    """Publish another version of a rule of the reference data that limits days, or withdraw one."""
    held = list(Rule.objects.held_now().filter(parameters__has_key="days").order_by("pk"))
    rule = random.choice(held)
    if random.random() < 0.3:
        withdraw_rule(rule=rule, reason="Read wrongly.", by=make_user(None), now=now, restore=False)
        return rule
    days = max(1, int(rule.parameters["days"]) + random.randint(-40, 40))
    parameters = {**rule.parameters, "days": min(days, rule.parameters.get("window_days", days))}
    return publish(supersede_rule(rule=rule, by=make_user(None), now=now, parameters=parameters), now)


def check_that_only_the_concerned_change(ids: Sequence[UUID], *, changes: int, seed: int) -> set[str]:
    """Publish and withdraw; each time compute those who are stale, and then everybody: nothing more may change."""
    random, seen = Random(seed), set[str]()
    refresh(client_ids=ids, now=NOW)
    for number in range(1, changes + 1):
        now = NOW + timedelta(minutes=number)
        random_change(random, now)
        concerned = stale(now)
        seen.add("all" if len(concerned) == len(ids) else "some" if concerned else "none")
        refresh(client_ids=ids, now=now, only_stale=True)
        selective = rows()
        refresh(client_ids=ids, now=now)
        assert rows() == selective
        assert stale(now) == set()
    return seen


def test_people_of_any_country_have_the_rows_that_computing_everybody_gives() -> None:
    call_command("load_country_rules", stdout=StringIO())
    ids = have_people(25, now=NOW)
    for country in ("GE", "RS", "TR", "AM", "DE", "UZ"):
        ids.append(make_person(country=country).pk)

    seen = check_that_only_the_concerned_change(ids, changes=4, seed=1)

    assert seen <= {"some", "none"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_many_people_have_the_rows_that_computing_everybody_gives(seed: int) -> None:
    call_command("load_country_rules", stdout=StringIO())
    ids = have_people(300, now=NOW)
    for country in ("GE", "RS", "TR", "AM", "DE", "UZ", "PL", "AR", "MN"):
        ids.append(make_person(country=country).pk)

    assert "some" in check_that_only_the_concerned_change(ids, changes=25, seed=seed)


# What would change


def lines(of: Impact) -> list[Any]:
    skipped = ("id", "impact_id")
    names = [it.attname for it in ImpactLine._meta.concrete_fields if it.attname not in skipped]
    return sorted(of.lines.values_list(*names), key=repr)


def test_a_draft_is_computed_for_those_whom_it_can_concern_and_says_what_it_says_for_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kazakh = [make_rule(), *(make_rule(country=country) for country in ("GE", "RS"))][0]
    for country in ("KZ", "KZ", "GE", "RS"):
        make_person(country=country)
    outdated = make_person(country="GE")
    facts_changed(outdated, now=NOW)
    draft, by = make_shorter_draft(kazakh), make_user(None)
    asked: list[int] = []
    real = impact.compare

    def counted(people: Any, *args: Any) -> Any:
        asked.append(len(people))
        return real(people, *args)

    monkeypatch.setattr(impacts, "compare", counted)
    of_some = compute(impacts.start_impact(rule=draft, by=by, now=NOW))
    monkeypatch.setattr(impacts, "concerned_by", lambda ids, _: Client.objects.filter(pk__in=ids))
    of_all = compute(impacts.start_impact(rule=draft, by=by, now=NOW))

    assert asked == [3, 5]
    assert lines(of_some) == lines(of_all)
    assert len(lines(of_some)) == 2
    assert (of_some.job.done, of_some.job.total) == (5, 5)


def test_nobody_whom_it_can_concern_is_left_out() -> None:
    make_rule()
    known, outdated, unknown, elsewhere = (make_person(country=it) for it in ("KZ", "GE", "GE", "GE"))
    facts_changed(outdated, now=NOW)
    ComputedPosition.objects.filter(client=unknown).update(looked_at=None)
    never = Client.objects.get(pk=make_person(country="GE").pk)
    ComputedPosition.objects.filter(client=never).delete()
    ids = [it.pk for it in (known, outdated, unknown, elsewhere, never)]

    assert set(concerned_by(ids, {"KZ"})) == {known, outdated, unknown, never}
    assert set(concerned_by(ids, set())) == {outdated, unknown, never}
    assert moved_since(rules_version()) is moved_since(rules_version())
