"""What is done to several cases at once: one form an act. Each case is looked at by itself all the same."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients import actions
from casework.clients.models import Case
from casework.lib.ids import new_id
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

from .intake import in_short


class SeveralForm(forms.Form):
    """`do` acts on one case; whatever it raises is said of that case alone."""

    label: str | Promise
    act_label: str | Promise
    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    helper = fields_only()

    def __init__(self, *args: Any, colleagues: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> None:
        """Do to one case what the valid form says: each form its own act. Raises Refusal."""
        raise NotImplementedError


class AssignSeveral(SeveralForm):
    label, act_label = _("assign them"), _("Assign these cases")
    caseworker = forms.ModelChoiceField(
        label=_("Who looks after these cases"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, colleagues=colleagues, today=today, **kwargs)
        caseworker: Any = self.fields["caseworker"]
        caseworker.queryset, caseworker.label_from_instance = colleagues, in_short

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> None:
        actions.assign_case(case=case, caseworker=self.cleaned_data["caseworker"], version=version, by=by, now=now)


class PrioritySeveral(SeveralForm):
    label, act_label = _("set their priority"), _("Set the priority of these cases")
    priority = forms.ChoiceField(label=_("Priority"), choices=Case.Priority, widget=forms.RadioSelect)

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> None:
        actions.change_priority(case=case, priority=self.cleaned_data["priority"], version=version, by=by, now=now)


class ToDoSeveral(SeveralForm):
    label, act_label = _("write down a to-do for each"), _("Write it down for each of these cases")
    text = forms.CharField(label=_("What is to be done?"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = DayField(label=_("Due on"), required=False)
    whose = forms.ChoiceField(
        label=_("Who does it?"),
        choices=[("theirs", _("whoever looks after the case; I do where nobody does")), ("mine", _("I do"))],
        widget=forms.RadioSelect,
        initial="theirs",
    )

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> None:
        values = self.cleaned_data
        token: UUID = uuid5(values["id"], case.code)
        owner = case.caseworker if values["whose"] == "theirs" and case.caseworker else by
        known: dict[str, Any] = {"text": values["text"], "due_on": values["due_on"], "owner": owner}
        actions.write_to_do(case=case, submit_token=token, by=by, now=now, **known)


ACTS: dict[str, type[SeveralForm]] = {"assign": AssignSeveral, "priority": PrioritySeveral, "to_do": ToDoSeveral}


def act_choices() -> Sequence[tuple[str, str | Promise]]:
    return [(key, form.label) for key, form in ACTS.items()]
