"""What is done to several cases at once: one form an act. Each case is looked at by itself all the same."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients import actions
from casework.clients.models import Case, ToDo
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.follow_up import FollowUp
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

from ..made import id_of
from ..work_in_case import has_work_in
from .intake import in_short

# Instead of who looked after a case before: it stays, because the new caseworker had work in it already.
STAYS = "stays"


class UnableToTakeBack(Refusal):
    pass


class SeveralForm(forms.Form):
    """`do` acts on one case, and `take_back` undoes it; whatever they raise is said of that case alone."""

    label: str | Promise
    act_label: str | Promise
    # Whether it is the case that it writes; else something new, which has its first version.
    writes_case = True
    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    helper = fields_only()

    def __init__(self, *args: Any, colleagues: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> str | None:
        """Do to one case what the valid form says: each form its own act. Raises Refusal.

        Return what `take_back` needs to know of before, an id or a code; None where nothing has changed.
        """
        raise NotImplementedError

    @staticmethod
    def take_back(case: Case, *, before: str, version: int, by: User, now: datetime) -> None:
        """Undo what was done, if what it was done to still has this version. Raises Refusal and ChangedMeanwhile."""
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

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> str | None:
        new, before = self.cleaned_data["caseworker"], case.caseworker
        stays = new is not None and has_work_in(case, new)
        actions.assign_case(case=case, caseworker=new, version=version, by=by, now=now)
        if new == before:
            return None
        return STAYS if stays else str(before.pk) if before else ""

    @staticmethod
    def take_back(case: Case, *, before: str, version: int, by: User, now: datetime) -> None:
        if before == STAYS:
            raise UnableToTakeBack(gettext("the new caseworker had work of their own in it before."))
        worker = get_object_or_404(User, pk=id_of(before)) if before else None
        actions.assign_case(case=case, caseworker=worker, version=version, by=by, now=now)


class PrioritySeveral(SeveralForm):
    label, act_label = _("set their priority"), _("Set the priority of these cases")
    priority = forms.ChoiceField(label=_("Priority"), choices=Case.Priority, widget=forms.RadioSelect)

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> str | None:
        new, before = self.cleaned_data["priority"], case.priority
        actions.change_priority(case=case, priority=new, version=version, by=by, now=now)
        return before if before != new else None

    @staticmethod
    def take_back(case: Case, *, before: str, version: int, by: User, now: datetime) -> None:
        if before not in Case.Priority:
            raise Http404
        actions.change_priority(case=case, priority=before, version=version, by=by, now=now)


class ToDoSeveral(SeveralForm):
    label, act_label = _("write down a to-do for each"), _("Write it down for each of these cases")
    writes_case = False
    text = forms.CharField(label=_("What is to be done?"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = DayField(label=_("Due on"), required=False)
    whose = forms.ChoiceField(
        label=_("Who does it?"),
        choices=[("theirs", _("whoever looks after the case; I do where nobody does")), ("mine", _("I do"))],
        widget=forms.RadioSelect,
        initial="theirs",
    )

    def do(self, case: Case, *, version: int, by: User, now: datetime) -> str | None:
        values = self.cleaned_data
        token: UUID = uuid5(values["id"], case.code)
        owner = case.caseworker if values["whose"] == "theirs" and case.caseworker else by
        known: dict[str, Any] = {"text": values["text"], "due_on": values["due_on"], "owner": owner}
        return str(actions.write_to_do(case=case, submit_token=token, by=by, now=now, **known).pk)

    @staticmethod
    def take_back(case: Case, *, before: str, version: int, by: User, now: datetime) -> None:
        """Remove the to-do, unless somebody has done or changed it, or wants to be reminded of it."""
        to_do = ToDo.objects.filter(pk=id_of(before), case=case).first()
        if to_do is None:
            raise UnableToTakeBack(gettext("the to-do is not there any more."))
        if FollowUp.objects.filter(to_do=to_do).exists():
            raise UnableToTakeBack(gettext("somebody wants to be reminded of the to-do."))
        actions.take_back_to_do(to_do=to_do, version=version, by=by, now=now)


ACTS: dict[str, type[SeveralForm]] = {"assign": AssignSeveral, "priority": PrioritySeveral, "to_do": ToDoSeveral}


def act_choices() -> Sequence[tuple[str, str | Promise]]:
    return [(key, form.label) for key, form in ACTS.items()]
