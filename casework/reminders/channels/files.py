"""A mail backend that writes each message to a file of its own: outside production nothing leaves the machine.

The file is named by the message's id, so a message sent twice is still one file, as at a receiver that
honours our key.
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
        folder = Path(settings.OUTGOING_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            content = mail.message()
            name = re.sub(r"[^\w.-]", "", str(content["Message-ID"]).split("@", 1)[0])
            beside = folder / f".{name}.{secrets.token_hex(4)}"
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.as_bytes())
            beside.replace(folder / f"{name}.eml")
        return len(email_messages)
