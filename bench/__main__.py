"""Runs the measures and prints a table. `bin/bench` calls it in an environment with servers of its own."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import django

from . import apart, report
from .frame import Measure, Settings, all_measures


def main(arguments: Sequence[str]) -> int:
    """Take the measures; return 0 if every aim is met, 1 if one is missed or a measure breaks off, 2 if the run cannot begin."""
    options = _options(arguments)
    django.setup()
    try:
        chosen = all_measures().named(options.only)
        _prepare(chosen)
    except ValueError as error:
        print(f"bin/bench: {error}", file=sys.stderr)
        return 2
    print(report.heading(datetime.now(UTC)), flush=True)
    if len(chosen) > 1:
        return _one_by_one(chosen, options)
    figures = list(chosen[0].take(Settings(sizes=options.sizes, quick=options.quick)))
    print(report.table(figures), flush=True)
    return _written(report.by_name(figures), options)


def _one_by_one(chosen: Sequence[Measure], options: argparse.Namespace) -> int:
    """Take each measure apart from the others; what breaks one off does not lose the others."""
    figures: apart.Written = {}
    broken: list[str] = []
    given = [f"--sizes={','.join(map(str, options.sizes))}"] if options.sizes else []
    given += ["--quick"] if options.quick else []
    for each in chosen:
        taken = apart.taken_apart(each, given)
        if taken is None:
            broken.append(each.name)
        figures |= taken or {}
    status = _written(figures, options)
    missed = [name for name, figure in figures.items() if figure["ok"] is False]
    print(f"{len(figures)} figures; missed: {', '.join(missed) or 'none'}")
    if broken:
        print(f"bin/bench: broken off: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else status


def _written(figures: apart.Written, options: argparse.Namespace) -> int:
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if any(figure["ok"] is False for figure in figures.values()) else 0


def _prepare(measures: Sequence[Measure]) -> None:
    """Have an empty, migrated database for the measures that write. Raises ValueError where it holds people."""
    if not any(measure.on_database for measure in measures):
        return
    from django.core.management import call_command

    from casework.clients.models import Client

    call_command("migrate", verbosity=0)
    if Client.objects.exists():
        raise ValueError("this database holds people; invented ones are never put beside them. Run bin/bench.")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measure how fast Casework is, as ratios of two sides taken in one run on invented data.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there, as JSON")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="take this measure alone; may be repeated"
    )
    parser.add_argument(
        "--sizes", type=_sizes, default=(), metavar="N,N", help="with how many people, where not each measure's own"
    )
    parser.add_argument("--quick", action="store_true", help="one repetition: whether it runs, not how fast it is")
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 1_000_000 for part in parts):
        raise argparse.ArgumentTypeError(f"{text} are not sizes: give numbers from 1 to 1000000, such as 1000,10000")
    return tuple(int(part) for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
