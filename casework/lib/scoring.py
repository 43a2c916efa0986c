"""Scores: points for what is known of a case and for what was answered, with the reasons side by side. Arithmetic only.

A scheme is data: criteria with their weights, a cap, and for each programme the points from which a case is eligible.

    {"criteria": [
        {"code": "small_children", "kind": "fact", "fact": "children_under_5", "points": 10, "at_most": 20},
        {"code": "savings", "kind": "yes_no", "label": {"en": "Have they savings?", "ru": "..."}, "points": -10},
        {"code": "work", "kind": "choice", "label": {...}, "options": [{"code": "none", "label": {...}, "points": 15}]}],
     "cap": 100, "thresholds": {"<programme>": 40}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.lib.marking import gettext_noop as _

MOST_POINTS = 1000
MOST_CRITERIA = 40

# What the software knows about a case. A fact is a number; what is or is not so is 1 or 0.
FACTS: dict[str, str] = {
    "people": _("People in the case"),
    "children": _("Children"),
    "children_under_5": _("Children under 5"),
    "single_parent": _("One adult alone with children"),
    "over_60": _("People aged 60 or over"),
    "no_address": _("No address on record"),
    "leave_within_14": _("Must leave the country within 14 days, or is overdue"),
    "no_documents": _("Adults without a valid document"),
    "urgent_needs": _("Urgent needs that are open"),
    "specific_needs": _("Specific needs on record"),
    "no_money_90": _("No money from us in the last 90 days"),
}
# Of these there is one or none.
YES_OR_NO = frozenset({"single_parent", "no_address", "leave_within_14", "no_money_90"})
# "needs_SM": how many open needs of that group of UNHCR codes are on record.
NEEDS_OF_GROUP = "needs_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one criterion gave. `value`: the number of the fact, or the answer; None where nobody has answered."""

    code: str
    points: int
    value: int | str | None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "points": self.points, "value": self.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`total` is what the parts sum up to, within 0 and the cap."""

    total: int
    parts: tuple[Part, ...]
    unanswered: int = 0

    @property
    def sum_of_parts(self) -> int:
        return sum(part.points for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a scheme cannot be published: `criterion` is its code, "" for the scheme itself."""

    sentence: str
    criterion: str = ""


def score(definition: Mapping[str, Any], facts: Mapping[str, int], answers: Mapping[str, str]) -> Result:
    """Return the points of a case by a scheme.

    A question that nobody has answered gives nothing, and is counted, so that a page can say that more may come.
    """
    parts = tuple(_part(criterion, facts, answers) for criterion in definition.get("criteria", ()))
    total = max(0, sum(part.points for part in parts))
    cap = definition.get("cap")
    unanswered = sum(part.value is None for part in parts)
    return Result(total=total if cap is None else min(total, cap), parts=parts, unanswered=unanswered)


def is_eligible(definition: Mapping[str, Any], programme: str, total: int) -> bool | None:
    """Return whether a total reaches the threshold of a programme; None where the scheme sets none for it."""
    threshold = definition.get("thresholds", {}).get(programme)
    return None if threshold is None else total >= threshold


def questions(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the criteria that a person must answer."""
    return [criterion for criterion in definition.get("criteria", ()) if criterion["kind"] != "fact"]


def label_in(labels: Mapping[str, str], language: str) -> str:
    """Return a text of the scheme in a language, else in whichever it has."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def problems(definition: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps a scheme from being published, in the order in which one reads it."""
    criteria = definition.get("criteria", [])
    found = [] if criteria else [Problem(sentence=_("Add at least one criterion."))]
    if len(criteria) > MOST_CRITERIA:
        found.append(Problem(sentence=_("There are too many criteria: nobody could explain such a score.")))
    codes = [criterion["code"] for criterion in criteria]
    for criterion in criteria:
        found += [Problem(sentence=sentence, criterion=criterion["code"]) for sentence in _wrong_with(criterion)]
        if codes.count(criterion["code"]) > 1:
            found.append(Problem(sentence=_("Two criteria have this code."), criterion=criterion["code"]))
    cap = definition.get("cap")
    if cap is not None and cap < 1:
        found.append(Problem(sentence=_("The cap must be at least 1.")))
    highest = most_points(definition)
    if any(threshold > highest for threshold in definition.get("thresholds", {}).values()):
        found.append(Problem(sentence=_("A threshold is higher than any case can reach.")))
    return found


def most_points(definition: Mapping[str, Any]) -> int:
    """Return the most that a case can reach; facts without a limit of their own reach any number."""
    total = 0
    for criterion in definition.get("criteria", ()):
        if criterion["kind"] == "fact":
            limit = criterion.get("at_most")
            total += max(0, MOST_POINTS if limit is None and criterion["points"] > 0 else limit or 0)
        else:
            total += max(0, *_points_of_answers(criterion), 0)
    cap = definition.get("cap")
    return total if cap is None else min(total, cap)


def _part(criterion: Mapping[str, Any], facts: Mapping[str, int], answers: Mapping[str, str]) -> Part:
    code = criterion["code"]
    if criterion["kind"] == "fact":
        number = int(facts.get(criterion["fact"], 0))
        return Part(code=code, points=_within(number * criterion["points"], criterion.get("at_most")), value=number)
    answer = answers.get(code)
    if criterion["kind"] == "yes_no":
        if answer not in ("yes", "no"):
            return Part(code=code, points=0, value=None)
        return Part(code=code, points=criterion["points"] if answer == "yes" else 0, value=answer)
    points = {option["code"]: option["points"] for option in criterion["options"]}
    if answer not in points:
        return Part(code=code, points=0, value=None)
    return Part(code=code, points=points[answer], value=answer)


def _within(points: int, limit: int | None) -> int:
    """A limit bounds what one fact can give or take, however many children there are."""
    return points if limit is None else max(-limit, min(limit, points))


def _wrong_with(criterion: Mapping[str, Any]) -> list[str]:
    wrong = []
    if criterion["kind"] == "fact":
        fact = criterion.get("fact", "")
        if fact not in FACTS and not fact.startswith(NEEDS_OF_GROUP):
            wrong.append(_("Choose what is counted."))
    elif not any(criterion.get("label", {}).values()):
        wrong.append(_("Write the question."))
    if criterion["kind"] == "choice":
        options = criterion.get("options", [])
        if len(options) < 2:
            wrong.append(_("Give at least two answers to choose from."))
        if len({option["code"] for option in options}) < len(options):
            wrong.append(_("Two answers have the same code."))
    points = _points_of_answers(criterion) if criterion["kind"] != "fact" else [criterion["points"]]
    if not any(points):
        wrong.append(_("Give it points: now it changes nothing."))
    if any(abs(each) > MOST_POINTS for each in points):
        wrong.append(_("Points go from -1000 to 1000."))
    return wrong


def _points_of_answers(criterion: Mapping[str, Any]) -> list[int]:
    if criterion["kind"] == "choice":
        return [option["points"] for option in criterion.get("options", [])] or [0]
    return [criterion["points"]]
