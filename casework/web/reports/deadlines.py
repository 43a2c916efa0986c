"""What became of deadlines: met, missed, waived or still to come, by month, kind, country and caseworker."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from casework.accounts.models import User
from casework.lib.suppression import outgoing_count, outgoing_part
from casework.reports.deadlines import Outcome, Outcomes, outcomes_of, people_of_others
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Table, counted
from casework.residency.models import Deadline

from . import charts
from .answering import Answer, Report, Section
from .charts import Chart
from .months import MonthsForm, month_in_words
from .own import numbers
from .wording import about_whose, country, total_of

ORDER = (Outcome.IN_TIME, Outcome.LATE, Outcome.DAY_UNKNOWN, Outcome.WAIVED, Outcome.MISSED, Outcome.TO_COME)


class DeadlinesForm(MonthsForm):
    ways: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("month", gettext_lazy("month")),
        ("duty", gettext_lazy("kind")),
        ("country", gettext_lazy("country")),
    )


def answer(reader: Reader, form: DeadlinesForm) -> Answer:
    return _of_others(reader, form) if form.whose is Whose.OTHERS else _of_own_teams(reader, form)


def _of_others(reader: Reader, form: DeadlinesForm) -> Answer:
    """Return how many people had a deadline and how many missed one; no total, since somebody may be in several rows."""
    first, after = form.period
    by: Any = form.by
    found = people_of_others(reader, by=by, first=first, after=after)
    duties = _duties()
    ways: dict[str, tuple[str, str, Callable[[Any], str], str]] = {
        "month": (_("By month"), _("Month"), month_in_words, "#date+month"),
        "duty": (_("By kind"), _("What has to be done"), lambda it: duties.get(it, it), "#activity"),
        "country": (_("By country"), _("Country"), country, "#country+name"),
    }
    title, head, in_words, hxl = ways[by]
    order = sorted(found) if by == "month" else sorted(found, key=in_words)
    columns = numbers(
        ("people", _("People with a deadline"), "#affected+deadlines"),
        ("missed", _("Missed one"), "#affected+deadlines+missed"),
    )
    rows = [
        [in_words(key), counted(outgoing_count(people.all)), counted(outgoing_part(people.all, people.missed))]
        for key, people in ((key, found[key]) for key in order)
    ]
    table = Table(
        key=f"by_{by}", title=title, columns=[Column(key=by, label=head, width=26, hxl=hxl), *columns], rows=rows
    )
    said = [
        about_whose(reader, Whose.OTHERS),
        form.in_words,
        _(
            "Somebody counts once in a row, however many deadlines they had. Missed: its day is over and nobody has answered."
        ),
    ]
    return Answer(sections=[Section(table=table, empty=_("No deadline lies in these months."))], said=said)


def _duties() -> dict[str, str]:
    return {value: str(label) for value, label in Deadline._meta.get_field("duty").flatchoices}


def _of_own_teams(reader: Reader, form: DeadlinesForm) -> Answer:
    months = form.asked(reader.today)
    found = outcomes_of(reader.user, first=months[0].first, after=months[-1].after, now=reader.now)
    duties = _duties()
    names = _names(found)
    sections = [
        replace(
            _section(
                found, "month", "by_month", _("By month"), _("Month"), month_in_words, "#date+month", by_name=False
            ),
            chart=_chart(found),
        ),
        _section(
            found, "duty", "by_duty", _("By kind"), _("What has to be done"), lambda it: duties.get(it, it), "#activity"
        ),
        _section(found, "country", "by_country", _("By country"), _("Country"), country, "#country+name"),
        _section(
            found, "worker", "by_worker", _("By caseworker"), _("Caseworker"), lambda it: names.get(it, _("nobody")), ""
        ),
    ]
    said = [
        about_whose(reader, Whose.OWN),
        _(
            "A deadline counts in the month of its date: computed, or set by an authority or by staff in its place. What is only possible from a day on does not count, and neither does what is no longer computed, unless somebody answered it."
        ),
        _(
            "Met by the day or later: a fact on record shows it, such as a registration, or somebody said “done”, on the day where the team works. Missed: its day is over and nobody has answered. Waived: somebody said why it does not have to be met."
        ),
    ]
    return Answer(sections=sections, said=said)


def _section(
    found: Outcomes,
    name: str,
    key: str,
    title: str,
    head: str,
    in_words: Callable[[Any], str],
    hxl: str,
    *,
    by_name: bool = True,
) -> Section:
    """Return one way to divide the deadlines, with the same total as every other."""
    counts = found.by(name)
    order = sorted(counts, key=in_words) if by_name else sorted(counts)
    heads = [Column(key=name, label=head, width=26, hxl=hxl)]
    rows: list[list[Any]] = [[in_words(value), *_row(counts[value])] for value in order]
    if rows:
        rows.append([*total_of(heads), *_row(found.total)])
    table = Table(key=key, title=title, columns=[*heads, *_columns()], rows=rows)
    return Section(table=table, totals=1, empty=_("No deadline lies in these months."))


def _chart(found: Outcomes) -> Chart | None:
    """Return a bar for each month: what became of its deadlines."""
    by_month = found.by("month")
    if not by_month:
        return None
    months = sorted(by_month)
    met = (Outcome.IN_TIME, Outcome.LATE, Outcome.DAY_UNKNOWN)
    layers = (
        ("chart-occupied", pgettext("deadlines", "met"), met),
        ("chart-free", pgettext("deadlines", "waived"), (Outcome.WAIVED,)),
        ("chart-expected", pgettext("deadlines", "missed"), (Outcome.MISSED,)),
        ("chart-blocked", pgettext("deadlines", "to come"), (Outcome.TO_COME,)),
    )
    return charts.bars(
        key="by_month",
        title=_("What became of the deadlines of each month"),
        told=_("Of %(all)s deadlines %(missed)s are missed.")
        % {"all": sum(found.total.values()), "missed": found.total[Outcome.MISSED]},
        names=[month_in_words(month) for month in months],
        layers=[
            charts.Layer(
                look=look, word=word, numbers=[sum(by_month[month][it] for it in outcomes) for month in months]
            )
            for look, word, outcomes in layers
        ],
    )


def _columns() -> list[Column]:
    return numbers(
        ("due", _("Due"), "#indicator+deadlines+due"),
        ("in_time", _("Met by the day"), "#indicator+deadlines+met"),
        ("late", _("Met later"), "#indicator+deadlines+late"),
        ("day_unknown", _("Met, day not known"), "#indicator+deadlines+met+day_unknown"),
        ("waived", _("Waived"), "#indicator+deadlines+waived"),
        ("missed", _("Missed"), "#indicator+deadlines+missed"),
        ("to_come", _("To come"), "#indicator+deadlines+to_come"),
    )


def _row(counts: Counter[Outcome]) -> list[int]:
    return [sum(counts.values()), *(counts[outcome] for outcome in ORDER)]


def _names(found: Outcomes) -> Mapping[UUID, str]:
    """Return what the caseworkers are called. One query."""
    ids = {place.worker for place, _outcome in found.counts if place.worker is not None}
    users: Any = User.objects.filter(pk__in=ids)
    return {user.pk: str(user.display_name) for user in users}


DEADLINES = Report(
    key="deadlines",
    title=gettext_lazy("Deadlines met and missed"),
    about=gettext_lazy(
        "What became of the deadlines of each month: met by the day or later, missed, waived, still to come."
    ),
    url_name="report_deadlines",
    answer=answer,
    form=DeadlinesForm,
)
