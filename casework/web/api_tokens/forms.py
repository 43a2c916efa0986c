"""What somebody says about a program to which they give a token."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models.api_token import USUALLY_LASTS
from casework.accounts.scopes import GRANTS, Scope
from casework.lib.ids import new_id
from casework.web.forms.layouts import stacked

LASTS = [(30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year"))]


class TokenForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    name = forms.CharField(
        label=_("Which program is it for?"),
        help_text=_("So that you know later which one to revoke. No names of people who are supported."),
        max_length=60,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        help_text=_("As little as it needs. It never does more than you may do yourself."),
        widget=forms.CheckboxSelectMultiple,
    )
    lasts = forms.TypedChoiceField(label=_("For how long?"), choices=LASTS, coerce=int, initial=USUALLY_LASTS.days)

    def __init__(self, *args: Any, open_to: Iterable[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope.value, f"{gettext(GRANTS[scope].label)} ({scope.value})") for scope in open_to]
        self.helper = stacked(_("Make the token"))

    def clean_lasts(self) -> timedelta:
        return timedelta(days=self.cleaned_data["lasts"])
