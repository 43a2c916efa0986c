"""The plan of a hand-over: one colleague for everything, and others for single cases."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.lifecycle.leavers import Plan, Work
from casework.web.cases.forms.intake import in_short
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import fields_only

TAKER = "taker_"


class HandOverForm(RowForm):
    """`rest` takes whatever is not given to somebody else below. `id` keeps one that is sent twice from acting twice."""

    rest = forms.ChoiceField(
        label=_("Who goes on with everything"),
        help_text=_("But for what you give to somebody else below. What is about no case goes to them too."),
        required=False,
    )

    helper = fields_only()

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.work = work
        fields: dict[str, Any] = self.fields
        fields["rest"].choices = [("", "–"), *((str(it.pk), in_short(it)) for it in work.everybody())]
        for case in work.cases:
            fields[f"{TAKER}{case.pk}"] = forms.ChoiceField(
                label=case.code,
                choices=[("", _("as above")), *((str(it.pk), in_short(it)) for it in work.may_take(case))],
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),  # in a table of ours, which no helper draws
            )

    def plan(self) -> Plan:
        """Return what was chosen, for the action."""
        by_pk = {str(it.pk): it for it in self.work.everybody()}
        data = self.cleaned_data
        takers = {}
        for name, value in data.items():
            if name.startswith(TAKER) and value:
                takers[UUID(name.removeprefix(TAKER))] = by_pk[value]
        return Plan(rest=by_pk.get(data.get("rest") or ""), takers=takers)
