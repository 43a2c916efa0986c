"""What a deadline tag and the notes beside it say, as a cell of a table holds it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from casework.web.deadline_tag import DeadlineTag
from casework.web.deadlines.rows import DeadlineRow
from casework.web.templatetags.days import day


def joined(parts: Iterator[str]) -> str:
    return "; ".join(str(part).rstrip(".") for part in parts if part)


def days_left(tag: DeadlineTag) -> int | None:
    """Return the days to the due day, negative ones after it."""
    if tag.days is None:
        return None
    return -tag.days if tag.severity == "overdue" else tag.days


def about_tag(tag: DeadlineTag) -> Iterator[str]:
    """Yield what stands in and beside a tag, save the day itself."""
    orders = {
        "waits": _("a later date waits for a second person"),
        "authority": _("set by an authority"),
        "staff": _("set by staff"),
    }
    if tag.severity == "unknown":
        yield _("Date unknown")
    if tag.order:
        yield orders[tag.order]
    yield review_in_words(tag.review)


def review_in_words(review: str) -> str:
    """Return the caveat of a date, "" where a person stands behind its rule."""
    if review == "reviewed":
        return ""
    return _("Sources disagree, not legally reviewed") if review == "needs_review" else _("Not legally reviewed")


def about_row(row: DeadlineRow) -> Iterator[str]:
    """Yield everything that a page says beside the day of a deadline."""
    it = row.deadline
    yield from about_tag(row.tag)
    if it.optional:
        yield _("only if they want it")
    yield row.set_in_words
    if it.waiting_on:
        yield _("%(later)s is later than the rules allow and waits for a second person.") % {
            "later": day(it.waiting_on)
        }
    if row.has_moved:
        yield _("Was %(was)s.") % {"was": day(it.was_due_on)} if it.was_due_on else _("Was not known before.")
    yield row.doubt
    if it.alternative_on and it.imposed_on is None:
        yield _("By another reading %(other)s.") % {"other": day(it.alternative_on)}
    if it.only_if_here_after:
        yield _("Only if they stay after %(last)s.") % {"last": day(it.only_if_here_after)}
