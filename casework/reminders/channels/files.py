"""Messages as files of their own: outside production nothing leaves the machine.

A file is named by the message's key, so a message sent twice is still one file, as at a receiver that honours our key.
"""

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutgoingFiles(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            content = mail.message()
            keep(str(content["Message-ID"]).split("@", 1)[0], "eml", content.as_bytes())
        return len(email_messages)


def keep(key: str, kind: str, content: bytes) -> None:
    """Write a message to its file, whole or not at all, for its owner only."""
    folder = Path(settings.OUTGOING_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]", "", key)
    beside = folder / f".{name}.{secrets.token_hex(4)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(folder / f"{name}.{kind}")
