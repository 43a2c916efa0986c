"""Why something cannot be done, as one sentence for the person at the terminal."""

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

DISK_FULL = os.strerror(errno.ENOSPC)  # "No space left on device"
TAIL_LINES = 15


class Refusal(Exception):
    """Casework cannot go on; the text says what is in the way and what to do, in one sentence or two."""


def say(line: str) -> None:
    """Tell the person at the terminal."""
    _write(line, sys.stdout)


def complain(what: object) -> None:
    """Tell the person at the terminal, apart from what a machine may read."""
    _write(f"casework: {what}", sys.stderr)


def _write(line: str, stream: TextIO) -> None:
    """Write a line. A terminal that was closed hears nothing more, and must not keep us from stopping what runs."""
    try:
        print(line, file=stream, flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, or nothing where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 20_000))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def end_of(log: Path) -> str:
    """Return a sentence with the last lines of a log."""
    lines = tail(log).strip()
    return f"The last lines of {log} say:\n{lines}" if lines else f"It wrote nothing to {log}."


def is_full(where: Path) -> bool:
    """Tell whether a disk has next to no room left."""
    return shutil.disk_usage(where).free < 5 * 2**20


def disk_full(where: Path) -> Refusal:
    """Say that a disk is full."""
    return Refusal(
        f"The disk that holds {where} is full. Make room there (about 600 MB for a first start), then try again."
    )


def not_writable(where: Path, error: OSError) -> Refusal:
    """Say that nothing can be written in a directory, or that its disk is full."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    return Refusal(
        f"Cannot write in {where} ({os.strerror(error.errno or 0)}). Give yourself access to it, or name another place in DATA_DIR."
    )
