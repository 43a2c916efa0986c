"""Fields for days: three boxes for day, month and year, and what is built of them.

`DayField` cleans to a `date`, `BoundedDayField` to a `BoundedDay`, `BirthField` to a `Birth`.
What was typed is shown again as it was typed, however wrong.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.lib import dates, day_words, months
from casework.lib.dates import Birth, BoundedDay, UnreadableDay

# Nobody in our care was born before the first; the second catches 2206 typed for 2026.
EARLIEST_DAY = dt.date(1900, 1, 1)
LATEST_DAY = dt.date(2100, 12, 31)

Text = str | Promise


@dataclass(frozen=True, slots=True)
class DayParts:
    """What stands in the three boxes, as typed."""

    day: str = ""
    month: str = ""
    year: str = ""

    @classmethod
    def of(cls, value: object) -> "DayParts":
        """Return the boxes that show `value`, a day or boxes already; blank for anything else."""
        if isinstance(value, DayParts):
            return value
        if isinstance(value, dt.date):
            month = months.month_name(value.month, _language(), alone=True)
            return cls(str(value.day), month, f"{value.year:04}")
        return cls()

    @classmethod
    def typed(cls, data: Mapping[str, Any], name: str) -> "DayParts":
        return cls(*(data.get(f"{name}_{part}") or "" for part in ("day", "month", "year")))

    def read(self) -> dt.date | None:
        """Return the day, None if all boxes are blank, or raise a `ValidationError` that says why.

        Its `code` is the part to mend: "day", "month" or "year".
        """
        try:
            return dates.parse_day(self.day, self.month, self.year)
        except UnreadableDay as refusal:
            raise refused(refusal) from None

    @property
    def are_blank(self) -> bool:
        return not (self.day.strip() or self.month.strip() or self.year.strip())


class SeveralInputs(forms.Widget):
    """A widget of several labelled inputs, which stand in a fieldset under one legend."""

    use_fieldset = True

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        # A legend labels the group; each input has a label of its own.
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        classes = str(widget["attrs"].get("class", "")).split()
        widget["id"] = widget["attrs"].get("id") or f"id_{name}"
        widget["is_invalid"] = "is-invalid" in classes or "aria-invalid" in widget["attrs"]
        return context


class DayWidget(SeveralInputs):
    """Three boxes. Their names are those of the field with `_day`, `_month` and `_year`."""

    template_name = "components/day_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["parts"] = DayParts.of(value)
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> DayParts:
        return DayParts.typed(data, name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}_day" not in data

    def error_target(self, id_: str, code: str | None) -> str:
        return f"{id_}_{code if code in ('month', 'year') else 'day'}"


class DayField(forms.Field):
    """A day between `min_day` and `max_day`, both included; may be set on the instance too."""

    widget = DayWidget
    default_error_messages: ClassVar = {"required": _("Enter the date: day, month and year.")}

    def __init__(
        self,
        *,
        min_day: dt.date = EARLIEST_DAY,
        max_day: dt.date = LATEST_DAY,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.min_day = min_day
        self.max_day = max_day

    def to_python(self, value: Any) -> dt.date | None:
        return DayParts.of(value).read()

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None:
            check_range(value, self.min_day, self.max_day)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(DayParts.of(data).read() != initial)
        except ValidationError:
            return True


class BoundedDayWidget(SeveralInputs):
    """A choice of how well the day is known, and the boxes that each choice needs."""

    template_name = "components/bounded_day_input.html"
    absent: Text = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["typed"] = BoundedDayTyped.of(value)
        context["widget"]["absent"] = self.absent
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> "BoundedDayTyped":
        return BoundedDayTyped(
            known=data.get(f"{name}_known") or "",
            exact=DayParts.typed(data, f"{name}_exact"),
            earliest=DayParts.typed(data, f"{name}_earliest"),
            latest=DayParts.typed(data, f"{name}_latest"),
        )

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}_known" not in data and f"{name}_exact_day" not in data

    def error_target(self, id_: str, code: str | None) -> str:
        return f"{id_}_{code}" if code and "_" in code else f"{id_}_known_exact"


@dataclass(frozen=True, slots=True)
class BoundedDayTyped:
    """What was chosen and typed for a bounded day. `known`: exact, between, unknown or absent."""

    known: str = ""
    exact: DayParts = DayParts()
    earliest: DayParts = DayParts()
    latest: DayParts = DayParts()

    @classmethod
    def of(cls, value: object) -> "BoundedDayTyped":
        """Return what shows `value`: a `BoundedDay`, a day, or what was typed already."""
        if isinstance(value, BoundedDayTyped):
            return value
        if isinstance(value, dt.date):
            return cls("exact", exact=DayParts.of(value))
        if not isinstance(value, BoundedDay):
            return cls()
        if value.is_exact:
            return cls("exact", exact=DayParts.of(value.earliest))
        if value.is_unknown:
            return cls("unknown")
        return cls(
            "between",
            earliest=DayParts.of(value.earliest),
            latest=DayParts.of(value.latest),
        )

    @property
    def choice(self) -> str:
        """The choice made; somebody who fills in the day and chooses nothing knows the day."""
        return self.known or ("" if self.exact.are_blank else "exact")


class BoundedDayField(forms.Field):
    """A day known exactly, known to lie between two days, or unknown.

    `absent` names one more choice, which cleans to None: "Has not left yet".
    """

    widget = BoundedDayWidget
    default_error_messages: ClassVar = {
        "required": _("Say whether the date is known, and enter it."),
        "no_day": _("Enter the date: day, month and year."),
        "no_bound": _("Enter the earliest day, the latest day or both."),
        "reversed": _("The latest day must not lie before the earliest day."),
    }

    def __init__(
        self,
        *,
        absent: Text = "",
        min_day: dt.date = EARLIEST_DAY,
        max_day: dt.date = LATEST_DAY,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.min_day = min_day
        self.max_day = max_day
        self.absent = self.widget.absent = absent

    def clean(self, value: Any) -> BoundedDay | None:
        typed = BoundedDayTyped.of(value)
        match typed.choice:
            case "exact":
                return self._exact(typed)
            case "between":
                return self._between(typed)
            case "unknown":
                return BoundedDay()
            case "absent" if self.absent:
                return None
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != (initial or None)
        except ValidationError:
            return True

    def _exact(self, typed: BoundedDayTyped) -> BoundedDay:
        day = self._read(typed.exact, "exact")
        if day is None:
            raise ValidationError(self.error_messages["no_day"], code="exact_day")
        return BoundedDay.exactly(day)

    def _between(self, typed: BoundedDayTyped) -> BoundedDay:
        earliest = self._read(typed.earliest, "earliest")
        latest = self._read(typed.latest, "latest")
        if earliest is None and latest is None:
            raise ValidationError(self.error_messages["no_bound"], code="earliest_day")
        if earliest and latest and latest < earliest:
            raise ValidationError(self.error_messages["reversed"], code="latest_day")
        return BoundedDay(earliest, latest)

    def _read(self, parts: DayParts, which: str) -> dt.date | None:
        """Return the day of one group of boxes; an error names the group as well as the part."""
        try:
            day = parts.read()
            if day is not None:
                check_range(day, self.min_day, self.max_day)
            return day
        except ValidationError as error:
            part = error.code if error.code in ("day", "month", "year") else "day"
            raise ValidationError(error.messages[0], code=f"{which}_{part}") from None


@dataclass(frozen=True, slots=True)
class BirthTyped:
    """What was typed for a birth: boxes, and whether it was called unknown."""

    parts: DayParts = DayParts()
    unknown: bool = False

    @classmethod
    def of(cls, value: object) -> "BirthTyped":
        if isinstance(value, BirthTyped):
            return value
        if isinstance(value, dt.date):
            return cls(DayParts.of(value))
        if not isinstance(value, Birth):
            return cls()
        if value.day is None and value.year is not None:
            return cls(DayParts(year=f"{value.year:04}"))
        return cls(DayParts.of(value.day), unknown=value.is_unknown)


class BirthWidget(DayWidget):
    """Three boxes, of which the year may stand alone, and a tick for "not known"."""

    template_name = "components/birth_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        typed = BirthTyped.of(value)
        context = super().get_context(name, typed.parts, attrs)
        context["widget"]["unknown"] = typed.unknown
        return context

    def value_from_datadict(  # type: ignore[override]
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> BirthTyped:
        return BirthTyped(DayParts.typed(data, name), bool(data.get(f"{name}_unknown")))


class BirthField(forms.Field):
    """The day of a birth, or its year alone, or unknown; cleans to a `Birth`.

    Not required and left blank, it is unknown as well.
    """

    widget = BirthWidget
    default_error_messages: ClassVar = {
        "required": _("Enter the date of birth, or the year alone, or tick “Not known”."),
        "half_known": _("Enter the day as well, or leave day and month blank and give the year."),
        "contradiction": _("Enter the date of birth or tick “Not known”, not both."),
    }

    def __init__(
        self,
        *,
        min_day: dt.date = EARLIEST_DAY,
        max_day: dt.date = LATEST_DAY,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.min_day = min_day
        self.max_day = max_day

    def clean(self, value: Any) -> Birth:
        typed = BirthTyped.of(value)
        if typed.parts.are_blank:
            if self.required and not typed.unknown:
                raise ValidationError(self.error_messages["required"], code="required")
            return Birth()
        if typed.unknown:
            raise ValidationError(self.error_messages["contradiction"], code="day")
        return self._known(typed.parts)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != (initial or Birth())
        except ValidationError:
            return True

    def _known(self, parts: DayParts) -> Birth:
        if parts.year.strip() and not parts.day.strip():
            if parts.month.strip():
                raise ValidationError(self.error_messages["half_known"], code="day")
            return Birth(year=self._year_alone(parts.year.strip()))
        day = parts.read()
        if day is not None:
            check_range(day, self.min_day, self.max_day)
        return Birth(day)

    def _year_alone(self, text: str) -> int:
        try:
            year = dates.parse_year(text)
        except UnreadableDay as refusal:
            raise refused(refusal) from None
        if not self.min_day.year <= year <= self.max_day.year:
            raise ValidationError(
                _("The year must lie between %(first)s and %(last)s."),
                code="year",
                params={"first": self.min_day.year, "last": self.max_day.year},
            )
        return year


def refused(refusal: UnreadableDay) -> ValidationError:
    """Return the refusal in the language of the page; its code is the part to mend."""
    params = dict(refusal.params)
    if "month" in params:
        params["month_name"] = months.month_name(int(params["month"]), _language())
    return ValidationError(gettext(refusal.message) % params, code=refusal.part)


def check_range(day: dt.date, first: dt.date, last: dt.date) -> None:
    """Raise a `ValidationError` that states the bound which `day` breaks, if it breaks one."""
    if day < first:
        message, bound = _("The date must be %(bound)s or later."), first
    elif day > last:
        message, bound = _("The date must be %(bound)s or earlier."), last
    else:
        return
    words = day_words.in_words(bound, _language())
    raise ValidationError(message, code="out_of_range", params={"bound": words})


def _language() -> str:
    return get_language() or "en"
