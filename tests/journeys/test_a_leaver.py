"""Somebody with forty cases leaves: a coordinator plans who goes on, looks, hands over, and the leaver is out at once."""

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Case, ToDo
from tests.browser import DESK, PHONE
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_coordinator
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_forty_cases_go_to_two_colleagues_and_the_leaver_is_out_with_the_next_click(visit: Visit) -> None:
    make_user(Role.ADMINISTRATOR)
    team = almaty()
    coordinator, leaver = make_coordinator(team), worker_of(team)
    first, second = (make_user(team=team, name=name) for name in ("Первый Коллега", "Вторая Коллега"))
    cases = [make_case(team=team, caseworker=leaver, by=coordinator) for _number in range(40)]
    for case in cases:
        make_client(case=case, by=coordinator)
    actions.write_to_do(text="Позвонить", owner=leaver, by=leaver, now=timezone.now(), case=cases[0])
    theirs = signed_in(visit(viewport=PHONE), leaver).go("/cases/")
    visitor = signed_in(visit(viewport=DESK), coordinator)
    page = visitor.page

    # The plan: one colleague for everything, another for three cases.
    visitor.go("/leavers/").follow("Test Worker")
    visitor.look()
    assert "40 open cases" in visitor.text
    page.select_option("main [name=rest]", str(first.pk))
    for case in cases[:3]:
        page.select_option(f"main [name='taker_{case.pk}']", str(second.pk))
    visitor.press("Show what will happen")
    assert "Первый Коллега takes 37 cases" in visitor.text
    assert "Вторая Коллега takes 3 cases" in visitor.text
    assert Case.objects.filter(caseworker=leaver).count() == 40

    # In one act; and whoever left sees nothing any more.
    visitor.press("Hand over and end their access now")
    assert "Everything is handed over" in visitor.text
    visitor.look()
    counts = [Case.objects.filter(caseworker=user).count() for user in (leaver, first, second)]
    assert counts == [0, 37, 3]
    assert ToDo.objects.get().owner == second
    theirs.go("/cases/")
    assert "/account/login" in theirs.page.url

    # They stay after all.
    visitor.press("Undo: they stay")
    assert "they stay after all" in visitor.text
    assert Case.objects.filter(caseworker=leaver).count() == 40
