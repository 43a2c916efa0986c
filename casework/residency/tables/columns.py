"""The columns of a rule: what each version says as cells that a person can edit, one column a parameter.

A value is written in one way only (`cells_of`), so that two versions differ where their cells do.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.lib.marking import gettext_noop

from ..models import Citation, Rule
from ..publishing import bounds, last_day
from ..rules.fields import FieldType, ParameterField
from ..rules.kinds import Kind
from ..rules.schemas import SCHEMAS
from . import cells
from .cells import UnreadableCell

Cells = dict[str, str | int | float]

NUMBER, STATE, EXAMPLES = "number", "state", "worked_examples"

# Name of a column -> what stands in it, for the page that asks for the file.
PLAIN: dict[str, str] = {
    NUMBER: gettext_noop("The number of this version here. Empty for a new rule."),
    STATE: gettext_noop("draft, held or past: only for reading."),
    "key": gettext_noop("The name of the rule, the same in every version."),
    "jurisdiction": gettext_noop("Code of the country or zone, such as KZ."),
    "duty": gettext_noop("What the rule is about, such as leave or register."),
    "kind": gettext_noop("How it speaks, such as rolling_window. It decides which parameters it has."),
    "nationality": gettext_noop("Code of a country or group, such as RU or EAEU; * is everybody."),
    "age_from": gettext_noop("Years of age; empty: from birth."),
    "age_below": gettext_noop("Years of age; empty: no limit."),
    "document_kind": gettext_noop("Only with this document; empty: any."),
    "purpose": gettext_noop("Only for this purpose; empty: any."),
    "legal_basis": gettext_noop("visa, permit, or empty: visitors without either."),
    "part": gettext_noop("Tells rules apart that speak to the same people about the same duty."),
    "is_exception": gettext_noop("yes: an exception over the rule for the same people; no or empty: the rule itself."),
    "valid_from": gettext_noop("First day on which it is law, such as 2026-12-05. Empty: not known."),
    "valid_until": gettext_noop("Last day on which it is law. Empty: open."),
    "applies_to": gettext_noop("entries_from, each_day, cohort or document_valid_on."),
    "days_before_commencement_count": gettext_noop("yes, no, or empty: the text does not say."),
    "legal_status": gettext_noop("in_force, adopted, proposed, announced, suspended or practice."),
    "review_status": gettext_noop("provisional or needs_review. Only a reviewer says reviewed, when it is published."),
    "published_on": gettext_noop("Day on which the state published it."),
    "last_verified_on": gettext_noop("Day on which a person last confirmed it."),
    "note": gettext_noop("How days are counted, what is doubtful."),
    EXAMPLES: gettext_noop("Facts in, dates out, in JSON. Leave it as it was exported."),
}
OPTIONAL = frozenset({NUMBER, STATE})
CITED = ("title", "url", "quote", "read_on", "supports")
MOST_CITATIONS = 20
SMALLEST_AGE, LARGEST_AGE = 0, 200

PARAMETER, CITATION = "parameters.", "citation."

READ: dict[str, Any] = {
    NUMBER: cells.read_whole,
    "age_from": lambda cell: SMALLEST_AGE if (age := cells.read_whole(cell)) is None else age,
    "age_below": lambda cell: LARGEST_AGE if (age := cells.read_whole(cell)) is None else age,
    "is_exception": lambda cell: cells.read_yes_no(cell) or False,
    "valid_from": cells.read_day,
    "valid_until": cells.read_day,
    "days_before_commencement_count": cells.read_yes_no,
    "published_on": cells.read_day,
    "last_verified_on": cells.read_day,
    EXAMPLES: lambda cell: cells.read_json(cell) or [],
}


def parameter_names() -> list[str]:
    """Return the names of the parameters of all kinds, in the order of the kinds."""
    return list(dict.fromkeys(field.name for fields in SCHEMAS.values() for field in fields))


def columns_for(kinds: Iterable[Kind], citations: int) -> list[str]:
    """Return the columns of a table of rules of these kinds: their parameters, and room for so many citations."""
    used = {field.name for kind in kinds for field in SCHEMAS[kind]}
    parameters = [PARAMETER + name for name in parameter_names() if name in used]
    cited = [f"{CITATION}{n}.{name}" for n in range(1, citations + 1) for name in CITED]
    return [*(name for name in PLAIN if name != EXAMPLES), *parameters, *cited, EXAMPLES]


def is_column(name: str) -> bool:
    is_parameter = name.startswith(PARAMETER) and name.removeprefix(PARAMETER) in parameter_names()
    return is_parameter or name in PLAIN or name in _CITATION_COLUMNS


_CITATION_COLUMNS = frozenset(f"{CITATION}{n}.{name}" for n in range(1, MOST_CITATIONS + 1) for name in CITED)


def cells_of(rule: Rule, citations: Iterable[Citation], state: str) -> Cells:
    """Return what the version says, cell by cell; what it does not say has no cell."""
    written: Cells = {
        NUMBER: rule.pk or "",
        STATE: state,
        **{name: cells.clean_text(getattr(rule, name)) for name in _TEXTS},
        "jurisdiction": rule.jurisdiction_id,
        "age_from": rule.age_from if rule.age_from != SMALLEST_AGE else "",
        "age_below": rule.age_below if rule.age_below != LARGEST_AGE else "",
        "is_exception": cells.write_yes_no(value=True) if rule.is_exception else "",
        "valid_from": cells.write_day(bounds(rule.valid)[0]),
        "valid_until": cells.write_day(last_day(rule.valid)),
        "days_before_commencement_count": cells.write_yes_no(rule.days_before_commencement_count),
        "published_on": cells.write_day(rule.published_on),
        "last_verified_on": cells.write_day(rule.last_verified_on),
        EXAMPLES: cells.write_json(rule.worked_examples),
    }
    for field in SCHEMAS[Kind(rule.kind)]:
        value = rule.parameters.get(field.name)
        if value is not None:
            written[PARAMETER + field.name] = _write_parameter(field, value)
    for number, citation in enumerate(citations, 1):
        written |= {f"{CITATION}{number}.{name}": cell for name, cell in _citation_cells(citation).items()}
    return {column: cell for column, cell in written.items() if cell != ""}


def read_plain(column: str, cell: Any) -> Any:
    return READ.get(column, cells.read_text)(cell)


def read_parameter(field: ParameterField, cell: Any) -> Any:
    """Return the value of a parameter as JSON holds it, None for an empty cell. Raises UnreadableCell."""
    value = _READERS[field.type](cell)
    return None if value in ("", [], {}) else value


def canonical(column: str, value: Any, field: ParameterField | None = None) -> Any:
    """Return a value that was read as `cells_of` writes it, to see whether it is another one."""
    if value is None:
        return ""
    if field is not None:
        return _write_parameter(field, value)
    if column == EXAMPLES:
        return cells.write_json(value)
    if (column == "age_from" and value == SMALLEST_AGE) or (column == "age_below" and value == LARGEST_AGE):
        return ""
    if column == "is_exception" and not value:
        return ""
    if isinstance(value, bool):
        return cells.write_yes_no(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def read_citation(row: Mapping[str, Any], number: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the cells of one citation say, and what is wrong with them, by column. Nothing if all are empty."""
    said: dict[str, Any] = {}
    problems: dict[str, str] = {}
    readers = {"read_on": cells.read_day, "supports": cells.read_yes_no}
    for name in CITED:
        column = f"{CITATION}{number}.{name}"
        try:
            said[name] = readers.get(name, cells.read_text)(row.get(column))
        except UnreadableCell as error:
            said[name] = None
            problems[column] = error.sentence
    if not problems and all(value in (None, "") for value in said.values()):
        return {}, {}
    said["supports"] = said["supports"] is not False
    return said, problems


def _citation_cells(citation: Citation) -> dict[str, str]:
    return {
        "title": cells.clean_text(citation.title),
        "url": cells.clean_text(citation.url),
        "quote": cells.clean_text(citation.quote),
        "read_on": cells.write_day(citation.read_on),
        "supports": cells.write_yes_no(citation.supports),
    }


def _write_parameter(field: ParameterField, value: Any) -> str | int | float:
    match field.type:
        case FieldType.YES_NO:
            return cells.write_yes_no(value)
        case FieldType.CHOICES:
            return ", ".join(value)
        case FieldType.TEXTS:
            return cells.write_lines(value)
        case FieldType.PERIOD:
            return cells.write_period(value)
        case FieldType.AGES | FieldType.COHORT:
            return cells.write_pairs(value)
        case FieldType.TEXT:
            return cells.clean_text(value)
    result: str | int | float = value
    return result


def _read_day_text(cell: Any) -> str | None:
    day = cells.read_day(cell)
    return day.isoformat() if day else None


def _read_ages(cell: Any) -> dict[str, int]:
    return {name: age for name, text in cells.read_pairs(cell).items() if (age := cells.read_whole(text)) is not None}


def _read_cohort(cell: Any) -> dict[str, str]:
    pairs = cells.read_pairs(cell)
    if pairs and set(pairs) != {"entered_before", "until"}:
        raise UnreadableCell(_("Write two days: entered_before: 2024-01-10, until: 2024-07-10."))
    return {name: day for name, text in pairs.items() if (day := _read_day_text(text))}


_TEXTS = (
    "key",
    "duty",
    "kind",
    "nationality",
    "document_kind",
    "purpose",
    "legal_basis",
    "part",
    "applies_to",
    "legal_status",
    "review_status",
    "note",
)
_READERS: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.WHOLE_NUMBER: cells.read_whole,
    FieldType.SHARE: cells.read_share,
    FieldType.YES_NO: cells.read_yes_no,
    FieldType.DAY: _read_day_text,
    FieldType.CHOICE: cells.read_text,
    FieldType.CHOICES: cells.read_codes,
    FieldType.TEXT: cells.read_text,
    FieldType.TEXTS: cells.read_lines,
    FieldType.PERIOD: cells.read_period,
    FieldType.AGES: _read_ages,
    FieldType.COHORT: _read_cohort,
}
