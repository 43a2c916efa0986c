"""Takes values out of a TOML table, each with its type, and keeps what is wrong as a sentence."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from casework.lib.marking import gettext_noop as _

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: file, key of the rule, name of the field. `message` is translatable."""

    file: str
    key: str
    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.message % self.values

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.file, self.key, self.field) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class Table:
    """One table of a file. Every `take_` returns a sound value or None, and notes what is wrong."""

    def __init__(self, table: Mapping[str, Any], *, file: str, key: str) -> None:
        self.file = file
        self.key = key
        self.faults: list[Fault] = []
        self._left = dict(table)

    def refuse(self, name: str, message: str, **values: object) -> None:
        self.faults.append(Fault(self.file, self.key, name, message, values))

    def take(self, name: str) -> Any:
        return self._left.pop(name, None)

    def take_text(self, name: str, *, required: bool = False, longest: int = 10_000) -> str:
        value = self.take(name)
        if value is None:
            if required:
                self.refuse(name, _("This field is needed."))
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.refuse(name, _("This must be a text."))
            return ""
        if len(value) > longest:
            self.refuse(name, _("This text is longer than %(longest)s characters."), longest=longest)
        return value.strip()

    def take_code(self, name: str, codes: type[Code], *, default: Code | None = None) -> Code | None:
        value = self.take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in set(codes):
            return codes(value)
        if value is None:
            self.refuse(name, _("This field is needed. Choose from: %(choices)s."), choices=", ".join(codes))
        else:
            self._refuse_choice(name, value, codes)
        return None

    def take_choice(self, name: str, choices: Mapping[str, str]) -> str:
        """Take an optional word; "" if it is not given."""
        value = self.take(name)
        if value is None or (isinstance(value, str) and value in choices):
            return value or ""
        self._refuse_choice(name, value, choices)
        return ""

    def take_day(self, name: str) -> date | None:
        value = self.take(name)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.refuse(name, _("This must be a day such as 2024-02-24, without quotation marks."))
        return None

    def take_yes_no(self, name: str) -> bool | None:
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return value
        self.refuse(name, _("This must be true or false."))
        return None

    def take_whole_number(self, name: str, *, default: int, most: int) -> int:
        value = self.take(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.refuse(name, _("This must be a whole number from %(least)s to %(most)s."), least=0, most=most)
            return default
        return value

    def take_table(self, name: str) -> Mapping[str, Any]:
        value = self.take(name)
        if value is None or isinstance(value, Mapping):
            return value or {}
        self.refuse(name, _("This must be names with values in braces."))
        return {}

    def take_list(self, name: str) -> list[Any]:
        value = self.take(name)
        if value is None or isinstance(value, list):
            return value or []
        self.refuse(name, _("This must be a list in brackets."))
        return []

    def refuse_the_rest(self, known: str) -> None:
        for name in self._left:
            self.refuse(name, _("There is no such field. There are: %(names)s."), names=known)

    def _refuse_choice(self, name: str, value: object, choices: Any) -> None:
        message = _("“%(value)s” is not known here. Choose from: %(choices)s.")
        self.refuse(name, message, value=value, choices=", ".join(choices))
