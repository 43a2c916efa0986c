"""Everything that can happen to documents, their originals and the scans of them."""

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
from .scans import (
    UnableToKeepScan,
    add_pages,
    change_scan,
    check_waiting,
    move_page,
    purge_removed,
    remove_orphans,
    remove_scan,
    restore_scan,
    turn_page,
)
from .types import TypeValues, UnableToKeepType, add_type, change_type, restore_type, retire_type

__all__ = [
    "CustodyValues",
    "DocumentValues",
    "TypeValues",
    "UnableToKeepOriginal",
    "UnableToKeepScan",
    "UnableToKeepType",
    "UnableToRecordDocument",
    "add_pages",
    "add_type",
    "change_custody",
    "change_document",
    "change_scan",
    "change_type",
    "check_waiting",
    "hand_over_original",
    "move_page",
    "purge_removed",
    "record_document",
    "record_return",
    "remove_custody",
    "remove_document",
    "remove_orphans",
    "remove_scan",
    "reopen_custody",
    "restore_scan",
    "restore_type",
    "retire_type",
    "turn_page",
]
