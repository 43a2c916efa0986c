"""Lines of the log."""

import logging
import re

from casework.config.log_lines import LineFormatter

FORMATTER = LineFormatter("{asctime} {levelname} {name} {message}", style="{")


def entry(message: str, *args: object) -> str:
    record = logging.LogRecord("casework", logging.WARNING, __file__, 1, message, args, None)
    return FORMATTER.format(record)


def test_a_line_says_its_time_with_the_zone_and_stays_one_line() -> None:
    said = entry("refused: %s", "x\r\n2026-11-27T10:00:00.000+00:00 INFO casework signed in\x1b[2J\u2028")

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 WARNING casework refused: x\\r\\n2026", said)
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_letters_of_all_languages_stay_as_they_are() -> None:
    assert entry("ключ не найден: Жанар").endswith("ключ не найден: Жанар")
