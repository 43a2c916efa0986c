"""The reference data that come with the program: country rules, countries, zones and groups.

`docs/rules.md` says how the files are written. `rows.csv` lists the rows of the research that they
translate, so that a test can tell that none was lost.
"""

import csv
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple


class ResearchRow(NamedTuple):
    number: int
    country: str
    nationality: str
    kind: str


def shipped_files() -> dict[str, bytes]:
    """Return the reference files by name, places first: rules speak of them."""
    here = files(__name__)
    found = {"places.toml": here / "places.toml"}
    found |= {f"rules/{each.name}": each for each in sorted((here / "rules").iterdir(), key=_name)}
    return {name: file.read_bytes() for name, file in found.items() if name.endswith(".toml")}


def research_rows() -> tuple[ResearchRow, ...]:
    """Return the rows of the research in order; the first is number 1."""
    text = (files(__name__) / "rows.csv").read_text(encoding="utf-8")
    return tuple(
        ResearchRow(int(row["row"]), row["country"], row["nationality"], row["kind"])
        for row in csv.DictReader(text.splitlines())
    )


def _name(file: Traversable) -> str:
    return file.name
