"""Two people at once: one succeeds, the other is told, nothing is there twice."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client, Contact, Note
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact, make_note

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or raised, all of them begun at the same moment in threads of their own."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            outcomes[number] = act()
        except Exception as error:  # noqa: BLE001 - an outcome like any other
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return outcomes


def test_a_form_sent_twice_at_once_opens_one_case() -> None:
    worker, token = make_user(), uuid.uuid4()
    team = team_of(worker)

    cases = at_once(
        *[lambda: actions.open_case(team=team, caseworker=worker, by=worker, now=NOW, submit_token=token)] * 4
    )

    assert Case.objects.count() == 1
    assert {case.pk for case in cases} == {Case.objects.get().pk}


def test_a_form_sent_twice_at_once_adds_one_person_one_contact_and_one_note() -> None:
    client, token = make_client(), uuid.uuid4()
    worker = make_user(team=client.case.team)

    people = at_once(*[lambda: make_client(case=client.case, by=worker, client_id=token)] * 3)
    contacts = at_once(*[lambda: make_contact(client, by=worker, contact_id=token)] * 3)
    notes = at_once(*[lambda: make_note(client.case, by=worker, submit_token=token)] * 3)

    assert Client.objects.filter(case=client.case).count() == 2
    assert (Contact.objects.count(), Note.objects.count()) == (1, 1)
    assert all(len({row.pk for row in rows}) == 1 for rows in (people, contacts, notes))


def test_two_who_begin_a_case_at_once_leave_one_principal_applicant() -> None:
    case, worker = make_case(), make_user()

    outcomes = at_once(*[lambda: make_client(case=case, by=worker)] * 3)

    assert sorted(client.relation for client in outcomes) == ["principal", "unrelated", "unrelated"]


def test_of_two_changes_at_once_one_is_kept_and_the_other_is_told() -> None:
    client, worker = make_client(), make_user()

    outcomes = at_once(
        lambda: actions.change_client(client=client, version=1, given_name="Одна", by=worker, now=NOW),
        lambda: actions.change_client(client=client, version=1, given_name="Другая", by=worker, now=NOW),
    )

    kept = [outcome for outcome in outcomes if isinstance(outcome, Client)]
    assert [type(outcome) for outcome in outcomes if outcome not in kept] == [ChangedMeanwhile]
    assert Client.objects.get(pk=client.pk).given_name == kept[0].given_name


def test_facts_that_change_at_once_are_all_counted() -> None:
    client = make_client()

    at_once(*[lambda: actions.facts_changed(client, now=NOW)] * 5)

    assert Client.objects.get(pk=client.pk).facts_version == 6
