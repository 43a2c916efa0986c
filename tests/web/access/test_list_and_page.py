"""For whatever people and cases: what a list shows opens, what it does not show is not there, and search says the same."""

import random
import re
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Case, CaseMember, Client, EmergencyAccess, TimedAccess
from casework.clients.models.emergency import EMERGENCY_LASTS
from casework.lib.ids import new_id
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.clients import make_case, make_client

pytestmark = pytest.mark.django_db

CASES = 10
CODE = re.compile(r"/cases/(C-[0-9A-Z]{3}-[0-9A-Z]{3})/\"")


def make_any_world(chance: random.Random, size: int) -> tuple[list[User], list[Client]]:
    """Three teams; people who work in some of them, did or will; cases open, restricted or archived, lent and broken into."""
    now, hour = timezone.now(), timedelta(hours=1)
    teams = [make_team() for _ in range(3)]
    people = [make_user(None) for _ in range(size)]
    for user in people:
        make_membership(user, chance.choice([Role.CASEWORKER, Role.COORDINATOR]), team=chance.choice(teams))
        for team in chance.sample(teams, chance.randrange(3)):
            role = chance.choice([Role.CASEWORKER, Role.COORDINATOR])
            begun, ended = chance.choice([(now - hour, None), (now - hour, now), (now + hour, None)])
            if not user.memberships.filter(role=role, team=team).exists():
                make_membership(user, role, team=team, starts_at=begun, ends_at=ended)
    keeper = make_user(Role.COORDINATOR, team=teams[0])
    clients = []
    for _ in range(CASES):
        case = make_case(team=chance.choice(teams), by=keeper)
        Case.objects.filter(pk=case.pk).update(caseworker=chance.choice([None, *people]))
        clients.append(make_client(case=case, by=keeper, family_name="Случайнова"))
        _let_in(case, chance.sample(people, 3), keeper, chance, now)
        if chance.random() < 0.4:
            _restrict(case, chance.sample(people, 2), now)
        if chance.random() < 0.2:
            closed = {"status": Case.Status.CLOSED, "closed_at": now, "closing_reason": "left"}
            Case.objects.filter(pk=case.pk).update(archived_at=now, **closed)
    return people, clients


def _let_in(case: Case, people: list[User], keeper: User, chance: random.Random, now: datetime) -> None:
    of_case, of_team, in_emergency = people
    begins = chance.choice([-2, -1, 1])  # over, running, not begun
    for user, of in ((of_case, {"case": case}), (of_team, {"team": case.team})):
        if chance.random() < 0.5:
            starts, ends = now + timedelta(hours=begins), now + timedelta(hours=begins + 2, minutes=-1)
            access = TimedAccess(
                data_key=case.data_key, user=user, starts_at=starts, ends_at=ends, given_by=keeper, given_at=now, **of
            )
            access.reason = "Stands in."
            access.save(force_insert=True)
    if chance.random() < 0.5:
        opened = now - timedelta(minutes=chance.choice([5, 61]))
        broken = EmergencyAccess(
            id=new_id(),
            data_key=case.data_key,
            case=case,
            user=in_emergency,
            opened_at=opened,
            ends_at=opened + EMERGENCY_LASTS,
        )
        broken.reason = "Somebody called from the border."
        broken.save(force_insert=True)


def _restrict(case: Case, named: list[User], now: datetime) -> None:
    """Name anybody, also who does not work there (any more): being named alone shows nothing."""
    CaseMember.objects.bulk_create(CaseMember(case=case, user=user, named_at=now) for user in named)
    Case.objects.filter(pk=case.pk).update(restricted=True)


def listed(browser: Browser) -> set[str]:
    pages = [browser.get("/cases/", {"status": status}) for status in ("any", "archived")]
    return {code for page in pages for code in CODE.findall(page.content.decode())}


@pytest.mark.parametrize(
    ("seed", "size"),
    [(1, 4), *(pytest.param(seed, 10, marks=pytest.mark.slow) for seed in (2, 3))],
)
def test_list_page_and_search_agree_about_every_case(seed: int, size: int, settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    people, clients = make_any_world(random.Random(seed), size)
    seen = 0
    for user in people:
        browser = Browser()
        browser.force_login(user)
        shown = listed(browser)
        seen += len(shown)
        for client in clients:
            code = client.case.code
            status = 200 if code in shown else 404
            assert browser.get(f"/cases/{code}/").status_code == status, (user, code)
            assert browser.get(f"/clients/{client.reference}/").status_code == status, (user, code)
            # The code of a case leads to it where it is found, and nothing is said of it otherwise.
            found = Case.objects.visible_to(user, timezone.now()).filter(code=code).exists()
            assert found is (code in shown)
        hits = browser.post("/search/", {"q": "Случайнова", "archived": "on"}).content.decode()
        assert {it.reference for it in clients if it.reference in hits} == {
            it.reference for it in clients if it.case.code in shown
        }

    assert size < seen < size * CASES - size
