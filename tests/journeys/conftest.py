"""Whole journeys: a real server, a real browser and committed rows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from casework.residency.load import load
from casework.residency.reference import shipped_files
from casework.residency.rules.reference import read_reference
from tests.browser import Visitor, browser

__all__ = ["browser"]

Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Any, live_server: LiveServer, settings: LazySettings) -> Iterator[Visit]:
    """Open a browser of its own for somebody. Nothing may have complained by the end, on no page."""
    settings.SECOND_FACTOR_REQUIRED = False
    visitors: list[Visitor] = []

    def begin(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, live_server.url, **options))
        return visitors[-1]

    yield begin
    troubles = [trouble for visitor in visitors for trouble in visitor.page.troubles]
    for visitor in visitors:
        visitor.leave()
    assert troubles == []


@pytest.fixture
def reference_rules(transactional_db: None) -> None:
    """The rules of Kazakhstan that come along, read and loaded as at a first start."""
    files = {name: content for name, content in shipped_files().items() if name in ("places.toml", "rules/kz.toml")}
    report = load(reference=read_reference(files), now=timezone.now())
    assert report.added
    assert not report.refused
