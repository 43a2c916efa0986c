"""The table of the security standard says of every row how it stands, and names no test that does not exist."""

import re
from functools import cache

from .source import ROOT

PAGE = ROOT / "docs" / "asvs.md"
# Level of each row of OWASP ASVS 5.0.0, by section and in order: "1.1": "22" has rows 1.1.1 and 1.1.2, both of level 2.
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
# Of level 3, what matters most against those who would harm the people in here.
OF_LEVEL_3 = {
    *("2.3.5", "5.2.6", "6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.4.6", "7.5.3", "8.2.4", "11.3.4", "11.7.2", "13.3.3"),
    *("14.2.6", "14.2.7", "14.2.8", "15.4.2"),
}
ROW = re.compile(r"^\| ([\d.]+) \| (\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
BEGINNINGS = ("Tested: ", "Written: ", "Left to whoever runs it: ", "Does not apply: ", "Not done: ")


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


def of_level(*levels: str) -> dict[str, str]:
    return {
        f"{section}.{number}": level
        for section, of_section in LEVELS.items()
        for number, level in enumerate(of_section, start=1)
        if level in levels
    }


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    return frozenset(re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE) if file.exists() else ())


def test_the_standard_has_as_many_rows_as_it_says() -> None:
    assert (len(of_level("1")), len(of_level("2")), len(of_level("3"))) == (70, 183, 92)


def test_every_row_is_there_once_with_its_level() -> None:
    found = [(number, level) for number, level, _what, _how in rows()]

    assert len(found) == len({number for number, _level in found})
    assert dict(found) == of_level("1", "2") | dict.fromkeys(OF_LEVEL_3, "3")


def test_every_test_that_is_named_exists() -> None:
    named = [(number, path, name) for number, _level, _what, how in rows() for path, name in TEST.findall(how)]

    assert [each for each in named if each[2] not in names_in(each[1])] == []
    assert len({name for _number, _path, name in named}) > 100


def test_every_row_says_how_it_stands_with_a_test_a_page_or_a_sentence() -> None:
    wrong = []
    for number, _level, _what, how in rows():
        kind = next((beginning for beginning in BEGINNINGS if how.startswith(beginning)), "")
        pages = re.findall(r"\]\(([\w-]+\.md)\)", how)
        is_sentence = len(how.removeprefix(kind).split()) >= 4 and how.endswith(".")
        is_proved = {
            "Tested: ": bool(TEST.search(how)),
            "Written: ": bool(pages) and all((ROOT / "docs" / page).exists() for page in pages),
        }.get(kind, bool(kind) and is_sentence)
        if not is_proved:
            wrong.append((number, how))

    assert wrong == []


def test_the_figures_at_the_top_are_those_of_the_rows() -> None:
    counted = {
        level: [sum(each == level and how.startswith(kind) for _no, each, _what, how in rows()) for kind in BEGINNINGS]
        for level in "123"
    }
    told = {
        level: [int(number) for number in figures.split(" | ")[:-1]]
        for level, figures in re.findall(r"^\| (\d) \| ([\d |]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    }

    assert told == counted
