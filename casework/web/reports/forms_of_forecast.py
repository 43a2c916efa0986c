"""What the forecast is narrowed to, and the surge that a reader tries out."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.reports.capacity import Place, places
from casework.reports.forecast import WEEK, WEEKS, Surge
from casework.reports.readers import Reader, Whose
from casework.web.forms.dates import DayField
from casework.web.templatetags.days import day

from .forms import ReportForm

MOST_PEOPLE = 100_000
NIGHTS = WEEKS * WEEK + 1  # tonight and the weeks after it


class ForecastForm(ReportForm):
    town = forms.ChoiceField(label=gettext_lazy("Town"), required=False)
    people = forms.IntegerField(
        label=gettext_lazy("If so many people arrive"), min_value=1, max_value=MOST_PEOPLE, required=False
    )
    arrive = DayField(label=gettext_lazy("From the day"), required=False)
    per_day = forms.IntegerField(
        label=gettext_lazy("So many a day"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        help_text=gettext_lazy("Leave it empty if all come at once."),
    )
    with_waiting = forms.BooleanField(
        label=gettext_lazy("Those who wait for a bed today get one first"), required=False
    )

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        asked = str(data.get("whose", "")) if data and reader.may_choose else ""
        self.known = places(reader, Whose(asked) if asked in {each.value for each in Whose} else reader.usual)
        towns = sorted({(place.country, place.city) for place in self.known.values()}, key=lambda town: town[1])
        choices = [("", _("all")), *((_value(town), town[1]) for town in towns)]
        self.fields["town"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        # Whose figures these are comes first, where it can be chosen.
        self.order_fields(["whose", "town"])

    @property
    def chosen_town(self) -> tuple[str, str] | None:
        value = self.chosen("town")
        if value is None:
            return None
        country, _slash, city = value.partition("/")
        return country, city

    @property
    def chosen_places(self) -> dict[Any, Place]:
        town = self.chosen_town
        return {key: it for key, it in self.known.items() if town is None or (it.country, it.city) == town}

    @property
    def surge(self) -> Surge | None:
        people = self.chosen("people")
        if people is None:
            return None
        return Surge(people=people, since=self.chosen("arrive", self.reader.today), per_day=self.chosen("per_day"))

    def clean_arrive(self) -> Any:
        arrive, today = self.cleaned_data["arrive"], self.reader.today
        last = today + timedelta(days=NIGHTS - 1)
        if arrive is not None and not today <= arrive <= last:
            raise forms.ValidationError(
                _("Choose a day from today to %(last)s: so far goes the forecast.") % {"last": day(last)}
            )
        return arrive

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("people") and "people" not in self.errors and (found.get("arrive") or found.get("per_day")):
            self.add_error("people", _("Say how many people arrive."))
        return found


def _value(town: tuple[str, str]) -> str:
    return "/".join(town)
