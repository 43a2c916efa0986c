"""Specific needs as UNHCR codes them, and the areas of life of which everybody is asked.

The codes are in `reference/need_codes.toml`, with their labels in the languages of the interface.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from casework.lib.marking import gettext_noop as _

LANGUAGES = ("en", "ru", "ky")
FILE = Path(__file__).with_name("reference") / "need_codes.toml"

# Of everybody, in the order in which one asks.
AREAS: dict[str, str] = {
    "shelter": _("A place to live"),
    "food": _("Food"),
    "health": _("Health"),
    "legal": _("Legal status"),
    "school": _("School"),
    "work": _("Work and income"),
    "language": _("Language"),
    "psychosocial": _("Psychosocial support"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCode:
    code: str
    group: str
    labels: dict[str, str]
    notes: dict[str, str]


@cache
def need_codes() -> dict[str, NeedCode]:
    """Return every code of the file, in its order."""
    return {
        code: NeedCode(
            code=code,
            group=group,
            labels={language: entry[language] for language in LANGUAGES},
            notes={language: entry[f"note_{language}"] for language in LANGUAGES if f"note_{language}" in entry},
        )
        for group, table in _tables().items()
        for code, entry in table["codes"].items()
    }


def group_labels(language: str) -> dict[str, str]:
    return {group: table.get(language, table["en"]) for group, table in _tables().items()}


def code_label(code: str, language: str) -> str:
    """Return what a code means; the code itself if a later version of the file has dropped it."""
    known = need_codes().get(code)
    return known.labels.get(language, known.labels["en"]) if known else code


def grouped_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the codes by group, for a list to choose from."""
    found: dict[str, list[tuple[str, str]]] = {label: [] for label in group_labels(language).values()}
    groups = group_labels(language)
    for code in need_codes().values():
        found[groups[code.group]].append((code.code, f"{code.labels.get(language, code.labels['en'])} ({code.code})"))
    return list(found.items())


@cache
def _tables() -> dict[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)
