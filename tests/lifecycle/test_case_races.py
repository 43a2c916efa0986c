"""Two who split, join or add at once: one act after the other, nobody lost."""

import pytest

from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client
from casework.lib.refusals import Refusal
from casework.lifecycle import cases
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.racing import at_once

from .test_cases import family, join, split

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_splits_at_once_one_is_told() -> None:
    worker = make_user()
    people = family(worker)

    outcomes = at_once(
        lambda: split(people, people[3], by=worker, version=1), lambda: split(people, people[2], by=worker, version=1)
    )

    assert [type(it) for it in outcomes if not isinstance(it, Case)] == [ChangedMeanwhile]
    assert Case.objects.count() == 2
    assert Client.objects.filter(case=people[0].case_id).count() == 3


def test_somebody_who_is_added_while_their_case_is_joined_is_not_left_behind_alone() -> None:
    worker = make_user()
    source, target = (make_client(team=team_of(worker), by=worker) for _ in range(2))

    outcomes = at_once(
        lambda: join(source.case, target.case, by=worker, relations={source.pk: "sibling"}),
        lambda: make_client(case=source.case, by=worker, relation="child"),
    )

    refused = [it for it in outcomes if isinstance(it, Refusal)]
    assert len(refused) == 1
    emptied = Case.objects.get(pk=source.case_id)
    assert Client.objects.filter(case=emptied).count() == (0 if emptied.joined_into_id else 2)


def test_two_joins_in_both_directions_at_once_end_in_one() -> None:
    worker = make_user()
    one, other = (make_client(team=team_of(worker), by=worker) for _ in range(2))
    values = {"version": 1, "into_version": 1, "by": worker, "now": NOW}

    outcomes = at_once(
        lambda: cases.join_cases(source=one.case, into=other.case, relations={one.pk: "sibling"}, **values),  # type: ignore[arg-type]
        lambda: cases.join_cases(source=other.case, into=one.case, relations={other.pk: "sibling"}, **values),  # type: ignore[arg-type]
    )

    assert sum(isinstance(it, ChangedMeanwhile) for it in outcomes) == 1
    assert sorted(Case.objects.values_list("status", flat=True)) == ["closed", "open"]
