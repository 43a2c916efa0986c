"""What is written down in two taps: how a call or a visit went, or that a message was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Note
from casework.lib.ids import new_id

VERBS: dict[Note.Kind, Promise] = {
    Note.Kind.CALL: _("Called"),
    Note.Kind.VISIT: _("Visited"),
    Note.Kind.MESSAGE: _("Message sent"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One thing that was done, with what can have come of it; what has one outcome alone is one button."""

    label: Promise
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickNotes:
    """The menus, and the token that keeps a button pressed twice from counting twice."""

    token: UUID
    menus: Sequence[Menu]


def quick_notes() -> QuickNotes:
    menus = [
        Menu(
            label=VERBS[kind],
            choices=[Choice(value=f"{kind}.{each}", label=str(each.label)) for each in outcomes],
        )
        for kind, outcomes in Note.OUTCOMES.items()
    ]
    return QuickNotes(token=new_id(), menus=menus)


def read_choice(value: str) -> tuple[Note.Kind, Note.Outcome] | None:
    """Return the kind and the outcome that a button stands for; None for what no button says."""
    return next(
        ((kind, each) for kind, outcomes in Note.OUTCOMES.items() for each in outcomes if value == f"{kind}.{each}"),
        None,
    )


def token_of(token: UUID, value: str) -> UUID:
    """Return a token for one button of a form: going back and pressing another one is not the same sent twice."""
    return uuid5(token, value)
