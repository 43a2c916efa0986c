"""What is typed when something becomes of a placement: who is meant, on which day, and why."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.housing.models import Placement
from casework.housing.placing import Asks
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked

Ending = Placement.Ending
# Written by the move itself, never chosen.
ENDINGS = [(value, label) for value, label in Ending.choices if value != Ending.MOVED_BED]


ASKED = {Asks.REASON: "reason", Asks.MOVE: "may_move"}


class AskingForm(RowForm):
    """A form that asks on where something stands in the way that an answer would help against."""

    def ask(self, what: Iterable[Asks]) -> None:
        """Show the questions that what stands in the way asks."""
        for asks in what:
            if asks == Asks.REASON:
                self.fields["reason"] = forms.CharField(
                    label=_("Why all the same? The reason is recorded"), max_length=400, required=False
                )
            elif asks == Asks.MOVE:
                self.fields["may_move"] = forms.BooleanField(
                    label=_("They move from there on the first day"), required=False
                )

    def ask_again(self) -> None:
        """Show the questions that were answered in what was sent."""
        self.ask(asks for asks, name in ASKED.items() if self.add_prefix(name) in self.data)


class ActForm(AskingForm):
    """`people`: the placements that one act made and that can still do this. `seen` says which state of each was read."""

    people = forms.MultipleChoiceField(
        label=_("Who is meant?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who is meant.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    label: Any = ""

    def __init__(self, *args: Any, rows: Sequence[Placement], **options: Any) -> None:
        super().__init__(*args, **options)
        self.helper = stacked(self.label)
        self.rows = {str(row.pk): row for row in rows}
        self.fields["people"].choices = [  # type: ignore[attr-defined]
            (pk, f"{row.client.full_name}: {row.bed.place}") for pk, row in self.rows.items()
        ]
        self.initial.setdefault("people", list(self.rows))
        self.initial.setdefault("seen", " ".join(f"{pk}:{row.version}" for pk, row in self.rows.items()))
        if self.is_bound:
            self.ask_again()

    @property
    def placements(self) -> list[Placement]:
        return [self.rows[pk] for pk in self.cleaned_data["people"]]

    @property
    def versions(self) -> dict[UUID, int] | None:
        """The versions that were read, by placement; None if the form does not say."""
        found: dict[UUID, int] = {}
        for part in (self.cleaned_data.get("seen") or "").split():
            pk, _sep, version = part.partition(":")
            if pk not in self.rows or not version.isascii() or not version.isdecimal() or len(version) > 9:
                return None
            found[UUID(pk)] = int(version)
        return found if all(UUID(pk) in found for pk in self.cleaned_data["people"]) else None

    def values(self) -> dict[str, Any]:
        """Return what the action takes beside the placements."""
        return {name: it for name, it in super().values().items() if name not in ("people", "seen")}


class BookHeldForm(ActForm):
    label = _("Book")


class CheckInForm(ActForm):
    on = DayField(label=_("On which day did they come?"), help_text=_("The day of their first night."))

    label = _("Check in")


class CheckOutForm(ActForm):
    on = DayField(
        label=_("On which day did they leave?"),
        help_text=_("The day after their last night. The bed is free from then on."),
    )
    ending = forms.ChoiceField(label=_("Why did they leave?"), choices=[("", "---"), *ENDINGS])

    label = _("Check out")


class LeavingDayForm(ActForm):
    """A later or an earlier day of leaving; blank: nobody knows."""

    until = DayField(label=_("They leave on"), help_text=_("Blank: not known yet."), required=False)

    label = _("Change the day of leaving")


class CancelForm(ActForm):
    ending = forms.ChoiceField(label=_("Why is it cancelled?"), choices=[("", "---"), *ENDINGS])

    label = _("Cancel the placement")


class NoShowForm(ActForm):
    label = _("They did not come")


class TakeBackForm(ActForm):
    label = _("Take back")
