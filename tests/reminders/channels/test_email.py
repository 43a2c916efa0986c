"""What a mail server answers: whether a further try can help."""

from collections.abc import Sequence
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from casework.reminders.channels import DeliveryError, Message
from casework.reminders.channels.email import Email
from casework.reminders.wording import staff_notice

ADDRESS = "worker@example.org"


class Answering(BaseEmailBackend):
    """A mail server that takes nothing."""

    answer: Exception

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise self.answer


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}), True),
        # As servers say that greet strangers with a pause, or have no room for a moment.
        (SMTPRecipientsRefused({ADDRESS: (450, b"try again later")}), False),
        (SMTPRecipientsRefused({ADDRESS: (452, b"mailbox full")}), False),
        (SMTPDataError(554, b"not wanted"), True),
        (SMTPDataError(451, b"local error"), False),
        # These refuse the server, and not the message: all would be lost for good within an hour.
        (SMTPAuthenticationError(535, b"the password has ended"), False),
        (SMTPConnectError(554, b"not now"), False),
        (SMTPServerDisconnected(), False),
        (ConnectionRefusedError(), False),
    ],
)
def test_only_what_no_further_try_can_help_is_given_up_at_once(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, answer: Exception, permanent: bool
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Answering"
    monkeypatch.setattr(Answering, "answer", answer, raising=False)

    with pytest.raises(DeliveryError) as failed:
        Email().deliver(Message(key="k", address=ADDRESS, wording=staff_notice(language="en")))

    assert failed.value.permanent is permanent
    assert ADDRESS not in str(failed.value)
