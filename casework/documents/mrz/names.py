"""Names as the lines print them, in Latin letters; in Russian internal passports, in Cyrillic.

Capitals become a capital and small letters. Which Cyrillic (or other) letters a Latin name stands for is never guessed: many
alphabets share one spelling. A Russian internal passport is different: there each character is one letter (order of the Ministry
of Internal Affairs of Russia No. 773 of 16 November 2020, annex 24), so that nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import problems as say
from .problems import Params, Problem

_CYRILLIC = str.maketrans(
    "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678",
    "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
)
RUSSIAN_LETTERS = frozenset("ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678")
# "son of" and "daughter of" stand after the father's name and belong to it.
_FATHERED = frozenset({"ОГЛЫ", "ОГЛИ", "ОГЛУ", "КЫЗЫ", "КИЗИ", "УУЛУ", "УЛЫ"})

# What nothing else than one letter becomes (part 3, section 6): restored. X twice after another letter stands in no name.
_RESTORED = {"UXX": "Ü", "NXX": "Ñ"}
# What several letters become, and so does their plain spelling: only mentioned, where the state writes with such letters.
_SPELLINGS = {"AE": "Ä, Æ", "OE": "Ö, Ø, Œ", "UE": "Ü", "AA": "Å", "SS": "ß", "TH": "Þ"}
_WRITES = {
    "D": "AE OE UE SS",
    "AUT": "AE OE UE SS",
    "CHE": "AE OE UE",
    "LIE": "AE OE UE",
    "LUX": "AE OE UE",
    "SWE": "AE OE AA",
    "FIN": "AE OE AA",
    "NOR": "AE OE AA",
    "DNK": "AE OE AA",
    "ISL": "AE OE TH",
    "EST": "AE OE UE",
    "HUN": "OE UE",
    "TUR": "OE UE",
    "AZE": "OE UE",
    "TKM": "AE OE UE",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart, and what there is to say about it."""

    family: str = ""
    given: str = ""
    patronymic: str = ""
    problems: tuple[Problem, ...] = ()


def latin_name(field: str, issuer: str, *, line: int, first: int) -> Name:
    """Return the name that `field` holds. `line` and `first` say where it stands, counted from 1."""
    if refusal := _unreadable(field, line, first, allowed="ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        return Name(problems=(refusal,))
    remarks = [*_spellings_of(field, issuer), *_shape_of(field)]
    for printed, letter in _RESTORED.items():
        field = field.replace(printed, letter)
    family, given = _halves(field)
    return Name(_written(family), _written(given), problems=tuple(remarks))


def russian_name(field: str, *, line: int, first: int) -> Name:
    """Return the name of a Russian internal passport in Cyrillic: each character of the line is one letter."""
    if refusal := _unreadable(field, line, first, allowed="".join(RUSSIAN_LETTERS)):
        return Name(problems=(refusal,))
    remarks = list(_shape_of(field))
    family, given = (half.translate(_CYRILLIC) for half in _halves(field))
    name, patronymic = _given_and_patronymic([part for part in given.split("<") if part])
    if patronymic:
        remarks.append(Problem(say.PATRONYMIC, "remark", "given_names"))
    read = Name(_written(family), _written("<".join(name)), _written("<".join(patronymic)))
    return replace(read, problems=tuple(remarks))


def _given_and_patronymic(parts: list[str]) -> tuple[list[str], list[str]]:
    """Return given names and patronymic: the last of several names, with the word "son" or "daughter" after it."""
    length = 2 if parts and parts[-1] in _FATHERED else 1
    return (parts[:-length], parts[-length:]) if len(parts) > length else (parts, [])


def _halves(field: str) -> tuple[str, str]:
    family, _, given = field.strip("<").partition("<<")
    return family, given


def _written(half: str) -> str:
    return " ".join(part.capitalize() for part in half.split("<") if part)


def _unreadable(field: str, line: int, first: int, *, allowed: str) -> Problem | None:
    if not field.strip("<"):
        return Problem(say.NAME_MISSING, field="family_name", params={"line": line})
    for place, character in enumerate(field):
        if character != "<" and character not in allowed:
            where: Params = {"line": line, "position": first + place, "character": character}
            return Problem(say.NAME_DIGIT, field="family_name", params=where)
    return None


def _shape_of(field: str) -> Iterator[Problem]:
    """Say what a name may lack: its end, or the border between family name and given names."""
    if not field.endswith("<"):
        yield Problem(say.NAME_CUT, "remark", "given_names" if "<<" in field else "family_name")
    if "<<" not in field.strip("<"):
        yield Problem(say.NAME_ALONE, "remark", "family_name")


def _spellings_of(field: str, issuer: str) -> Iterator[Problem]:
    family, given = _halves(field)
    for half, where in ((family, "family_name"), (given, "given_names")):
        for printed, letter in _RESTORED.items():
            if printed in half:
                yield Problem(say.NAME_RESTORED, "remark", where, {"printed": printed, "letter": letter})  # type: ignore[arg-type]
        for printed in _WRITES.get(issuer, "").split():
            if re.search(printed, half):
                params: Params = {"printed": printed, "letters": _SPELLINGS[printed]}
                yield Problem(say.NAME_SPELLINGS, "remark", where, params)  # type: ignore[arg-type]
