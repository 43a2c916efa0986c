"""Scores of a case with why, and needs that its facts speak for, as the page of needs shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.clients.models import Case, Client, Programme, SchemeVersion, Score
from casework.clients.need_codes import code_label, group_labels
from casework.lib import scoring
from casework.lifecycle.suggestions import Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    label: str
    value: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """What a case reaches by a scheme. `parts` are empty for who may not read needs; `score`: None until scored."""

    version: SchemeVersion
    score: Score | None
    cap: int | None
    has_questions: bool
    reached: list[tuple[str, bool]]
    parts: list[PartRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    client: Client
    code: str
    label: str
    reason: str


def score_rows(case: Case, programmes: Sequence[Programme], *, explained: bool) -> list[ScoreRow]:
    """Return a row for each scheme in force, in two queries. Whoever asks may see the case."""
    versions = list(SchemeVersion.objects.in_force().select_related("scheme").order_by("scheme__name", "pk"))
    if not versions:
        return []
    scores: Any = Score.objects
    rows = scores.current().filter(case=case, scheme_version__in=versions).select_related("data_key")
    by_version = {score.scheme_version_id: score for score in rows}
    names = {str(it.pk): it.name for it in programmes if not it.is_archived}
    return [_row(version, by_version.get(version.pk), names, explained=explained) for version in versions]


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


def _row(version: SchemeVersion, score: Score | None, programmes: Mapping[str, str], *, explained: bool) -> ScoreRow:
    definition, reached = version.definition, []
    for key, threshold in definition.get("thresholds", {}).items():
        if score is not None and key in programmes:
            reached.append((programmes[key], score.total >= threshold))
    return ScoreRow(
        version=version,
        score=score,
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
