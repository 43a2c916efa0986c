"""What can go wrong in the vault. No error carries a value, only where it happened."""

from typing import Any


class VaultError(Exception):
    """Anything that the vault refuses to do."""


class TamperedData(VaultError):
    """What is stored does not authenticate: altered, truncated, plain, or moved from another row, field or key."""

    def __init__(self, model: str, pk: Any, field: str) -> None:
        self.model = model
        self.pk = pk
        self.field = field
        super().__init__(
            f"{model} {pk}: {field} does not open; it was altered, or belongs to another row, field or key."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.model, self.pk, self.field)


class KeyDestroyed(VaultError):
    """Something was to be written under a data key that has been destroyed."""


class DataKeyReplaced(VaultError):
    """A row was to be written under the data key that it had when it was loaded; it has another one since."""


class DataKeyMissing(VaultError):
    """Something was to be written for a row that has no data key or no primary key yet."""


class KeyFileError(VaultError):
    """The key file cannot be used. The message says where it is looked for and what to do."""


class KeyFileMissing(KeyFileError):
    """There is no key file where one is looked for."""


class KeyFileExposed(KeyFileError):
    """Others than the owner may read the key file."""


class KeyFileUnreadable(KeyFileError):
    """The key file is there, but is not what it should be."""


class UnknownKey(KeyFileError):
    """Something was sealed under a key that the key file does not hold."""
