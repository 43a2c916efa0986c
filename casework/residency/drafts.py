"""What a draft says, as plain values: to compare it with another version, and to know whether it changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .models import Citation, Rule
from .publishing import CITED, SAID, bounds, last_day

CITATIONS = "citations"
# In this order a reader compares; the rows of the research are ours.
FIELDS = (*(name for name in SAID if name != "reference_rows"), CITATIONS)

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """One field, or one parameter of a rule (`parameters.days`): what it said before and says since."""

    name: str
    before: Any
    after: Any


def said_by(rule: Rule) -> Said:
    """Return everything that the rule says, citations included, as JSON holds it."""
    said = {name: _plain(getattr(rule, name)) for name in FIELDS if name != CITATIONS}
    said["valid"] = [_plain(bounds(rule.valid)[0]), _plain(last_day(rule.valid))]
    cited = sorted(rule.citations.all(), key=lambda citation: citation.pk)
    return said | {CITATIONS: [cited_as(citation) for citation in cited]}


def cited_as(citation: Citation) -> Said:
    return {name: _plain(getattr(citation, name)) for name in CITED}


def digest_of(said: Mapping[str, Any]) -> str:
    """Return a hash that is another one whenever anything of what is said is."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changed_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """Return every field that differs, parameters one by one."""
    changed = []
    for name in FIELDS:
        one, other = before.get(name), after.get(name)
        if name == "parameters":
            one, other = one or {}, other or {}
            names = [*one, *(each for each in other if each not in one)]
            changed += [
                Changed(f"{name}.{each}", one.get(each), other.get(each))
                for each in names
                if one.get(each) != other.get(each)
            ]
        elif one != other:
            changed.append(Changed(name, one, other))
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
