"""Each process has an index of names in its memory; what one web process records, another one finds at once."""

import os
import subprocess
import sys
from uuid import UUID

import pytest

from casework.clients.models import ErasedPerson
from tests.databases import database_url
from tests.factories.clients import make_client

# Answers each line, a name and an id, with whether the index of this process finds that person by that name.
OTHER = """
import sys
from uuid import UUID
import django; django.setup()
from casework.clients.names import names
from casework.lib.names import Query
for line in sys.stdin:
    name, pk = line.split()
    print(len(names.search(Query.parse(name, None), [UUID(pk)], 1)), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_what_one_process_records_another_finds_at_its_next_search() -> None:
    first = make_client(family_name="Первый")
    environment = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "casework.config.settings"}
    command = [sys.executable, "-c", OTHER]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:

        def finds(name: str, pk: UUID) -> bool:
            assert other.stdin is not None
            assert other.stdout is not None
            other.stdin.write(f"{name} {pk}\n")
            other.stdin.flush()
            return other.stdout.readline() == "1\n"

        assert finds("Первый", first.pk)  # it has loaded its index now
        client = make_client(family_name="Выдуманский")
        assert finds("Выдуманский", client.pk)
        pk = client.pk
        client.delete()
        ErasedPerson.objects.create(pk=pk)  # as an erasure leaves it
        assert not finds("Выдуманский", pk)
        other.stdin.close()  # type: ignore[union-attr]  # it is a pipe
