"""`bin/bench`: measures how fast it is, on a PostgreSQL and a Valkey that are thrown away afterwards."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .manage import run_in_front
from .processes import StopSignals
from .testing import throw_away


def bench(arguments: Sequence[str], *, checkout: Path, environ: Mapping[str, str], stop: StopSignals) -> int:
    """Run the measures with the arguments of the command line; return their exit status."""
    with throw_away(checkout, environ, stop) as casework:
        command = casework.command("-m", "bench", *from_here(arguments))
        return run_in_front(command, casework.names, stop, cwd=checkout)


def from_here(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the file of `--json` as seen from where the command was given."""
    made = list(arguments)
    for index, argument in enumerate(made):
        if argument == "--json" and index + 1 < len(made):
            made[index + 1] = os.path.abspath(made[index + 1])  # noqa: PTH100  (of what need not be there)
        elif argument.startswith("--json="):
            made[index] = f"--json={os.path.abspath(argument.removeprefix('--json='))}"  # noqa: PTH100
    return made
