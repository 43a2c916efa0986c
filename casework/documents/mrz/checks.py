"""Check digits, and the slips of eye and keyboard that they can prove (ICAO Doc 9303 part 3, section 4.9)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

WEIGHTS = (7, 3, 1)
FILLER = "<"
# Stands for what was typed and cannot stand in the lines; no check digit fits it.
UNREADABLE = "?"
ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
# Where only digits can stand, a letter is a slip; which digit it was is certain but for the check digit.
DIGIT_FOR = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
# Where both can stand, either may have been meant.
CONFUSED = {"O": "O0", "0": "0O", "I": "I1", "1": "1I"}
MOST_CONFUSED = 8


def worth(character: str) -> int:
    """Return what a character counts for; -1 for one that cannot stand in the lines."""
    if character == FILLER:
        return 0
    if character not in ALLOWED:
        return -1
    return int(character) if character.isdecimal() else ord(character) - ord("A") + 10


def check_digit(text: str) -> str:
    """Return the digit that checks `text`; "" if something in it cannot stand in the lines."""
    worths = [worth(character) for character in text]
    if -1 in worths:
        return ""
    return str(sum(each * weight for each, weight in zip(worths, itertools.cycle(WEIGHTS), strict=False)) % 10)


def fits(text: str, digit: str) -> bool:
    """Whether `digit` checks `text`. What is left blank may have a filler for a digit."""
    return digit == check_digit(text) != "" or (digit == FILLER and not text.strip(FILLER))


@dataclass(frozen=True, slots=True)
class Proof:
    """A datum and its digit as they must have been, for the digit to fit."""

    text: str
    digit: str


def prove(text: str, digit: str, *, is_numeric: bool) -> Proof | None:
    """Return the datum that the check digit proves: as typed, or with slips put right if there is one way only."""
    if fits(text, digit):
        return Proof(text, digit)
    digit = DIGIT_FOR.get(digit, digit)
    candidates = {each for each in _meant(text, is_numeric=is_numeric) if fits(each, digit)}
    return Proof(candidates.pop(), digit) if len(candidates) == 1 else None


def _meant(text: str, *, is_numeric: bool) -> Iterator[str]:
    """Return what may have been meant by `text`, itself included."""
    if is_numeric:
        yield "".join(DIGIT_FOR.get(character, character) for character in text)
        return
    confused = [place for place, character in enumerate(text) if character in CONFUSED]
    if len(confused) > MOST_CONFUSED:
        confused = []
    for chosen in itertools.product(*(CONFUSED[text[place]] for place in confused)):
        characters = list(text)
        for place, character in zip(confused, chosen, strict=True):
            characters[place] = character
        yield "".join(characters)
    ending = text.rstrip("K" + FILLER)
    yield ending.ljust(len(text), FILLER)
