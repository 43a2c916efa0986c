"""What happened to a deadline: how its date moved, and what people decided."""

from django.utils.translation import gettext as _

from casework.residency.models import Deadline, Decision, Move
from casework.web.components import TimelineEntry
from casework.web.templatetags.days import day


def history_of(deadline: Deadline) -> list[TimelineEntry]:
    """Return moves and decisions, the newest first, in two queries."""
    decisions = deadline.decisions.select_related("data_key", "decided_by__data_key").order_by("number")
    # What an authority caused is told by the decision.
    moves = deadline.moves.exclude(cause=Move.Cause.DECISION)
    entries = [_decided(decision) for decision in decisions] + [_moved(move) for move in moves]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _decided(decision: Decision) -> TimelineEntry:
    answered = day(decision.answered_on) or _("an unknown date")
    titles = {
        Decision.Kind.DONE: _("Marked as done, for %(day)s"),
        Decision.Kind.WAIVED: _("Waived, for %(day)s"),
        Decision.Kind.REOPENED: _("Opened again"),
        Decision.Kind.LIFTED: _("The date set by the authority was lifted"),
        Decision.Kind.IMPOSED: _("An authority set the date: %(imposed)s"),
    }
    return TimelineEntry(
        at=decision.decided_at,
        title=titles[Decision.Kind(decision.kind)] % {"day": answered, "imposed": day(decision.imposed_on)},
        by=str(decision.decided_by.display_name or decision.decided_by.email),
        detail=str(decision.reason),
    )


def _moved(move: Move) -> TimelineEntry:
    days = {"first": day(move.from_on) or _("not known"), "last": day(move.to_on) or _("not known")}
    titles = {
        Move.What.MOVED: _("The date moved: %(first)s → %(last)s"),
        Move.What.GONE: _("No longer applied; it was %(first)s"),
        Move.What.BACK: _("Applied again: %(last)s"),
    }
    return TimelineEntry(at=move.at, title=titles[Move.What(move.what)] % days, detail=str(move.get_cause_display()))
