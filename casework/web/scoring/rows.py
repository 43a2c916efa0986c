"""Versions of schemes in words: what each criterion gives, what keeps one from being published, what would change."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from casework.clients.models import Programme, Scheme, SchemeVersion, Score
from casework.lib import scoring
from casework.lib.scoring_edits import changes, criterion_of
from casework.lib.suppression import outgoing_count
from casework.web.cases.forms.intake import in_short
from casework.web.needs.scores import criterion_label


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """`state`: draft, in_force or earlier. `by` published it, or began the draft."""

    version: SchemeVersion
    state: str
    by: str
    is_scoring: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRow:
    scheme: Scheme
    versions: list[VersionRow]
    has_draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    label: str
    gives: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """`before` or `after` is "" where a version does not count it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """`about`: the criterion to mend, "" for the scheme as a whole; `code`: its code."""

    sentence: str
    about: str
    code: str


def scheme_rows() -> list[SchemeRow]:
    """Return every scheme with its versions, the newest first, in one query."""
    versions: defaultdict[UUID, list[SchemeVersion]] = defaultdict(list)
    people = ("created_by__data_key", "published_by__data_key")
    for version in SchemeVersion.objects.select_related("scheme", "job", *people).order_by("-number"):
        versions[version.scheme_id].append(version)
    rows = [_scheme_row(found) for found in versions.values()]
    return sorted(rows, key=lambda row: (row.scheme.archived_at is not None, row.scheme.name, row.scheme.pk))


def criterion_rows(definition: Mapping[str, Any]) -> list[CriterionRow]:
    return [
        CriterionRow(label=criterion_label(criterion), gives=gives(criterion))
        for criterion in definition.get("criteria", ())
    ]


def gives(criterion: Mapping[str, Any]) -> str:
    """Return what a criterion gives: "8 points each, at most 24"."""
    language = get_language() or "en"
    if criterion["kind"] == "choice":
        return "; ".join(
            f"{scoring.label_in(option['label'], language)}: {option['points']}" for option in criterion["options"]
        )
    points = _points(criterion["points"])
    if criterion["kind"] == "yes_no":
        return _("%(points)s if yes") % {"points": points}
    if criterion["fact"] in scoring.YES_OR_NO:
        return _("%(points)s if it is so") % {"points": points}
    if (limit := criterion.get("at_most")) is not None:
        return _("%(points)s each, at most %(limit)s") % {"points": points, "limit": limit}
    return _("%(points)s each") % {"points": points}


def change_rows(before: Mapping[str, Any], after: Mapping[str, Any], programmes: Mapping[str, str]) -> list[ChangeRow]:
    """Return what two versions count differently: criteria, then the cap, then the thresholds of programmes."""
    rows = [
        ChangeRow(
            label=criterion_label(change.after or change.before or {}),
            before=_counted(change.before, change.after),
            after=_counted(change.after, change.before),
        )
        for change in changes(before, after)
    ]
    limits = [(_("No case gets more than"), before.get("cap"), after.get("cap"))]
    old, new = before.get("thresholds", {}), after.get("thresholds", {})
    limits += [(programmes.get(key, key), old.get(key), new.get(key)) for key in {**old, **new}]
    return rows + [
        ChangeRow(label=label, before=_limit(was), after=_limit(now)) for label, was, now in limits if was != now
    ]


def problem_rows(definition: Mapping[str, Any]) -> list[ProblemRow]:
    """Return what keeps a draft from being published, each with the criterion that it is about."""
    found = []
    for problem in scoring.problems(definition):
        criterion = criterion_of(definition, problem.criterion) if problem.criterion else None
        about = criterion_label(criterion) if criterion is not None else ""
        found.append(ProblemRow(sentence=_(problem.sentence), about=about, code=problem.criterion))
    return found


def threshold_rows(definition: Mapping[str, Any], programmes: Mapping[str, str]) -> list[tuple[str, int]]:
    thresholds = definition.get("thresholds", {})
    return [(programmes[key], points) for key, points in thresholds.items() if key in programmes]


def programme_names() -> dict[str, str]:
    return {str(pk): name for pk, name in Programme.objects.by_name().values_list("pk", "name")}


def cases_in_words(count: int) -> str:
    """Return how many cases, as a number that points at nobody."""
    shown = outgoing_count(count)
    if shown is None:
        return _("fewer than 8 cases")
    if not shown:
        return _("no case")
    return ngettext("about %(count)s case", "about %(count)s cases", shown) % {"count": shown}


def scored_by(version: SchemeVersion) -> int:
    """Return how many cases have, or had, a score by this version, without those that are restricted."""
    scores = Score.objects.filter(scheme_version=version, case__restricted=False)
    counted: int = scores.aggregate(n=Count("case", distinct=True))["n"]
    return counted


def _scheme_row(versions: list[SchemeVersion]) -> SchemeRow:
    newest = next((version.pk for version in versions if version.is_published), None)
    return SchemeRow(
        scheme=versions[0].scheme,
        versions=[_version_row(version, newest) for version in versions],
        has_draft=not versions[0].is_published,
    )


def _version_row(version: SchemeVersion, newest: UUID | None) -> VersionRow:
    state = "draft" if not version.is_published else "earlier"
    if version.pk == newest and version.scheme.archived_at is None:
        state = "in_force"
    by = version.published_by or version.created_by
    is_scoring = version.job is not None and version.job.state in ("waiting", "running")
    return VersionRow(version=version, state=state, by=in_short(by), is_scoring=is_scoring)


def _counted(criterion: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """Return what a criterion gives, with its words where the other version has other ones."""
    if criterion is None:
        return ""
    is_renamed = other is not None and criterion_label(criterion) != criterion_label(other)
    return f"{criterion_label(criterion)}: {gives(criterion)}" if is_renamed else gives(criterion)


def _points(points: int) -> str:
    return ngettext("%(points)s point", "%(points)s points", abs(points)) % {"points": points}


def _limit(points: int | None) -> str:
    return "" if points is None else str(points)
