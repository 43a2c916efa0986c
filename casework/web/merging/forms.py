"""What is chosen of two people, field by field."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client
from casework.lifecycle.merging.looking import FIELDS, MAY_UNITE, Look, is_blank, value_of
from casework.lifecycle.merging.merge import BOTH, OWN, THEIRS, Choices
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import fields_only, stacked

CHOSEN = "chosen_"
STAYS = "stays_"


class MergeForm(RowForm):
    """`seen` says what the page showed. Each field that differs is a choice, each pair of stays in two places another."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    into = forms.UUIDField(widget=forms.HiddenInput)
    principal_here = forms.ChoiceField(
        label=_("Principal applicant of those who stay in the other case"), required=False
    )
    doubts_answered = forms.BooleanField(
        label=_("I have looked at what speaks against it: this is one person, not a twin, a brother or a sister"),
        required=False,
    )
    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("What agrees, whom you asked, what you saw."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = fields_only()

    def __init__(self, *args: Any, look: Look, shows_names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = look
        fields: dict[str, Any] = self.fields
        if not look.needs_principal:
            del fields["principal_here"]
        else:
            people = [(str(it.pk), _called(it, shows_names=shows_names)) for it in look.left_behind]
            fields["principal_here"].choices = [("", "–"), *people]
        if not look.doubts:
            del fields["doubts_answered"]
        for name in self.differing:
            own = value_of(look.into, name)
            fields[CHOSEN + name] = forms.ChoiceField(
                choices=[(it, it) for it in (OWN, THEIRS, *((BOTH,) if name in MAY_UNITE else ()))],
                initial=THEIRS if is_blank(own) else OWN,
                required=True,
            )
        for number, _clash in enumerate(look.clashes):
            fields[f"{STAYS}{number}"] = forms.ChoiceField(
                choices=[(OWN, OWN), (THEIRS, THEIRS)],
                required=False,
                label=_("Which stay holds?"),
            )

    @property
    def differing(self) -> list[str]:
        return [it for it in FIELDS if value_of(self.look.into, it) != value_of(self.look.gone, it)]

    def choices(self) -> Choices:
        """Return what was chosen, for the action."""
        data = self.cleaned_data
        set_aside: set[UUID] = set()
        for number, clash in enumerate(self.look.clashes):
            if holds := data.get(f"{STAYS}{number}"):
                set_aside.add(clash.other.pk if holds == OWN else clash.kept.pk)
        principal = data.get("principal_here") or None
        return Choices(
            fields={name: data[CHOSEN + name] for name in self.differing if data.get(CHOSEN + name)},
            set_aside=set_aside,
            principal_here=UUID(principal) if principal else None,
            doubts_answered=bool(data.get("doubts_answered")),
        )


class UndoForm(forms.Form):
    helper = stacked(_("Undo this merge"), danger=True)


def _called(client: Client, *, shows_names: bool) -> str:
    """Return how somebody of the other case is named: to a reviewer, who does not see that case, by the reference."""
    return client.full_name if shows_names else f"{client.reference} ({client.get_relation_display()})"
