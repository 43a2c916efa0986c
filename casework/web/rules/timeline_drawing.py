"""Where everything of the timeline stands on the paper, in units of the drawing. Knows nothing of rules but lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from .timeline import Lane, LanesOfDuty, Span, Version

WIDTH = 1112  # fits the page of a desk without scrolling
LABELS = 290  # for the names of the lanes
RIGHT = 16
TOP = 34  # for the years
HEADING = 26
LANE = 30
BAR = 18
LETTER = 6.1  # a letter of the drawing, about
LONGEST_LABEL = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A version. `fades_*`: it goes on beyond the paper, or nobody knows since when."""

    x: float
    y: float
    width: float
    height: int
    shape: str
    text: str
    text_x: float
    text_y: float
    title: str
    url: str
    classes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A gap, drawn on the lane, or an overlap, drawn as a bracket under it."""

    x: float
    y: float
    width: float
    title: str
    middle: float
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A lane, or the heading of a duty (no bars)."""

    label: str
    y: float
    text_y: float
    is_heading: bool
    bars: Sequence[Bar] = ()
    gaps: Sequence[Remark] = ()
    overlaps: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    width: int
    height: float
    left: int
    right: int
    top: int
    bottom: float
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    today_x: float | None
    today_label: str
    today_anchor: str


@dataclass(frozen=True, slots=True)
class Window:
    """The years on the paper, first and last included."""

    first_year: int
    last_year: int

    @property
    def first(self) -> date:
        return date(self.first_year, 1, 1)

    @property
    def end(self) -> date:
        return date(self.last_year + 1, 1, 1)

    def x(self, day: date | None, otherwise: date) -> float:
        """Return where a day stands; what is beyond the paper stands at its edge."""
        at = min(max(day or otherwise, self.first), self.end)
        share = (at - self.first).days / (self.end - self.first).days
        return round(LABELS + share * (WIDTH - LABELS - RIGHT), 1)

    def shows(self, first: date | None, end: date | None) -> bool:
        return (first is None or first < self.end) and (end is None or end > self.first)


def drawn(duties: Sequence[LanesOfDuty], window: Window, today: date) -> Drawing:
    rows: list[Row] = []
    y: float = TOP
    for duty in duties:
        shown = [lane for lane in duty.lanes if any(window.shows(it.first, it.end) for it in lane.versions)]
        if not shown:
            continue
        rows.append(Row(label=duty.label, y=y, text_y=y + 18, is_heading=True))
        y += HEADING
        for lane in shown:
            rows.append(_row(lane, window, y))
            y += LANE
    today_x = window.x(today, today) if window.first <= today < window.end else None
    return Drawing(
        width=WIDTH,
        height=y + 10,
        left=LABELS,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=y + 2,
        ticks=_ticks(window),
        rows=rows,
        today_x=today_x,
        today_label=_("today"),
        today_anchor="end" if today_x and today_x > WIDTH - 80 else "start",
    )


def _row(lane: Lane, window: Window, y: float) -> Row:
    return Row(
        label=Truncator(lane.label).chars(LONGEST_LABEL),
        y=y,
        text_y=y + 17,
        is_heading=False,
        bars=[_bar(it, window, y) for it in lane.versions if window.shows(it.first, it.end)],
        gaps=[_remark(it, window, y + 4) for it in lane.gaps if window.shows(it.first, it.end)],
        overlaps=[_bracket(it, window, y + 25) for it in lane.overlaps if window.shows(it.first, it.end)],
    )


def _bar(version: Version, window: Window, y: float) -> Bar:
    x, end = window.x(version.first, window.first), window.x(version.end, window.end)
    width = max(end - x, 3)
    classes = ["version", f"is-{version.row.review_status.replace('_', '-')}"]
    classes += [] if version.is_binding else ["is-not-in-force"]
    status = "" if version.is_binding else f"{version.row.get_legal_status_display()}: "
    letters = int((width - 24) / LETTER)
    text = f"{version.mark} {Truncator(status + version.says).chars(letters)}" if letters > 4 else version.mark
    top = y + 4
    return Bar(
        x=x,
        y=top,
        width=round(width, 1),
        height=BAR,
        shape=_shape(
            x,
            top,
            x + width,
            open_left=version.first is None or version.first < window.first,
            open_right=version.end is None or version.end > window.end,
        ),
        text=text if width > 14 else "",
        text_x=round(x + 10, 1),
        text_y=y + 17,
        title=f"{version.days}: {status}{version.says} ({version.mark_word})",
        url=reverse("rule", args=[version.row.jurisdiction_id, version.row.pk]),
        classes=" ".join(classes),
    )


def _shape(x: float, y: float, end: float, *, open_left: bool, open_right: bool) -> str:
    """Return the outline of a bar: a straight end where it begins or ends, a point where it goes on."""
    middle, bottom, point = y + BAR / 2, y + BAR, min(7, (end - x) / 3)
    left = [(x + point, y), (x, middle), (x + point, bottom)] if open_left else [(x, y), (x, bottom)]
    right = [(end - point, bottom), (end, middle), (end - point, y)] if open_right else [(end, bottom), (end, y)]
    points = [*left, *right]
    return "M" + "L".join(f"{one:.1f} {other:.1f}" for one, other in points) + "Z"


def _remark(span: Span, window: Window, y: float) -> Remark:
    x, end = window.x(span.first, window.first), window.x(span.end, window.end)
    width = max(end - x, 3)
    return Remark(x=x, y=y, width=round(width, 1), middle=round(x + width / 2, 1), title=span.sentence)


def _bracket(span: Span, window: Window, y: float) -> Remark:
    x, end = window.x(span.first, window.first) + 1, window.x(span.end, window.end) - 1
    path = f"M{x:.1f} {y - 2:.1f}V{y:.1f}H{max(end, x + 2):.1f}V{y - 2:.1f}"
    return Remark(x=x, y=y, width=max(end - x, 2), middle=(x + end) / 2, title=span.sentence, path=path)


def _ticks(window: Window) -> list[Tick]:
    years = window.last_year - window.first_year + 1
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if years / step <= 22)
    return [
        Tick(x=window.x(date(year, 1, 1), window.first), label=str(year))
        for year in range(window.first_year, window.last_year + 1)
        if year % step == 0 or step == 1
    ]
