"""A receiver that takes its time, so that a kill falls between claim, sending and recording."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage

from casework.reminders.channels.files import OutgoingFiles


class SlowFiles(OutgoingFiles):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        time.sleep(0.05)
        sent = super().send_messages(email_messages)
        with Path(settings.OUTGOING_DIR, "deliveries.log").open("a") as log:
            log.writelines(f"{os.getpid()} {mail.extra_headers['Message-ID']}\n" for mail in email_messages)
        time.sleep(0.05)
        return sent
