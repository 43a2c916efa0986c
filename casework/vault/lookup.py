"""Exact search on what is encrypted: keyed hashes of document numbers, phone numbers and e-mail addresses.

Only for values that many people do not share: a hash shows which rows are equal. Never for dates of birth or countries.
"""

import hashlib
import hmac
import unicodedata

import phonenumbers

from casework.lib.number_masks import capitals_and_digits
from casework.vault.keys import NamedKey, provider

HASH_BYTES = 16
TAG_BYTES = 4


def keyed_hash(field_name: str, normalised: str) -> bytes:
    """Return the hash to store: which key of the key file, in 4 bytes, and 12 bytes of HMAC-SHA256 under its key for this field."""
    return _hash(provider().hash_keys(field_name)[0], normalised)


def keyed_hashes(field_name: str, normalised: str) -> list[bytes]:
    """Return the hashes to search for: also under older keys, while a rotation goes on.

    And those of rows from before a hash said which key it is of, until a rotation has reached them.
    """
    keys = provider().hash_keys(field_name)
    return [_hash(key, normalised) for key in keys] + [_hmac(key, normalised)[:HASH_BYTES] for key in keys]


def tag_of(key_id: str) -> bytes:
    """Return how hashes under a key of the key file begin."""
    return hashlib.sha256(f"lookup key|{key_id}".encode()).digest()[:TAG_BYTES]


def normal_phone(text: str, region: str | None = None) -> str:
    """Return a phone number as `+996555123456`. `region` (ISO code) reads numbers written without a country code.

    A number that cannot be read is not refused: its digits are returned, with the plus if it had one.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(folded, region)
    except phonenumbers.NumberParseException:
        return _digits(folded)
    if not phonenumbers.is_possible_number(number):
        return _digits(folded)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_document_number(text: str) -> str:
    """Return a document number in capitals without spaces and punctuation, Cyrillic look-alikes as Latin letters."""
    return capitals_and_digits(text)


def normal_email(text: str) -> str:
    """Return an e-mail address in lower case without spaces around it, the domain in its ASCII form."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    local, at, domain = folded.rpartition("@")
    if not at:
        return folded
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return folded
    return f"{local}@{domain}"


def _digits(text: str) -> str:
    digits = "".join(character for character in text if character.isdecimal())
    return f"+{digits}" if text.startswith("+") else digits


def _hash(key: NamedKey, normalised: str) -> bytes:
    return (tag_of(key.id) + _hmac(key, normalised))[:HASH_BYTES]


def _hmac(key: NamedKey, normalised: str) -> bytes:
    return hmac.digest(key.key, normalised.encode(), "sha256")
