"""The caseload of the reader's teams: by worker, what waits, and which cases could go to whom."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from casework.accounts.roles import Permission
from casework.clients.models import Case
from casework.reports.balance import Move
from casework.reports.caseload import Caseload, OpenCase, balance_of, caseload_of
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table

from . import charts
from .answering import Answer, Report, Section
from .charts import Chart
from .own import OwnReportForm, numbers
from .wording import about_whose, country, total_of

USUAL_DAYS = 30
DAYS = [(number, number) for number in (7, 14, 30, 60, 90, 180)]
_LANGUAGES = dict(settings.CLIENT_LANGUAGES)
# Of what waits, so many rows are shown: whoever has more sees the worst, and the number of all.
MOST_ROWS = 60


class CaseloadForm(OwnReportForm):
    days = forms.TypedChoiceField(
        label=gettext_lazy("Not touched for so many days"),
        choices=DAYS,
        coerce=int,
        required=False,
        initial=USUAL_DAYS,
    )


def answer(reader: Reader, form: CaseloadForm) -> Answer:
    days = form.chosen("days", USUAL_DAYS)
    load = caseload_of(
        reader.user,
        reader.teams,
        touched_since=reader.now - timedelta(days=days),
        today=reader.today,
        now=reader.now,
    )
    said = [
        about_whose(reader, Whose.OWN),
        _("Restricted cases count where you are named on them, and nowhere else."),
        _(
            "A next step is an open to-do, an appointment or a deadline that lies ahead. Touched means that something was done or written down; looking at a case is not enough."
        ),
    ]
    return Answer(sections=[*_by_worker(load), *_waiting(load, days), _balance(load)], said=said)


def _by_worker(load: Caseload) -> Iterator[Section]:
    several = len(load.team_names) > 1
    heads = [
        Column(key="worker", label=_("Caseworker"), width=26),
        *([Column(key="team", label=_("Team"), width=16, hxl="#org+team+name")] if several else []),
    ]
    columns = [
        *heads,
        *numbers(
            ("open", _("Open"), "#indicator+cases+open"),
            ("urgent", _("Of them urgent"), "#indicator+cases+urgent"),
            ("high", _("Of them high"), "#indicator+cases+high"),
            *([("points", _("Points"), "#indicator+cases+points")] if load.has_scores else []),
            ("without_step", _("Without a next step"), "#indicator+cases+waiting"),
            ("untouched", _("Not touched"), "#indicator+cases+untouched"),
            ("closed", _("Closed in 30 days"), "#indicator+cases+closed"),
        ),
    ]
    works = {(it.team, it.id) for it in load.staff if not it.only_assigns}
    counted = [(team, worker, name, _counts(load, team, worker)) for team, worker, name in _workers(load)]
    rows: list[list[Any]] = [
        [name, *([load.team_names[team]] if several else []), *counts]
        for team, worker, name, counts in counted
        if any(counts) or (team, worker) in works
    ]
    chart = _chart(load, [(name, team, worker) for team, worker, name, counts in counted if counts[0]])
    if rows:
        rows.append([*total_of(heads), *map(sum, zip(*(counts for *_who, counts in counted), strict=True))])
    yield Section(
        table=Table(key="by_worker", title=_("Cases by caseworker"), columns=columns, rows=rows),
        totals=1,
        chart=chart,
        empty=_("There is no open case."),
    )


def _chart(load: Caseload, holders: list[tuple[str, UUID, UUID | None]]) -> Chart | None:
    """Return a bar of open cases for everybody who has any, those who have most first."""
    if not holders:
        return None
    of = {who: load.by_holder.get(who[1:], ()) for who in holders}
    order = sorted(holders, key=lambda who: (-len(of[who]), who[0]))
    urgent, high = Case.Priority.URGENT.value, Case.Priority.HIGH.value
    return charts.bars(
        key="by_worker",
        title=_("Open cases by caseworker"),
        told=_("Most cases: %(name)s, %(most)s. Fewest: %(least_name)s, %(least)s.")
        % {
            "name": order[0][0],
            "most": len(of[order[0]]),
            "least_name": order[-1][0],
            "least": len(of[order[-1]]),
        },
        names=[name for name, _team, _worker in order],
        layers=[
            charts.Layer(
                look=look,
                word=word,
                numbers=[sum(is_one(case.priority) for case in of[who]) for who in order],
            )
            for look, word, is_one in (
                ("chart-expected", pgettext("priority of cases", "urgent"), lambda it: it == urgent),
                ("chart-held", pgettext("priority of cases", "high"), lambda it: it == high),
                ("chart-occupied", pgettext("priority of cases", "all others"), lambda it: it not in (urgent, high)),
            )
        ],
    )


def _workers(load: Caseload) -> list[tuple[UUID, UUID | None, str]]:
    """Return everybody who has cases in a team or may have some, then whoever has left, then nobody."""
    found = [(it.team, it.id, it.name) for it in load.staff]
    known = {(team, worker) for team, worker, _name in found}
    held = load.by_holder.keys() | load.closed.keys()
    gone = {(team, worker) for team, worker in held if worker is not None and (team, worker) not in known}
    found += [(team, worker, _("somebody who left the team")) for team, worker in sorted(gone, key=str)]
    return [*found, *((team, None, _("nobody")) for team in load.team_names)]


def _counts(load: Caseload, team: UUID, worker: UUID | None) -> list[int]:
    cases = load.by_holder.get((team, worker), ())
    return [
        len(cases),
        sum(case.priority == Case.Priority.URGENT for case in cases),
        sum(case.priority == Case.Priority.HIGH for case in cases),
        *([sum(case.points or 0 for case in cases)] if load.has_scores else []),
        sum(not case.has_next for case in cases),
        sum(not case.is_touched for case in cases),
        load.closed.get((team, worker), 0),
    ]


def _waiting(load: Caseload, days: int) -> Iterator[Section]:
    untouched = ngettext("Not touched for %(count)s day", "Not touched for %(count)s days", days) % {"count": days}
    lists = (
        ("unassigned", _("Nobody looks after them"), [case for case in load.cases if case.worker is None]),
        ("without_step", _("Without a next step"), [case for case in load.cases if not case.has_next]),
        ("untouched", untouched, [case for case in load.cases if not case.is_touched]),
    )
    for key, title, cases in lists:
        first = sorted(cases, key=lambda case: (_RANKS.get(case.priority, 9), case.opened_at, case.code))
        said = []
        if len(first) > MOST_ROWS:
            said = [_("The %(shown)s most urgent and oldest of %(all)s.") % {"shown": MOST_ROWS, "all": len(first)}]
        yield Section(
            table=Table(key=key, title=title, columns=_columns(), rows=[_row(load, it) for it in first[:MOST_ROWS]]),
            said=said,
            empty=_("There is none."),
            link=lambda row: reverse("case", args=[row[0]]),
        )


_RANKS = {Case.Priority.URGENT.value: 0, Case.Priority.HIGH.value: 1, Case.Priority.NORMAL.value: 2}


def _columns() -> list[Column]:
    return [
        Column(key="case", label=_("Case"), width=13),
        Column(key="worker", label=_("Caseworker"), width=24),
        Column(key="priority", label=_("Priority"), width=10),
        Column(key="opened_on", label=_("Opened"), kind=Kind.DAY, width=13, hxl="#date+start"),
    ]


def _row(load: Caseload, case: OpenCase) -> list[Any]:
    name = load.name_of(case.worker) or (_("somebody who left the team") if case.worker else "")
    return [case.code, name, str(Case.Priority(case.priority).label), case.opened_at.date()]


def _balance(load: Caseload) -> Section:
    """Suggestions: the code of each leads to the form by which its case is given to another, and nothing moves by itself."""
    columns = [
        Column(key="case", label=_("Case"), width=13),
        Column(key="from", label=pgettext("case", "From"), width=20),
        Column(key="to", label=pgettext("case", "To"), width=20),
        Column(key="reason", label=_("Why"), width=60),
    ]
    found = balance_of(load)
    rows = [
        [
            move.case.code,
            load.name_of(UUID(move.case.worker)) if move.case.worker else _("nobody"),
            _to(load, move),
            _why(load, move),
        ]
        for move in found[:MOST_ROWS]
    ]
    said = [
        _(
            "Suggestions by number of cases, and by points where cases have scores: nothing moves by itself. Each code leads to the form that gives the case to another. Restricted cases and those offered to another team are never suggested."
        )
    ]
    if len(found) > MOST_ROWS:
        said.append(_("The first %(shown)s of %(all)s.") % {"shown": MOST_ROWS, "all": len(found)})
    return Section(
        table=Table(key="balance", title=_("How loads could even out"), columns=columns, rows=rows),
        said=said,
        empty=_("Loads are even, or no case could go to somebody who has its language and country."),
        link=lambda row: reverse("assign_case", args=[row[0]]),
    )


def _to(load: Caseload, move: Move) -> str:
    return load.name_of(UUID(move.to.id))


def _why(load: Caseload, move: Move) -> str:
    """Return what speaks for a move, in sentences."""
    numbers_of = {
        "before": move.giver_before,
        "after": move.giver_after,
        "taker_before": move.taker_before,
        "taker_after": move.taker_after,
    }
    told = (
        _("Load %(before)s becomes %(after)s there, and %(taker_before)s becomes %(taker_after)s here.")
        if move.case.worker
        else _("Nobody looks after it; load %(taker_before)s becomes %(taker_after)s here.")
    ) % numbers_of
    sentences = [told]
    if not move.to.languages:
        sentences.append(_("They have no case yet: ask whether they have its language."))
    elif move.case.language:
        sentences.append(
            _("They work in its language (%(language)s).")
            % {"language": _LANGUAGES.get(move.case.language, move.case.language)}
        )
    if move.to.countries and move.case.country:
        sentences.append(_("They have cases in %(country)s.") % {"country": country(move.case.country)})
    return " ".join(sentences)


CASELOAD = Report(
    key="caseload",
    title=gettext_lazy("Caseload"),
    about=gettext_lazy(
        "Who looks after how many cases, which have nobody, no next step or have not been touched, and how loads could even out."
    ),
    url_name="report_caseload",
    answer=answer,
    form=CaseloadForm,
    permission=Permission.CASE_ASSIGN,
)
