"""What an encrypted field may hold: ciphertext, a value that was opened, one that waits to be sealed, or the mark of erasure.

None of them shows its value in `repr`.
"""

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext


class Erased:
    """The one value that a field has when its data key was destroyed. Falsy; shown as "erased"."""

    _only: "ClassVar[Erased | None]" = None

    def __new__(cls) -> "Erased":
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return gettext("erased")

    def __repr__(self) -> str:
        return "ERASED"

    def __reduce__(self) -> str:
        return "ERASED"


ERASED: Final = Erased()


class Ciphertext(bytes):
    """The content of a column as it is stored. Shows nothing of itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class Opened:
    """A value that has been opened or sealed, with its ciphertext and what that is bound to."""

    __slots__ = ("bound_to", "ciphertext", "value")

    def __init__(self, value: Any, ciphertext: Ciphertext, bound_to: bytes) -> None:
        self.value = value
        self.ciphertext = ciphertext
        self.bound_to = bound_to

    def __repr__(self) -> str:
        return "<opened>"


class Pending:
    """A value that was assigned and will be sealed when it is saved."""

    __slots__ = ("instance", "value")

    def __init__(self, value: Any, instance: models.Model) -> None:
        self.value = value
        self.instance = instance

    def __repr__(self) -> str:
        return "<to be sealed>"
