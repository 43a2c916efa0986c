"""Everything that can happen to cases and to the people in them."""

from ..changes import ChangedMeanwhile
from .addresses import AddressFields, UnableToRecordAddress, change_address, end_address, record_address
from .cases import (
    UnableToAssignCase,
    UnableToCloseCase,
    UnableToOpenCase,
    UnableToReopenCase,
    UnableToRestrictCase,
    assign_case,
    change_priority,
    close_case,
    lift_restriction,
    open_case,
    reopen_case,
    restrict_case,
)
from .contacts import ContactFields, UnableToRecordContact, change_contact, end_contact, record_contact
from .facts import facts_changed
from .notes import UnableToWriteNote, pin_note, write_note
from .people import ClientFields, UnableToAddClient, UnableToChangeClient, add_client, change_client
from .todos import finish_to_do, give_to_dos, reopen_to_do

__all__ = [
    "AddressFields",
    "ChangedMeanwhile",
    "ClientFields",
    "ContactFields",
    "UnableToAddClient",
    "UnableToAssignCase",
    "UnableToChangeClient",
    "UnableToCloseCase",
    "UnableToOpenCase",
    "UnableToRecordAddress",
    "UnableToRecordContact",
    "UnableToReopenCase",
    "UnableToRestrictCase",
    "UnableToWriteNote",
    "add_client",
    "assign_case",
    "change_address",
    "change_client",
    "change_contact",
    "change_priority",
    "close_case",
    "end_address",
    "end_contact",
    "facts_changed",
    "finish_to_do",
    "give_to_dos",
    "lift_restriction",
    "open_case",
    "pin_note",
    "record_address",
    "record_contact",
    "reopen_case",
    "reopen_to_do",
    "restrict_case",
    "write_note",
]
