"""Exact search among contacts: what is stored and what is looked for have one normal form."""

from collections.abc import Iterator

from django.db.models import Q

from casework.accounts.models import Team
from casework.vault.lookup import keyed_hash, keyed_hashes, normal_email, normal_phone

from .models import Contact, NeverContact

# Names the derived key. Changing it makes every stored hash useless.
HASHED_AS = "clients.Contact.value"
# What is looked for among contacts, and as what.
AS_CHANNEL = {
    NeverContact.Kind.NUMBER: Contact.Channel.PHONE,
    NeverContact.Kind.EMAIL: Contact.Channel.EMAIL,
    NeverContact.Kind.TELEGRAM: Contact.Channel.TELEGRAM,
}


def hash_to_store(channel: str, value: str, region: str | None) -> bytes | None:
    """Return the keyed hash of a contact, None where there is nothing to look up.

    `region` (ISO code) reads numbers that are written without their country code.
    """
    return None if _is_no_line(channel, value) else keyed_hash(HASHED_AS, _normal(channel, value, region))


def hashes_to_find(text: str, region: str | None) -> list[bytes]:
    """Return every hash under which `text` may be stored as a phone number, an address or a name on Telegram."""
    channels = (Contact.Channel.PHONE, Contact.Channel.EMAIL, Contact.Channel.TELEGRAM)
    forms = dict.fromkeys(_normal(channel, text, region) for channel in channels)
    return [each for form in forms if form for each in keyed_hashes(HASHED_AS, form)]


def answers_from(sender: str) -> Q:
    """Return the condition that a contact is the number, the address or the Telegram chat from which an answer came.

    The number of a chat says no country, and was stored as if it were a telephone number of the country of some team.
    """
    told = Q(value_hash__in=hashes_to_find(sender, None))
    if not sender.strip().isdecimal():
        return told
    forms = {_normal(Contact.Channel.TELEGRAM, sender, country) for country in _countries()}
    chat = [each for form in sorted(forms) for each in keyed_hashes(HASHED_AS, form)]
    return told | Q(channel=Contact.Channel.TELEGRAM, value_hash__in=chat)


def is_same_line(one: Contact, other: Contact, region: str | None) -> bool:
    """Whether both lead to the same number or address by the same channel, however it is written."""
    if one.channel != other.channel:
        return False
    return _normal(one.channel, one.value, region) == _normal(other.channel, other.value, region)


def forms_of_contact(contact: Contact) -> Iterator[str]:
    """Yield the forms of which a contact may hold the hash: read as of the country of its team, or of an earlier one."""
    if not _is_no_line(contact.channel, contact.value):
        for region in _regions(contact.client.case.team.country):
            yield _normal(contact.channel, contact.value, region)


def forms_of_never_contact(entry: NeverContact) -> Iterator[str]:
    """Yield the forms of which an entry of the never-contact list may hold the hash."""
    channel = AS_CHANNEL.get(NeverContact.Kind(entry.kind))
    if channel is not None and not _is_no_line(channel, entry.value):
        for region in _regions(entry.case_of_it.team.country):
            yield _normal(channel, entry.value, region)


def _regions(first: str) -> Iterator[str]:
    yield first
    yield from (country for country in _countries() if country != first)


def _countries() -> Iterator[str]:
    yield from Team.objects.order_by("country").values_list("country", flat=True).distinct()


def _is_no_line(channel: str, value: str) -> bool:
    """Return whether there is nothing to look up. What has been erased has nothing."""
    return not value or not value.strip() or channel in (Contact.Channel.IN_PERSON, Contact.Channel.OTHER)


def _normal(channel: str, value: str, region: str | None) -> str:
    if channel == Contact.Channel.EMAIL:
        return normal_email(value)
    if channel == Contact.Channel.TELEGRAM and any(letter.isalpha() for letter in value):
        return value.strip().lstrip("@").casefold()
    return normal_phone(value, region)
