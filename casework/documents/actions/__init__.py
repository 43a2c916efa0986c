"""Everything that can happen to documents and their originals."""

from .custody import (
    CustodyValues,
    UnableToKeepOriginal,
    change_custody,
    hand_over_original,
    record_return,
    remove_custody,
    reopen_custody,
)
from .documents import DocumentValues, UnableToRecordDocument, change_document, record_document, remove_document
from .types import TypeValues, UnableToKeepType, add_type, change_type, restore_type, retire_type

__all__ = [
    "CustodyValues",
    "DocumentValues",
    "TypeValues",
    "UnableToKeepOriginal",
    "UnableToKeepType",
    "UnableToRecordDocument",
    "add_type",
    "change_custody",
    "change_document",
    "change_type",
    "hand_over_original",
    "record_document",
    "record_return",
    "remove_custody",
    "remove_document",
    "reopen_custody",
    "restore_type",
    "retire_type",
]
