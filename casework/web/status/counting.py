"""Counts requests for Prometheus: by page, method and kind of answer, with their time and queries. Nothing of who asked for whom.

A page stands by its name in the URLconf, never by its address. Each process of the web server keeps its counts in a folder that
all processes of one server share, so that whichever is asked tells those of all. Without METRICS_TOKEN nothing is counted and
the library is not even loaded.
"""

import contextlib
import os
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# So many processes of one server may have ended before what the oldest counted is given up.
ENDED_AT_MOST = 64


class CountRequestsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.METRICS_TOKEN:
            return self.get_response(request)
        counts, queries, began = request_counts(), QueryCount(), time.perf_counter()
        with connection.execute_wrapper(queries):
            response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match is not None else "none"
        method = request.method if request.method in METHODS else "other"
        counts.requests.labels(view, method, f"{response.status_code // 100}xx").inc()
        counts.seconds.labels(view).observe(time.perf_counter() - began)
        counts.queries.labels(view).inc(queries.count)
        return response


class QueryCount:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 (Django's signature)
        self.count += 1
        return execute(sql, params, many, context)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    requests: "Counter"
    seconds: "Histogram"
    queries: "Counter"
    folder: Path

    def registry(self) -> "CollectorRegistry":
        """Return what all processes of this server have counted."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call]  # as the library has it
        return registry


@lru_cache(maxsize=1)
def request_counts() -> RequestCounts:
    folder = folder_of_server(Path(settings.DATA_DIR) / "metrics")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read when the library is loaded, and only then
    from prometheus_client import CollectorRegistry, Counter, Histogram

    own = CollectorRegistry()  # the library's own would tell of this one process besides
    return RequestCounts(
        requests=Counter("casework_requests", "Requests", ["view", "method", "status"], registry=own),
        seconds=Histogram("casework_request_seconds", "Time to answer", ["view"], buckets=SECONDS, registry=own),
        queries=Counter("casework_request_queries", "Queries of requests", ["view"], registry=own),
        folder=folder,
    )


def folder_of_server(root: Path) -> Path:
    """Return the folder of the server of which this process is one, and remove those of servers of this machine that are gone.

    Processes of one server have the same parent. Where its number is another's by now, the time at which it began differs.
    """
    machine, parent = socket.gethostname(), os.getppid()
    folder = root / f"{machine}-{parent}-{_began(parent)}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in root.glob(f"{machine}-*-*"):
        _machine, number, began = other.name.rsplit("-", 2)
        if other != folder and _began(int(number)) != began:
            shutil.rmtree(other, ignore_errors=True)
    ended = [file for file in folder.glob("*.db") if not Path(f"/proc/{_number_of(file)}").exists()]
    for file in sorted(ended, key=lambda it: it.stat().st_mtime)[:-ENDED_AT_MOST]:
        file.unlink(missing_ok=True)
    return folder


def _number_of(file: Path) -> str:
    return file.stem.rsplit("_", 1)[-1]


def _began(number: int) -> str:
    """Return when a process began, in ticks since the machine did; "0" where there is none."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    return "0"
