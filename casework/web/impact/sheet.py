"""The page as a workbook: the figures and rows that the reader sees, nothing more."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.reports.table import Column, Kind, Table

from .figures import Figures
from .lines import LineRow

Row = Sequence[Any]


def tables_of(figures: Figures, rows: Iterable[LineRow], *, title: str, has_rows: bool) -> list[Table]:
    """Return the sheets: the figures of what `title` names and, for whoever has people, their rows."""
    found = [Table(key="figures", title=_("Figures"), columns=_figure_columns(), rows=_figures(figures, title))]
    if has_rows:
        found.append(
            Table(key="deadlines", title=_("Deadlines"), columns=_line_columns(), rows=(_line(row) for row in rows))
        )
    return found


def _figure_columns() -> list[Column]:
    def number(key: str, label: str) -> Column:
        return Column(key=key, label=label, kind=Kind.NUMBER, width=14)

    return [
        Column(key="part", label=_("About"), width=34),
        Column(key="what", label=_("What"), width=30),
        number("own", _("Your teams")),
        number("others", _("Other teams")),
        Column(key="remark", label=_("Remark"), width=30),
    ]


def _figures(figures: Figures, title: str) -> Iterator[Row]:
    yield title, "", None, None, ""
    own, others, concerned = figures.own, figures.others, _("People concerned")
    yield _("People"), concerned, own.people if figures.has_own else None, others, _hidden(others)
    if figures.has_own:
        for label, count in (
            (_("Lose days"), own.lose),
            (_("Gain days"), own.gain),
            (_("Become overdue"), own.become_overdue),
            (_("Are overdue no more"), own.stop_overdue),
        ):
            yield _("People"), label, count, None, ""
        for team in figures.own_teams:
            yield _("Team"), team.label, team.own, None, ""
    for team in figures.other_teams:
        yield _("Team"), team.label, None, team.others, _hidden(team.others)
    for part, counts in ((_("Country"), figures.countries), (_("Days gained or lost"), figures.bars)):
        for it in counts:
            yield part, it.label, it.own if figures.has_own else None, it.others, _hidden(it.others)
    if figures.has_own:
        for said, which in ((_("would go"), "after"), (_("would have gone"), "before")):
            for lead in figures.leads:
                yield _("Reminders within 30 days") + f": {said}", lead.label, getattr(lead, which), None, ""


def _hidden(count: int | None) -> str:
    return _("number of the other teams: hidden") if count is None else ""


def _line_columns() -> list[Column]:
    def text(key: str, label: str, width: int = 18) -> Column:
        return Column(key=key, label=label, width=width)

    return [
        text("person", _("Person"), 30),
        text("reference", _("Reference"), 13),
        text("case", _("Case"), 13),
        text("team", _("Team")),
        text("duty", _("Duty"), 24),
        text("country", _("Country")),
        Column(key="before", label=_("Before"), kind=Kind.DAY, width=13),
        Column(key="after", label=_("After"), kind=Kind.DAY, width=13),
        Column(key="days", label=_("Days"), kind=Kind.NUMBER, width=8),
        text("what", _("What happens"), 24),
        text("rule_before", _("Rule before"), 40),
        text("rule_after", _("Rule after"), 40),
    ]


def _line(row: LineRow) -> Row:
    line = row.line
    return [
        row.person,
        row.reference,
        row.case_code,
        row.team,
        row.duty,
        row.country,
        line.before_on,
        line.after_on,
        line.days,
        row.what,
        row.before.rule,
        row.after.rule,
    ]
