"""The answers to a deadline, as pages ask for them: one entry an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.residency import actions

from . import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`act` is the action; `said` tells what was done and names nobody; `can_undo`: by reopening."""

    form: type[Any]
    act: Callable[..., Any]
    title: str | Promise
    text: str | Promise
    act_label: str | Promise
    said: str | Promise
    can_undo: bool = False


VERBS: dict[str, Verb] = {
    "done": Verb(
        form=forms.DoneForm,
        act=actions.mark_done,
        title=_("Is this done?"),
        text=_(
            "It is answered for this date. If the date or the facts change so that it no longer fits, it asks again."
        ),
        act_label=_("Mark as done"),
        said=_("Marked as done."),
        can_undo=True,
    ),
    "waive": Verb(
        form=forms.WaiveForm,
        act=actions.waive,
        title=_("Need this not be done?"),
        text=_("It asks for nothing more, and nobody is reminded. If the date moves earlier, it asks again."),
        act_label=_("Waive this deadline"),
        said=_("Waived."),
        can_undo=True,
    ),
    "reopen": Verb(
        form=forms.ReasonForm,
        act=actions.reopen,
        title=_("Open this deadline again?"),
        text=_("The answer is taken back. It stays in the history."),
        act_label=_("Open it again"),
        said=_("The deadline is open again."),
    ),
    "impose": Verb(
        form=forms.ImposeForm,
        act=actions.impose,
        title=_("Record a date set by an authority"),
        text=_("This date then counts in place of the computed one, which stays visible beside it."),
        act_label=_("Record this date"),
        said=_("The date set by the authority is recorded."),
    ),
    "lift": Verb(
        form=forms.ReasonForm,
        act=actions.lift_imposed,
        title=_("Does the date of the authority hold no more?"),
        text=_("The computed date counts again. The date of the authority stays in the history."),
        act_label=_("Go back to the computed date"),
        said=_("The computed date counts again."),
    ),
    "note": Verb(
        form=forms.NoteForm,
        act=actions.note_move,
        title=_("Have you seen the new date?"),
        text=_("The earlier date is no longer shown beside it. It stays in the history."),
        act_label=_("I have seen it"),
        said=_("Noted."),
    ),
}
