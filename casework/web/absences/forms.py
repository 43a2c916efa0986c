"""Who is away, from which day to which, and who stands in."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked


class AbsenceForm(RowForm):
    """`others`: whose absence this reader may note beside their own; `colleagues`: who can stand in. Days are those of the team."""

    user = forms.ChoiceField(label=_("Who is away"))
    since = DayField(label=_("First day away"), help_text=_("For example 27 March 2026"))
    until = DayField(label=_("Last day away, this day included"))
    deputy = forms.ChoiceField(
        label=_("Who stands in"),
        required=False,
        help_text=_(
            "Somebody of the same team: they are told instead of what is due and of what comes up, and find it in their day. Of a case that they may not see, those who give out the cases are told."
        ),
    )

    helper = stacked(_("Note this absence"))

    def __init__(
        self, *args: Any, me: User, others: Sequence[User], colleagues: Sequence[User], today: date, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"since": today, "user": str(me.pk)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in (me, *others)}
        self.deputies = {str(user.pk): user for user in colleagues}
        fields: dict[str, Any] = self.fields
        fields["user"].choices = [(str(me.pk), _("I am")), *((str(user.pk), in_short(user)) for user in others)]
        nobody = ("", _("nobody in particular: those who give out the cases"))
        fields["deputy"].choices = [nobody, *((pk, in_short(user)) for pk, user in self.deputies.items())]
        fields["until"].min_day = today
        # Somebody who fell ill yesterday is noted today.
        fields["since"].min_day = today - timedelta(days=31)

    def noted(self, zone: str, now: datetime) -> dict[str, Any]:
        """Return what the action takes: from midnight of the first day until the midnight after the last."""
        known = self.cleaned_data
        return {
            "absence_id": known["id"],
            "user": self.people[known["user"]],
            "deputy": self.deputies.get(known["deputy"]),
            "starts_at": _midnight(known["since"], zone),
            "ends_at": _midnight(known["until"] + timedelta(days=1), zone),
        }


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
