"""List, page, search and file agree, whoever asks about whatever case; and what is foreign answers as what is missing."""

import random
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client as Browser
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients.models import Case, EmergencyAccess, TimedAccess
from casework.web.cases.export import ask
from casework.web.exports.listing import rows_of
from tests.factories.accounts import LONG_AGO, make_membership, make_team, make_user
from tests.factories.clients import hide, make_client
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

CODE = re.compile(r"C-[0-9A-Z]{3}-[0-9A-Z]{3}")
NAMES = ("Абрикосова", "Ванильный", "Гирляндова", "Домовёнков", "Жемчужный", "Зефирова")


def plain(response: HttpResponse) -> str:
    """Return the body without what differs at every answer: the tokens of its forms and scripts, and the time of the day."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'nonce="[^"]+"|\b\d\d:\d\d\b', "", body)


class World:
    """Two teams, four users with roles as it falls, six cases of which some are restricted, lent or opened."""

    def __init__(self, seed: int) -> None:
        self.chance, self.now = random.Random(seed), timezone.now()
        self.teams = [make_team(), make_team()]
        self.users = [self._user() for _number in range(4)]
        self.names: dict[Case, str] = {}
        for name in NAMES:
            client = make_client(team=self.chance.choice(self.teams), family_name=name, given_name="Вымышлена")
            self._decide(client.case)
            self.names[client.case] = name

    def _user(self) -> User:
        user = make_user(role=None)
        for team in self.chance.sample(self.teams, self.chance.choice([0, 1, 1, 1, 2])):
            ended = self.now - timedelta(days=1) if self.chance.random() < 0.1 else None
            role = self.chance.choice([Role.CASEWORKER, Role.COORDINATOR])
            make_membership(user, role, team=team, starts_at=LONG_AGO, ends_at=ended)
        return user

    def _decide(self, case: Case) -> None:
        if self.chance.random() < 0.4:
            hide(case, *self.chance.sample(self.users, self.chance.choice([1, 2])))
        for user in self.users:
            if self.chance.random() < 0.3:
                self._lend(user, case if self.chance.random() < 0.7 else None, case.team)
            if self.chance.random() < 0.15:
                self._open(user, case)

    def _lend(self, user: User, case: Case | None, team: Team) -> None:
        starts_at = self.now + timedelta(days=self.chance.choice([-3, -1, 1]))
        access = TimedAccess(
            data_key=user.data_key,
            case=case,
            team=None if case else team,
            user=user,
            may_change=self.chance.random() < 0.5,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=2),
            given_by=make_user(),
            given_at=self.now,
        )
        access.reason = "x"
        access.save(force_insert=True)

    def _open(self, user: User, case: Case) -> None:
        opened_at = self.now - timedelta(minutes=self.chance.choice([1, 61]))
        access = EmergencyAccess(
            data_key=case.data_key, case=case, user=user, opened_at=opened_at, ends_at=opened_at + timedelta(hours=1)
        )
        access.reason = "x"
        access.save(force_insert=True)


def in_list(browser: Browser) -> set[str]:
    page = browser.get(reverse("cases"))
    return set(CODE.findall(page.content.decode())) if page.status_code == 200 else set()


def in_file(user: User) -> set[str]:
    return {str(row[0]) for row in rows_of(ask(user, QueryDict(), timezone.now()))}


@pytest.mark.parametrize("seed", range(3))
def test_list_page_search_and_file_agree(seed: int) -> None:
    world = World(seed)
    seen = 0

    for user in world.users:
        browser = signed_in(user)
        listed, filed = in_list(browser), in_file(user)
        for case, name in world.names.items():
            found = browser.post(reverse("search"), {"q": name})
            answers = {
                "list": case.code in listed,
                "page": browser.get(reverse("case", args=[case.code])).status_code == 200,
                "search": found.status_code == 200 and case.code in found.content.decode(),
                "file": case.code in filed,
            }
            assert len(set(answers.values())) == 1, (user, case, answers)
            seen += answers["list"]

    assert 0 < seen < len(world.users) * len(world.names)


def pages_of_cases() -> list[str]:
    """Return the names of all addresses that take the code of a case and nothing else."""
    return sorted(set(_named(get_resolver())))


def _named(resolver: URLResolver) -> Any:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _named(entry)
        elif str(entry.pattern).startswith("cases/") and set(getattr(entry.pattern, "converters", {})) == {"code"}:
            yield entry.name


def test_foreign_restricted_and_missing_cases_answer_byte_by_byte_alike() -> None:
    coordinator = make_user(Role.COORDINATOR)
    foreign = make_client().case
    restricted = make_client(team=coordinator.memberships.get().team).case
    hide(restricted)
    browser = signed_in(coordinator)
    codes = (foreign.code, restricted.code, "C-XXX-XXX")
    different = {}

    for name in pages_of_cases():
        for ask_for in (browser.get, browser.post):
            told = [answer_of(ask_for(reverse(name, args=[code]))) for code in codes]
            if len(set(told)) != 1 or told[0][0] not in (401, 404, 405):  # 401: of programs, which show a token
                different[name] = told

    assert different == {}
    assert len(pages_of_cases()) > 20


def answer_of(response: HttpResponse) -> tuple[int, str]:
    """Return status and body. The page for what is not there leads back to itself, by its own address: that is left out."""
    return response.status_code, CODE.sub("C-XXX-XXX", plain(response))
