"""What reports about the reader's own teams share: they are exact, and of nobody else."""

from typing import Any

from casework.reports.readers import Reader
from casework.reports.table import Column, Kind

from .forms import ReportForm


class OwnReportForm(ReportForm):
    """Whose figures is not asked: whoever reads others too still reads these of their own teams."""

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        self.fields.pop("whose", None)


def numbers(*columns: tuple[str, str, str]) -> list[Column]:
    """Return columns of numbers, each told by key, label and HXL tag."""
    return [Column(key=key, label=label, kind=Kind.NUMBER, width=10, hxl=hxl) for key, label, hxl in columns]
