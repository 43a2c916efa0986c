"""What people type to see a position on another day, and the trips that they try out."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.lib.ids import new_id
from casework.residency.rules.trips import Trip
from casework.web.forms.countries import CountryField
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import fields_only

TRIPS = 4
# A trip that begins later than this is a slip of the pen.
AHEAD = dt.timedelta(days=5 * 366)


class AsOnForm(forms.Form):
    on = DayField(label=_("As on this day"), required=False, help_text=_("Leave it blank for today."))

    helper = fields_only()

    def question(self) -> dt.date | None:
        """Return the day that was asked about, None if none was or it cannot be read."""
        day: dt.date | None = self.cleaned_data.get("on") if self.is_bound and self.is_valid() else None
        return day


class LeavingForm(forms.Form):
    """When the stay that is going on ends."""

    leaves = DayField(
        label=_("When they leave the country where they are"),
        required=False,
        help_text=_("Left blank: on the day on which the first trip begins. For example 5 December 2026."),
    )

    helper = fields_only()


class TripForm(forms.Form):
    """One trip; a form in which nothing was typed is none. `id` names the stay, so that saved twice it is one."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    country = CountryField(label=_("Country"), required=False)
    entered = DayField(label=_("Day of entry"), required=False)
    left = DayField(label=_("Day of exit"), required=False)

    helper = fields_only()

    def __init__(self, *args: Any, today: dt.date, first: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.initial.setdefault("id", new_id())
        self.fields["country"].offer(first)  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed, which is known after it was cleaned."""
        boxes = [f"{name}_{part}" for name in ("entered", "left") for part in ("day", "month", "year")]
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in ("country", *boxes))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.is_blank:
            return values
        missing = {
            "country": _("Choose the country of this trip."),
            "entered": _("Enter the day of entry: day, month and year."),
            "left": _("Enter the day of exit: day, month and year."),
        }
        for name, sentence in missing.items():
            if not values.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        self._check_days(values.get("entered"), values.get("left"))
        return values

    def _check_days(self, entered: dt.date | None, left: dt.date | None) -> None:
        if entered and entered < self.today:
            self.add_error(
                "entered", _("This day has passed. A stay that has begun is recorded on the page of the case.")
            )
        if entered and entered > self.today + AHEAD:
            self.add_error("entered", _("This is more than five years ahead. Look at the year again."))
        if entered and left and left < entered:
            self.add_error("left", _("The exit lies before the entry. Look at both days again."))
        elif left and left > self.today + 2 * AHEAD:
            self.add_error("left", _("This is more than ten years ahead. Look at the year again."))

    def trip(self) -> Trip:
        it = self.cleaned_data
        return Trip(id=str(it["id"] or new_id()), country=it["country"], entered=it["entered"], left=it["left"])


class TripForms:
    """Several trips typed on one page, and when the stay that is going on ends."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, today: dt.date, first: tuple[str, ...], is_inside: bool
    ) -> None:
        self.trips = [TripForm(data, prefix=f"trip{number}", today=today, first=first) for number in range(TRIPS)]
        self.leaving = LeavingForm(data) if is_inside else None
        self.is_bound = data is not None
        self.today = today

    @property
    def all(self) -> list[forms.Form]:
        return [*([self.leaving] if self.leaving else []), *self.trips]

    @property
    def more(self) -> list[TripForm]:
        return self.trips[1:]

    @property
    def has_more(self) -> bool:
        """Whether anything was typed into the trips after the first."""
        return self.is_bound and any(not form.is_blank for form in self.more)

    def is_valid(self) -> bool:
        refused = [form for form in self.all if not form.is_valid()]  # each of them, so that all say what is wrong
        if not refused and not self.filled():
            self.trips[0].add_error("country", _("Type at least one trip."))
            return False
        return not refused and self._leaves_in_time()

    def filled(self) -> list[Trip]:
        """Return the trips in the order of their entry."""
        found = [form.trip() for form in self.trips if not form.is_blank]
        return sorted(found, key=lambda trip: (trip.entered, trip.left, trip.id))

    def leaves_on(self) -> dt.date | None:
        day: dt.date | None = self.leaving.cleaned_data["leaves"] if self.leaving else None
        return day

    def _leaves_in_time(self) -> bool:
        leaves = self.leaves_on()
        if leaves is None or self.leaving is None:
            return True
        if leaves < self.today:
            self.leaving.add_error(
                "leaves", _("This day has passed. An exit that has happened is recorded on the page of the case.")
            )
        elif leaves > self.filled()[0].entered:
            self.leaving.add_error("leaves", _("The first trip begins before that day. Look at both days again."))
        return not self.leaving.errors
