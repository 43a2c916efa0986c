"""E-mail through Django's mail backend."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from . import DeliveryError, Message


class Email:
    def deliver(self, message: Message) -> None:
        try:
            validate_email(message.address)  # once more: nothing but one address ever stands in that line
        except ValidationError as error:
            raise DeliveryError("this is no address", permanent=True) from error
        mail = EmailMessage(
            subject=message.wording.subject,
            body=message.wording.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.address],
            headers={"Message-ID": f"<{message.key}@casework.invalid>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise DeliveryError(
                f"the address was refused ({codes[0]})", permanent=all(code >= 500 for code in codes)
            ) from error
        except (SMTPAuthenticationError, SMTPConnectError) as error:
            # It refuses us and not this message: whoever keeps the server mends that, and then it goes.
            raise DeliveryError(f"the mail server answered {error.smtp_code}") from error
        except SMTPResponseException as error:
            raise DeliveryError(
                f"the mail server answered {error.smtp_code}", permanent=error.smtp_code >= 500
            ) from error
        except (SMTPException, OSError) as error:
            raise DeliveryError(f"the mail server could not be reached ({type(error).__name__})") from error
