"""Does a document number look as such numbers do? A doubt warns, and never refuses."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from casework.lib.number_masks import example_of

from .models import Document, DocumentType


def doubt_about(document: Document, types: Iterable[DocumentType] | None = None) -> str:
    """Return the sentence that says how numbers of this document look, "" if it looks so or nobody knows.

    `types` saves the question to the database where many documents are looked at.
    """
    number = str(document.number or "")
    if not number:
        return ""
    asked = DocumentType.objects.in_use().of(document.country, document.kind) if types is None else types
    known = [each for each in asked if each.masks and (each.country, each.kind) == (document.country, document.kind)]
    if not known or any(each.fits(number) for each in known):
        return ""
    examples = [example_of(mask) for each in known for mask in each.masks]
    return _("Numbers of this document usually look like %(examples)s. Look at it again; it may stay as it is.") % {
        "examples": _(" or ").join(examples)
    }


def doubts_about(documents: Iterable[Document]) -> dict[str, str]:
    """Return the doubts about many documents by id, in one query."""
    rows = list(documents)
    types = list(DocumentType.objects.in_use().filter(country__in={row.country for row in rows}))
    return {str(row.pk): doubt for row in rows if (doubt := doubt_about(row, types))}
