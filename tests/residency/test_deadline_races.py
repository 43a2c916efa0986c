"""Several computing, answering and changing at once: nothing twice, nothing lost."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import close_old_connections, connections, transaction

from casework.clients.actions import record_address
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.actions import DeadlineMoved, refresh, stale_clients
from casework.residency.models import ComputedPosition, Deadline
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db(transaction=True)

ENTERED = date(2026, 11, 1)
DUE = date(2027, 1, 29)


def in_kazakhstan() -> Client:
    client = make_client()
    make_stay(client, ENTERED)
    return client


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        close_old_connections()
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def errors(results: list[Any]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]


def test_refreshes_at_once_make_each_row_once() -> None:
    make_rule()
    clients = [in_kazakhstan() for _ in range(4)]
    ids = [client.pk for client in clients]

    results = at_once(*[lambda order=order: refresh(client_ids=order, now=NOW) for order in (ids, ids[::-1], ids[1:])])

    assert errors(results) == []
    assert Deadline.objects.count() == ComputedPosition.objects.count() == 4
    assert sum(outcome.created for outcome in results) == 4


def test_an_answer_and_a_refresh_at_once_lose_neither() -> None:
    make_rule()
    client = in_kazakhstan()
    refresh(client_ids=[client.pk], now=NOW)
    deadline, by = client.deadlines.get(), make_user(team=client.case.team)

    for _ in range(3):
        results = at_once(
            lambda: actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW),
            lambda: refresh(client_ids=[client.pk], now=NOW),
            lambda: refresh(client_ids=[client.pk], now=NOW),
        )
        assert errors(results) == []
        assert client.deadlines.get().state == "done"
        actions.reopen(deadline=deadline, reason="Once more", by=by, now=NOW)


def test_two_who_answer_at_once_leave_two_decisions_in_order() -> None:
    make_rule()
    client = in_kazakhstan()
    refresh(client_ids=[client.pk], now=NOW)
    deadline, by = client.deadlines.get(), make_user(team=client.case.team)

    results = at_once(
        lambda: actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW),
        lambda: actions.waive(deadline=deadline, reason="Leaves", seen_on=DUE, by=by, now=NOW),
    )

    kinds = list(deadline.decisions.order_by("number").values_list("kind", flat=True))
    assert errors(results) == []
    assert sorted(kinds) == ["done", "waived"]
    assert client.deadlines.get().state == kinds[-1]


def test_the_same_answer_twice_at_once_counts_once() -> None:
    make_rule()
    client = in_kazakhstan()
    refresh(client_ids=[client.pk], now=NOW)
    deadline, by = client.deadlines.get(), make_user(team=client.case.team)

    results = at_once(*[lambda: actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW) for _ in range(3)])

    assert errors(results) == []
    assert deadline.decisions.count() == 1


def test_a_fact_that_changes_meanwhile_is_never_lost() -> None:
    make_rule()
    client = in_kazakhstan()
    by = make_user(team=client.case.team)

    for number in range(1, 4):
        stay = client.stays.get()
        day = date(2026, 10, number)
        results = at_once(
            lambda: refresh(client_ids=[client.pk], now=NOW),
            lambda stay=stay, day=day: actions.change_stay(
                stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=by, now=NOW
            ),
            lambda: refresh(client_ids=[client.pk], now=NOW),
        )
        assert errors(results) == []
        due_on = date.fromordinal(day.toordinal() + 89)
        assert client.deadlines.get().due_on == due_on or stale_clients(NOW).filter(pk=client.pk).exists()
        refresh(client_ids=[client.pk], now=NOW)
        assert client.deadlines.get().due_on == due_on
        assert not stale_clients(NOW).exists()


def test_an_answer_to_a_date_that_moves_meanwhile_is_refused_or_looked_at_again() -> None:
    make_rule()
    client = in_kazakhstan()
    refresh(client_ids=[client.pk], now=NOW)
    deadline, by, stay = client.deadlines.get(), make_user(team=client.case.team), client.stays.get()
    day = date(2026, 10, 1)

    results = at_once(
        lambda: actions.waive(deadline=deadline, reason="Leaves", seen_on=DUE, by=by, now=NOW),
        lambda: actions.change_stay(
            stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=by, now=NOW
        ),
    )

    refresh(client_ids=[client.pk], now=NOW)
    after = client.deadlines.get()
    assert [type(error) for error in errors(results)] in ([], [DeadlineMoved])
    assert (after.due_on, after.state) == (date(2026, 12, 29), "open")
    assert after.contradicted == (errors(results) == [])


def test_a_family_that_moves_and_a_refresh_never_wait_in_a_circle() -> None:
    clients = sorted([in_kazakhstan() for _ in range(4)], key=lambda client: client.pk)
    by = make_user(team=clients[0].case.team)
    ids = [client.pk for client in clients]

    for _ in range(5):
        results = at_once(
            lambda: refresh(client_ids=ids, now=NOW),
            lambda: record_address(client=clients[3], together_with=clients[2::-1], country="KZ", by=by, now=NOW),
            lambda: record_address(client=clients[0], together_with=clients[1:], country="KZ", by=by, now=NOW),
        )
        assert errors(results) == []


def test_the_sweep_leaves_out_whom_somebody_is_changing() -> None:
    make_rule()
    busy, idle = in_kazakhstan(), in_kazakhstan()
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Client.objects.select_for_update(no_key=True).get(pk=busy.pk)
            locked.set()
            done.wait(timeout=10)

    def sweep() -> Any:
        locked.wait(timeout=10)
        try:
            return refresh(client_ids=[busy.pk, idle.pk], now=NOW, waiting=False)
        finally:
            done.set()

    _, outcome = at_once(hold, sweep)

    assert outcome.clients == 1
    assert list(stale_clients(NOW)) == [busy]
