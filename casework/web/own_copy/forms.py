"""The forms of a person's copy and of the file for another organisation."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team
from casework.clients.models import Client
from casework.vault.portable import SHORTEST
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import stacked
from casework.web.sheet.views import LANGUAGES


class OwnCopyForm(forms.Form):
    language = forms.ChoiceField(
        label=_("In which language"), choices=list(LANGUAGES.items()), widget=forms.RadioSelect
    )
    shared_too = forms.BooleanField(
        label=_("Also what names other people of the case"),
        help_text=_("Look through it first: it may tell this person what somebody else said in confidence."),
        required=False,
    )

    helper = stacked(_("Make the copy"))


def _passphrase(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(
        label=label, help_text=help_text, max_length=200, strip=False, widget=forms.PasswordInput(attrs=attrs)
    )


class PortableForm(forms.Form):
    people = forms.MultipleChoiceField(label=_("Who"), widget=forms.CheckboxSelectMultiple)
    with_pictures = forms.BooleanField(label=_("With pictures of their papers"), required=False, initial=True)
    agreed = forms.BooleanField(
        label=_("They agreed that this organisation gets it, or take the file along themselves"),
    )
    passphrase = _passphrase(
        _("Passphrase"),
        _(
            "At least 16 characters: five or six words that have nothing to do with each other. It is kept nowhere. Tell it to whoever opens the file by another way than the file, such as by phone."
        ),
    )
    again = _passphrase(_("The same once more"))

    helper = stacked(_("Make the file"))

    def __init__(self, *args: Any, people: Sequence[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(client.pk): client for client in people}
        who: Any = self.fields["people"]
        who.choices = [(pk, f"{client.full_name}, {client.reference}") for pk, client in self.known.items()]
        who.initial = list(self.known)

    def clean_passphrase(self) -> str:
        typed: str = self.cleaned_data["passphrase"]
        if len(" ".join(typed.split())) < SHORTEST:
            raise forms.ValidationError(gettext("This is too short to keep anything: at least 16 characters."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "passphrase" in cleaned and "again" in cleaned and cleaned["passphrase"] != cleaned["again"]:
            self.add_error("again", gettext("The two are not the same."))
        return cleaned

    def chosen(self) -> list[Client]:
        return [self.known[pk] for pk in self.cleaned_data["people"]]


class TakeInForm(RowForm):
    file = forms.FileField(label=_("File"), help_text=_("It ends in .casework."))
    passphrase = _passphrase(_("Passphrase"))
    team = forms.ChoiceField(label=_("Team"))
    only_look = forms.BooleanField(
        label=_("Only tell me what is in it"),
        help_text=_("Nothing is kept. Choose the file once more to take it in."),
        required=False,
    )

    helper = stacked(_("Open the file"))

    def __init__(self, *args: Any, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        choices: Any = self.fields["team"]
        choices.choices = [(pk, team.name) for pk, team in self.teams.items()]
        self.helper.form_show_errors = True
