"""What holds for these pages: one factor is enough."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
