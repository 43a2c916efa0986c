"""The steps of a referral: what each is called, what is asked, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.clients import actions
from casework.clients.models import Referral

from . import forms

State = Referral.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`from_states` are those in which the page offers it; `is_main` is what one is likely to want next."""

    label: Promise
    title: Promise
    said: Promise
    form: type[Any]
    act: Callable[..., Any]
    from_states: frozenset[str]
    is_main: bool = False


def _leading_to(state: str) -> frozenset[str]:
    return frozenset(before for before, after in Referral.TRANSITIONS.items() if state in after)


STEPS: dict[str, Step] = {
    "send": Step(
        label=_("Send"),
        title=_("Send this referral"),
        said=_("It is recorded as sent. You will be reminded when the answer is overdue."),
        form=forms.SendForm,
        act=actions.send_referral,
        from_states=_leading_to(State.SENT),
        is_main=True,
    ),
    "received": Step(
        label=_("It has come"),
        title=_("They say that it has come"),
        said=_("Recorded. The answer is still due."),
        form=forms.ReceivedForm,
        act=actions.note_received,
        from_states=_leading_to(State.RECEIVED),
    ),
    "accepted": Step(
        label=_("They accept"),
        title=_("They accept"),
        said=_("The answer is recorded: accepted."),
        form=forms.AcceptedForm,
        act=actions.note_accepted,
        from_states=_leading_to(State.ACCEPTED),
        is_main=True,
    ),
    "declined": Step(
        label=_("They decline"),
        title=_("They decline"),
        said=_("The answer is recorded: declined."),
        form=forms.DeclinedForm,
        act=actions.note_declined,
        from_states=_leading_to(State.DECLINED),
    ),
    "done": Step(
        label=_("It is done"),
        title=_("What came of it"),
        said=_("The outcome is recorded."),
        form=forms.DoneForm,
        act=actions.note_done,
        from_states=_leading_to(State.DONE),
        is_main=True,
    ),
    "feedback": Step(
        label=_("Record what they said"),
        title=_("What the partner said"),
        said=_("Recorded."),
        form=forms.FeedbackForm,
        act=actions.record_feedback,
        from_states=frozenset(Referral.State.values) - {State.DRAFT},
    ),
    "withdraw": Step(
        label=_("Withdraw"),
        title=_("Withdraw this referral"),
        said=_("The referral is withdrawn. Tell the partner, if they have it."),
        form=forms.WithdrawForm,
        act=actions.withdraw_referral,
        from_states=_leading_to(State.WITHDRAWN),
    ),
    "mistake": Step(
        label=_("This answer was a mistake"),
        title=_("Was this answer a mistake?"),
        said=_("The answer is taken back."),
        form=forms.TakeBackForm,
        act=actions.take_back_answer,
        from_states=frozenset(Referral.TAKEN_BACK),
    ),
}


def steps_from(state: str) -> list[tuple[str, Step]]:
    """Return the steps that can follow."""
    return [(name, step) for name, step in STEPS.items() if state in step.from_states]
