"""Everything that can happen to stays, permits, registrations, applications and deadlines."""

from .answers import mark_done, note_move, reopen, waive
from .applications import UnableToRecordApplication, change_application, record_application, remove_application
from .deadlines import Outcome, ensure_fresh, refresh, stale_clients
from .deciding import DeadlineMoved, UnableToAnswer
from .orders import confirm_order, impose, lift_imposed, override, refuse_order, waiting_order
from .permits import UnableToRecordPermit, change_permit, record_permit, remove_permit
from .registrations import UnableToRecordRegistration, change_registration, record_registration, remove_registration
from .stays import UnableToRecordStay, change_stay, end_stay, record_stay, remove_stay

__all__ = [
    "DeadlineMoved",
    "Outcome",
    "UnableToAnswer",
    "UnableToRecordApplication",
    "UnableToRecordPermit",
    "UnableToRecordRegistration",
    "UnableToRecordStay",
    "change_application",
    "change_permit",
    "change_registration",
    "change_stay",
    "confirm_order",
    "end_stay",
    "ensure_fresh",
    "impose",
    "lift_imposed",
    "mark_done",
    "note_move",
    "override",
    "record_application",
    "record_permit",
    "record_registration",
    "record_stay",
    "refresh",
    "refuse_order",
    "remove_application",
    "remove_permit",
    "remove_registration",
    "remove_stay",
    "reopen",
    "stale_clients",
    "waiting_order",
    "waive",
]
