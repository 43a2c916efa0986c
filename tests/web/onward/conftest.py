"""The clock of the pages about going on stands still."""

from tests.web.deadlines.conftest import browser, clock, signed_in, worker

__all__ = ["browser", "clock", "signed_in", "worker"]
