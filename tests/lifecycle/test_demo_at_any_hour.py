"""The demo begins at every hour: also while it is tomorrow already in one of its towns and not yet in another."""

from datetime import UTC, datetime

import pytest

from casework.clients.models import Case
from casework.lifecycle.demo.build import load_demo
from casework.residency import reference
from casework.residency.load import load, recorded_places
from casework.residency.rules.reference import read_reference

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "hour", [19, *(pytest.param(hour, marks=pytest.mark.slow) for hour in (0, 6, 12, 16, 17, 18, 20, 21, 23))]
)
def test_the_demo_is_loaded_whatever_the_hour(hour: int) -> None:
    now = datetime(2026, 11, 27, hour, 45, tzinfo=UTC)
    load(reference=read_reference(reference.shipped_files(), known=recorded_places()), now=now)

    load_demo(now=now)

    assert Case.objects.count() > 20
