"""Two who answer an offer at once: one of them is told that it is settled."""

import pytest

from casework.clients import actions
from casework.clients.models import Case, Transfer
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_transfer
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_offer_that_is_accepted_and_withdrawn_at_once_ends_one_way() -> None:
    worker, receiver = make_user(), make_user()
    transfer = make_transfer(make_case(team=team_of(worker), caseworker=worker), receiver)

    outcomes = at_once(
        lambda: actions.accept_transfer(transfer=transfer, by=receiver, now=NOW),
        lambda: actions.withdraw_transfer(transfer=transfer, by=worker, now=NOW),
    )

    state = Transfer.objects.get().state
    told = [outcome for outcome in outcomes if isinstance(outcome, actions.UnableToAnswerTransfer)]
    assert len(told) == 1
    assert (state, Case.objects.get().caseworker) in [("accepted", receiver), ("withdrawn", worker)]


def test_two_coordinators_who_accept_at_once_take_it_once() -> None:
    worker, receiver = make_user(), make_user()
    transfer = make_transfer(make_case(team=team_of(worker), caseworker=worker), receiver)

    outcomes = at_once(*[lambda: actions.accept_transfer(transfer=transfer, by=receiver, now=NOW)] * 2)

    assert sum(isinstance(outcome, Transfer) for outcome in outcomes) == 1
    assert Case.objects.get().version == 2


def test_two_offers_of_one_case_at_once_leave_one() -> None:
    worker, one, other = make_user(), make_user(), make_user()
    case = make_case(team=team_of(worker), caseworker=worker)

    outcomes = at_once(lambda: make_transfer(case, one, by=worker), lambda: make_transfer(case, other, by=worker))

    assert sum(isinstance(outcome, actions.UnableToOfferCase) for outcome in outcomes) == 1
    assert Transfer.objects.get().is_open
