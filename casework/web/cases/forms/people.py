"""The form of a person."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client
from casework.web.forms.countries import NationalitiesField
from casework.web.forms.dates import BirthField
from casework.web.forms.layouts import stacked

from .intake import NAME, OLDEST_YEARS
from .rows import RowForm

RELATIONS = [each for each in Client.Relation.choices if each[0] != Client.Relation.PRINCIPAL]


class ClientForm(RowForm):
    """What is known about a person. The principal applicant has no relation to choose."""

    family_name = forms.CharField(label=_("Family name"), **NAME)
    given_name = forms.CharField(label=_("Given name"), **NAME)
    patronymic = forms.CharField(label=_("Patronymic"), **NAME)
    other_names = forms.CharField(
        label=_("Other spellings and earlier names"),
        help_text=_("One a line, such as the name in Latin letters in the passport. Search finds these too."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    relation = forms.ChoiceField(label=_("Relation to the principal applicant"), choices=RELATIONS)
    birth = BirthField(label=_("Date of birth"), help_text=_("The year alone is enough, if no more is known."))
    sex = forms.ChoiceField(label=_("Sex"), choices=Client.Sex, initial=Client.Sex.UNKNOWN)
    nationalities = NationalitiesField(label=_("Nationality"), boxes=3)
    language = forms.ChoiceField(
        label=_("Language in which to write to them"),
        choices=[("", _("not known")), *settings.CLIENT_LANGUAGES],
        required=False,
    )

    helper = stacked(_("Save this person"), form_id="person")

    def __init__(self, *args: Any, is_principal: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_principal:
            del self.fields["relation"]
        birth: Any = self.fields["birth"]
        birth.min_day, birth.max_day = date(today.year - OLDEST_YEARS, 1, 1), today

    @staticmethod
    def initial_of(row: Client) -> dict[str, Any]:
        """Return what the form shows of a person."""
        return {
            "version": row.version,
            "family_name": row.family_name,
            "given_name": row.given_name,
            "patronymic": row.patronymic,
            "other_names": row.other_names,
            "relation": row.relation,
            "birth": row.birth,
            "sex": row.sex,
            "nationalities": list(row.nationalities),
            "language": row.language,
        }

    def clean_other_names(self) -> str:
        lines = (line.strip() for line in self.cleaned_data["other_names"].splitlines())
        return "\n".join(line for line in lines if line)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("family_name") or cleaned.get("given_name")):
            self.add_error("family_name", _("Enter a family name or a given name, in any script."))
        return cleaned
