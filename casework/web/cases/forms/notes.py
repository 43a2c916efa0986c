"""The form of a note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Note
from casework.web.forms.layouts import fields_only, stacked

from .rows import RowForm

# Closing and reopening write their own.
KINDS = [each for each in Note.Kind.choices if each[0] != Note.Kind.CLOSING]


class NoteForm(RowForm):
    """What staff write down about a case; `id` keeps one that is sent twice from being written twice."""

    text = forms.CharField(label=_("Note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial=Note.Kind.NOTE)
    pinned = forms.BooleanField(label=_("Keep it on top"), required=False)

    helper = fields_only()


def note_page(form: NoteForm) -> NoteForm:
    """Return the form with a button of its own, for a page that has nothing else."""
    form.helper = stacked(_("Add this note"))
    return form
