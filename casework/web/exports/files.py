"""Files in three shapes, and how they are handed over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.reports import csv, pdf, xlsx
from casework.reports.table import About, Table
from casework.web.cases.forms.intake import in_short
from casework.web.templatetags.days import instant


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


def about_file(title: str, user: User, now: datetime, notes: Sequence[str] = ()) -> About:
    """Return what stands on a file that this user takes along now, in the language and the zone in force."""
    zone = timezone.localtime(now).tzname() or ""
    return About(
        title=title,
        language=get_language() or "en",
        at=timezone.localtime(now),
        mark=f"{in_short(user)} · {instant(now)} {zone}".strip(),
        notes=notes,
        page=_("Page %(number)s of %(total)s"),
    )


def pieces_of(format: str, table: Table, about: About, *, with_hxl: bool) -> Iterator[bytes]:
    """Yield one table as a file. Raises OverflowError for more rows than the format holds."""
    match format:
        case "xlsx":
            yield from xlsx.xlsx_pieces([table], about, with_hxl=with_hxl)
        case "csv":
            yield from csv.csv_pieces(table, with_hxl=with_hxl)
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
