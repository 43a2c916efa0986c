"""How far a long piece of work is, on one line that is written over; nothing where nobody watches."""

import sys
import time
from types import TracebackType
from typing import Self

EVERY = 0.5  # seconds
WIDTH = 30


class Progress:
    """A bar with a share, a speed and what is left of the time. It goes to the standard error of a terminal only."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.began = self.said_at = time.perf_counter()
        self.is_seen = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.is_seen:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def advance(self, by: int) -> None:
        self.done += by
        now = time.perf_counter()
        if self.is_seen and now - self.said_at >= EVERY:
            self.said_at = now
            print(f"\r\x1b[K{self.line(now)}", end="", file=sys.stderr, flush=True)

    def line(self, now: float) -> str:
        share = self.done / self.total if self.total else 1.0
        speed = self.done / max(now - self.began, 1e-9)
        left = (self.total - self.done) / speed if speed else 0.0
        bar = "#" * int(WIDTH * share)
        return f"{self.what} [{bar:<{WIDTH}}] {share:4.0%}, {speed:,.0f} a second, {left:,.0f} s left"
