"""Who can sign in to the demo. The passwords follow from the key file, so they are stored nowhere."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from casework.accounts.roles import DEFINITIONS, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A demo user: one role, for a team where the role is of a team."""

    email: str
    display_name: str
    role: Role
    team: str = ""
    language: str = "en"

    @property
    def password(self) -> str:
        """Three groups of five letters and digits, the same at every start of this installation."""
        info = f"demo login|{self.email}".encode()
        derived = HKDF(algorithm=SHA256(), length=10, salt=None, info=info).derive(settings.SECRET_KEY.encode())
        letters = base64.b32encode(derived).decode().lower().rstrip("=")[:15]
        return "-".join((letters[:5], letters[5:10], letters[10:]))


LOGINS = (
    Login(email="caseworker@demo.example", display_name="Demo Caseworker", role=Role.CASEWORKER, team="ALA"),
    Login(email="coordinator@demo.example", display_name="Demo Coordinator", role=Role.COORDINATOR, team="ALA"),
    Login(email="bishkek@demo.example", display_name="Demo Bishkek", role=Role.CASEWORKER, team="FRU", language="ru"),
    Login(email="editor@demo.example", display_name="Demo Policy Editor", role=Role.POLICY_EDITOR),
    Login(email="reviewer@demo.example", display_name="Demo Policy Reviewer", role=Role.POLICY_REVIEWER),
    Login(email="admin@demo.example", display_name="Demo Administrator", role=Role.ADMINISTRATOR),
    Login(email="auditor@demo.example", display_name="Demo Auditor", role=Role.AUDITOR),
    Login(email="duplicates@demo.example", display_name="Demo Duplicate Reviewer", role=Role.DUPLICATE_REVIEWER),
    Login(email="reports@demo.example", display_name="Demo Report Reader", role=Role.REPORT_READER),
)


def lines() -> list[str]:
    """Return one line a login for the terminal: role, e-mail, password."""
    width = max(len(str(DEFINITIONS[login.role].label)) for login in LOGINS)
    return [f"{DEFINITIONS[login.role].label:<{width}}  {login.email:<24}  {login.password}" for login in LOGINS]
