"""Identifiers that nobody can guess: of rows (in URLs) and of people (spoken on the phone)."""

import secrets
import uuid

# No vowels, so that no word appears; no 0, 1, L (and no O, I), which people mistake for each other.
REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
REFERENCE_LENGTH = 6


def new_id() -> uuid.UUID:
    """Return 128 random bits. (`uuid4` fixes six of them.)"""
    return uuid.UUID(bytes=secrets.token_bytes(16))


def new_reference() -> str:
    """Return a random public reference such as `K7Q-3F9`: one of 387 million, so the caller retries when it is taken."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
    return f"{letters[:3]}-{letters[3:]}"
