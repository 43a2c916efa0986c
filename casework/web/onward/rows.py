"""Answers about countries in words, one row a country; members of a zone about which nothing else is recorded share one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from casework.lib.countries import country_name
from casework.residency.because import lines, place_name, warning_sentence
from casework.residency.computing import steps_as_json
from casework.residency.rules import onward as engine
from casework.residency.rules.choices import ACTORS, DOCUMENT_KINDS
from casework.residency.rules.kinds import DUTY_LABELS, Duty, Kind
from casework.residency.rules.onward import Freedom, Pathway, Prospect, Standing, Way
from casework.residency.rules.papers import NOWHERE, Paper
from casework.residency.rules.position import Deadline, Step
from casework.residency.rules.rulebook import Citation
from casework.residency.rules.stated import Stated
from casework.web.templatetags.days import day

from .risk import Risk, risks_of
from .sources import Rules, Sources, sources
from .words import EXPLAINED, HEADINGS, SHAPES, SHORT, VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to one question. `on` is its day, if it has one; `blank`: nothing is recorded."""

    text: str
    on: date | None = None
    notes: Sequence[str] = ()
    status: str = ""
    blank: bool = False
    sources: Sources = field(default_factory=lambda: Sources((), "reviewed"))
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """Going there on another document than the best one."""

    paper: str
    standing: str
    shape: str
    stay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryRow:
    """What is recorded of one country, or of the members of a zone that have the same answers."""

    codes: Sequence[str]
    name: str
    fellows: str
    zones: Sequence[tuple[str, str]]  # code and name
    standing: Standing
    short: str
    shape: str
    paper: str
    papers: Sequence[Answer]
    entry: Sequence[Answer]
    stay: Answer
    earliest: Answer | None
    duties: Sequence[Answer]
    work: Sequence[Answer]
    pathways: Sequence[Answer]
    returns: Answer | None
    risks: Sequence[Risk]
    areas: Sequence[Answer]
    notes: Sequence[Answer]
    others: Sequence[WayLine]

    @property
    def code(self) -> str:
        return self.codes[0]

    @property
    def choice(self) -> str:
        """What the form that makes a sheet sends for this row."""
        return ",".join(self.codes)

    @property
    def is_own(self) -> bool:
        return self.standing == Standing.OWN

    @property
    def all_sources(self) -> list[Citation]:
        """Return what every answer of the row rests on, each source once."""
        answers = [
            *self.papers,
            *self.entry,
            self.stay,
            *self.duties,
            *self.work,
            *self.pathways,
            *self.areas,
            *self.notes,
        ]
        rules = [each for answer in answers for each in answer.sources.rules] + [risk.source for risk in self.risks]
        found = {(it.title, it.read_on): it for rule in rules for it in rule.citations if it.supports}
        return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The countries of one standing."""

    key: str
    title: str
    text: str
    rows: Sequence[CountryRow]

    @property
    def count(self) -> int:
        return sum(len(row.codes) for row in self.rows)


def groups_of(
    prospects: Iterable[Prospect], rules: Rules, imposed: Mapping[str, date] = MappingProxyType({})
) -> list[Group]:
    """Return the countries by standing, in the order in which they come. `imposed`: days to leave set by authorities."""
    found = []
    for standing, members in groupby(prospects, key=lambda prospect: prospect.standing):
        rows = [row_of(fellows, rules, imposed) for fellows in _fellows(members)]
        found.append(Group(key=standing.value, title=str(HEADINGS[standing]), text=str(EXPLAINED[standing]), rows=rows))
    return found


def useless_papers(prospects: Sequence[Prospect], rules: Rules) -> list[Answer]:
    """Return, once for all countries, the documents that serve nowhere, and why."""
    papers = {paper.id: paper for prospect in prospects for paper in prospect.papers if paper.verdict in NOWHERE}
    return [paper_answer(paper, rules) for paper in papers.values()]


def _fellows(prospects: Iterable[Prospect]) -> list[list[Prospect]]:
    """Return the countries one by one, those together of which nothing but the same zones is recorded."""
    together: dict[Any, list[Prospect]] = {}
    for prospect in prospects:
        is_plain = prospect.rule_count == 0 and prospect.returns is None and bool(prospect.zones)
        key = (prospect.zones, prospect.best.stay.last_on, prospect.best.legal_basis) if is_plain else prospect.country
        together.setdefault(key, []).append(prospect)
    return list(together.values())


def row_of(fellows: Sequence[Prospect], rules: Rules, imposed: Mapping[str, date]) -> CountryRow:
    """Return the row of countries with the same answers."""
    prospect = fellows[0]
    way = prospect.best
    names = sorted((country_name(each.country, _language()) for each in fellows), key=str.casefold)
    several = ngettext("%(count)s country", "%(count)s countries", len(names)) % {"count": len(names)}
    zones = [(zone, place_name(zone)) for zone in prospect.zones]
    return CountryRow(
        codes=[each.country for each in fellows],
        name=names[0] if len(names) == 1 else f"{' + '.join(zone for _code, zone in zones)}: {several}",
        fellows=", ".join(names) if len(names) > 1 else "",
        zones=zones,
        standing=prospect.standing,
        short=str(SHORT[prospect.standing]),
        shape=SHAPES[prospect.standing],
        paper=_paper_name(way.paper) if way.paper else "",
        papers=[paper_answer(paper, rules) for paper in prospect.papers if paper.verdict not in NOWHERE],
        entry=_entry(prospect, rules),
        stay=_stay(way, rules, imposed.get(prospect.country) if prospect.standing == Standing.HERE else None),
        earliest=_freedom(way.earliest, rules) if way.earliest else None,
        duties=[duty_answer(each, rules) for each in way.duties],
        work=_work(way, rules),
        pathways=[*(_pathway(each, rules) for each in way.pathways), *_openings(way, rules)],
        returns=_freedom(prospect.returns, rules) if prospect.returns else None,
        risks=risks_of(rules, [each.rule_id for each in prospect.risk]),
        areas=[said(each, rules) for each in prospect.areas],
        notes=[said(each, rules) for each in way.stating(Kind.NOTE, Kind.REGISTRATION_EXEMPTION)],
        others=[_other(each, rules) for each in prospect.ways[1:]],
    )


def said(stated: Stated, rules: Rules) -> Answer:
    """Return a statement in the words of its rule."""
    found = sources(rules, [stated.rule_id])
    one = found.rules[0]
    return Answer(text=one.says, status=one.status, sources=found, notes=_for_whom(stated))


def _for_whom(stated: Stated) -> list[str]:
    return [_("only for who comes to work")] if stated.purpose == "work" else []


# Entry


def _entry(prospect: Prospect, rules: Rules) -> list[Answer]:
    way = prospect.best
    if prospect.standing in (Standing.OWN, Standing.HERE):
        return [said(each, rules) for each in way.entry]
    found = [said(each, rules) for each in way.entry if each.kind != Kind.VISA_REQUIRED]
    return [_visa(way, rules), *found]


def _visa(way: Way, rules: Rules) -> Answer:
    if way.legal_basis:
        return Answer(text=_("They hold a permit or visa that is valid that day."))
    required = way.stating(Kind.VISA_REQUIRED)
    if required:
        return said(required[0], rules)
    if way.has_own_rule:
        return Answer(
            text=_("A stay without a visa is recorded for their nationality."),
            sources=sources(rules, way.stay.rule_ids),
        )
    return Answer(text=_("No rule about visas is recorded."), blank=True)


def paper_answer(paper: Paper, rules: Rules) -> Answer:
    verdict = str(VERDICTS[paper.verdict])
    if paper.needed_on:
        verdict %= {"needed": day(paper.needed_on)}
    return Answer(
        text=f"{_paper_name(paper)}: {verdict}",
        blank=paper.verdict == "paper_no_rule",
        sources=sources(rules, paper.rule_ids),
    )


def _paper_name(paper: Paper) -> str:
    kind = _(DOCUMENT_KINDS.get(paper.kind, paper.kind))
    return f"{kind} ({country_name(paper.country, _language())})" if paper.country else kind


# Days


def _stay(way: Way, rules: Rules, imposed_on: date | None = None) -> Answer:
    stay = way.stay
    notes = []
    if imposed_on:
        notes.append(_("Another day to leave has been set: %(day)s.") % {"day": day(imposed_on)})
    if stay.alternative_on:
        notes.append(_("Another reading gives %(day)s.") % {"day": day(stay.alternative_on)})
    if way.paper and way.paper.valid_until and stay.last_on and way.paper.valid_until < stay.last_on:
        notes.append(_("The document is valid until %(day)s only.") % {"day": day(way.paper.valid_until)})
    return Answer(
        text=_stay_text(stay, way.standing),
        on=stay.last_on,
        notes=[*notes, *(_about(each) for each in way.warnings if each.code not in _SAID_OTHERWISE)],
        blank=stay.code == engine.NOT_RECORDED,
        sources=sources(rules, stay.rule_ids),
        reasons=_sentences(stay.because),
    )


# The answer says it already.
_SAID_OTHERWISE = frozenset(
    {"own_national", "no_rule_recorded", "no_day_lawful", "leave_suspended", "leave_suspended_until_decided"}
)


def _about(warning: Any) -> str:
    return warning_sentence({"code": warning.code, "values": dict(warning.values), "country": ""})


def _stay_text(stay: engine.StayAnswer, standing: Standing) -> str:
    match stay.code:
        case engine.UNTIL:
            count = stay.days or 0
            words = ngettext("%(count)s day, until %(day)s", "%(count)s days, until %(day)s", count)
            return words % {"count": count, "day": day(stay.last_on)}
        case engine.UNLIMITED:
            return _("No limit for nationals") if standing == Standing.OWN else _("No limit that is recorded ends it")
        case engine.NOT_THAT_DAY:
            return _("No day: the stay is not lawful any more") if standing == Standing.HERE else _("No day")
        case engine.SUSPENDED:
            return _("Until an application is decided")
    return _("No rule about the length of stay is recorded")


def _freedom(freedom: Freedom, rules: Rules) -> Answer:
    if freedom.from_on is None:
        text = _("No day in sight, by the limits recorded")
    else:
        text = _("From %(day)s") % {"day": day(freedom.from_on)}
    return Answer(
        text=text,
        on=freedom.from_on,
        sources=sources(rules, freedom.rule_ids),
        reasons=_sentences(freedom.because),
    )


# What to do, work, residence


def duty_answer(deadline: Deadline, rules: Rules) -> Answer:
    notes = []
    who = _who(deadline, rules)
    if who:
        notes.append(_("who must act: %(who)s") % {"who": who})
    if deadline.optional:
        notes.append(_("only if they want it"))
    if deadline.is_met:
        notes.append(_("done, as recorded"))
    if deadline.only_if_here_after:
        notes.append(_("only for who stays after %(day)s") % {"day": day(deadline.only_if_here_after)})
    if deadline.alternative_on:
        notes.append(_("another reading gives %(day)s") % {"day": day(deadline.alternative_on)})
    return Answer(
        text=_(DUTY_LABELS[deadline.duty]),
        on=deadline.due_on,
        notes=notes,
        sources=sources(rules, deadline.rule_ids),
        reasons=_sentences(deadline.because),
    )


def _who(deadline: Deadline, rules: Rules) -> str:
    rule = rules.get(deadline.rule_ids[0]) if deadline.rule_ids else None
    if rule is None or rule.kind != Kind.REGISTER_WITHIN:
        return ""
    return _(ACTORS[rule.parameters.get("actor") or "self"])


def _work(way: Way, rules: Rules) -> list[Answer]:
    return [said(each, rules) for each in way.stating(Kind.WORK_RIGHT, Kind.GRACE_PERIOD)]


def _pathway(pathway: Pathway, rules: Rules) -> Answer:
    answer = said(pathway.stated, rules)
    notes = [*answer.notes]
    if pathway.apply_by:
        notes.append(_("to be applied for by %(day)s") % {"day": day(pathway.apply_by)})
    return Answer(text=answer.text, on=pathway.apply_by, notes=notes, status=answer.status, sources=answer.sources)


def _openings(way: Way, rules: Rules) -> list[Answer]:
    return [
        Answer(
            text=_("%(what)s: possible from %(day)s")
            % {"what": _(DUTY_LABELS[Duty(each.duty)]), "day": day(each.opens_on)},
            on=each.opens_on,
            sources=sources(rules, each.rule_ids),
            reasons=_sentences(each.because),
        )
        for each in way.openings
    ]


def _other(way: Way, rules: Rules) -> WayLine:
    return WayLine(
        paper=_paper_name(way.paper) if way.paper else "",
        standing=str(SHORT[way.standing]),
        shape=SHAPES[way.standing],
        stay=_stay(way, rules).text,
    )


def _sentences(because: Sequence[Step]) -> list[str]:
    return [line.sentence for line in lines(steps_as_json(because))]


def _language() -> str:
    return get_language() or "en"
