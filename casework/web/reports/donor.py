"""The report to donors as tables: what was kept of a period, and nothing that was counted since."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from casework.accounts.roles import Permission
from casework.lib import day_words
from casework.reports.donor import NO_PROGRAMME, TOTAL, Counted
from casework.reports.models import DonorReport
from casework.reports.periods import Period, parse_period
from casework.reports.readers import Reader
from casework.reports.table import HIDDEN, Column, Kind, Table
from casework.web.templatetags.days import day_long

from .answering import Act, Answer, Report, Section
from .helping import AGES, SEXES, Counts, Names, columns_of_ages, columns_of_sexes, places_by
from .own import OwnReportForm


class DonorForm(OwnReportForm):
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        kept = DonorReport.objects.newest_first().values_list("first_on", "months")
        self.periods = [Period(first, months) for first, months in kept]
        field: Any = self.fields["period"]
        field.choices = [(period.key, period_in_words(period)) for period in self.periods]
        if not self.periods:
            self.fields.pop("period")


def period_in_words(period: Period) -> str:
    language = get_language() or "en"
    if not period.is_quarter:
        return day_words.month(period.first, language)
    return _("%(first)s to %(last)s") % {
        "first": day_words.month(period.first, language),
        "last": day_words.month(period.last, language),
    }


def answer(reader: Reader, form: DonorForm) -> Answer:
    make = Act(_("Make a report"), reverse("make_donor_report"))
    if not form.periods:
        return Answer(
            sections=[], said=[_("No report is kept yet. Make that of the last month that is over.")], acts=[make]
        )
    period = parse_period(form.chosen("period", form.periods[0].key))
    report = DonorReport.objects.of(period).get()
    counts: Counts = {Counted(*place): HIDDEN if count is None else count for *place, count in report.places}
    names = Names.kept(report.programmes)
    return Answer(sections=list(_sections(counts, names, period)), said=_said(report), acts=[make])


def _sections(counts: Counts, names: Names, period: Period) -> Iterator[Section]:
    month = TOTAL if period.is_quarter else period.key
    empty = _("Nobody was helped with anything in this period.")
    yield Section(table=table_by_service(counts, names, month), totals=1 if counts else 0, empty=empty)
    if period.is_quarter:
        yield Section(table=_by_month(counts, names), totals=1 if counts else 0, empty=empty)
    yield Section(table=table_in_full(counts, names, period), empty=empty)


def table_by_service(counts: Counts, names: Names, month: str) -> Table:
    """One row a programme and service, and of each programme, with sexes and ages side by side."""
    rows = [
        [
            *names.of(programme, service),
            counts.get(Counted(programme, service, TOTAL, TOTAL, month), 0),
            *(counts.get(Counted(programme, service, sex, TOTAL, month), 0) for sex in SEXES),
            *(counts.get(Counted(programme, service, TOTAL, age, month), 0) for age in AGES),
        ]
        for programme, service in places_by(counts, names, "programme", "service")
    ]
    columns = [*_heads(), _people(), *columns_of_sexes(), *columns_of_ages()]
    return Table(key="by_service", title=_("People helped, by service"), columns=columns, rows=rows)


def _by_month(counts: Counts, names: Names) -> Table:
    months = sorted({place.month for place in counts if place.month != TOTAL})
    columns = [
        *_heads(),
        *(
            Column(
                key=month, label=_month(month), kind=Kind.NUMBER, width=12, hxl=f"#reached+m{month.replace('-', '_')}"
            )
            for month in months
        ),
        Column(key="all", label=_("All months"), kind=Kind.NUMBER, width=10, hxl="#reached+total"),
    ]
    rows = [
        [
            *names.of(programme, service),
            *(counts.get(Counted(programme, service, TOTAL, TOTAL, month), 0) for month in [*months, TOTAL]),
        ]
        for programme, service in places_by(counts, names, "programme", "service")
    ]
    return Table(key="by_month", title=_("People helped, by month"), columns=columns, rows=rows)


def table_in_full(counts: Counts, names: Names, period: Period) -> Table:
    """One row a programme, service, month and sex, with the ages side by side: everything that is kept."""
    rows = [
        [
            *names.of(programme, service),
            *([_month(month)] if period.is_quarter else []),
            names.sex(sex),
            counts.get(Counted(programme, service, sex, TOTAL, month), 0),
            *(counts.get(Counted(programme, service, sex, age, month), 0) for age in AGES),
        ]
        for programme, service, month, sex in places_by(counts, names, "programme", "service", "month", "sex")
    ]
    columns = [
        *_heads(),
        *([Column(key="month", label=_("Month"), width=14, hxl="#date+month")] if period.is_quarter else []),
        Column(key="sex", label=_("Sex"), width=12, hxl="#beneficiary+sex"),
        _people(),
        *columns_of_ages(),
    ]
    return Table(key="in_full", title=_("By sex and age together"), columns=columns, rows=rows)


def _heads() -> list[Column]:
    return [
        Column(key="programme", label=_("Programme"), width=24, hxl="#activity+programme"),
        Column(key="donor", label=_("Donor"), width=20, hxl="#org+funder"),
        Column(key="service", label=_("Service"), width=22, hxl="#service"),
    ]


def _people() -> Column:
    return Column(key="people", label=_("People"), kind=Kind.NUMBER, width=9, hxl="#reached+total")


def _month(key: str) -> str:
    return _("all months") if key == TOTAL else day_words.month(parse_period(key).first, get_language() or "en")


def _said(report: DonorReport) -> Sequence[str]:
    """Return what belongs to these numbers wherever they go."""
    said = [
        _("Of %(period)s, for the whole organisation, as it was first made on %(day)s.")
        % {"period": period_in_words(report.period), "day": day_long(report.made_at)},
        _("What was recorded later is not in it, and people of restricted cases are counted nowhere."),
        _(
            "People are counted once for each programme, kind of service and month. A total over several of them counts "
            "the same person once for each. Ages are those of the day of the service; of a year of birth alone, the younger."
        ),
        _(
            "* stands for a number that is not told: it may be anything from 1 to 7, or be hidden because it would tell such a "
            "number beside it. 0 means nobody."
        ),
    ]
    if any(place[0] == NO_PROGRAMME for place in report.places):
        said.append(_("“No programme” are services that were paid from none."))
    return said


DONOR = Report(
    key="donor",
    title=gettext_lazy("Report to donors"),
    about=gettext_lazy(
        "Who was helped with what, by programme, service, sex and age, month by month. Made once and kept, without small numbers."
    ),
    url_name="report_donor",
    answer=answer,
    form=DonorForm,
    permission=Permission.DONOR_REPORTS,
)
