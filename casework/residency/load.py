"""Brings reference files into the database: adds what is new, supersedes what has changed, keeps people's work.

A published rule never changes, so a changed entry closes the version that was held until now and a new
row begins. What people have published, edited or closed here is left as it is and reported.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.marking import gettext_noop as _

from .models import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule
from .publishing import Version, close, insert, lock_rules
from .rulebook import rules_of
from .rules import rulebook
from .rules.reference import Entry, Fault, Group, Places, Reference, overlap


@dataclass(slots=True)
class Report:
    """What a load did, by key of the rule. `kept`: key -> why the database was left as it is."""

    places: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    refused: list[Fault] = field(default_factory=list)

    @property
    def has_written(self) -> bool:
        return bool(self.places or self.added or self.changed or self.closed)


@dataclass(frozen=True, slots=True)
class _Held:
    """The latest published version of a key, as a row and as a plain rule."""

    row: Rule
    rule: rulebook.Rule


def recorded_places() -> Places:
    """Return the countries, zones and groups in the database, for files that bring rules only. Two queries."""
    rows = list(Jurisdiction.objects.all())
    return Places(
        countries={row.code: row.time_zone for row in rows if row.kind == Jurisdiction.Kind.COUNTRY},
        zones={row.code: row.name for row in rows if row.kind == Jurisdiction.Kind.ZONE},
        groups={row.code: Group(row.name, tuple(row.nationalities)) for row in NationalityGroup.objects.all()},
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One row to write: an entry, and the version that it supersedes, if any."""

    entry: Entry
    supersedes: _Held | None = None


@dataclass(slots=True)
class _Plan:
    """What a load means to write, before it is known what stands in the way."""

    now: datetime
    is_first: bool
    steps: list[_Step] = field(default_factory=list)
    withdrawn: list[_Held] = field(default_factory=list)

    @property
    def ended(self) -> list[_Held]:
        """The versions that will no longer be held."""
        return self.withdrawn + [step.supersedes for step in self.steps if step.supersedes]


@transaction.atomic
def load(*, reference: Reference, now: datetime, by: User | None = None) -> Report:
    """Bring the entries into the database in one transaction; what is refused does not stop the others.

    The first load into a database without rules keeps the `known` of the files. Later ones are known
    from `now`: until then nobody here held them to be so. A second run of the same files writes nothing.
    """
    lock_rules()
    report = Report(places=_add_places(reference.places), refused=list(reference.faults))
    plan = _Plan(now, is_first=not Rule.objects.published().exists())
    latest = _latest_versions({entry.rule.key for entry in reference.entries})
    for entry in reference.entries:
        held = latest.get(entry.rule.key)
        if held is None:
            _consider_new(entry, plan, report)
        else:
            _consider_known(entry, held, plan, report)
    _drop_clashes(plan, report)
    close([version.row.pk for version in plan.ended], now)
    _add(plan, by)
    _tell(plan, report)
    if report.has_written:
        record("residency.reference_rules_loaded", by=by, now=now, **_counts(report))
    return report


def _consider_new(entry: Entry, plan: _Plan, report: Report) -> None:
    """Add an entry that is not here yet, unless it only tells what was held before this database was."""
    known_until = entry.rule.known_until
    if known_until and known_until <= plan.now and not plan.is_first:
        message = _("It only tells what could be known in the past; this database has its own past.")
        report.kept[entry.rule.key] = message
    else:
        plan.steps.append(_Step(entry))


def _consider_known(entry: Entry, held: _Held, plan: _Plan, report: Report) -> None:
    """Decide what becomes of an entry whose key is here already.

    1. A person has published the latest version: it stays.
    2. The files withdraw it (`known_until` has passed) and it is still held: it is closed.
    3. It is no longer held, though the files do not withdraw it: a person has closed it.
    4. The same: nothing to do.
    5. It differs: the version held is closed and the entry follows it. What was held in the past stays so.
    """
    key = entry.rule.key
    is_held = held.row.known.upper is None
    is_withdrawn = entry.rule.known_until is not None and entry.rule.known_until <= plan.now
    if held.row.published_by_id is not None:
        report.kept[key] = _("The latest version was published here by a person.")
    elif is_withdrawn and is_held:
        plan.withdrawn.append(held)
    elif not is_held and not is_withdrawn:
        report.kept[key] = _("It was superseded or withdrawn here.")
    elif _says_the_same(entry, held):
        report.unchanged.append(key)
    elif is_withdrawn:
        message = _("What was held in the past cannot be changed. Write a new entry under another key.")
        report.refused.append(Fault(entry.file, key, "known_until", message))
    else:
        plan.steps.append(_Step(entry, held))


def _says_the_same(entry: Entry, held: _Held) -> bool:
    """Compare everything but the two columns that only this database knows: its id and since when it is known."""
    mine = replace(entry.rule, id="", known_from=None, known_until=None)
    theirs = replace(held.rule, id="", known_from=None, known_until=None)
    return mine == theirs and list(entry.rows) == held.row.reference_rows


def _latest_versions(keys: set[str]) -> dict[str, _Held]:
    rows = Rule.objects.published().filter(key__in=keys).order_by("key", "-pk").distinct("key")
    by_id = {row.pk: row for row in rows}
    rules = rules_of(Rule.objects.filter(pk__in=by_id))
    return {rule.key: _Held(by_id[int(rule.id)], rule) for rule in rules}


def _drop_clashes(plan: _Plan, report: Report) -> None:
    """Take out what would say something else than a rule that is held here under another key.

    A version whose successor is taken out is held on, and may stand in the way of another entry in turn.
    """
    held = rules_of(Rule.objects.held_now())
    while True:
        ended = {str(version.row.pk) for version in plan.ended}
        staying = [rule for rule in held if rule.id not in ended]
        clash = next(((step, other) for step in plan.steps if (other := _clash(step, staying, plan))), None)
        if clash is None:
            return
        step, other = clash
        plan.steps.remove(step)
        message = _("This overlaps %(key)s, which is held here. Close that rule first or change the days or the part.")
        report.refused.append(Fault(step.entry.file, step.entry.rule.key, "valid_from", message, {"key": other.key}))


def _clash(step: _Step, staying: list[rulebook.Rule], plan: _Plan) -> rulebook.Rule | None:
    rule = _as_known(step.entry, plan)
    return next((other for other in staying if _is_about_the_same(other, rule) and overlap(other, rule)), None)


def _is_about_the_same(one: rulebook.Rule, other: rulebook.Rule) -> bool:
    return (one.line, one.is_exception) == (other.line, other.is_exception)


def _as_known(entry: Entry, plan: _Plan) -> rulebook.Rule:
    """Return the rule as it is held here: but for the first load, nobody here held it before now."""
    return entry.rule if plan.is_first else replace(entry.rule, known_from=plan.now)


def _add(plan: _Plan, by: User | None) -> None:
    """Write the new versions, published by nobody: that is how the reference data are told from people's rules."""
    insert([_version_of(step.entry, plan, by) for step in plan.steps], by=None, now=plan.now)


def _version_of(entry: Entry, plan: _Plan, by: User | None) -> Version:
    rule = _as_known(entry, plan)
    row = Rule(
        key=rule.key,
        jurisdiction_id=rule.jurisdiction,
        duty=rule.duty.value,
        kind=rule.kind.value,
        parameters=dict(rule.parameters),
        nationality=rule.audience.nationality,
        age_from=rule.audience.age_from,
        age_below=rule.audience.age_below,
        document_kind=rule.audience.document_kind,
        purpose=rule.audience.purpose,
        legal_basis=rule.audience.legal_basis,
        part=rule.part,
        is_exception=rule.is_exception,
        valid=DateRange(rule.valid_from, rule.valid_until, "[]"),
        applies_to=rule.applies_to.value,
        days_before_commencement_count=rule.days_before_commencement_count,
        legal_status=rule.legal_status.value,
        review_status=rule.review_status.value,
        published_on=rule.published_on,
        last_verified_on=rule.last_verified_on,
        note=rule.note,
        reference_rows=list(entry.rows),
        created_by=by,
    )
    citations = [
        Citation(
            title=citation.title,
            url=citation.url,
            quote=citation.quote,
            read_on=citation.read_on,
            supports=citation.supports,
        )
        for citation in rule.citations
    ]
    return Version(row, citations, DateTimeTZRange(rule.known_from, rule.known_until, "[)"))


def _tell(plan: _Plan, report: Report) -> None:
    for step in plan.steps:
        (report.changed if step.supersedes else report.added).append(step.entry.rule.key)
    report.closed += [version.rule.key for version in plan.withdrawn]


def _add_places(places: Places) -> int:
    """Add the countries, zones, groups and days that are not here; those that are stay as people left them."""
    before = _count_places()
    Jurisdiction.objects.bulk_create(
        [Jurisdiction(code=code, time_zone=time_zone) for code, time_zone in places.countries.items()]
        + [Jurisdiction(code=code, kind=Jurisdiction.Kind.ZONE, name=name) for code, name in places.zones.items()],
        ignore_conflicts=True,
    )
    NationalityGroup.objects.bulk_create(
        [
            NationalityGroup(code=code, name=group.name, nationalities=list(group.nationalities))
            for code, group in places.groups.items()
        ],
        ignore_conflicts=True,
    )
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                jurisdiction_id=special.country,
                day=special.day,
                is_working_day=special.is_working_day,
                reason=special.reason,
            )
            for special in places.special_days
        ],
        ignore_conflicts=True,
    )
    return _count_places() - before


def _count_places() -> int:
    return sum(model.objects.count() for model in (Jurisdiction, NationalityGroup, CalendarDay))


def _counts(report: Report) -> dict[str, Any]:
    return {
        "places": report.places,
        "added": len(report.added),
        "changed": len(report.changed),
        "closed": len(report.closed),
    }
