"""What values look like on their way in and out: as the description says, and nothing near to it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.db.models import TextChoices
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from casework.lib.countries import is_country, is_nationality
from casework.lib.ids import REFERENCE_ALPHABET

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SIGNS = f"[{REFERENCE_ALPHABET}]{{3}}"
CODE = rf"^C-{_SIGNS}-{_SIGNS}$"
REFERENCE = rf"^{_SIGNS}-{_SIGNS}$"


class In(Schema):
    """What is sent in: a name that nobody knows is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "a day as 2026-11-28")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "a day as 2026-11-28") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise PydanticCustomError("day_out_of_bounds", "a day between 1900 and 2199")
    return found


def _uuid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise PydanticCustomError("uuid_parsing", "an id")
    return UUID(value)


def _country(value: Any) -> Any:
    if not isinstance(value, str) or not is_country(value):
        raise PydanticCustomError("country", "a country by its two letters")
    return value


def _nationality(value: Any) -> Any:
    if not isinstance(value, str) or not is_nationality(value):
        raise PydanticCustomError("nationality", "a nationality by its letters")
    return value


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Id = Annotated[UUID, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Country = Annotated[
    str, BeforeValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["KG"]})
]
Nationality = Annotated[
    str,
    BeforeValidator(_nationality),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2,3}$", "examples": ["RU"]}),
]
Yes = StrictBool
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE)]


def at_most(longest: int) -> StringConstraints:
    """Return what a text holds at most; blanks around it are taken away."""
    return StringConstraints(max_length=longest, strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Takes one of some words, and nothing else."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.literal_schema(list(self.words))


def one_of(choices: type[TextChoices]) -> OneOf:
    """Return what takes the words of a field of a model."""
    return OneOf(tuple(choices.values))
