"""The rules of a country over time: a lane for each duty, audience and part, with its versions, gaps and overlaps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.residency import wording
from casework.residency.models import Rule
from casework.residency.models.rule import SAME
from casework.residency.publishing import bounds
from casework.residency.rules.kinds import BINDING_STATUSES, DUTY_LABELS, Duty, LegalStatus, ReviewStatus

# A mark of its own for each status: nobody need tell colours apart.
MARKS = {ReviewStatus.REVIEWED: "✔", ReviewStatus.PROVISIONAL: "○", ReviewStatus.NEEDS_REVIEW: "?"}
MARK_WORDS = {
    ReviewStatus.REVIEWED: gettext_lazy("reviewed"),
    ReviewStatus.PROVISIONAL: gettext_lazy("provisional"),
    ReviewStatus.NEEDS_REVIEW: gettext_lazy("needs review"),
}
# Of these several may hold on one day without a word: they state facts side by side.
_SIDE_BY_SIDE = frozenset({Duty.NOTE, Duty.RISK, Duty.ZONE, Duty.AREA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a line. `first` None: not known since when; `end`: the first day on which it is no longer law."""

    row: Rule
    first: date | None
    end: date | None
    says: str
    days: str

    @property
    def is_binding(self) -> bool:
        return LegalStatus(self.row.legal_status) in BINDING_STATUSES

    @property
    def mark(self) -> str:
        return MARKS[ReviewStatus(self.row.review_status)]

    @property
    def mark_word(self) -> str:
        return str(MARK_WORDS[ReviewStatus(self.row.review_status)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days that are remarked upon, and the remark. `first` None: since the records begin; `end` None: open."""

    first: date | None
    end: date | None
    sentence: str


@dataclass(slots=True, kw_only=True)
class Lane:
    """The versions of one line, in the order of their days."""

    duty: str
    audience: str
    part: str
    versions: list[Version]
    is_exception: bool = False
    gaps: list[Span] = field(default_factory=list)
    overlaps: list[Span] = field(default_factory=list)

    @property
    def label(self) -> str:
        words = (self.audience, self.part, _("exception") if self.is_exception else "")
        return " · ".join(filter(None, words))

    def is_exception_over(self, other: "Lane") -> bool:
        """Whether this takes the place of the other on its days: the other is the base of the same line."""
        return self.is_exception and not other.is_exception and self.part == other.part

    @property
    def gap_sentences(self) -> list[str]:
        return [f"{self.label}. {gap.sentence}" for gap in self.gaps]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanesOfDuty:
    label: str
    lanes: Sequence[Lane]

    @property
    def remarks(self) -> list[str]:
        """Gaps and overlaps in words; an overlap stands once, though it is drawn on both lanes."""
        gaps = [sentence for lane in self.lanes for sentence in lane.gap_sentences]
        return gaps + list(dict.fromkeys(span.sentence for lane in self.lanes for span in lane.overlaps))


def lanes_of(rows: Iterable[Rule], groups: dict[str, str]) -> list[LanesOfDuty]:
    """Return the lanes by duty, in the order in which duties fall due in a stay."""
    lines: dict[tuple[object, ...], list[Rule]] = defaultdict(list)
    for row in rows:
        lines[tuple(getattr(row, name) for name in SAME)].append(row)
    lanes = [_lane(line, groups) for line in lines.values()]
    for lane in lanes:
        if not lane.is_exception:  # between two exceptions the base holds
            lane.gaps = _gaps(lane)
    _mark_overlaps(lanes)
    return [
        LanesOfDuty(label=_(DUTY_LABELS[duty]), lanes=sorted(found, key=lambda lane: lane.label))
        for duty in Duty
        if (found := [lane for lane in lanes if lane.duty == duty])
    ]


def first_and_last(duties: Iterable[LanesOfDuty]) -> tuple[date | None, date | None]:
    """Return the first and the last day on which anything on record begins or ends."""
    versions = [version for duty in duties for lane in duty.lanes for version in lane.versions]
    days = [day for version in versions for day in (version.first, version.end) if day]
    return min(days, default=None), max(days, default=None)


def _lane(line: list[Rule], groups: dict[str, str]) -> Lane:
    versions = [
        Version(
            row=row,
            first=bounds(row.valid)[0],
            end=bounds(row.valid)[1],
            says=wording.what_it_says(row),
            days=wording.days_of(row.valid),
        )
        for row in line
    ]
    versions.sort(key=lambda version: version.first or date.min)
    row = line[0]
    part = row.part.replace("_", " ")
    audience = wording.audience(row, groups)
    return Lane(duty=row.duty, audience=audience, part=part, versions=versions, is_exception=row.is_exception)


def _gaps(lane: Lane) -> list[Span]:
    """Return the days between two versions of the line on which nothing is held."""
    gaps = []
    for one, other in zip(lane.versions, lane.versions[1:], strict=False):
        if one.end is not None and other.first is not None and one.end < other.first:
            words = _("Gap: nothing is held from %(first)s to %(last)s.") % {
                "first": wording.day(one.end),
                "last": wording.day(other.first - timedelta(days=1)),
            }
            gaps.append(Span(first=one.end, end=other.first, sentence=words))
    return gaps


def _mark_overlaps(lanes: list[Lane]) -> None:
    """Say of lanes about one duty of the same people on which days they hold together, and what that means."""
    by_people: dict[tuple[str, str], list[Lane]] = defaultdict(list)
    for lane in lanes:
        if Duty(lane.duty) not in _SIDE_BY_SIDE:
            by_people[lane.duty, lane.audience].append(lane)
    for same in by_people.values():
        for number, lane in enumerate(same):
            for other in same[number + 1 :]:
                for one, two in ((a, b) for a in lane.versions for b in other.versions):
                    if one.is_binding and two.is_binding and (days := _common(one, two)):
                        span = _overlap(days, (lane, one), (other, two))
                        lane.overlaps.append(span)
                        other.overlaps.append(span)


def _common(one: Version, other: Version) -> tuple[date | None, date | None] | None:
    first = max(filter(None, (one.first, other.first)), default=None)
    end = min(filter(None, (one.end, other.end)), default=None)
    return None if first and end and end <= first else (first, end)


def _overlap(days: tuple[date | None, date | None], one: tuple[Lane, Version], other: tuple[Lane, Version]) -> Span:
    """Return what it means that both stand there.

    One is an exception over the other; or both bind; or, where one of them is in doubt, they may be two readings.
    """
    if other[0].is_exception_over(one[0]):
        one, other = other, one
    first, end = days
    values = {
        "audience": one[0].audience,
        "one": _said_in(*one),
        "other": _said_in(*other),
        "days": _days_in_words(first, end),
    }
    if one[0].is_exception_over(other[0]):
        template = _("%(audience)s. Exception, %(days)s: %(one)s takes the place of %(other)s.")
    elif ReviewStatus.NEEDS_REVIEW in (one[1].row.review_status, other[1].row.review_status):
        template = _(
            "%(audience)s. Overlap, %(days)s: %(one)s and %(other)s. Both are computed and the earliest date wins; "
            "as the sources disagree, they may be two readings of one rule."
        )
    else:
        template = _("%(audience)s. Overlap, %(days)s: %(one)s and %(other)s hold together; the earliest date wins.")
    return Span(first=first, end=end, sentence=template % values)


def _said_in(lane: Lane, version: Version) -> str:
    return f"{lane.part} ({version.says})" if lane.part else version.says


def _days_in_words(first: date | None, end: date | None) -> str:
    last = end - timedelta(days=1) if end else None
    if first and last:
        return _("%(first)s to %(last)s") % {"first": wording.day(first), "last": wording.day(last)}
    if first:
        return _("from %(day)s") % {"day": wording.day(first)}
    return _("until %(day)s") % {"day": wording.day(last)} if last else _("on all days on record")
