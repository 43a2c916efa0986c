"""Files in three shapes, and how they are handed over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.accounts.access import permissions_and_teams_of
from casework.accounts.models import User
from casework.reports import csv, pdf, xlsx
from casework.reports.table import About, Column, Table
from casework.web.marks import mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    ending: str
    type: str


SHAPES = {
    "xlsx": Shape(ending="xlsx", type=xlsx.TYPE),
    "csv": Shape(ending="csv", type=csv.TYPE),
    "pdf": Shape(ending="pdf", type=pdf.TYPE),
    "zip": Shape(ending="zip", type="application/zip"),
}


def about_file(
    title: str, user: User, now: datetime, notes: Sequence[str] = (), *, teams: Sequence[str] | None = None
) -> About:
    """Return what stands on a file that this user takes along now, in the language and the zone in force.

    teams: whose people it is about; left out, the teams of the user.
    """
    return About(
        title=title,
        language=get_language() or "en",
        at=timezone.localtime(now),
        mark=mark_of(user, permissions_and_teams_of(user, now)[1] if teams is None else teams, now),
        notes=notes,
        page=_("Page %(number)s of %(total)s"),
    )


def about_table(about: About) -> Table:
    """Return what a printed page says in its margin: what this is, who took it when, and what for or filtered by what."""
    columns = (Column(key="about", label=_("About this file"), width=60),)
    rows = [(about.title,), (about.mark,), *((note,) for note in about.notes)]
    return Table(key="about", title=_("About this file"), columns=columns, rows=rows)


def pieces_of(format: str, table: Table, about: About, *, with_hxl: bool) -> Iterator[bytes]:
    """Yield one table as a file. Raises OverflowError for more rows than the format holds."""
    match format:
        case "xlsx":
            yield from xlsx.xlsx_pieces([table, about_table(about)], about, with_hxl=with_hxl)
        case "csv":
            yield from csv.csv_pieces(table, with_hxl=with_hxl, foot=about.mark)
        case _:
            yield pdf.pdf_of([table], about)


def handed_over(
    content: bytes | Iterable[bytes], *, name: str, format: str, now: datetime, size: int | None = None
) -> HttpResponse | StreamingHttpResponse:
    """Answer with a file to be kept. Its name says what it is and of which day, and names nobody."""
    shape = SHAPES[format]
    answer: HttpResponse | StreamingHttpResponse
    if isinstance(content, bytes):
        answer = HttpResponse(content, content_type=shape.type)
    else:
        answer = StreamingHttpResponse(content, content_type=shape.type)
        answer["Content-Length"] = str(size)
    day = timezone.localtime(now).date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.{shape.ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
