"""What goes wrong with backups, in sentences for whoever keeps the server."""

import errno
import os
from pathlib import Path


class BackupError(Exception):
    """Something that stands in the way, said so that somebody can act on it."""


class AnotherIsAtWork(BackupError):
    """A backup is being made or looked at by another process."""


def unwritable(where: Path, error: OSError) -> BackupError:
    """Turn what the system said of a place into a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return BackupError(
            f"The disk of {where} is full. Nothing of this backup was kept; the earlier ones are as they were. Make room there."
        )
    return BackupError(
        f"{where}: {os.strerror(error.errno or 0)}. Nothing of this backup was kept; the earlier ones are as they were."
    )
