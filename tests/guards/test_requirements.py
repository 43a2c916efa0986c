"""What docs/requirements.md claims is there: every item of the lists, with an answer, and pages and commands that exist."""

import re
from collections import Counter

from django.core.management import get_commands

from .source import ROOT
from .urls import addresses

TEXT = (ROOT / "docs" / "requirements.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([A-Z]+-[\dF.]+) \| (.+?) \| (.+?) \| (.+) \|$", TEXT, re.MULTILINE)
ANSWERS = {"yes", "in part", "no"}
ITEMS = {
    "CARE": 10,
    "CYRC": 8,
    "DRC": 4,
    "NRC": 6,
    "CSO": 2,
    "PIN": 4,
    "DKH": 2,
    "SRC": 4,
    "CAS": 2,
    "CLC": 4,
    "AUS": 1,
    "CLI": 1,
    "NFP": 6,
}


def shape(address: str) -> str:
    """An address whose parts are all the same: `cases/<code:code>/` is as good as `/cases/<code>/`."""
    return re.sub(r"<[^>]+>", "<>", address.strip("/"))


def test_every_item_of_the_lists_has_one_answer() -> None:
    expected = {f"{name}-{number}" for name, count in ITEMS.items() for number in range(1, count + 1)}

    assert Counter(item for item, *_rest in ROWS) == Counter(expected | {"NFP-F1.1", "NFP-F1.2"})
    assert {answer for _item, _asked, answer, _where in ROWS} == ANSWERS


def test_what_is_not_wholly_there_says_so_in_words() -> None:
    short = [
        item
        for item, _asked, answer, where in ROWS
        if answer != "yes" and not re.search(r"\b(?:[Nn]o|[Nn]ot|cannot|need)\b", where)
    ]

    assert short == []


def test_every_page_that_is_named_exists() -> None:
    known = {shape(it.route) for it in addresses()}
    named = set(re.findall(r"`(/[^`]*)`", TEXT))

    assert len(named) > 50
    assert {text for text in named if shape(text) not in known} == set()


def test_every_command_that_is_named_exists() -> None:
    named = re.findall(r"`bin/manage ([a-z_]+)", TEXT)

    assert named
    assert set(named) - get_commands().keys() == set()
    assert all((ROOT / "bin" / program).exists() for program in re.findall(r"`bin/(\w+)", TEXT))


def test_every_page_of_the_docs_that_is_linked_exists() -> None:
    linked = re.findall(r"\]\(([\w.-]+\.md)\)", TEXT)

    assert len(linked) > 5
    assert [name for name in linked if not (ROOT / "docs" / name).exists()] == []


def test_what_is_claimed_wholly_names_a_page_a_command_or_a_text() -> None:
    bare = [
        item for item, _asked, answer, where in ROWS if answer == "yes" and not re.search(r"`/|`bin/|\.md\)", where)
    ]

    assert bare == []
