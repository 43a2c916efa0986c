"""What must never be of an import, the database refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.clients.models import Import, ImportRow
from tests.factories.accounts import NOW
from tests.factories.clients import make_case

from .tables import GOOD, brought_in, csv_of

pytestmark = pytest.mark.django_db


def refused(constraint: str, rows: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def test_an_import_that_is_taken_back_has_its_time_and_one_under_way_its_job() -> None:
    brought_in(csv_of([GOOD]))

    refused("import_undone_has_its_time", Import.objects.all(), stage="undone")
    refused("import_undone_has_its_time", Import.objects.all(), undone_at=NOW)
    refused("import_under_way_has_its_job", Import.objects.all(), stage="importing")


def test_a_row_is_imported_at_a_time_and_only_then_has_a_case() -> None:
    brought_in(csv_of([GOOD, GOOD]))
    rows = ImportRow.objects.filter(number=3)

    refused("import_row_imported_has_its_time", rows, state="imported")
    refused("import_row_imported_has_its_time", rows, imported_at=NOW)
    refused("import_row_only_what_is_imported_has_a_case", rows, case=make_case())
    refused("import_row_once", rows, number=2, family=2)
    refused("import_row_family_comes_first", rows, family=4)
