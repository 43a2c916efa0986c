"""The interface tried out from its own description: nothing breaks, and nothing is answered that is not described."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from casework.accounts.roles import Role
from casework.api import entry
from casework.api.description import description
from tests.factories.accounts import make_membership, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_beds, make_site
from tests.factories.referrals import make_incoming, make_sent_referral
from tests.factories.residency import make_deadline
from tests.guards.urls import addresses

from .programs import ALL, Program

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]
READING = ("read:cases", "read:deadlines", "read:placements", "read:referrals", "read:capacity")
WRITING = ("write:cases", "write:deadlines", "write:placements", "write:referrals")
FEW, MANY = 5, 150

schema: Any = schemathesis.openapi.from_dict(description())
schema.app = get_wsgi_application()


@pytest.fixture
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A program of somebody who coordinates a team in which there is one of everything."""
    monkeypatch.setattr(entry, "CALLS_A_MINUTE", 10**6)
    user = make_user(Role.COORDINATOR)
    now, team = timezone.now(), team_of(user)
    make_membership(user, Role.REPORT_READER)
    person = make_client(team=team, by=user)
    make_deadline(person)
    make_sent_referral(person, by=user)
    make_incoming(team=team, by=user)
    bed = make_beds(3, site=make_site(team=team, by=user))[0]
    book({person: bed}, by=user, now=now, since=now.date() + timedelta(days=1))
    # As Django's own test client does: the transaction of the test goes on from call to call.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield Program(user, getattr(request, "param", ALL))
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def tried(case: Any, program: Program) -> None:
    response = case.call(headers={"Authorization": f"Bearer {program.text}"})
    case.validate_response(response, checks=CHECKS)


@schema.parametrize()
@hypothesis.settings(max_examples=FEW, derandomize=True, database=None)
@pytest.mark.django_db
def test_nothing_breaks_and_nothing_is_answered_that_is_not_described(case: Any, program: Program) -> None:
    tried(case, program)


@pytest.mark.slow
@schema.parametrize()
@hypothesis.settings(max_examples=MANY, database=None)
@pytest.mark.django_db
@pytest.mark.parametrize("program", [ALL, READING, WRITING], indirect=True, ids=["all", "reading", "writing"])
def test_much_more_of_the_same_with_tokens_of_several_scopes(case: Any, program: Program) -> None:
    tried(case, program)


def test_every_address_is_described() -> None:
    described = {path.removeprefix("/") for path in description()["paths"]}
    there = {
        it.route.replace("<", "{").replace(">", "}")
        for it in addresses()
        if it.is_of_programs and it.name not in {"api_described", "api_missing"}
    }

    assert there == described
