"""Read by a worker under test: it writes two rows at a time, slowly enough to be killed on the way."""

import time
from typing import Any

from casework.reports import actions
from casework.web.exports import listing

listing.BATCH = 2
_keep = actions.keep_piece


def keep_slowly(*given: Any, **said: Any) -> bool:
    time.sleep(0.1)
    return _keep(*given, **said)


actions.keep_piece = keep_slowly
