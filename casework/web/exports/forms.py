"""In which shape something is taken along."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.reports.models import Export
from casework.web.forms.layouts import stacked

from .case_parts import PARTS


class ExportListForm(forms.Form):
    format = forms.ChoiceField(choices=Export.Format)
    with_hxl = forms.BooleanField(label=_("With a row of HXL tags"), required=False)


class ExportCaseForm(forms.Form):
    """What of a case is taken along, and what for: the purpose is kept in the audit as a code."""

    parts = forms.MultipleChoiceField(
        label=_("What of it"),
        choices=[(part.key, part.label) for part in PARTS],
        initial=[part.key for part in PARTS if not part.is_sensitive],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Ways to reach them, addresses, notes, and what they need, get and agreed to are left out unless you tick them."
        ),
    )
    in_full = forms.BooleanField(
        label=_("Names, days of birth and numbers of documents in full"),
        help_text=_("Otherwise people appear by initials and reference."),
        required=False,
    )
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=[
            ("lawyer", _("for a lawyer")),
            ("handover", _("for a colleague who takes over")),
            ("person", _("the person asked for it")),
            ("authority", _("for an authority, with the person's agreement")),
            ("partner", _("for a partner organisation, with the person's agreement")),
            ("meeting", _("for a meeting in the team")),
            ("other", _("another reason")),
        ],
        widget=forms.RadioSelect,
    )
    format = forms.ChoiceField(
        label=_("In which shape"),
        choices=[
            ("pdf", _("to print (PDF)")),
            ("xlsx", _("spreadsheet (XLSX)")),
            ("zip", _("text tables (CSV in a ZIP)")),
        ],
        initial="pdf",
        widget=forms.RadioSelect,
    )

    helper = stacked(_("Take this case along"))
