"""Checks worked examples: facts in, dates out, one JSON object a line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.residency.rules.examples import check

REFERENCE = Path(__file__).parents[2] / "reference" / "worked_cases.json"


MOST_DIGITS = 4_000


class Command(BaseCommand):
    help = "Compute worked examples of the country rules and compare them with what they expect."
    # The engine is pure: no database, no settings, so it also runs where neither is in order.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=REFERENCE, help="a JSON list of cases")

    def handle(self, *, file: Path, **options: Any) -> None:
        cases = _read(file)
        results = [check(case, place=f"case {number}") for number, case in enumerate(cases, start=1)]
        for result in results:
            self.stdout.write(json.dumps(result.as_json()))
        failed = sum(not result.passes for result in results)
        if failed:
            raise CommandError(f"{failed} of {len(results)} cases are false or cannot be read.")


def _whole(digits: str) -> int | float:
    """Return a number that Python reads; one of thousands of digits as infinity, so that its case alone is refused."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _read(file: Path) -> list[Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{file} is not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}."
        ) from error
    try:
        cases = json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise CommandError(f"{file} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is not JSON that can be read: {error}.") from error
    if not isinstance(cases, list):
        raise CommandError(f"{file} must hold a list of cases in brackets.")
    return cases
