"""Forms of imports: a file, what its columns hold, the cells of one row."""

import io
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.clients.models import Import, ImportRow
from casework.lib.ids import new_id
from casework.lifecycle.importing.columns import BY_CODE, COLUMNS
from casework.web.forms.layouts import fields_only, stacked

MOST_MEGABYTES = 10


class TableField(forms.FileField):
    """A CSV or XLSX file; what is in it is looked at when it is read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["accept"] = ".csv,.xlsx,text/csv"

    def clean(self, data: Any, initial: Any = None) -> io.BytesIO:
        if not data:
            raise forms.ValidationError(_("Choose a file."), code="required")
        if getattr(data, "is_too_big", False) or data.size > MOST_MEGABYTES * 1_000_000:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Import it in parts.") % {"most": MOST_MEGABYTES}, code="too_big"
            )
        return io.BytesIO(data.read())


class BringInForm(forms.Form):
    """Which table, and into which team its people come."""

    submit_token = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    file = TableField(label=_("Table of people"), help_text=_("CSV, XLSX or an export of KoboToolbox, at most 10 MB."))
    team = forms.ModelChoiceField(
        label=_("Team"),
        help_text=_("Its members will see the people of the table."),
        queryset=Team.objects.none(),
        empty_label=None,
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # a choice of rows
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.initial.setdefault("team", teams[0].pk)
        self.helper = stacked(_("Look at this table"))


class CorrectedForm(forms.Form):
    """The rows that were handed out, corrected."""

    file = TableField(
        label=_("The corrected table"),
        help_text=_("The table that you took from here: keep its columns and their names."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = fields_only()


class ColumnsForm(forms.Form):
    """What each column holds; the fields are numbered, because headings may be anything."""

    day_order = forms.ChoiceField(
        label=_("Days such as 05/12/2026"),
        help_text=_("Look in your table for a number above 12: it is the day. The wrong order moves every date."),
        choices=Import.DayOrder.choices,
        required=False,
    )

    def __init__(self, *args: Any, of: Import, samples: list[list[str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("leave this column out")), *((column.code, column.label) for column in COLUMNS)]
        for number, heading in enumerate(of.headings):
            shown = [row[number] for row in samples if number < len(row) and row[number]]
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                required=False,
                initial=of.columns[number],
                help_text=" · ".join(text[:40] for text in shown[:2]),
            )
        self.initial["day_order"] = of.day_order
        self.order_fields([name for name in self.fields if name != "day_order"])
        self.helper = stacked(_("Check the rows"))
        self.number = len(of.headings)

    def columns(self) -> list[str]:
        return [self.cleaned_data[f"column{number}"] for number in range(self.number)]


class RowForm(forms.Form):
    """The cells of one row under the columns that are taken."""

    def __init__(self, *args: Any, of: Import, row: ImportRow, **options: Any) -> None:
        super().__init__(*args, **options)
        wrong = row.problems or {}
        codes = [code for code in of.columns if code]
        for code in (*codes, *(code for code in wrong if code in BY_CODE and code not in codes)):
            cell = row.cells[of.columns.index(code)] if code in codes else ""
            self.fields[code] = forms.CharField(
                label=str(BY_CODE[code].label),
                required=False,
                max_length=4000,
                initial="" if cell.startswith("\ue000") else cell,
                help_text=wrong.get(code, ""),
                disabled=code not in codes,
                widget=forms.Textarea(attrs={"rows": 2}) if code == "note" else forms.TextInput(),
            )
        self.order_fields([*(code for code in wrong if code in self.fields), *codes])
        self.helper = stacked(_("Check this row again"))
