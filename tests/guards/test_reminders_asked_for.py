"""What users of other systems asked for of deadlines and reminders: every row names tests of ours that there are."""

import re

from .source import ROOT

PAGE = ROOT / "docs" / "reminders.md"
ROW = re.compile(r"^\| ([\w/-]+#\d[^|]*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ASKED_FOR_IN = {
    *("poradnia#1269", "poradnia#1163", "poradnia#504", "poradnia#18", "poradnia#1831", "small_eod#207"),
    *("new_sanctuary_asylum#302", "new_sanctuary_asylum#306", "clientcomm#303", "court-notifications#140"),
    *("jethro-pmm#850", "civicrm-core#4438", "civicrm-core#4649", "openstreetmap/operations#196", "civicrm-core#30337"),
    *("commcare-hq#7177", "LMS-Support#150", "SORMAS#4241", "cmc-claim-store#39", "MAEvictionDefense#240"),
    *("pieforproviders#607", "correspondence_tool_staff#2485", "GCWizard#233", "island-is#11489"),
    # Of time zones.
    *("DARIA#2804", "scoutplan#237"),
}


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


def test_every_request_is_there_once() -> None:
    found = [re.split(r",", where)[0] for where, _what, _here, _tests in rows()]

    assert len(found) == len(set(found))
    assert set(found) == ASKED_FOR_IN


def test_every_request_has_tests_and_they_exist() -> None:
    named = {where: TEST.findall(tests) for where, _what, _here, tests in rows()}

    assert [where for where, tests in named.items() if not tests] == []
    assert [each for tests in named.values() for each in tests if not is_there(*each)] == []


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    return file.exists() and re.search(rf"^def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None
