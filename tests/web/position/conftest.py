"""The clock of the pages about positions stands still."""

from tests.web.deadlines.conftest import browser, clock, worker

__all__ = ["browser", "clock", "worker"]
