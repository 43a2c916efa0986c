"""The forms of what has been written already: corrected, struck."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Note
from casework.clients.models.note import LONGEST_NOTE
from casework.web.cases.forms.notes import KINDS, AboutForm
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import stacked


class CorrectNoteForm(AboutForm):
    """What a note says. One about a call keeps its kind and may do without words."""

    text = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 6}))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)

    field_order = ("text", "kind", "outcome", "people", "happened_on", "happened_time")
    helper = stacked(_("Correct this note"))

    def __init__(self, *args: Any, note: Note, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if note.outcome:
            labels = dict(Note.Outcome.choices)
            fields["outcome"].choices = [(each.value, labels[each]) for each in Note.OUTCOMES[Note.Kind(note.kind)]]
            fields["text"].required = False
            del fields["kind"]
        else:
            del fields["outcome"]

    @staticmethod
    def initial_of(row: Note) -> dict[str, Any]:
        """Return what the form shows of a note."""
        names = ("text", "kind", "outcome", "happened_on", "happened_time", "version")
        about = [str(pk) for pk in row.about.values_list("client", flat=True)]
        return {name: getattr(row, name) for name in names} | {"people": about}


class StrikeNoteForm(RowForm):
    strike_reason = forms.CharField(
        label=_("Why does it not hold?"),
        help_text=_("The note stays readable, struck through, with this reason and your name."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    helper = stacked(_("Strike this note"), danger=True)

    @staticmethod
    def initial_of(row: Note) -> dict[str, Any]:
        """Return what the form shows of a note."""
        return {"version": row.version, "strike_reason": row.strike_reason or ""}
