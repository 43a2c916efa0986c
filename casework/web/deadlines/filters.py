"""By what the calendar of deadlines is narrowed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.lib.countries import country_name
from casework.residency.models.deadline import DeadlineQuerySet
from casework.residency.rules.kinds import COMPUTING_KINDS, DUTY_LABELS, Duty
from casework.residency.rules.schemas import DUTIES_OF_KIND
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.lists import NOBODY
from casework.web.forms.layouts import fields_only

# Those of which a rule makes a date.
DATED = frozenset(duty for kind in COMPUTING_KINDS for duty in DUTIES_OF_KIND[kind])


class DeadlineFilterForm(forms.Form):
    """`whose` is a link above it, which it keeps. `colleagues`: who may look after the cases, None where that is oneself."""

    whose = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    duty = forms.ChoiceField(
        label=_("What has to be done"),
        required=False,
        choices=[("", _("everything")), *((duty.value, _(DUTY_LABELS[duty])) for duty in Duty if duty in DATED)],
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    caseworker = forms.ChoiceField(label=_("Caseworker"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, countries: Sequence[str], colleagues: QuerySet[User] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        language = get_language() or "en"
        named = sorted(((code, country_name(code, language)) for code in countries), key=lambda it: it[1])
        fields["country"].choices = [("", _("anywhere")), *named]
        if colleagues is None:
            del fields["caseworker"]
        else:
            people = [(str(user.pk), in_short(user)) for user in colleagues]
            fields["caseworker"].choices = [("", _("anybody")), (NOBODY, _("nobody yet")), *people]

    def narrow(self, rows: DeadlineQuerySet) -> DeadlineQuerySet:
        """Return those that are asked for; what cannot be understood narrows nothing."""
        self.full_clean()
        duty, country, caseworker = (self.cleaned_data.get(name) for name in ("duty", "country", "caseworker"))
        if duty:
            rows = rows.filter(duty=duty)
        if country:
            rows = rows.filter(country=country)
        if caseworker:
            rows = rows.filter(client__case__caseworker=None if caseworker == NOBODY else caseworker)
        return rows
