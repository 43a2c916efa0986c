"""Handing a case over on its pages: offered, seen before it is accepted, answered, refused to everybody else."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Case, ToDo, Transfer
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import hide, make_case, make_client, make_transfer
from tests.web.cases.pages import make_world, signed_in

pytestmark = pytest.mark.django_db
NAMES = ("transfer", "accept_transfer", "decline_transfer", "withdraw_transfer")


def offered() -> tuple[Transfer, Any, Any]:
    """An offer across teams, its sender and its receiver."""
    worker, receiver = make_user(name="Sender Test"), make_user(name="Receiver Test")
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker))
    return make_transfer(client.case, receiver), worker, receiver


def url(name: str, transfer: Transfer) -> str:
    return reverse(name, args=[transfer.pk])


def test_a_case_is_offered_on_its_page_and_stays_until_somebody_accepts() -> None:
    world, receiver = make_world(), make_user(name="Receiver Test")
    page = reverse("offer_case", args=[world.case.code])
    to = f"{team_of(receiver).pk}:{receiver.pk}"
    form = world.browser.get(page).context["form"]

    without_note = world.browser.post(page, {"id": str(form["id"].value()), "to": to})
    answer = world.browser.post(page, {"id": str(form["id"].value()), "to": to, "note": "Ждёт звонка"})
    world.browser.post(page, {"id": str(form["id"].value()), "to": to, "note": "Ждёт звонка"})

    assert "note" in without_note.context["form"].errors
    assert answer.url == reverse("case", args=[world.case.code])
    offer = Transfer.objects.get()
    assert (offer.to_worker, offer.note, Case.objects.get().team) == (receiver, "Ждёт звонка", world.team)


def test_what_cannot_be_offered_is_said_beside_the_choice_and_keeps_what_was_typed() -> None:
    world, receiver = make_world(), make_user()
    make_transfer(world.case, receiver, by=world.worker)

    page = world.browser.post(
        reverse("offer_case", args=[world.case.code]), {"to": f"{team_of(receiver).pk}:", "note": "Второй раз"}
    )

    assert "offered to somebody already" in page.content.decode()
    assert "Второй раз" in page.content.decode()


def test_before_acceptance_the_receiver_reads_who_and_why_and_no_name_of_a_client() -> None:
    transfer, _worker, receiver = offered()
    browser = signed_in(receiver)

    page = browser.get(url("transfer", transfer)).content.decode()
    my_day = browser.get(reverse("my_day")).content.decode()

    assert all(said in page for said in ("Sender Test", transfer.case.code, "Ждёт звонка", "Accept this case"))
    assert "Образцова" not in page + my_day
    assert transfer.case.code in my_day
    assert browser.get(reverse("case", args=[transfer.case.code])).status_code == 404


def test_who_is_handed_the_answer_reads_it_only_where_they_see_the_case() -> None:
    transfer, worker, receiver = offered()
    colleague, case = make_user(team=team_of(worker)), transfer.case
    actions.decline_transfer(transfer=transfer, reason="Нет мест", by=receiver, now=NOW)
    ToDo.objects.update(owner=colleague)
    browser = signed_in(colleague)

    seen = browser.get(reverse("my_day")).content.decode()
    hide(case, worker)
    unseen = browser.get(reverse("my_day")).content.decode()

    assert [case.code in page and "Нет мест" in page for page in (seen, unseen)] == [True, False]
    assert case.code not in unseen
    assert "Нет мест" not in unseen
    assert "an offered case was answered" in unseen


def test_each_side_is_offered_what_is_theirs() -> None:
    transfer, worker, receiver = offered()
    shown = ("may_answer", "may_withdraw", "sees_case")

    sides = [signed_in(user).get(url("transfer", transfer)).context for user in (worker, receiver)]

    assert [[side[name] for name in shown] for side in sides] == [[False, True, True], [True, False, False]]


def test_a_case_is_offered_to_nobody_whose_role_is_over_or_without_cases() -> None:
    world = make_world()
    nobody = [make_user(Role.AUDITOR), make_user(None)]
    make_membership(nobody[1], Role.CASEWORKER, team=make_team(), ends_at=NOW)

    page = world.browser.get(reverse("offer_case", args=[world.case.code])).content.decode()

    assert [user for user in nobody if str(user.pk) in page] == []


def test_accepted_the_case_opens_and_the_sender_is_told_and_sees_it_no_more() -> None:
    transfer, worker, receiver = offered()
    code = transfer.case.code

    answer = signed_in(receiver).post(url("accept_transfer", transfer))

    assert answer.url == reverse("case", args=[code])
    assert signed_in(receiver).get(answer.url).status_code == 200
    sender = signed_in(worker)
    assert sender.get(answer.url).status_code == 404
    assert sender.get(url("transfer", transfer)).status_code == 404
    assert f"{code}: accepted by Receiver Test" in sender.get(reverse("my_day")).content.decode()


def test_a_coordinator_accepts_for_the_team_and_says_who_looks_after_it() -> None:
    worker, team = make_user(), make_team(name="Almaty")
    coordinator, helper = make_user(Role.COORDINATOR, team=team), make_user(team=team)
    transfer = make_transfer(make_case(team=team_of(worker), caseworker=worker), to_team=team)

    signed_in(coordinator).post(url("accept_transfer", transfer), {"caseworker": str(helper.pk)})

    assert (Case.objects.get().team, Case.objects.get().caseworker) == (team, helper)


def test_declined_with_a_reason_that_the_sender_reads() -> None:
    transfer, worker, receiver = offered()
    browser = signed_in(receiver)

    without = browser.post(url("decline_transfer", transfer))
    browser.post(url("decline_transfer", transfer), {"reason": "Нет места"})

    assert "reason" in without.context["form"].errors
    assert Transfer.objects.get().state == "declined"
    assert "Нет места" in signed_in(worker).get(reverse("my_day")).content.decode()
    assert browser.get(url("transfer", transfer)).status_code == 404


def test_withdrawn_by_whoever_may_change_the_case() -> None:
    transfer, worker, receiver = offered()

    assert signed_in(receiver).post(url("withdraw_transfer", transfer)).status_code == 404
    signed_in(worker).post(url("withdraw_transfer", transfer))
    again = signed_in(worker).post(url("withdraw_transfer", transfer), follow=True)

    assert Transfer.objects.get().state == "withdrawn"
    assert "settled already" in again.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_learns_of_an_offer(name: str) -> None:
    transfer, _worker, receiver = offered()
    colleague_there = make_user(team=team_of(receiver))

    for other in (make_user(), colleague_there):
        answer = signed_in(other).post(url(name, transfer), {"reason": "x"})
        assert answer.status_code == (405 if name == "transfer" else 404)
        assert signed_in(other).get(url("transfer", transfer)).status_code == 404
    assert Browser().get(url("transfer", transfer)).url.startswith(reverse("account_login"))
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(url("transfer", transfer)).status_code == 403
    assert Transfer.objects.get().is_open


def test_nobody_who_is_not_named_learns_of_the_offer_of_a_restricted_case() -> None:
    worker = make_user()
    team, colleague = team_of(worker), make_user(team=team_of(worker))
    case = make_client(case=make_case(team=team, caseworker=worker)).case
    actions.restrict_case(case=case, people=[worker, colleague], version=1, by=worker, now=NOW)
    there = make_team(name="Almaty")
    receiver, second, coordinator = (
        make_user(team=there),
        make_user(team=there),
        make_user(Role.COORDINATOR, team=there),
    )
    unnamed = signed_in(make_user(team=team))
    page = reverse("offer_case", args=[case.code])
    values = {"to": f"{there.pk}:{receiver.pk}", "note": "Тихо"}

    refused = signed_in(worker).post(page, values | {"named": [str(receiver.pk)]})
    signed_in(worker).post(page, values | {"named": [str(receiver.pk), str(second.pk)]})

    transfer = Transfer.objects.get()
    assert "named" in refused.context["form"].errors
    assert unnamed.get(page).status_code == 404
    assert signed_in(coordinator).get(url("transfer", transfer)).status_code == 404
    assert signed_in(receiver).get(url("transfer", transfer)).status_code == 200


def test_the_lists_are_empty_with_a_next_step_and_full_at_a_constant_cost() -> None:
    worker, receiver = make_user(), make_user()
    browser = signed_in(receiver)
    assert "No case is on offer" in browser.get(reverse("transfers")).content.decode()
    costs = []
    for count in (1, 5):
        for _number in range(count):
            make_transfer(make_client(case=make_case(team=team_of(worker), caseworker=worker)).case, receiver)
        with counted_queries() as asked:
            browser.get(reverse("transfers"))
        costs.append(len(asked))

    assert costs[0] == costs[1] <= 12


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_opens_in_both_languages(language: str) -> None:
    transfer, worker, receiver = offered()
    for user in (worker, receiver):
        user.language = language
        user.save(update_fields=["language"])

    pages = [
        signed_in(worker).get(reverse("offer_case", args=[transfer.case.code])),
        signed_in(worker).get(reverse("transfers")),
        signed_in(receiver).get(url("transfer", transfer)),
        signed_in(receiver).get(url("decline_transfer", transfer)),
    ]

    assert [page.status_code for page in pages] == [200] * 4
