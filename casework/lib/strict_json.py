"""JSON that somebody typed or sent, read so that whatever comes of it can be stored and written again."""

import json
import re
from typing import Any

# What no database takes beside NUL: halves of characters.
HALF = re.compile("[\ud800-\udfff]")


class NestedTooDeeply(ValueError):
    pass


def read_json(text: str) -> Any:
    """Return what `text` says. Raises ValueError, and its `JSONDecodeError` where one can say at which line."""
    try:
        found = json.loads(text, parse_constant=_refuse)
        again = json.dumps(found, ensure_ascii=False, allow_nan=False)
    except RecursionError as error:
        raise NestedTooDeeply("nested too deeply") from error
    if "\\u0000" in again or HALF.search(again):
        raise ValueError("holds what is no text")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number")
