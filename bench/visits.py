"""Visits to pages, as a browser makes them and without one: what a page asks of the database, weighs and takes.

`Visitor.weighed` is one visit, looked at; `Visitor.seconds` times the view of a page without its rendering. A page that looks for
what it shows only while it is rendered is rendered twice: what the second takes, where all has been found and opened, is
rendering, and the rest counts for the view.
"""

import gzip
import html
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import Template
from django.test import Client as Browser
from django.test import override_settings

from casework.accounts.models import User

# What a page fetches by itself, by its place below the static files, and what a style sheet fetches.
ASSET = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="/static/([^"#]+)')
URL = re.compile(r"""url\(["']?(?!data:|#)([^"')]+)""")
TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page took: how many queries, audit and session included, and bytes of its document, compressed."""

    queries: int
    bytes: int


class Timer:
    """The innermost middleware: times each view, and how long its templates take once everything has been found."""

    view_seconds = 0.0
    rendering_seconds = 0.0

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse:
        Timer.rendering_seconds = 0.0
        began = time.perf_counter()
        with transaction.atomic():  # as each request is, which Django sees to only after this
            answer: HttpResponse = view(request, *args, **kwargs)
        Timer.view_seconds = time.perf_counter() - began
        return answer


class Visitor:
    """Somebody of the staff at a browser of their own."""

    def __init__(self, user: User) -> None:
        self.browser = Browser(SERVER_NAME="localhost")
        self.browser.force_login(user)

    def weighed(self, path: str, sent: Mapping[str, str] | None = None) -> Weight:
        """Visit a page and return its weight. The first visit, which may compute what is stale, is not the one."""
        self._asked(path, sent)
        queries = 0

        def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
            nonlocal queries
            queries += not sql.startswith(TRANSACTIONS)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            answer = self._asked(path, sent)
        return Weight(queries, len(gzip.compress(answer.content, 6)))

    def seconds(self, path: str, sent: Mapping[str, str] | None = None) -> float:
        """Return how long the view of a page takes, without what rendering takes. To be called within `timing`."""
        self._asked(path, sent)
        return Timer.view_seconds - 2 * Timer.rendering_seconds

    def text(self, path: str, sent: Mapping[str, str] | None = None) -> str:
        """Return what a page says, letters as they are."""
        return html.unescape(self._asked(path, sent).content.decode())

    def first_visit(self, path: str) -> int:
        """Return the bytes that a browser fetches which was never here: a page and what it names, as small as each is kept."""
        answer = self.browser.get(path, follow=True)
        named = {it.split("?")[0] for it in ASSET.findall(answer.content.decode())}
        files = [Path(settings.STATIC_ROOT, name) for name in named]
        files += [
            file.parent / name for file in files if file.suffix == ".css" for name in URL.findall(file.read_text())
        ]
        return len(gzip.compress(answer.content, 6)) + sum(_smallest(file) for file in {it.resolve() for it in files})

    def _asked(self, path: str, sent: Mapping[str, str] | None) -> Any:
        answer = self.browser.get(path) if sent is None else self.browser.post(path, sent)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        return answer


def _smallest(file: Path) -> int:
    """Return the size of a static file in the smallest form that is kept for browsers."""
    return min(it.stat().st_size for it in (file, *file.parent.glob(f"{file.name}.[bg][rz]")))


@contextmanager
def timing() -> Iterator[None]:
    """Have views timed while this lasts."""
    render = Template.render

    def twice(self: Template, context: Any = None, request: Any = None) -> Any:
        rendered = render(self, context, request)
        began = time.perf_counter()
        render(self, context, request)
        Timer.rendering_seconds += time.perf_counter() - began
        return rendered

    with (
        patch.object(Template, "render", twice),
        override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "bench.visits.Timer"]),
    ):
        yield
