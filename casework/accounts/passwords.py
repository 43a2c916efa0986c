"""Passwords that anybody who knows this place would try first."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from casework.accounts.models import User

# Of this application, of this work and of keyboards, in both alphabets. `docs/sign-in.md` names them.
WORDS = (
    *("casework", "caseworker", "coordinator", "administrator", "admin", "auditor", "password", "passwort", "welcome"),
    *(
        "refugee",
        "refugees",
        "asylum",
        "exile",
        "shelter",
        "ngo",
        "help",
        "case",
        "work",
        "client",
        "letmein",
        "qwerty",
    ),
    *("беженец", "беженцы", "убежище", "приют", "пароль", "помощь", "дело", "клиент", "админ", "координатор", "йцукен"),
)
FEWEST_OTHER_LETTERS = 5


class NotOfThisPlace:
    """Refuses passwords that are words of this place, or of the account, with a few letters and digits around."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.casefold()
        for word in sorted({*WORDS, *_words_of(user)}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(set(re.sub(r"[\W\d_]+", "", rest))) < FEWEST_OTHER_LETTERS and rest != password.casefold():
            raise ValidationError(
                _("Somebody who knows this place would try this one early. Take other words."), code="of_this_place"
            )

    def get_help_text(self) -> str:
        return _("Not made of words such as “casework”, “refugee”, your name or your address.")


def _words_of(user: User | None) -> set[str]:
    """Return the words of a name and an address that are long enough to mean something."""
    said = f"{user.email} {user.display_name}" if user is not None else ""
    return {word for word in re.split(r"[\W\d_]+", said.casefold()) if len(word) > 2}
