"""Lines of the log: one for each entry, with a time that says its zone."""

import logging
from datetime import UTC, datetime

from casework.lib.at_work import mark


class LineFormatter(logging.Formatter):
    """Writes the time in UTC and which request or task it is of, and keeps an entry from looking like two, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        record.mark = str(mark())
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - as in logging
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as in logging
        return "".join(_visible(letter) for letter in super().formatMessage(record))


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else ascii(letter)[1:-1]
