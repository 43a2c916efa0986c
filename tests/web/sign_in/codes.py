"""One-time codes for tests: a known secret, and what its app shows now."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from casework.accounts.models import User
from casework.web.sign_in.adapter import MFAAdapter

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, period: int = 30) -> str:
    """Return the code of `secret` and now; at the very end of its time, that of the next."""
    if time.time() % period > period - 3:
        time.sleep(period - time.time() % period)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // period)))


def give_codes(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": MFAAdapter().encrypt(SECRET)})
