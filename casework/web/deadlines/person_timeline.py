"""The time of one person as a picture: how long each fact holds, and what has to be done by when. The table beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .axis import DAY, Axis, Label, first_of_month, in_words, month_in_words
from .spans import LANES, Span

# Units of the drawing; a phone of 360 px shows one in about 0.9 px.
WIDTH, RIGHT = 360, 8
TODAY, HEADS, TOP = 10, 24, 30
LANE, ROW, WORDS, BAR = 20, 29, 11, 9
MONTHS_BEFORE, MONTHS_AHEAD, MONTHS_AT_LEAST = 3, 24, 3
MONTHS_APART = 84
LETTERS = 50
IN_A_LANE, FLAGS = 8, 12
FLAG, POINT = 9, 4
KNOWN, UNCERTAIN, PLANNED, VOID, LATE = (
    "chart-occupied",
    "chart-out_of_lease",
    "chart-held",
    "chart-blocked",
    "chart-expected",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One open deadline as the picture needs it. `other`: its day by another reading of the facts."""

    on: date
    duty: str
    other: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    look: str
    path: str
    is_filled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drawing. `told` says to whoever does not see it what it shows; `left_out`: so many things are in the table alone."""

    told: str
    axis: Axis
    months: Sequence[tuple[float, Label]]
    today: Label
    shapes: Sequence[Shape]
    lanes: Sequence[Label]
    texts: Sequence[Label]
    legend: Sequence[tuple[str, str]]
    left_out: int
    height: int
    width: int = WIDTH
    top: int = TOP

    @property
    def first(self) -> date:
        return self.axis.first

    @property
    def last(self) -> date:
        return self.axis.last


def days_of(spans: Sequence[Span], due: Sequence[Due], today: date) -> tuple[date, date]:
    """Return the first and the last day of the picture: whole months, to the last day that is known within two years."""
    first, farthest = first_of_month(today, -MONTHS_BEFORE), first_of_month(today, MONTHS_AHEAD + 1) - DAY
    days = [day for it in spans for day in (*it.begins, *it.ends) if day is not None]
    days += [day for it in due for day in (it.on, it.other) if day is not None]
    last = max([day for day in days if today < day <= farthest], default=today)
    at_least = first_of_month(today, MONTHS_AT_LEAST + 1) - DAY
    return first, max(at_least, min(first_of_month(last + timedelta(days=14), 1) - DAY, farthest))


def shown_in(spans: Sequence[Span], first: date, last: date) -> list[Span]:
    """Return those that hold, or may hold, on some day of the picture."""
    return [it for it in spans if it.begins[0] <= last and (it.ends[1] is None or it.ends[1] >= first)]


def picture_of(spans: Sequence[Span], due: Sequence[Due], today: date) -> Picture:
    """Return the picture. `due` is in the order of its days."""
    first, last = days_of(spans, due, today)
    paper = _Paper(Axis(first=first, last=last, width=WIDTH, right=RIGHT), today)
    shown = shown_in(spans, first, last)
    if due:
        paper.lane(_("Deadlines"))
        for deadline in due[:FLAGS]:
            paper.flag(deadline)
    left_out = len(due[FLAGS:])
    for kind, name in LANES.items():
        in_lane = [it for it in shown if it.kind == kind]
        if in_lane:
            paper.lane(str(name))
        for span in in_lane[-IN_A_LANE:]:
            paper.bar(span)
        left_out += len(in_lane[:-IN_A_LANE])
    return paper.finished(_told(shown, due, first, last, today), left_out)


class _Paper:
    """What has been drawn so far, and how far down."""

    def __init__(self, axis: Axis, today: date) -> None:
        self.axis, self.today, self.y = axis, today, TOP
        self.shapes: list[Shape] = []
        self.lanes: list[Label] = []
        self.texts: list[Label] = []

    def lane(self, name: str) -> None:
        self.lanes.append(Label(x=self.axis.at(0), y=self.y + 13, words=name))
        self.y += LANE

    def bar(self, span: Span) -> None:
        """Draw what is certain of a fact, and what is not, each with its pattern; it ends in a point where it goes on beyond the picture."""
        end = span.until_in_words
        if span.until is not None and not span.until.is_unknown:
            end = (_("ended: %(day)s") if span.is_over(self.today) else _("ends: %(day)s")) % {"day": end}
        planned = _("planned") if span.is_planned(self.today) else ""
        self._words(span.what, [span.state or planned, end])
        for look, since, until in pieces_of(span, self.today):
            self._stretch(look, since, until)
        self.y += ROW

    def flag(self, due: Due) -> None:
        """Draw a flag at the day, with the way there from today; what is overdue has come the other way."""
        is_late = due.on < self.today
        self._words(due.duty, [_("overdue") if is_late else "", in_words(due.on)])
        if is_late:
            self._stretch(LATE, due.on, self.today - DAY)
        else:
            self._line(self.today, due.on)
        if due.other is not None:
            self._stretch(UNCERTAIN, min(due.on, due.other), max(due.on, due.other))
            self._flag("timeline-flag timeline-flag-other", due.other)
        self._flag("timeline-flag timeline-flag-late" if is_late else "timeline-flag", due.on)
        self.y += ROW

    def finished(self, told: str, left_out: int) -> Picture:
        x = self.axis.begin(self.today)
        near_end = abs(x - self.axis.at(WIDTH)) < MONTHS_APART
        return Picture(
            told=told,
            axis=self.axis,
            months=[
                (self.axis.begin(month), Label(x=self.axis.begin(month), y=HEADS, words=month_in_words(month)))
                for month in self.axis.months(MONTHS_APART)
            ],
            today=Label(x=x, y=TODAY, words=_("today"), anchor="end" if near_end else "start"),
            shapes=self.shapes,
            lanes=self.lanes,
            texts=self.texts,
            legend=[
                (look, word) for look, word in _words_of_looks().items() if look in {it.look for it in self.shapes}
            ],
            left_out=left_out,
            height=self.y + 4,
        )

    def _words(self, what: str, more: Sequence[str]) -> None:
        """Write a line over a bar; of what is too long the beginning is cut, never a day."""
        rest = "".join(f" · {each}" for each in more if each)
        words = f"{Truncator(what).chars(max(LETTERS - len(rest), 12))}{rest}"
        self.texts.append(Label(x=self.axis.at(0), y=self.y + WORDS, words=words))

    def _stretch(self, look: str, since: date, until: date) -> None:
        if until < self.axis.first or since > self.axis.last:
            return
        begin, end, top = self.axis.begin(since), self.axis.end(until), self.y + WORDS + 4
        point = POINT * self.axis.forwards if until > self.axis.last else 0
        path = f"M{begin} {top}H{end}l{point} {BAR / 2}l{-point} {BAR / 2}H{begin}Z"
        self.shapes.append(Shape(look=look, path=path))

    def _line(self, since: date, until: date) -> None:
        middle = self.y + WORDS + 4 + BAR / 2
        path = f"M{self.axis.begin(since)} {middle}H{self.axis.begin(until)}"
        self.shapes.append(Shape(look="timeline-way", path=path, is_filled=False))

    def _flag(self, look: str, day: date) -> None:
        x, top = self.axis.begin(day), self.y + WORDS + 2
        # Near the end of the picture it flies back, so that nothing of it is cut off.
        forwards = self.axis.forwards if abs(x - self.axis.at(WIDTH)) > FLAG else -self.axis.forwards
        path = f"M{x} {top + BAR + 4}V{top}h{FLAG * forwards}l{-3 * forwards} {BAR / 3}l{3 * forwards} {BAR / 3}H{x}"
        self.shapes.append(Shape(look=look, path=path, is_filled=False))


def pieces_of(span: Span, today: date) -> list[tuple[str, date, date]]:
    """Return the days of a fact in pieces, each with how it is drawn.

    Where nobody knows when it began, it is certain from today on at the earliest; where no end is on record, until today.
    Of what has ended on a day that nobody knows, nothing is certain but that it began.
    """
    may_begin, has_begun = span.begins
    sure_end, may_end = span.ends
    has_begun = has_begun or max(may_begin, min(today, may_end or today))
    if sure_end is None and span.until is None:
        sure_end = max(today, has_begun)
    elif sure_end is None:  # ended, and nobody knows when
        sure_end = has_begun if span.since.is_exact else has_begun - DAY
    may_end = max(may_end or today, has_begun, sure_end)
    known = VOID if span.state else PLANNED if span.is_planned(today) else KNOWN
    if sure_end < has_begun:
        return [(UNCERTAIN, may_begin, may_end)]
    pieces = [(UNCERTAIN, may_begin, has_begun - DAY)] if may_begin < has_begun else []
    pieces.append((known, has_begun, sure_end))
    return [*pieces, (UNCERTAIN, sure_end + DAY, may_end)] if sure_end < may_end else pieces


def _words_of_looks() -> dict[str, str]:
    return {
        KNOWN: _("holds"),
        UNCERTAIN: _("nobody knows exactly"),
        PLANNED: _("planned"),
        VOID: _("does not hold any more: lost, expired, kept or revoked"),
        LATE: _("overdue"),
    }


def _told(spans: Sequence[Span], due: Sequence[Due], first: date, last: date, today: date) -> str:
    parts = [_("%(first)s to %(last)s.") % {"first": in_words(first), "last": in_words(last)}, _told_of_due(due, today)]
    ends = [(day, it.what) for it in spans if not it.state and (day := it.ends[0]) is not None]
    ahead = [(day, what) for day, what in ends if day >= today]
    if ahead:
        day, what = min(ahead)
        parts.append(_("Ends first: %(what)s, %(day)s.") % {"what": what, "day": in_words(day)})
    return " ".join(parts)


def _told_of_due(due: Sequence[Due], today: date) -> str:
    if not due:
        return _("No deadline is open.")
    late, ahead = sum(it.on < today for it in due), next((it for it in due if it.on >= today), None)
    parts = [ngettext("%(count)s open deadline.", "%(count)s open deadlines.", len(due)) % {"count": len(due)}]
    if late:
        parts.append(ngettext("%(count)s is overdue.", "%(count)s are overdue.", late) % {"count": late})
    if ahead is not None:
        parts.append(_("The next: %(duty)s, %(day)s.") % {"duty": ahead.duty, "day": in_words(ahead.on)})
    return " ".join(parts)
