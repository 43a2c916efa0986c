"""Forms of scans: which files, whose paper, what it shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client
from casework.documents.models import Document, Scan
from casework.web.cases.forms.rows import RowForm
from casework.web.cases.people import nationalities_in_words
from casework.web.forms.layouts import stacked

MOST_FILES = 20


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, in the order in which they were chosen. What is in them is looked at later."""

    widget = FilesInput(attrs={"multiple": True, "accept": "image/jpeg,image/png,application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        if not data:
            raise forms.ValidationError(str(self.error_messages["required"]), code="required")
        if len(data) > MOST_FILES:
            raise forms.ValidationError(_("At most 20 files go at once. Send the rest after these."), code="too_many")
        return list(data)


class AboutScanForm(RowForm):
    """What a scan shows, and which paper on record that is."""

    document = forms.ChoiceField(label=_("Which paper"), required=False)
    kind = forms.ChoiceField(label=_("What it shows"), choices=Scan.Kind.choices, initial=Scan.Kind.IDENTITY)

    def __init__(self, *args: Any, client: Client, **options: Any) -> None:
        super().__init__(*args, **options)
        self.client = client
        rows: Any = Document.objects
        self.papers = {str(each.pk): each for each in rows.filter(client=client).newest_first()}
        choices = [(key, _in_words(each)) for key, each in self.papers.items()]
        self.fields["document"].choices = [*choices, ("", _("another paper, not on record"))]  # type: ignore[attr-defined]
        self.helper = stacked(_("Save"))

    def clean_document(self) -> Document | None:
        return self.papers.get(self.cleaned_data["document"])

    @staticmethod
    def initial_of(row: Scan) -> dict[str, Any]:
        return {
            "document": str(row.document_id or ""),
            "kind": row.kind,
            "version": row.version,
        }


class AddScanForm(AboutScanForm):
    """`id` names the scan, so that what is sent again goes into the same one; `place` is that of the first file."""

    files = FilesField(label=_("Photos or PDF"))  # type: ignore[assignment]
    place = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1000, initial=0)
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)

    field_order = ("files", "document", "kind")

    # How many pages of what was sent are kept, if other files were refused.
    kept = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["id"].required = True
        self.helper = stacked(_("Add these pages"), form_id="add-scan")
        self.helper.attrs |= {"enctype": "multipart/form-data"}


def _in_words(document: Document) -> str:
    return f"{document.get_kind_display()}, {nationalities_in_words([document.country])}"
