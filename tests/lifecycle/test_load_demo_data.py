"""The command that loads the demo keeps away from an installation that is in use."""

import pytest
from django.core.management import CommandError, call_command

from casework.clients.models import Case
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def test_it_leaves_an_installation_with_people_alone() -> None:
    make_user()

    with pytest.raises(CommandError, match="not those of the demo"):
        call_command("load_demo_data")

    assert not Case.objects.exists()
