"""Single cells: how a value is written so that a spreadsheet program keeps it, and read back without a guess.

What can be read in two ways is refused with a question. Cells of XLSX come as numbers, days or texts, those of CSV as texts.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from casework.lib import strict_json
from casework.lib.dates import TWO_READINGS, UNREADABLE, UnreadableDay, parse_pasted_day
from casework.lib.months import month_name

from .. import wording

MOST_CHARACTERS = 32_767  # what a cell of a spreadsheet holds

YES = frozenset({"yes", "true", "да", "истина"})
NO = frozenset({"no", "false", "нет", "ложь"})
_UNITS = {"day": "days", "month": "months", "year": "years"}

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PERIOD = re.compile(r"(\d{1,6})\s*(day|month|year)s?")
_WHOLE = re.compile(r"-?\d{1,15}(?:\.0*)?")
_SHARE = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
_TWO_NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class UnreadableCell(ValueError):
    """What is wrong with a cell and what to do, in the reader's language."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula. `unguarded` takes the mark away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def read_text(cell: Any) -> str:
    """Return the text of a cell without blanks around it and with one kind of line break; "" if it is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        raise UnreadableCell(
            _("The spreadsheet program took this text for a date. Format the cell as text and type it again.")
        )
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean_text(unguarded(str(cell)))


def clean_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def read_day(cell: Any) -> date | None:
    """Return the day of a cell: a day of the spreadsheet, 2026-12-05, 5.12.2026, 5 December 2026 and their like."""
    if isinstance(cell, datetime):
        if cell.time().replace(tzinfo=None) != datetime.min.time():
            raise UnreadableCell(_("A time of day stands here. Only the day is wanted, such as 2026-12-05."))
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise UnreadableCell(_("A number stands where a day is wanted. Is it a day? Write it as 2026-12-05."))
    text = read_text(cell)
    if not text:
        return None
    if one_reading := _read_slashes(text):
        return one_reading
    try:
        return parse_pasted_day(text)
    except UnreadableDay as refusal:
        if refusal.message in (TWO_READINGS, UNREADABLE):
            raise UnreadableCell(
                _("“%(typed)s” is not a day that can be read. Write it as 2026-12-05.") % {"typed": text[:40]}
            ) from None
        values: dict[str, Any] = dict(refusal.params)
        if "month" in values:
            values["month_name"] = month_name(int(values["month"]), wording.language())
        raise UnreadableCell(_(refusal.message) % values) from None


def read_whole(cell: Any) -> int | None:
    """Return the whole number of a cell: 90, and 90.0 as spreadsheet programs write it."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if isinstance(cell, float) and not cell.is_integer():
            raise UnreadableCell(_("This must be a whole number."))
        return int(cell)
    text = read_text(cell)
    if not text:
        return None
    if _WHOLE.fullmatch(text):
        return int(text.split(".")[0])
    if re.fullmatch(r"\d+[., \u00a0\u202f]\d+", text):
        raise UnreadableCell(
            _("“%(typed)s” can be read in two ways. Which number is it? Write digits only, such as 90.")
            % {"typed": text[:40]}
        )
    raise UnreadableCell(_("“%(typed)s” is not a whole number. Write digits only, such as 90.") % {"typed": text[:40]})


def read_share(cell: Any) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = read_text(cell)
    if not text:
        return None
    if not _SHARE.fullmatch(text):
        raise UnreadableCell(_("This must be a number from 0 to 1, such as 0.25."))
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else value


def read_yes_no(cell: Any) -> bool | None:
    text = read_text(cell).casefold()
    if not text:
        return None
    if text not in YES | NO:
        raise UnreadableCell(_("“%(typed)s” is neither yes nor no. Write yes, no, or nothing.") % {"typed": text[:40]})
    return text in YES


def read_codes(cell: Any) -> list[str]:
    """Return codes with commas, semicolons or line breaks between them."""
    return [code for code in (part.strip() for part in re.split(r"[,;\n]", read_text(cell))) if code]


def read_lines(cell: Any) -> list[str]:
    return [line.strip() for line in read_text(cell).split("\n") if line.strip()]


def read_period(cell: Any) -> dict[str, int] | None:
    text = read_text(cell).casefold()
    if not text:
        return None
    match = _PERIOD.fullmatch(text)
    if not match:
        raise UnreadableCell(
            _("“%(typed)s” is not a period. Write it as 30 days, 3 months or 1 year.") % {"typed": text[:40]}
        )
    return {_UNITS[match[2]]: int(match[1])}


def read_pairs(cell: Any) -> dict[str, str]:
    """Return what stands as "name: value", with commas, semicolons or line breaks between the pairs."""
    pairs: dict[str, str] = {}
    for part in read_codes(cell):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not (colon and name and value):
            raise UnreadableCell(_("Write names with values, such as internal_passport: 14, travel_passport: 0."))
        if name in pairs:
            raise UnreadableCell(_("“%(name)s” stands here twice.") % {"name": name[:40]})
        pairs[name] = value
    return pairs


def read_json(cell: Any) -> Any:
    text = read_text(cell)
    if not text:
        return None
    try:
        return strict_json.read_json(text)
    except ValueError as error:
        raise UnreadableCell(
            _("This is not JSON: %(problem)s. Leave the cell as it was exported.") % {"problem": error}
        ) from None


def write_yes_no(value: bool | None) -> str:  # noqa: FBT001 - one value, one meaning
    return "" if value is None else "yes" if value else "no"


def write_day(value: date | None) -> str:
    return value.isoformat() if value else ""


def write_period(value: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {unit}" for unit, number in value.items())


def write_pairs(value: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {each}" for name, each in value.items())


def write_lines(value: list[str]) -> str:
    return "\n".join(" ".join(str(line).split()) for line in value)


def write_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


def _read_slashes(text: str) -> date | None:
    """Return the day of 27/1/2023 or 1/27/2023; of 05/12/2026, which has two readings, ask which is meant."""
    match = _TWO_NUMBERS.fullmatch(text)
    readings: set[date] = set()
    for day, month in ((match[1], match[2]), (match[2], match[1])) if match else ():
        with suppress(ValueError):
            readings.add(date(int(match[3]), int(month), int(day)))  # type: ignore[index]
    if len(readings) > 1:
        one, other = sorted(readings)
        raise UnreadableCell(
            _("Which day is “%(typed)s”: %(one)s or %(other)s? Write it in that way.")
            % {"typed": text, "one": one.isoformat(), "other": other.isoformat()}
        )
    return readings.pop() if readings else None
