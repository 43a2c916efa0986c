"""A plugin of pytest that tries mutants: `MUTANTS=FILE python -m pytest -p tests.guards.trying PATHS`.

The file holds, as JSON, the places of the mutants to try, each with where the tests are that may notice it: the name of one,
or files and folders, of which those are tried that run the code in question. Beside it lies afterwards, by place, which test
noticed it. A test counts only where it passes as the program is, before and after.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    from .mutants import Mutant

# Tests of these names are tried first, and those that really commit last.
TELLING = re.compile(
    r"see|saw|visible|show|hid|other|foreign|strang|team|named|restrict|refus|may|only|own|not_|nobody|access|past"
)


class Trials:
    """`left`: those that nothing has noticed yet."""

    def __init__(self, file: Path) -> None:
        self.file = file
        from .mutants import without_filters  # pytest loads plugins before Django is set up

        self.where: dict[str, list[str]] = json.loads(file.read_text())
        self.left = [it for it in without_filters() if it.place in self.where]
        self.noticed: dict[str, str] = {}
        self.keep()

    def keep(self) -> None:
        self.file.with_suffix(".noticed.json").write_text(json.dumps(self.noticed, ensure_ascii=False))

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        where = tuple(place for places in self.where.values() for place in places)
        items[:] = [it for it in items if it.nodeid.startswith(where)]
        items.sort(key=lambda it: (_commits(it), not TELLING.search(it.name)))

    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> bool:
        may_notice = [it for it in self.left if item.nodeid.startswith(tuple(self.where[it.place]))]
        if not may_notice:
            item.session._setupstate.teardown_exact(nextitem)
            return True
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        named = [it for it in may_notice if any("::" in each for each in self.where[it.place])]
        with code_that_runs({it.function.__code__ for it in may_notice if it not in named}) as ran:
            passes = passes_again(item, log=True)
        among = named + [it for it in may_notice if it.function.__code__ in ran]
        noticed = [it for it in among if passes and notices(item, it)]
        if noticed and passes_again(item):
            self.left = [it for it in self.left if it not in noticed]
            self.noticed |= {it.place: item.nodeid for it in noticed}
        self.keep()
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if not self.left:
            item.session.shouldstop = "every mutant was noticed"
        return True


def notices(item: Any, mutant: "Mutant") -> bool:
    """Return whether this test fails with the mutant."""
    with mutant.alive():
        return not passes_again(item)


def passes_again(item: Any, *, log: bool = False) -> bool:
    """Run a test with everything of its own set up anew; what its module has set up stays."""
    item._initrequest()
    return not any(it.failed for it in runtestprotocol(item, nextitem=item.parent, log=log))


def _commits(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@contextmanager
def code_that_runs(among: set[CodeType]) -> Iterator[set[CodeType]]:
    """Yield a set that fills with the code of `among` that runs in the meantime."""
    from .mutants import forget_words  # as above

    ran: set[CodeType] = set()
    if not among:
        yield ran
        return
    forget_words()  # otherwise what is put into words once would not run again

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code in among:
            ran.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield ran
    finally:
        sys.setprofile(None)


def pytest_sessionstart(session: pytest.Session) -> None:
    from django.db import connection  # as above

    connection.settings_dict["TEST"]["NAME"] = f"test_mutants_{os.getpid()}"  # whoever started this has the other
    # One that fails is enough; the smallest is not looked for.
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    patient = hypothesis.settings.get_profile("patient")
    hypothesis.settings.register_profile("mutants", patient, phases=phases, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    session.config.pluginmanager.register(Trials(Path(os.environ["MUTANTS"])))
