"""Exact search among document numbers: what is stored and what is looked for have one normal form."""

from casework.vault.lookup import keyed_hash, keyed_hashes, normal_document_number

from .models import Document

# Names the derived key. Changing it makes every stored hash useless.
HASHED_AS = "documents.Document.number"


def number_hash(number: str) -> bytes | None:
    """Return the keyed hash by which a document number is found, None for no number."""
    normal = normal_document_number(number)
    return keyed_hash(HASHED_AS, normal) if normal else None


def forms_of_document(document: Document) -> list[str]:
    """Return the form of which a document holds the hash."""
    return [normal_document_number(document.number)] if document.number else []


def hashes_to_find(text: str) -> list[bytes]:
    """Return every hash under which a document of this number may be stored."""
    normal = normal_document_number(text)
    return keyed_hashes(HASHED_AS, normal) if normal else []
