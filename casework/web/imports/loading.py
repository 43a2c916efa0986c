"""Imports and their rows, as far as the user may see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from casework.clients.models import Import, ImportRow
from casework.web.request import UserRequest


def visible_import(request: UserRequest, import_id: UUID, now: datetime) -> Import:
    rows: Any = Import.objects.visible_to(request.user, now).select_related("team", "by__data_key", "job", "data_key")
    found: Import = get_object_or_404(rows, pk=import_id)
    return found


def row_of(of: Import, number: int) -> ImportRow:
    """Return a row that says something still."""
    row: ImportRow = get_object_or_404(ImportRow.objects.select_related("data_key", "of"), of=of, number=number)
    if row.cells is None:
        raise Http404
    return row
