"""Rules as a table. A row never edits what is published: what it says otherwise becomes a draft that supersedes it."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import tablib
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .. import wording
from ..actions import rules as actions
from ..models import Jurisdiction, Rule
from ..models.rule import SAME
from ..publishing import bounds, last_day
from ..rules.kinds import Kind, ReviewStatus
from ..rules.schemas import SCHEMAS
from . import columns as named
from .cells import UnreadableCell
from .checks import check_citation, check_draft
from .columns import CITATION, NUMBER, OPTIONAL, PARAMETER, PLAIN, STATE
from .resource import Outcome, Row, RowRefused, Table, differences

DRAFT, HELD, PAST = "draft", "held", "past"
LARGEST_NUMBER = 2**63 - 1

# Columns that a rule keeps under another name.
ATTRIBUTES = {"valid_from": "valid", "valid_until": "valid", "jurisdiction": "jurisdiction"}


@dataclass(slots=True)
class Said:
    """What a row says: values by column, parameters, citations, and each cell as an export would write it."""

    plain: dict[str, Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    citations: dict[int, dict[str, Any]] = field(default_factory=dict)
    cells: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> tuple[Any, ...]:
        return tuple(self.plain[name.removesuffix("_id")] for name in SAME)

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.plain["valid_from"], self.plain["valid_until"]


class RuleTable(Table):
    needed: ClassVar[Sequence[str]] = [name for name in PLAIN if name not in OPTIONAL]
    optional: ClassVar[Sequence[str]] = [*OPTIONAL, *(PARAMETER + name for name in named.parameter_names())]

    def knows(self, name: str) -> bool:
        return named.is_column(name)

    def column_of(self, name: str) -> str:
        return super().column_of({"valid": "valid_from"}.get(name, name))

    def prepare(self, dataset: tablib.Dataset) -> None:
        self.headers = list(dataset.headers)
        rows = Rule.objects.select_related("jurisdiction", "supersedes").prefetch_related("citations").order_by("pk")
        self.by_number: dict[int, Rule] = {}
        self.by_key: dict[str, list[Rule]] = defaultdict(list)
        for rule in rows:
            self.by_number[rule.pk] = rule
            self.by_key[rule.key].append(rule)
        self.places = {place.pk: place for place in Jurisdiction.objects.all()}
        self.seen: dict[int, int] = {}
        self.new_lines: list[tuple[Said, int]] = []

    # One row

    def take_row(self, row: Row, number: int) -> Outcome:
        said = self._read(row)
        subject = self._subject(said)
        self._check_state(said, subject)
        if subject is None:
            return self._draft(said, number)
        if subject.pk in self.seen:
            raise RowRefused(
                {
                    NUMBER: [
                        _("Row %(row)s says something about no. %(number)s already. Which one counts? Keep one.")
                        % {"row": self.seen[subject.pk], "number": subject.pk}
                    ]
                }
            )
        self.seen[subject.pk] = number
        return self._compare(said, subject)

    def _compare(self, said: Said, subject: Rule) -> Outcome:
        changed = self._changed(said, subject, subject)
        if not changed:
            return Outcome(_("Nothing to do"))
        match state_of(subject):
            case "draft":
                return self._change(said, subject, changed)
            case "past":
                raise RowRefused({NUMBER: [self._no_longer_held(subject)]})
        waiting = [it for it in self.by_key[subject.key] if not it.is_published and it.supersedes_id == subject.pk]
        if len(waiting) > 1:
            raise RowRefused(
                {
                    NUMBER: [
                        _("Several drafts replace no. %(number)s: %(drafts)s. Which one is meant? Put its number here.")
                        % {"number": subject.pk, "drafts": ", ".join(str(it.pk) for it in waiting)}
                    ]
                }
            )
        if waiting:
            changed = self._changed(said, waiting[0], subject)
            return self._change(said, waiting[0], changed) if changed else Outcome(_("Nothing to do"))
        return self._supersede(said, subject, changed)

    def _draft(self, said: Said, number: int) -> Outcome:
        if said.plain["review_status"] == ReviewStatus.REVIEWED:
            raise RowRefused({"review_status": [_says_reviewed()]})
        for other, row in self.new_lines:
            if other.line == said.line and _meet(other.days, said.days):
                raise RowRefused(
                    {
                        "key": [
                            _(
                                "Row %(row)s says something to the same people about the same duty, on some of these days."
                            )
                            % {"row": row}
                        ]
                    }
                )
        self.new_lines.append((said, number))
        rule = Rule(created_by=self.by)
        values = self._checked(said, rule, set(said.cells), None)
        written = actions.draft_rule(by=self.by, now=self.now, **values)
        return self._outcome(_("New draft"), "new", None, written)

    def _supersede(self, said: Said, old: Rule, changed: set[str]) -> Outcome:
        values = self._checked(said, Rule(supersedes=old, key=old.key), changed, old)
        citations = values.pop("citations", None)
        written = actions.supersede_rule(rule=old, by=self.by, now=self.now, **values)
        if citations is not None:
            written = actions.change_draft(rule=written, by=self.by, now=self.now, citations=citations)
        act = _("New draft that replaces no. %(number)s") % {"number": old.pk}
        return self._outcome(act, "new", old, written)

    def _change(self, said: Said, draft: Rule, changed: set[str]) -> Outcome:
        blank = copy.copy(draft)
        blank.parameters = {}
        values = self._checked(said, blank, changed, draft)
        before = self._cells(draft)
        written = actions.change_draft(rule=draft, by=self.by, now=self.now, **values)
        act = _("Changes draft no. %(number)s") % {"number": draft.pk}
        return self._outcome(act, "update", draft, written, before)

    # What a row is about

    def _subject(self, said: Said) -> Rule | None:
        """Return the version that the row speaks of, None if it is a new one."""
        number, key = said.plain[NUMBER], said.plain["key"]
        if number is None:
            return self._unnumbered(said)
        rule = self.by_number.get(number)
        if rule is None:
            raise RowRefused({NUMBER: [_("There is no version no. %(number)s here.") % {"number": number}]})
        if rule.key != key:
            raise RowRefused(
                {
                    "key": [
                        _("No. %(number)s is the rule “%(key)s”. Is this a new rule? Then leave its number empty.")
                        % {"number": number, "key": rule.key}
                    ]
                }
            )
        if state_of(rule) != DRAFT and _line(rule) != said.line:
            other = [name for name in SAME if getattr(rule, name) != said.plain[name.removesuffix("_id")]]
            raise RowRefused(
                {
                    name.removesuffix("_id"): [
                        _(
                            "No. %(number)s speaks to other people or about another duty: “%(value)s”. Is this a new rule? "
                            "Then give it a key of its own and leave its number empty."
                        )
                        % {"number": number, "value": getattr(rule, name)}
                    ]
                    for name in other
                }
            )
        return rule

    def _unnumbered(self, said: Said) -> Rule | None:
        versions = [it for it in self.by_key.get(said.plain["key"], ()) if state_of(it) != PAST]
        alike = [it for it in versions if _line(it) == said.line]
        if versions and not alike:
            raise RowRefused(
                {
                    "key": [
                        _("“%(key)s” is a rule for other people or about another duty. Give this one a key of its own.")
                        % {"key": said.plain["key"]}
                    ]
                }
            )
        met = [it for it in alike if _meet(_days(it), said.days)]
        found = [it for it in met if it.is_published] or met
        if len(found) > 1:
            raise RowRefused(
                {
                    NUMBER: [
                        _("Several versions hold on these days: %(numbers)s. Which one is meant? Put its number here.")
                        % {"numbers": ", ".join(str(it.pk) for it in found)}
                    ]
                }
            )
        return found[0] if found else None

    def _check_state(self, said: Said, subject: Rule | None) -> None:
        """Refuse a state that is not the one here: states change in the admin, or have changed since the export."""
        written = said.plain.get(STATE) or ""
        if not written or (subject is not None and written == state_of(subject)):
            return
        if subject is None:
            sentence = _("This row is not about a version here, so it has no state. Leave the cell empty.")
        else:
            sentence = _(
                "No. %(number)s is “%(state)s” here. This column is only for reading: publish and withdraw in the admin. "
                "If it changed after your export, export again."
            ) % {"number": subject.pk, "state": state_of(subject)}
        raise RowRefused({STATE: [sentence]})

    def _changed(self, said: Said, subject: Rule, held: Rule) -> set[str]:
        """Return the columns in which the row differs from the subject. `held`: what it superseded, for its review."""
        there = self._cells(subject)
        absent = [name for name in there if name not in (*OPTIONAL, *self.headers)]
        if absent:
            raise RowRefused(
                {
                    name: [
                        _("There is no such column in the table, and no. %(number)s says “%(value)s” there. Add it.")
                        % {"number": subject.pk, "value": str(there[name])[:60]}
                    ]
                    for name in absent
                }
            )
        names = (set(there) | set(said.cells)) - OPTIONAL
        changed = {name for name in names if there.get(name, "") != said.cells.get(name, "")}
        if said.plain["review_status"] == ReviewStatus.REVIEWED and "review_status" in changed:
            if held.review_status != ReviewStatus.REVIEWED:
                raise RowRefused({"review_status": [_says_reviewed()]})
            changed.discard("review_status")
        return changed

    # Reading

    def _read(self, row: Row) -> Said:
        problems: dict[str, list[str]] = {}
        said = Said(plain={})
        for name in PLAIN:
            self._read_cell(said.plain, name, row.get(name), named.read_plain, name, problems)
        said.plain.setdefault(STATE, "")
        if said.plain.get(NUMBER) is not None and not 0 < said.plain[NUMBER] <= LARGEST_NUMBER:
            problems[NUMBER] = [_("There is no version no. %(number)s here.") % {"number": said.plain[NUMBER]}]
        if not said.plain.get("key") and "key" not in problems:
            problems["key"] = [_("A rule needs a key.")]
        if "jurisdiction" not in problems and said.plain["jurisdiction"] not in self.places:
            problems["jurisdiction"] = [
                _("No country or zone here has the code “%(code)s”.") % {"code": said.plain["jurisdiction"][:40]}
            ]
        if "kind" not in problems and said.plain["kind"] not in set(Kind):
            problems["kind"] = [
                _("“%(value)s” is not known here. Choose from: %(choices)s.")
                % {"value": said.plain["kind"][:40], "choices": ", ".join(Kind)}
            ]
        if "kind" not in problems:
            self._read_parameters(said, row, problems)
        self._read_citations(said, row, problems)
        if problems:
            raise RowRefused(problems)
        said.cells |= {name: named.canonical(name, value) for name, value in said.plain.items()}
        said.cells = {name: cell for name, cell in said.cells.items() if cell != ""}
        return said

    def _read_cell(
        self, into: dict[str, Any], key: Any, cell: Any, reader: Any, what: Any, problems: dict[str, list[str]]
    ) -> None:
        try:
            into[key] = reader(what, cell)
        except UnreadableCell as error:
            problems[key] = [error.sentence]

    def _read_parameters(self, said: Said, row: Row, problems: dict[str, list[str]]) -> None:
        fields = {PARAMETER + each.name: each for each in SCHEMAS[Kind(said.plain["kind"])]}
        for column, cell in row.items():
            if not column.startswith(PARAMETER) or cell is None or not str(cell).strip():
                continue
            each = fields.get(column)
            if each is None:
                problems[column] = [
                    _("There is no such parameter. There are: %(names)s.")
                    % {"names": ", ".join(name.removeprefix(PARAMETER) for name in fields)}
                ]
                continue
            try:
                value = named.read_parameter(each, cell)
            except UnreadableCell as error:
                problems[column] = [error.sentence]
            else:
                if value is not None:
                    said.parameters[each.name] = value
                    said.cells[column] = named.canonical(column, value, each)

    def _read_citations(self, said: Said, row: Row, problems: dict[str, list[str]]) -> None:
        numbers = sorted({int(name.split(".")[1]) for name in row if name.startswith(CITATION)})
        for number in numbers:
            cited, wrong = named.read_citation(row, number)
            problems |= {column: [sentence] for column, sentence in wrong.items()}
            if cited:
                said.citations[number] = cited
                for name, value in cited.items():
                    said.cells[f"{CITATION}{number}.{name}"] = named.canonical(name, value)

    # Checking and writing

    def _checked(self, said: Said, rule: Rule, changed: set[str], base: Rule | None) -> dict[str, Any]:
        """Return the values that change, checked by the form of the admin. Raises RowRefused."""
        values = {name: said.plain[name] for name in PLAIN if name not in OPTIONAL}
        parameters = said.parameters
        if base is not None:
            values |= {name: _held_value(base, name) for name in values if name not in changed}
            parameters = _merged(base, said, changed)
        if values["review_status"] == ReviewStatus.REVIEWED:
            values["review_status"] = ReviewStatus.PROVISIONAL
        citations = self._citations(said, changed, base)
        form = check_draft(rule, Kind(values["kind"]), values, parameters)
        written: dict[str, Any] = {}
        for column in changed:
            if column.startswith(PARAMETER) or column == "kind":
                written["parameters"] = parameters
            if column in values:
                name = ATTRIBUTES.get(column, column)
                written[name] = Kind(values["kind"]).value if column == "kind" else getattr(form.instance, name)
        if base is None:
            names = {ATTRIBUTES.get(name, name) for name in values}
            written = {name: getattr(form.instance, name) for name in names} | {"parameters": parameters}
        if citations is not None:
            written["citations"] = citations
        return written

    def _citations(self, said: Said, changed: set[str], base: Rule | None) -> list[dict[str, Any]] | None:
        """Return the citations if any is another one than before; what is new in them needs its date."""
        touched = {int(name.split(".")[1]) for name in changed if name.startswith(CITATION)}
        if not touched and base is not None:
            return None
        for number in sorted(touched & set(said.citations)):
            check_citation(number, said.citations[number])
        return list(said.citations.values())

    def _outcome(
        self, act: str, type: str, old: Rule | None, new: Rule, before: Mapping[str, Any] | None = None
    ) -> Outcome:
        new = Rule.objects.select_related("jurisdiction").prefetch_related("citations").get(pk=new.pk)
        after = self._cells(new)
        before = before or (self._cells(old) if old else {})
        kinds = {Kind(it.kind) for it in (old, new) if it}
        most = max(len(new.citations.all()), len(old.citations.all()) if old else 0)
        columns = [name for name in named.columns_for(kinds, most) if name not in OPTIONAL]
        hints = []
        if old is not None and old.review_status == ReviewStatus.REVIEWED and old.is_published:
            hints.append(_("The new version is not reviewed: somebody must look at it before it is called so again."))
        return Outcome(
            act=act,
            type=type,
            subject=str(old.pk) if old else "",
            title=f"{wording.place_name(new.jurisdiction)}: {new.key}",
            differences=differences(before, after, columns),
            hints=hints,
            instance=new,
        )

    def _cells(self, rule: Rule) -> dict[str, Any]:
        return named.cells_of(rule, sorted(rule.citations.all(), key=lambda it: it.pk), state_of(rule))

    def _no_longer_held(self, rule: Rule) -> str:
        latest = next((it for it in reversed(self.by_key[rule.key]) if state_of(it) == HELD), None)
        if latest is None:
            return _("No. %(number)s is no longer held, and no version of this rule is.") % {"number": rule.pk}
        return _("No. %(number)s is no longer held; no. %(latest)s is. Export again and change that row.") % {
            "number": rule.pk,
            "latest": latest.pk,
        }

    # Giving out

    def rows_of(self, queryset: QuerySet[Rule]) -> tuple[list[str], list[dict[str, Any]]]:
        rules = list(queryset.select_related("jurisdiction").prefetch_related("citations"))
        most = max((len(rule.citations.all()) for rule in rules), default=0)
        return named.columns_for({Kind(rule.kind) for rule in rules}, most + 1), [self._cells(rule) for rule in rules]


def state_of(rule: Rule) -> str:
    if not rule.is_published:
        return DRAFT
    return HELD if actions.is_held(rule) else PAST


def _line(rule: Rule) -> tuple[Any, ...]:
    return tuple(getattr(rule, name) for name in SAME)


def _days(rule: Rule) -> tuple[date | None, date | None]:
    return bounds(rule.valid)[0], last_day(rule.valid)


def _meet(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Return whether two spans, each with its first and last day, share a day."""
    first, last = (
        max(filter(None, (one[0], other[0])), default=None),
        min(filter(None, (one[1], other[1])), default=None),
    )
    return first is None or last is None or first <= last


def _held_value(rule: Rule, column: str) -> Any:
    if column == "jurisdiction":
        return rule.jurisdiction_id
    first, last = _days(rule)
    return {"valid_from": first, "valid_until": last}.get(column, getattr(rule, column, None))


def _merged(base: Rule, said: Said, changed: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of the base, but for those whose cell is another one."""
    if "kind" in changed:
        return said.parameters
    merged = {name: value for name, value in base.parameters.items() if value is not None}
    for name in (column.removeprefix(PARAMETER) for column in changed if column.startswith(PARAMETER)):
        merged.pop(name, None)
        if name in said.parameters:
            merged[name] = said.parameters[name]
    return merged


def _says_reviewed() -> str:
    return _("“Reviewed” is said by a reviewer when the rule is published. Write provisional or needs_review.")
