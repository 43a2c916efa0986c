"""Two equal calls with one key at the same moment: one act, and the same answer to both."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, Client, IncomingReferral
from casework.housing.models import Placement
from casework.residency.models import Deadline, Stay
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import make_beds, make_site
from tests.factories.residency import make_rule
from tests.racing import at_once

from .programs import Program, problem
from .test_logging import sent as case_sent
from .test_referrals import SENT as REFERRAL

pytestmark = pytest.mark.django_db(transaction=True)

CALLS = 3


@pytest.fixture
def worker() -> User:
    return make_user(Role.COORDINATOR)


def said_to_each(worker: User, path: str, sent: Any) -> dict[str, Any]:
    """What was answered to all of them alike."""
    program = Program(worker)
    answers = at_once(*[lambda: program.post(path, sent)] * CALLS)

    assert [answer.status_code for answer in answers] == [201] * CALLS, [answer.content for answer in answers]
    said: list[dict[str, Any]] = [answer.json() for answer in answers]
    assert said == said[:1] * CALLS
    return said[0]


def test_a_case_is_logged_once(worker: User) -> None:
    make_rule()
    entered = {"earliest": "2026-11-01", "latest": "2026-11-01"}
    said = said_to_each(worker, "cases", case_sent(arrival={"country": "KZ", "entered": entered}))

    assert Case.objects.get().code == said["code"]
    assert (Client.objects.count(), Stay.objects.count()) == (2, 2)
    assert Event.objects.filter(type="lifecycle.case_logged").count() == 1
    assert set(Deadline.objects.values_list("client", flat=True)) == set(Client.objects.values_list("pk", flat=True))
    assert Deadline.objects.count() == 2


def test_beds_are_booked_once(worker: User) -> None:
    team = team_of(worker)
    client, [bed] = make_client(team=team, by=worker), make_beds(1, site=make_site(team=team, by=worker))
    first = timezone.now().date() + timedelta(days=3)
    asked = {"people": [{"client": client.reference, "bed": str(bed.pk)}], "reason": "As agreed"}
    said = said_to_each(
        worker, "placements", asked | {"since": first.isoformat(), "until": (first + timedelta(days=9)).isoformat()}
    )

    assert [str(row.pk) for row in Placement.objects.all()] == [row["id"] for row in said["placements"]]
    assert Event.objects.filter(type="housing.placement_booked").count() == 1


def test_a_referral_in_is_filed_once(worker: User) -> None:
    said = said_to_each(worker, "referrals/in", REFERRAL)

    assert str(IncomingReferral.objects.get().pk) == said["id"]
    assert Event.objects.filter(type="clients.incoming_referral_recorded").count() == 1


def test_a_key_that_logged_a_case_of_another_team_is_refused(worker: User) -> None:
    own, other = team_of(worker), make_team()
    make_membership(worker, Role.COORDINATOR, team=other)
    program = Program(worker)
    first = program.post("cases", case_sent(team=own.code))

    assert first.status_code == 201
    assert problem(program.post("cases", case_sent(team=other.code))) == (409, "key_used")
    assert Case.objects.count() == 1
