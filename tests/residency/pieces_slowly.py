"""Read by a worker under test: it takes two people at a time, slowly enough to be overtaken or killed on the way."""

import time
from typing import Any

from casework.residency import tasks

tasks.CHUNK = 2
_refresh = tasks.refresh


def refresh_slowly(**asked: Any) -> Any:
    time.sleep(0.2)
    return _refresh(**asked)


tasks.refresh = refresh_slowly
