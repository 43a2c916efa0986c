"""Scores of a case with why, and needs that its facts speak for, as the page of needs shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.clients.models import Client, Programme, SchemeVersion, Score
from casework.clients.need_codes import code_label, group_labels
from casework.lib import scoring
from casework.lifecycle.scoring import Standing
from casework.lifecycle.suggestions import Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    label: str
    value: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """What a case reaches by a scheme. `parts` are empty for who may not read needs; `score`: None until scored.

    `is_current`: what is on record now gives the same; a case that is open no more is not scored anew.
    """

    version: SchemeVersion
    score: Score | None
    is_current: bool
    cap: int | None
    has_questions: bool
    reached: list[tuple[str, bool]]
    parts: list[PartRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastScoreRow:
    """A score that the case had from `score.computed_at` until `score.replaced_at`; None: it has it now."""

    score: Score
    version: SchemeVersion
    cap: int | None
    parts: list[PartRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    client: Client
    code: str
    label: str
    reason: str


def score_rows(standing: Sequence[Standing], programmes: Sequence[Programme], *, explained: bool) -> list[ScoreRow]:
    """Return a row for each scheme in force. Whoever asks may see the case."""
    names = {str(it.pk): it.name for it in programmes if not it.is_archived}
    return [_row(each, names, explained=explained) for each in standing]


def past_score_rows(scores: Iterable[Score], *, explained: bool) -> list[PastScoreRow]:
    """Return scores as they were reached, explained by the version of that time."""
    return [
        PastScoreRow(
            score=score,
            version=score.scheme_version,
            cap=score.scheme_version.definition.get("cap"),
            parts=part_rows(score.scheme_version.definition, score.parts) if explained else [],
        )
        for score in scores
    ]


def part_rows(definition: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> list[PartRow]:
    """Return what each criterion gave, in the reader's language, with codes of UNHCR and answers in words."""
    criteria = {criterion["code"]: criterion for criterion in definition.get("criteria", ())}
    return [
        PartRow(
            label=criterion_label(criteria[part["code"]]),
            value=_value_in_words(criteria[part["code"]], part["value"]),
            points=part["points"],
        )
        for part in parts
        if part["code"] in criteria
    ]


def criterion_label(criterion: Mapping[str, Any]) -> str:
    if criterion["kind"] == "fact":
        return fact_label(criterion["fact"])
    return scoring.label_in(criterion["label"], get_language() or "en")


def fact_label(fact: str) -> str:
    if fact in scoring.FACTS:
        return _(scoring.FACTS[fact])
    group = fact.removeprefix(scoring.NEEDS_OF_GROUP)
    return _("Needs of the group: %(group)s") % {"group": group_labels(get_language() or "en").get(group, group)}


def suggestion_rows(suggested: Sequence[Suggestion]) -> list[SuggestionRow]:
    language = get_language() or "en"
    return [
        SuggestionRow(client=it.client, code=it.code, label=code_label(it.code, language), reason=_(it.reason))
        for it in suggested
    ]


def _row(standing: Standing, programmes: Mapping[str, str], *, explained: bool) -> ScoreRow:
    version, score, reached = standing.version, standing.score, []
    definition = version.definition
    for key, threshold in definition.get("thresholds", {}).items():
        if score is not None and key in programmes:
            reached.append((programmes[key], score.total >= threshold))
    return ScoreRow(
        version=version,
        score=score,
        is_current=standing.is_current,
        cap=definition.get("cap"),
        has_questions=bool(scoring.questions(definition)),
        reached=reached,
        parts=part_rows(definition, score.parts) if score is not None and explained else [],
    )


def _value_in_words(criterion: Mapping[str, Any], value: int | str | None) -> str:
    if value is None:
        return _("not answered")
    if criterion["kind"] == "yes_no":
        return _("yes") if value == "yes" else _("no")
    if criterion["kind"] == "choice":
        labels = {option["code"]: option["label"] for option in criterion["options"]}
        return scoring.label_in(labels.get(str(value), {}), get_language() or "en")
    return str(value)
