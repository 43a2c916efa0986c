"""To-dos: written down for oneself or a colleague, with or without a case, changed and handed on."""

from datetime import date

import pytest

from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import ToDo
from casework.lib.ids import new_id
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db


def test_written_twice_by_one_form_it_is_there_once() -> None:
    worker, token = make_user(), new_id()

    for _ in range(2):
        actions.write_to_do(text="Позвонить", owner=worker, by=worker, now=NOW, submit_token=token)

    assert [it.text for it in ToDo.objects.all()] == ["Позвонить"]


def test_one_about_a_case_goes_to_whoever_may_see_it_under_the_key_of_the_case() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))
    colleague = make_user(team=case.team)

    to_do = actions.write_to_do(
        text="Отнести бумаги", owner=colleague, case=case, due_on=date(2026, 12, 1), by=worker, now=NOW
    )

    assert to_do.data_key == case.data_key
    with pytest.raises(actions.UnableToWriteToDo, match="may not see"):
        actions.write_to_do(text="x", owner=make_user(), case=case, by=worker, now=NOW)


def test_handed_on_without_a_case_it_is_sealed_for_its_new_owner() -> None:
    worker, colleague = make_user(), make_user()
    to_do = actions.write_to_do(text="Купить бумагу", owner=worker, by=worker, now=NOW)

    actions.change_to_do(to_do=to_do, version=1, owner=colleague, by=worker, now=NOW)

    handed = ToDo.objects.get()
    assert (handed.owner, handed.data_key, handed.text) == (colleague, colleague.data_key, "Купить бумагу")


def test_of_two_who_change_it_the_second_is_told() -> None:
    worker = make_user()
    to_do = actions.write_to_do(text="a", owner=worker, by=worker, now=NOW)
    actions.change_to_do(to_do=to_do, version=1, text="b", by=worker, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.change_to_do(to_do=to_do, version=1, text="c", by=worker, now=NOW)


def test_who_sees_it() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))
    colleague, stranger = make_user(team=case.team), make_user()
    of_case = actions.write_to_do(text="a", owner=worker, case=case, by=worker, now=NOW)
    given = actions.write_to_do(text="b", owner=stranger, by=worker, now=NOW)

    seen = {user: set(ToDo.objects.visible_to(user, NOW)) for user in (worker, colleague, stranger)}  # type: ignore[attr-defined]

    assert seen == {worker: {of_case, given}, colleague: {of_case}, stranger: {given}}
