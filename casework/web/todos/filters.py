"""By what the list of to-dos is narrowed."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.clients.models import ToDo
from casework.clients.models.todo import ToDoQuerySet
from casework.web.cases.forms.intake import in_short
from casework.web.filters import DUE_WITHIN
from casework.web.forms.layouts import fields_only

NO_DAY = "none"


class ToDoFilterForm(forms.Form):
    """`whose` and `state` are links above it, which it keeps. `owners`: who may have what is listed, None where that is oneself."""

    whose = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    state = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("everything")), *ToDo.Kind.choices])
    due = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", _("any")), *DUE_WITHIN, (NO_DAY, _("without a day"))]
    )
    owner = forms.ChoiceField(label=_("Who does it?"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, owners: QuerySet[User] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        if owners is None:
            del self.fields["owner"]
        else:
            owner.choices = [("", _("anybody")), *((str(user.pk), in_short(user)) for user in owners)]

    def narrow(self, rows: ToDoQuerySet, today: date) -> ToDoQuerySet:
        """Return those that are asked for; what cannot be understood narrows nothing."""
        self.full_clean()
        kind, due, owner = (self.cleaned_data.get(name) for name in ("kind", "due", "owner"))
        if kind:
            rows = rows.filter(kind=kind)
        if due == NO_DAY:
            rows = rows.filter(due_on=None)
        elif due:
            rows = rows.filter(due_on__lte=today + timedelta(days=int(due)))
        return rows.filter(owner=owner) if owner else rows
