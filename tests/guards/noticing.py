"""What notices a mutant: a cell of the matrix, which is one request of somebody to one address, or a test.

What is known to is kept in `noticed_by.json`, so that each is tried on that alone. A new mutant, or one that is noticed there
no longer, is tried on the cells that run its code and then on the tests of its folder.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import CodeType

from casework.accounts.roles import Role
from tests.factories.accounts import make_team, make_user
from tests.factories.files import make_file

from .matrix import ADDRESSES, METHODS, RELATIONS, Visitor, answers, problems
from .mutants import ROOT, Mutant
from .trying import code_that_runs
from .urls import Address

KEPT = Path(__file__).with_name("noticed_by.json")
# Those from whom each part of the predicates keeps something.
KEPT_OUT = (
    (Role.CASEWORKER, "case of another team"),
    (Role.CASEWORKER, "access for a time, to look"),
    (Role.COORDINATOR, "archived case"),
    (Role.CASEWORKER, "case of the own team"),
    (Role.COORDINATOR, "case of another team"),
)
ADDRESSES_AT_MOST = 3
SEPARATOR = " | "
BY_ROUTE = {it.route: it for it in ADDRESSES}


def come(role: Role | None, relation: str) -> Visitor:
    """Return somebody with a file of their own."""
    team = make_team()
    file = make_file(team=team, worker=make_user(team=team), name=f"Тайнов{role or ''}{relation[-4:]}")
    return Visitor.come(role, next(it for it in RELATIONS if it.name == relation), file)


class Cells:
    """A cell is written as `role | relation | method | route`."""

    def __init__(self) -> None:
        self.visitors: dict[tuple[Role, str], Visitor] = {}

    def notices(self, mutant: Mutant, cell: str) -> bool:
        role, relation, method, route = cell.split(SEPARATOR)
        if route not in BY_ROUTE or self._problem(role, relation, method, route):
            return False
        with mutant.alive():
            is_noticed = self._problem(role, relation, method, route)
        return is_noticed and not self._problem(role, relation, method, route)

    def _problem(self, role: str, relation: str, method: str, route: str) -> bool:
        who = (Role(role), relation)
        if who not in self.visitors:
            self.visitors[who] = come(*who)
        return bool(problems(answers(self.visitors[who], [BY_ROUTE[route]], [method])))

    def found_for(self, mutants: Sequence[Mutant]) -> dict[str, str]:
        """Return cells that notice these, as far as some do among a few addresses that run the code."""
        run = _addresses_by_code({it.function.__code__ for it in mutants}) if mutants else {}
        found = {}
        for mutant in mutants:
            among = _spread(run.get(mutant.function.__code__, []))
            cells = (
                SEPARATOR.join((role.value, relation, method, address.route))
                for address in among
                for role, relation in KEPT_OUT
                for method in METHODS
            )
            if noticing := next((it for it in cells if self.notices(mutant, it)), None):
                found[mutant.place] = noticing
        return found


def _addresses_by_code(among: set[CodeType]) -> dict[CodeType, list[Address]]:
    """Return the addresses that run each of these, found by somebody to whom they open."""
    one = come(Role.COORDINATOR, "own case")
    run = defaultdict(list)
    for address in ADDRESSES:
        with code_that_runs(among) as ran:
            list(answers(one, [address]))
        for code in ran:
            run[code].append(address)
    return run


def _spread(addresses: Sequence[Address]) -> list[Address]:
    """Return a few, those that change something among them."""
    step = max(1, len(addresses) // ADDRESSES_AT_MOST)
    return list(addresses[::step])[:ADDRESSES_AT_MOST]


def noticed_by_tests(where: dict[str, list[str]], file: Path) -> dict[str, str]:
    """Try these mutants on the tests that may notice each, in a process of their own."""
    if not where:
        return {}
    file.write_text(json.dumps(where))
    paths = dict.fromkeys(it.partition("::")[0] for each in where.values() for it in each)
    there = [it for it in paths if (ROOT / it).exists()]
    command = (sys.executable, "-m", "pytest", "-p", "tests.guards.trying", "-q", "-m", "not slow and not browser")
    environment = os.environ | {"MUTANTS": str(file)}
    done = subprocess.run((*command, *there), env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1, 2}, done.stdout[-3000:] + done.stderr[-3000:]
    noticed: dict[str, str] = json.loads(file.with_suffix(".noticed.json").read_text())
    return noticed


def folder_of(place: str) -> str:
    """Return where what is of this place is tested."""
    parts = place.split("/")
    return f"tests/web/{parts[2]}" if parts[1] == "web" else f"tests/{parts[1]}"
