"""Exact search among contacts: what is stored and what is looked for have one normal form."""

from casework.vault.lookup import keyed_hash, keyed_hashes, normal_email, normal_phone

from .models import Contact

# Names the derived key. Changing it makes every stored hash useless.
HASHED_AS = "clients.Contact.value"


def hash_to_store(channel: str, value: str, region: str | None) -> bytes | None:
    """Return the keyed hash of a contact, None where there is nothing to look up.

    `region` (ISO code) reads numbers that are written without their country code.
    """
    if not value.strip() or channel in (Contact.Channel.IN_PERSON, Contact.Channel.OTHER):
        return None
    return keyed_hash(HASHED_AS, _normal(channel, value, region))


def hashes_to_find(text: str, region: str | None) -> list[bytes]:
    """Return every hash under which `text` may be stored as a phone number, an address or a name on Telegram."""
    channels = (Contact.Channel.PHONE, Contact.Channel.EMAIL, Contact.Channel.TELEGRAM)
    forms = dict.fromkeys(_normal(channel, text, region) for channel in channels)
    return [each for form in forms if form for each in keyed_hashes(HASHED_AS, form)]


def _normal(channel: str, value: str, region: str | None) -> str:
    if channel == Contact.Channel.EMAIL:
        return normal_email(value)
    if channel == Contact.Channel.TELEGRAM and any(letter.isalpha() for letter in value):
        return value.strip().lstrip("@").casefold()
    return normal_phone(value, region)
