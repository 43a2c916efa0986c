"""What happened to a deadline: how its date moved, and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.residency.because import Line, lines, says
from casework.residency.models import Deadline, Decision, Move, Rule
from casework.residency.rulebook import rules_of
from casework.web.components import TimelineEntry
from casework.web.templatetags.days import day

# Older states are kept and not shown.
KEPT_SHOWN = 20


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
        Decision.Kind.LIFTED: _("The date that was set was lifted"),
        Decision.Kind.OVERRIDDEN: _("Staff set the date: %(imposed)s"),
        Decision.Kind.CONFIRMED: _("A second person confirmed the later date, against %(day)s by the rules"),
        Decision.Kind.REFUSED: _("A second person refused the later date, against %(day)s by the rules"),
        Decision.Kind.IMPOSED: _("An authority set the date: %(imposed)s"),
    }
    return TimelineEntry(
        at=decision.decided_at,
        title=titles[Decision.Kind(decision.kind)] % {"day": answered, "imposed": day(decision.imposed_on)},
        by=str(decision.decided_by.display_name or decision.decided_by.email),
        detail=". ".join(str(part) for part in (decision.authority, decision.paper, decision.reason) if part),
    )


def _moved(move: Move) -> TimelineEntry:
    days = {"first": day(move.from_on) or _("not known"), "last": day(move.to_on) or _("not known")}
    titles = {
        Move.What.MOVED: _("The date moved: %(first)s → %(last)s"),
        Move.What.GONE: _("No longer applied; it was %(first)s"),
        Move.What.BACK: _("Applied again: %(last)s"),
    }
    return TimelineEntry(at=move.at, title=titles[Move.What(move.what)] % days, detail=str(move.get_cause_display()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBefore:
    """What a deadline said until it was computed otherwise. `rules`: what each says, and its page."""

    since: datetime
    until: datetime
    due_on: date | None
    opens_on: date | None
    alternative_on: date | None
    cause: str
    lines: Sequence[Line]
    rules: Sequence[tuple[str, str]]


def said_before(deadline: Deadline) -> list[SaidBefore]:
    """Return the earlier states, the newest first, in the same sentences as the present one. Three queries at most."""
    kept = list(deadline.derivations.newest_first()[:KEPT_SHOWN])
    numbers = {number for it in kept for number in it.rule_ids}
    rules = {int(it.id): it for it in rules_of(Rule.objects.published().filter(pk__in=numbers))} if numbers else {}
    return [
        SaidBefore(
            since=it.computed_at,
            until=it.replaced_at,
            due_on=it.due_on,
            opens_on=it.opens_on,
            alternative_on=it.alternative_on,
            cause=str(it.get_cause_display()),
            lines=lines(it.because),
            rules=[
                (says(rules[number]), reverse("rule", args=[rules[number].jurisdiction, number]))
                for number in it.rule_ids
                if number in rules
            ],
        )
        for it in kept
    ]
