"""The forms of a case: who looks after it, how urgent it is, closing and reopening."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.models import Case
from casework.lifecycle.closing import Beds
from casework.web.forms.layouts import stacked

from .intake import in_short
from .rows import RowForm

# A case is closed for that reason by joining it into another.
CLOSING_REASONS = [each for each in Case.ClosingReason.choices if each[0] != Case.ClosingReason.JOINED]


class AssignCaseForm(RowForm):
    caseworker = forms.ModelChoiceField(
        label=_("Who looks after this case"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
    )

    helper = stacked(_("Assign this case"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        caseworker: Any = self.fields["caseworker"]
        caseworker.queryset, caseworker.label_from_instance = colleagues, in_short

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return what the form shows of a case."""
        return {"version": row.version, "caseworker": row.caseworker}


class PriorityForm(RowForm):
    priority = forms.ChoiceField(label=_("Priority"), choices=Case.Priority, widget=forms.RadioSelect)

    helper = stacked(_("Set the priority"))

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return what the form shows of a case."""
        return {"version": row.version, "priority": row.priority}


class CloseCaseForm(RowForm):
    reason = forms.ChoiceField(
        label=_("Why is the work on this case at an end?"), choices=CLOSING_REASONS, widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=_("Remark"),
        help_text=_("Becomes a note of the case."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    beds = forms.ChoiceField(
        label=_("What becomes of their beds?"),
        choices=[
            (Beds.LEAVE, _("They have left: check them out today, and cancel what is booked or held")),
            (Beds.KEEP, _("They stay in their beds; the remark says why")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether they have left their beds, or stay there.")},
    )
    may_stay_open = forms.BooleanField(label=_("I looked at it: what is still open may stay as it is"), required=False)

    helper = stacked(_("Close this case"), danger=True)

    def __init__(self, *args: Any, is_something_open: bool = False, has_beds: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_beds:
            del self.fields["beds"]
        self.fields["may_stay_open"].required = is_something_open
        self.fields["may_stay_open"].error_messages["required"] = _(
            "Look at what is still open, settle it, or tick this and say in the remark why it may stay open."
        )
        if not is_something_open:
            del self.fields["may_stay_open"]

    def values(self) -> dict[str, Any]:
        values = super().values()
        values.pop("may_stay_open", None)
        return values

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return what the form shows of a case."""
        return {"version": row.version, "reason": row.closing_reason}


class ReopenCaseForm(RowForm):
    reason = forms.CharField(
        label=_("Why is it opened again?"),
        help_text=_("Becomes a note of the case."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    helper = stacked(_("Reopen this case"))

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return what the form shows of a case."""
        return {"version": row.version}


class ArchiveCaseForm(RowForm):
    helper = stacked(_("Archive this case"))

    @staticmethod
    def initial_of(row: Case) -> dict[str, Any]:
        """Return what the form shows of a case."""
        return {"version": row.version}


class UnarchiveCaseForm(ArchiveCaseForm):
    helper = stacked(_("Take it out of the archive"))
