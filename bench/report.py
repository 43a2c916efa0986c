"""What a run has measured, as a table and as JSON."""

import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from .frame import Figure

WORDS = {True: "ok", False: "MISSED", None: ""}


def table(figures: Sequence[Figure]) -> str:
    """Return a line for each figure: name, value, unit, aim, whether it is met."""
    rows = [(each.name, f"{each.value:,.2f}", each.unit, each.aim, WORDS[each.ok]) for each in figures]
    head = ("measure", "value", "unit", "aim", "")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return "\n".join(_line(row, widths) for row in [head, *rows])


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    name, value, *rest = row
    cells = [name.ljust(widths[0]), value.rjust(widths[1])]
    cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
    return "  ".join(cells).rstrip()


def heading(now: datetime) -> str:
    """Say when and on what the figures were taken."""
    return f"{now:%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {_processor()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else platform.machine()


def by_name(figures: Sequence[Figure]) -> dict[str, dict[str, object]]:
    """Return the figures as they are written to a file."""
    return {each.name: each.as_json() for each in figures}
