from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

from .wording import PARTS


class AuditFilterForm(forms.Form):
    """`users` are offered by name; the address holds their random ids."""

    part = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("everything")), *PARTS.items()])
    actor = forms.TypedChoiceField(label=_("Who"), required=False, coerce=str)
    code = forms.CharField(label=_("Case"), required=False, max_length=12, strip=True)
    on = DayField(label=_("On this day"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, users: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        named = sorted((str(user.display_name or user.email), str(user.pk)) for user in users)
        self.fields["actor"].choices = [("", _("everybody")), *((pk, name) for name, pk in named)]  # type: ignore[attr-defined]
