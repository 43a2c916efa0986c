"""Whether the lines of a document fit the person to whom it is recorded. A family's papers lie in one heap."""

from django.utils.translation import gettext as _

from casework.clients.models import Client
from casework.documents.mrz import Reading
from casework.lib.scripts import spellings, words
from casework.web.machine_lines.wording import Note


def doubts_about_holder(reading: Reading, client: Client) -> list[Note]:
    """Return what in the lines differs from what is recorded of `client`."""
    doubts = []
    if not _could_be_born(reading, client):
        doubts.append(_("The date of birth in these lines is not the one that is recorded for this person."))
    if reading.family_name and not _shares_a_name(reading, client):
        doubts.append(_("The name in these lines is like none that is recorded for this person."))
    if reading.nationality and client.nationalities and reading.nationality not in client.nationalities:
        doubts.append(_("The nationality in these lines is not recorded for this person."))
    if doubts:
        doubts.append(_("Is this the document of somebody else in the family?"))
    return [Note(doubt, "differs") for doubt in doubts]


def _could_be_born(reading: Reading, client: Client) -> bool:
    read, known = reading.birth, client.birth
    if read is None or read.is_unknown or known.is_unknown:
        return True
    return read.day == known.day if read.day and known.day else read.year == known.year


def _shares_a_name(reading: Reading, client: Client) -> bool:
    recorded = " ".join(str(part) for part in (client.family_name, client.given_name, client.other_names) if part)
    known = _spelled(recorded)
    return not known or bool(known & _spelled(f"{reading.family_name} {reading.given_names}"))


def _spelled(name: str) -> set[str]:
    return {spelling for word in words(name) for spelling in spellings(word)}
