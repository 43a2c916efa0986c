"""What the vault refuses is a page that says where and what to do, and changes nothing."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client as Browser

from casework.audit.models import Event
from casework.clients.models import Client
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client

pytestmark = pytest.mark.django_db


def test_an_altered_name_is_not_shown_and_the_page_says_where(
    client: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    user = make_user()
    person = make_client(case=make_case(team=team_of(user), caseworker=user), by=user)
    with connection.cursor() as cursor:
        table = Client._meta.db_table
        cursor.execute(f"UPDATE {table} SET family_name = set_byte(family_name, 20, get_byte(family_name, 20) # 1)")
    client.force_login(user)
    before = Event.objects.count()

    answer = client.get(f"/cases/{person.case.code}/")

    assert answer.status_code == 500
    assert f"clients.Client {person.pk} family_name" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert "does not authenticate: clients.Client" in caplog.text
    assert Event.objects.count() == before


def test_without_its_key_file_the_application_shows_no_people(
    client: Browser, settings: LazySettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    user = make_user()
    person = make_client(case=make_case(team=team_of(user), caseworker=user), by=user)
    client.force_login(user)
    settings.KEY_FILE = tmp_path / "gone.json"

    answer = client.get(f"/cases/{person.case.code}/")

    assert answer.status_code == 503
    assert person.case.code not in answer.content.decode()
    assert "key file" in caplog.text
