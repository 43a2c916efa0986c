"""What comes along: the document types of the countries where the first users and their clients are."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from casework.documents.models import DocumentType

FILE = Path(__file__).with_name("types.toml")


def shipped_types() -> list[dict[str, Any]]:
    """Return the entries of the reference file, as the columns of a type."""
    with FILE.open("rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file)["type"]
    return entries


@transaction.atomic
def load_types() -> int:
    """Add the entries that never were in the list; return how many. What was changed or retired since stays so."""
    known = set(DocumentType.objects.filter(code__isnull=False).values_list("code", flat=True))
    new = [DocumentType(**entry) for entry in shipped_types() if entry["code"] not in known]
    # An organisation may have added the same by hand before it came along.
    return len(DocumentType.objects.bulk_create(new, ignore_conflicts=True))
