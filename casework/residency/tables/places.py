"""Countries and zones, groups of nationalities and exceptional days as tables. A row adds or changes; none is deleted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import tablib
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from casework.lib.marking import gettext_noop

from .. import wording
from ..actions import places
from ..admin_forms import CalendarDayForm, JurisdictionForm, NationalityGroupForm
from ..models import CalendarDay, Jurisdiction, NationalityGroup
from . import cells
from .checks import problems_of
from .resource import Outcome, Row, RowRefused, Table, differences, read_cells


class PlaceTable(Table):
    """Rows of one model, found by what identifies them, checked by the form of the admin."""

    model: ClassVar[Any]
    form: ClassVar[Any]
    readers: ClassVar[dict[str, Callable[[Any], Any]]]
    identity: ClassVar[Sequence[str]]
    help: ClassVar[dict[str, str]]

    def prepare(self, dataset: tablib.Dataset) -> None:
        self.there: dict[tuple[Any, ...], Any] = {}
        for row in self.model.objects.all():
            self.there[self._key(self.cells_of(row))] = row
        self.seen: dict[tuple[Any, ...], int] = {}

    def take_row(self, row: Row, number: int) -> Outcome:
        said = read_cells(row, self.readers)
        key = self._key(self.written(said))
        if key in self.seen:
            raise RowRefused(
                {self.identity[-1]: [_("Row %(row)s is about the same. Which one counts?") % {"row": self.seen[key]}]}
            )
        self.seen[key] = number
        there = self.there.get(key)
        before = self.cells_of(there) if there else {}
        changed = differences(before, self.written(said), self.needed)
        if there and not changed:
            return Outcome(_("Nothing to do"))
        form = self.form(self.data(said), instance=self.model() if there is None else there)
        if not form.is_valid():
            raise RowRefused(problems_of(form, self.column_of))
        kept = places.keep_place(place=form.save(commit=False), by=self.by, now=self.now)
        return Outcome(
            act=_("Changed") if there else _("Added"),
            type="update" if there else "new",
            subject=" ".join(map(str, key)),
            title=self.title_of(kept),
            differences=changed,
            instance=kept,
        )

    def rows_of(self, queryset: QuerySet[Any]) -> tuple[list[str], list[dict[str, Any]]]:
        return list(self.needed), [self.cells_of(row) for row in queryset]

    def cells_of(self, row: Any) -> dict[str, Any]:
        return self.written({name: self.value_of(row, name) for name in self.needed})

    def written(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as cells."""
        return {name: _cell(value) for name, value in said.items()}

    def value_of(self, row: Any, name: str) -> Any:
        return getattr(row, name)

    def data(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as the form takes them."""
        return {name: "" if value is None else value for name, value in said.items()}

    def title_of(self, row: Model) -> str:
        return str(row)

    def _key(self, written: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(written[name] for name in self.identity)


class JurisdictionTable(PlaceTable):
    model = Jurisdiction
    form = JurisdictionForm
    needed: ClassVar[Sequence[str]] = ("code", "kind", "name", "time_zone")
    identity: ClassVar[Sequence[str]] = ("code",)
    readers: ClassVar = dict.fromkeys(needed, cells.read_text)
    help: ClassVar[dict[str, str]] = {
        "code": gettext_noop("Code of the country, such as KZ, or of the zone."),
        "kind": gettext_noop("country or zone."),
        "name": gettext_noop("Only for zones."),
        "time_zone": gettext_noop("Such as Asia/Almaty. Countries need one."),
    }

    def title_of(self, row: Any) -> str:
        return wording.place_name(row)


class NationalityGroupTable(PlaceTable):
    model = NationalityGroup
    form = NationalityGroupForm
    needed: ClassVar[Sequence[str]] = ("code", "name", "nationalities")
    identity: ClassVar[Sequence[str]] = ("code",)
    readers: ClassVar = {"code": cells.read_text, "name": cells.read_text, "nationalities": cells.read_codes}
    help: ClassVar[dict[str, str]] = {
        "code": gettext_noop("Code of the group, such as EAEU."),
        "name": gettext_noop("Name of the group."),
        "nationalities": gettext_noop("Codes of countries with commas between them, such as AM, BY, KZ."),
    }


class CalendarDayTable(PlaceTable):
    model = CalendarDay
    form = CalendarDayForm
    needed: ClassVar[Sequence[str]] = (
        "jurisdiction",
        "day",
        "is_working_day",
        "reason",
        "source_title",
        "source_url",
        "source_read_on",
    )
    identity: ClassVar[Sequence[str]] = ("jurisdiction", "day")
    readers: ClassVar = {
        "jurisdiction": cells.read_text,
        "day": cells.read_day,
        "is_working_day": cells.read_yes_no,
        "reason": cells.read_text,
        "source_title": cells.read_text,
        "source_url": cells.read_text,
        "source_read_on": cells.read_day,
    }
    help: ClassVar[dict[str, str]] = {
        "jurisdiction": gettext_noop("Code of the country, such as KZ."),
        "day": gettext_noop("The day, such as 2026-12-05."),
        "is_working_day": gettext_noop("yes: it is worked; no: it is a day off."),
        "reason": gettext_noop("Why it differs from the calendar, such as the decree that moved it."),
        "source_title": gettext_noop("Title of the decree or page."),
        "source_url": gettext_noop("Address of the source; may be empty."),
        "source_read_on": gettext_noop("Day on which the source was read."),
    }

    def prepare(self, dataset: tablib.Dataset) -> None:
        """One writer of a calendar works at a time, here as on its page."""
        list(Jurisdiction.objects.select_for_update(no_key=True).order_by("pk"))
        super().prepare(dataset)

    def value_of(self, row: CalendarDay, name: str) -> Any:
        return row.jurisdiction_id if name == "jurisdiction" else getattr(row, name)

    def data(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return self.written(said)

    def title_of(self, row: Any) -> str:
        return f"{row.jurisdiction_id}, {wording.day(row.day)}"


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return cells.write_yes_no(value)
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else value
