"""What a report is asked for. The address holds it, so that a report can be opened again and its file is of the same."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.reports.readers import Reader, Whose
from casework.reports.table import Table
from casework.web.forms.layouts import fields_only

WHOSE = [(Whose.OWN, _("our own teams")), (Whose.OTHERS, _("all other teams"))]


class ReportForm(forms.Form):
    """Fields that are left empty mean what `usual` says; a form that was not sent asks for the usual."""

    helper = fields_only()

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data or None)
        self.reader = reader
        if reader.may_choose:
            self.fields["whose"] = forms.ChoiceField(label=_("Figures of"), choices=WHOSE, required=False)

    @property
    def is_readable(self) -> bool:
        """Whether there is a report to be shown: nothing was asked, or all that was can be understood."""
        return not self.is_bound or self.is_valid()

    @property
    def whose(self) -> Whose:
        return Whose(self.chosen("whose") or self.reader.usual)

    def chosen(self, name: str, usual: Any = None) -> Any:
        value = self.cleaned_data.get(name) if self.is_bound and self.is_valid() else None
        return usual if value in (None, "", []) else value


class FileForm(forms.Form):
    """In which shape a report is taken along: all of its tables, or one of them as text."""

    format = forms.CharField()
    with_hxl = forms.BooleanField(label=_("With a row of HXL tags"), required=False)

    def __init__(self, data: Any, *, tables: list[Table]) -> None:
        super().__init__(data)
        self.tables = tables

    def clean_format(self) -> str:
        """Return "xlsx", "pdf" or "csv"; the last keeps in `tables` the one that is asked for, such as "csv.by_site"."""
        shape, _dot, key = str(self.cleaned_data["format"]).partition(".")
        if shape == "csv":
            self.tables = [table for table in self.tables if key in {"", table.key}][:1]
        elif key:
            shape = ""
        if shape not in {"xlsx", "pdf", "csv"} or not self.tables:
            raise forms.ValidationError(_("Choose in which shape you want the report."))
        return shape
