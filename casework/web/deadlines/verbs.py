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
    """`act` is the action; `said` tells what was done and names nobody; `can_undo`: by reopening.

    is_second_look: it answers an order that waits for a second person.
    """

    form: type[Any]
    act: Callable[..., Any]
    title: str | Promise
    text: str | Promise
    act_label: str | Promise
    said: str | Promise
    can_undo: bool = False
    is_second_look: bool = False


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
        form=forms.ReopenForm,
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
        text=_(
            "This date then counts in place of the computed one, which stays visible beside it. "
            "A date later than the rules allow counts only once another person has looked at the order."
        ),
        act_label=_("Record this date"),
        said=_("The date is recorded. If it is later than the rules allow, it waits for a second person."),
    ),
    "override": Verb(
        form=forms.OverrideForm,
        act=actions.override,
        title=_("Set another date in place of the computed one"),
        text=_(
            "Only where the computed date is wrong, and no authority has set another. An earlier date counts at once, "
            "a later one only once another person has looked at it."
        ),
        act_label=_("Set this date"),
        said=_("The date is recorded. If it is later than the rules allow, it waits for a second person."),
    ),
    "confirm": Verb(
        form=forms.ConfirmForm,
        act=actions.confirm_order,
        title=_("Does this later date hold?"),
        text=_(
            "The rules give less time. If this date is wrong, somebody overstays because of it. Look at the paper first."
        ),
        act_label=_("Confirm the later date"),
        said=_("The later date is confirmed and counts from now on."),
        is_second_look=True,
    ),
    "refuse": Verb(
        form=forms.RefuseForm,
        act=actions.refuse_order,
        title=_("Does this later date not hold?"),
        text=_("The date that counts now goes on counting. The later one stays in the history, with your reason."),
        act_label=_("Refuse the later date"),
        said=_("The later date is refused. The earlier one goes on counting."),
        is_second_look=True,
    ),
    "lift": Verb(
        form=forms.ReasonForm,
        act=actions.lift_imposed,
        title=_("Does the date that was set hold no more?"),
        text=_("The computed date counts again. The date that was set stays in the history."),
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
