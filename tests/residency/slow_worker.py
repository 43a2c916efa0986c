"""Read by a worker under test: it takes the caseload two people at a time, slowly enough to be killed on the way."""

import time
from typing import Any

from casework.residency import tasks
from casework.residency.actions import impacts

tasks.CHUNK = 2
_compare = impacts.compare


def compare_slowly(*asked: Any) -> Any:
    time.sleep(0.1)
    return _compare(*asked)


impacts.compare = compare_slowly
