"""Two people who may be one: kept once, seen by whom it does not tell anything new, decided by somebody with a reason."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.actions import ChangedMeanwhile, UnableToDecidePair
from casework.clients.models import Client, SuspectedPair, ToDo
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def suspect(one: Client, other: Client) -> SuspectedPair:
    actions.suspect(client=one, alike={other.pk: ["same_name"]}, now=NOW)
    return SuspectedPair.objects.of([one]).of([other]).get()


def decide(pair: SuspectedPair, state: str, by: User) -> SuspectedPair:
    pair.refresh_from_db()
    return actions.decide_pair(pair=pair, state=state, reason="Вымысел", version=pair.version, by=by, now=NOW)


def restrict(client: Client, *people: User) -> None:
    actions.restrict_case(case=client.case, people=people, version=client.case.version, by=people[0], now=NOW)


def shown(user: User) -> tuple[int, int]:
    """How many pairs somebody sees wholly, and how many they may review."""
    pairs: Any = SuspectedPair.objects
    return pairs.visible_to(user, NOW).count(), pairs.reviewable_by(user, NOW).count()


def test_a_pair_is_kept_once_whoever_is_compared_with_whom() -> None:
    one, other = make_client(), make_client()

    first = actions.suspect(client=one, alike={other.pk: ["same_name"]}, now=NOW)
    again = actions.suspect(client=other, alike={one.pk: ["same_document"]}, now=NOW)

    assert (len(first), len(again)) == (1, 0)
    assert SuspectedPair.objects.get().found_by == ["same_document"]


def test_nobody_is_paired_with_themselves() -> None:
    client = make_client()

    assert actions.suspect(client=client, alike={client.pk: ["same_name"]}, now=NOW) == []


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "whatever", "decided_at": NOW}, "pair_state_known"),
        ({"state": "same"}, "pair_decided_by_somebody_some_time"),
        ({"decided_at": NOW}, "pair_decided_by_somebody_some_time"),
    ],
)
def test_the_database_refuses_a_decision_that_cannot_be(values: dict[str, Any], name: str) -> None:
    pair, by = suspect(make_client(), make_client()), make_user()
    values |= {"decided_by": by} if values.get("state") == "whatever" else {}

    with pytest.raises(IntegrityError, match=name):
        SuspectedPair.objects.filter(pk=pair.pk).update(**values)


def test_the_database_refuses_a_pair_of_one_and_one_in_the_wrong_order() -> None:
    pair = suspect(make_client(), make_client())

    with pytest.raises(IntegrityError, match="pair_is_of_two_in_order"):
        SuspectedPair.objects.filter(pk=pair.pk).update(second=pair.first_id)


def test_the_database_refuses_a_pair_twice() -> None:
    pair = suspect(make_client(), make_client())

    with pytest.raises(IntegrityError, match="pair_is_kept_once"):
        SuspectedPair(first_id=pair.first_id, second_id=pair.second_id, data_key=pair.data_key, found_at=NOW).save(
            force_insert=True
        )


def test_a_pair_of_two_teams_is_seen_by_the_reviewer_and_by_neither_team() -> None:
    suspect(one := make_client(), other := make_client())

    assert shown(make_user(team=one.case.team)) == (0, 0)
    assert shown(make_user(Role.COORDINATOR, team=other.case.team)) == (0, 0)
    assert shown(make_user(Role.DUPLICATE_REVIEWER)) == (0, 1)
    assert shown(make_user(Role.ADMINISTRATOR)) == shown(make_user(Role.AUDITOR)) == (0, 0)


def test_a_pair_of_one_team_is_seen_by_that_team() -> None:
    team = make_team()
    suspect(make_client(team=team), make_client(team=team))

    assert shown(make_user(team=team)) == (1, 1)


@pytest.mark.parametrize("side", ["first", "second"])
def test_a_restriction_hides_a_pair_at_once_from_all_who_are_not_named_the_reviewer_included(side: str) -> None:
    worker, colleague = make_user(), make_user()
    team = team_of(worker)
    named = make_user(team=team)
    pair = suspect(make_client(team=team), make_client(team=team))
    reviewer = make_user(Role.DUPLICATE_REVIEWER)
    assert shown(reviewer) == (0, 1)

    restrict(getattr(pair, side), worker, named)

    assert shown(worker) == shown(named) == (1, 1)
    assert shown(make_user(team=team)) == shown(reviewer) == shown(colleague) == (0, 0)


def test_one_person_means_a_to_do_for_each_caseworker_about_their_own_client_alone() -> None:
    worker, colleague = make_user(), make_user()
    one = make_client(case=make_case(team=team_of(worker), caseworker=worker))
    other = make_client(case=make_case(team=team_of(colleague), caseworker=colleague))
    pair = suspect(one, other)

    decide(pair, "same", make_user(Role.DUPLICATE_REVIEWER))

    to_dos: Any = ToDo.objects
    assert {(it.owner, it.case, it.about) for it in to_dos.all()} == {
        (worker, one.case, one.pk),
        (colleague, other.case, other.pk),
    }
    assert to_dos.visible_to(worker, NOW).get().case == one.case
    assert not Event.objects.filter(type__startswith="clients.pair", case_id__isnull=False).exists()


def test_another_mind_closes_the_to_dos_and_a_third_one_opens_them() -> None:
    worker, reviewer = make_user(), make_user(Role.DUPLICATE_REVIEWER)
    one = make_client(case=make_case(team=team_of(worker), caseworker=worker))
    pair = suspect(one, make_client(case=make_case(team=team_of(worker), caseworker=worker)))

    opened = []
    for state in ("same", "different", "same"):
        decide(pair, state, reviewer)
        opened.append(ToDo.objects.filter(done_at__isnull=True).count())

    assert opened == [2, 0, 2]


def test_what_was_decided_is_not_asked_again() -> None:
    one, other = make_client(), make_client()
    decide(suspect(one, other), "different", make_user(Role.DUPLICATE_REVIEWER))

    pair = suspect(one, other)

    assert (pair.state, pair.found_by) == ("different", ["same_name"])


@pytest.mark.parametrize(("state", "reason"), [("same", " "), ("open", "Вымысел"), ("", "Вымысел")])
def test_a_decision_needs_a_state_and_a_reason(state: str, reason: str) -> None:
    pair = suspect(make_client(), make_client())

    with pytest.raises(UnableToDecidePair):
        actions.decide_pair(pair=pair, state=state, reason=reason, version=1, by=make_user(), now=NOW)


def test_of_two_who_decide_at_once_the_second_is_told() -> None:
    pair, reviewer = suspect(make_client(), make_client()), make_user(Role.DUPLICATE_REVIEWER)
    decide(pair, "different", reviewer)

    with pytest.raises(ChangedMeanwhile):
        actions.decide_pair(pair=pair, state="same", reason="Вымысел", version=1, by=reviewer, now=NOW)


def test_who_is_not_alike_any_more_is_dropped_unless_it_was_decided() -> None:
    one, other, third = make_client(), make_client(), make_client()
    suspect(one, other)
    decide(suspect(one, third), "different", make_user(Role.DUPLICATE_REVIEWER))

    assert actions.suspect_no_more(client=one, still_alike={}, now=NOW) == 1
    assert SuspectedPair.objects.get().state == "different"


def test_a_person_who_is_removed_takes_their_pairs_along() -> None:
    one, other = make_client(), make_client()
    suspect(one, other)

    Client.objects.filter(pk=other.pk).delete()

    assert not SuspectedPair.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_compare_at_once_keep_one_pair() -> None:
    people = [make_client() for _number in range(4)]

    def compare(client: Client) -> int:
        alike: dict[UUID, list[str]] = {other.pk: ["same_name"] for other in people}
        return len(actions.suspect(client=client, alike=alike, now=NOW))

    found = at_once(*[lambda client=client: compare(client) for client in people])

    assert sum(found) == SuspectedPair.objects.count() == 6
