"""One-time codes for tests: a known secret, and what its app shows now."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from casework.accounts.models import User
from casework.web.sign_in.adapter import MFAAdapter

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code() -> str:
    """Return the code of now; at the end of its half minute, that of the next."""
    if time.time() % 30 > 27:
        time.sleep(30 - time.time() % 30)
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


def give_codes(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": MFAAdapter().encrypt(SECRET)})
