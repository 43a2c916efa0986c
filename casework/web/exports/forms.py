"""In which shape something is taken along."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.reports.models import Export


class ExportListForm(forms.Form):
    format = forms.ChoiceField(choices=Export.Format)
    with_hxl = forms.BooleanField(label=_("With a row of HXL tags"), required=False)
