"""Read by a worker under test: it records two rows at a time, slowly enough to be killed on the way."""

import time
from datetime import datetime
from typing import Any

from casework.lifecycle.importing.recording import Record
from casework.lifecycle.importing.undoing import Undo

_record, _undo = Record.step, Undo.step


def record_slowly(self: Record, by: Any, now: datetime) -> int:
    done = _record(self, by, now, size=2)
    time.sleep(0.1)  # before the commit
    return done


def undo_slowly(self: Undo, by: Any, now: datetime) -> int:
    done = _undo(self, by, now, size=2)
    time.sleep(0.1)
    return done


setattr(Record, "step", record_slowly)  # noqa: B010 - a method of this worker only
setattr(Undo, "step", undo_slowly)  # noqa: B010
