"""What the list of cases can be filtered by, and its order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import Team, User
from casework.clients.models import Case, Programme
from casework.lib.countries import country_name
from casework.web.filters import DUE_WITHIN
from casework.web.forms.layouts import fields_only, stacked

from ..search import is_too_short
from .intake import in_short

NOBODY = "nobody"
ARCHIVED = "archived"
NEWEST, BY_DEADLINE = "", "deadline"


class CaseFilterForm(forms.Form):
    """Every filter is in the address, so that a list can be kept as a bookmark."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            ("", _("open")),
            (Case.Status.CLOSED, _("closed")),
            ("any", _("open and closed")),
            (ARCHIVED, _("archived")),
        ],
        required=False,
    )
    caseworker = forms.ChoiceField(label=_("Caseworker"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=[("", _("any")), *Case.Priority.choices], required=False)
    country = forms.ChoiceField(label=_("Where they are"), required=False)
    due = forms.TypedChoiceField(
        label=_("Deadline"),
        choices=[("", _("any")), *DUE_WITHIN],
        coerce=int,
        empty_value=None,
        required=False,
    )
    team = forms.ChoiceField(label=_("Team"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    donor = forms.ChoiceField(label=_("Donor"), required=False)
    order = forms.ChoiceField(
        label=_("Order"), choices=[(NEWEST, _("newest first")), (BY_DEADLINE, _("next deadline first"))], required=False
    )

    helper = fields_only()

    def __init__(
        self,
        *args: Any,
        teams: Sequence[Team],
        colleagues: QuerySet[User],
        countries: list[str],
        programmes: Sequence[Programme] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        language = get_language() or "en"
        people = [(str(user.pk), in_short(user)) for user in colleagues]
        fields["caseworker"].choices = [("", _("anybody")), (NOBODY, _("nobody yet")), *people]
        fields["country"].choices = [("", _("anywhere")), *((code, country_name(code, language)) for code in countries)]
        fields["team"].choices = [("", _("any")), *((team.code, team.name) for team in teams)]
        if len(fields["team"].choices) <= 2:
            del fields["team"]
        donors = sorted({programme.donor for programme in programmes})
        fields["programme"].choices = [("", _("any")), *((it.code, it.name) for it in programmes)]
        fields["donor"].choices = [("", _("any")), *((donor, donor) for donor in donors)]
        if not donors:
            del fields["programme"], fields["donor"]


class SearchForm(forms.Form):
    """What is looked for. It is sent in the body of a request, never in an address."""

    q = forms.CharField(
        label=_("Name, code, reference, phone, e-mail or document number"),
        help_text=_("Names are found in Cyrillic and in Latin letters, numbers as a whole."),
        max_length=200,
        error_messages={"required": _("Enter a name, a code or a number.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    archived = forms.BooleanField(label=_("In archived cases too"), required=False)

    helper = stacked(_("Search"))

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if is_too_short(text):
            raise ValidationError(_("Enter three letters or more."))
        return text
