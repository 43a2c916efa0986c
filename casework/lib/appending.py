"""Lines at the end of a file: the whole of each, on the disk, or nothing of it. A full disk takes half a line without complaint."""

import os
from contextlib import suppress


def append(descriptor: int, line: str) -> None:
    """Append a line to a file that is open for appending and locked. Raises OSError, and then the file is as it was."""
    size = os.fstat(descriptor).st_size
    left = line.encode()
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):  # some storage takes additions alone
            os.ftruncate(descriptor, size)
        raise
