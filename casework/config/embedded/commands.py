"""The command line of `bin/run`, `bin/manage`, `bin/test` and `bin/bench`."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import benching, manage, run, testing
from .processes import Stopped, StopSignals
from .refusal import DISK_FULL, Refusal, complain

CHECKOUT = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str]) -> int:
    """Run `run`, `manage`, `test` or `bench` with its arguments; return the exit status. What is in the way is said in a sentence."""
    command, rest = arguments[0], list(arguments[1:])
    stop = StopSignals()
    try:
        if not sys.platform.startswith("linux"):
            raise Refusal("The embedded servers run on Linux. Elsewhere, use the container in deploy/.")
        return COMMANDS[command](rest, stop)
    except Refusal as refusal:
        complain(refusal)
        return 1
    except Stopped as stopped:
        return stopped.exit_status
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) and DISK_FULL not in str(error):
            raise
        complain(f"The disk is full ({error.filename or CHECKOUT}). Make room, then try again.")
        return 1


def run_command(arguments: Sequence[str], stop: StopSignals) -> int:
    """`bin/run`."""
    options = run_options(arguments)
    stop.listen()
    return run.run(options, checkout=CHECKOUT, environ=os.environ, stop=stop)


def test_command(arguments: Sequence[str], stop: StopSignals) -> int:
    """`bin/test`."""
    options, for_pytest = test_options(arguments)
    stop.listen()
    return testing.test(for_pytest, everything=options.all, checkout=CHECKOUT, environ=os.environ, stop=stop)


def manage_command(arguments: Sequence[str], stop: StopSignals) -> int:
    """`bin/manage`: every argument is for the command."""
    stop.listen()
    return manage.manage(arguments, checkout=CHECKOUT, environ=os.environ, stop=stop)


def bench_command(arguments: Sequence[str], stop: StopSignals) -> int:
    """`bin/bench`: every argument is for the measures."""
    stop.listen()
    return benching.bench(arguments, checkout=CHECKOUT, environ=os.environ, stop=stop)


COMMANDS = {"run": run_command, "test": test_command, "manage": manage_command, "bench": bench_command}


def run_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the options of `bin/run`."""
    parser = argparse.ArgumentParser(prog="bin/run", description="Start Casework on this machine. Ctrl-C stops it.")
    parser.add_argument("--port", type=port, metavar="N", help="the port of the web server (default: PORT, else 8000)")
    parser.add_argument("--empty", action="store_true", help="no demo data; a second factor is required")
    parser.add_argument("--reset", action="store_true", help="first remove all data of the embedded database (asks)")
    parser.add_argument("--yes", action="store_true", help="do not ask before --reset")
    return parser.parse_args(arguments)


def test_options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read the options of `bin/test`; what it does not know is for pytest."""
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Check and test Casework. With arguments for pytest, only those tests are run.",
        allow_abbrev=False,
    )
    parser.add_argument("--all", action="store_true", help="also the slow tests: full matrices, long kills, large data")
    return parser.parse_known_args(arguments)


def port(text: str) -> int:
    """Read a port number."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return int(text)
