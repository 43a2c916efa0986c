"""Asking for files and reading them, for the tests of what leaves."""

import csv
import io
from typing import Any

import openpyxl
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.reports.csv import MARK, unguarded
from casework.reports.models import Export
from casework.web.exports.work import carry_out


def take(browser: Browser, key: str, *, query: str = "", format: str = "xlsx", **more: str) -> Any:
    address = reverse("export_list", args=[key]) + (f"?{query}" if query else "")
    return browser.post(address, {"format": format, **more})


def content_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer
    assert answer["Content-Disposition"].startswith("attachment;")
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows_of(answer: Any) -> list[dict[str, Any]]:
    """The rows of the first sheet of a workbook, each by the labels of its columns."""
    sheet = openpyxl.load_workbook(io.BytesIO(content_of(answer))).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def lines_of(answer: Any) -> list[list[str]]:
    """The lines of a text table, without the marks that keep them from being formulas and without its foot."""
    text = content_of(answer).decode().removeprefix(MARK)
    lines = [[unguarded(cell) for cell in line] for line in csv.reader(io.StringIO(text, newline=""))]
    foot = lines.pop()
    assert " · " in foot[0]
    assert not any(foot[1:])
    return lines


def make_export(browser: Browser, key: str = "cases", **asked: Any) -> Export:
    """Ask for a list that is long, and let a worker write it."""
    answer = take(browser, key, **asked)
    assert answer.status_code == 302, answer.content
    export = Export.objects.latest("created_at")
    assert answer["Location"] == reverse("export", args=[export.pk])
    carry_out(export_id=export.pk, clock=timezone.now)
    export.refresh_from_db()
    return export


def fetch(browser: Browser, export: Export) -> Any:
    return browser.get(reverse("fetch_export", args=[export.pk]))
