"""Who did what to a rule, newest first: drafted, changed, reviewed, published, verified, superseded, withdrawn."""

from datetime import UTC, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.residency import wording
from casework.residency.field_words import change_in_words
from casework.residency.models import DraftChange, Review, Rule, Verification
from casework.web.components import TimelineEntry


def history_of(rule: Rule, *, may_undo: bool = False) -> list[TimelineEntry]:
    """Return what happened to this version. `may_undo`: with links that take back a verification."""
    entries = [
        *_changes(rule),
        *_reviews(rule),
        *_publishing(rule),
        *_verifications(rule, may_undo=may_undo),
        *_ending(rule),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def name_of(user: User | None) -> str:
    return (user.display_name or user.email) if user else ""


def _changes(rule: Rule) -> list[TimelineEntry]:
    rows = DraftChange.objects.filter(rule=rule).select_related("by__data_key").order_by("pk")
    return [
        TimelineEntry(
            at=row.at,
            title=_("Draft changed") if row.fields else _("Drafted"),
            by=name_of(row.by),
            detail="\n".join(
                change_in_words(name, before, after, rule.kind) for name, (before, after) in row.fields.items()
            ),
        )
        for row in rows
    ]


def _reviews(rule: Rule) -> list[TimelineEntry]:
    rows = Review.objects.filter(draft=rule).select_related("asked_by__data_key", "decided_by__data_key").order_by("pk")
    titles = {
        Review.Verdict.APPROVED: _("Approved"),
        Review.Verdict.RETURNED: _("Sent back"),
        Review.Verdict.TAKEN_BACK: _("Request for review taken back"),
    }
    entries = []
    for row in rows:
        entries.append(TimelineEntry(at=row.asked_at, title=_("Review asked"), by=name_of(row.asked_by)))
        if row.decided_at is not None:
            entries.append(
                TimelineEntry(
                    at=row.decided_at,
                    title=titles[Review.Verdict(row.verdict)],
                    by=name_of(row.decided_by),
                    detail=row.comment,
                )
            )
    return entries


def _publishing(rule: Rule) -> list[TimelineEntry]:
    if rule.published_at is None:
        return []
    title = _("Published as “%(status)s”") % {"status": rule.get_review_status_display()}
    return [TimelineEntry(at=rule.published_at, title=title, by=wording.published_by(rule))]


def _verifications(rule: Rule, *, may_undo: bool) -> list[TimelineEntry]:
    rows = (
        Verification.objects.filter(rule=rule)
        .select_related("by__data_key", "citation", "undone_by", "undoes")
        .order_by("pk")
    )
    return [_verification(row, may_undo=may_undo) for row in rows]


def _verification(row: Verification, *, may_undo: bool) -> TimelineEntry:
    day = wording.day(row.read_on)
    if row.undoes_id is not None:
        title = _("Taken back: “still true, read on %(day)s” was a mistake") % {"day": day}
        return TimelineEntry(at=row.at, title=title, by=name_of(row.by))
    is_undone = hasattr(row, "undone_by")
    source = row.citation.title if row.citation else row.url
    title = _("Still true, read on %(day)s") % {"day": day}
    return TimelineEntry(
        at=row.at,
        title=title + (" (" + _("taken back later") + ")" if is_undone else ""),
        by=name_of(row.by),
        detail="\n".join(filter(None, (source, f"“{row.quote}”" if row.quote else ""))),
        url=reverse("undo_verification", args=[row.pk]) if may_undo and not is_undone else "",
    )


def _ending(rule: Rule) -> list[TimelineEntry]:
    """Return how the version came to be held no longer."""
    ended: datetime | None = rule.known.upper if rule.known else None
    if ended is None:
        return []
    if hasattr(rule, "withdrawal"):
        it = rule.withdrawal
        return [TimelineEntry(at=it.at, title=_("Withdrawn"), by=name_of(it.by), detail=it.reason)]
    after = rule.superseded_by.published().filter(published_at=ended).select_related("published_by__data_key").first()
    if after is None:
        return [TimelineEntry(at=ended.astimezone(UTC), title=_("No longer held"))]
    return [
        TimelineEntry(
            at=ended,
            title=_("Superseded by no. %(number)s") % {"number": after.pk},
            by=wording.published_by(after),
            url=reverse("rule", args=[after.jurisdiction_id, after.pk]),
        )
    ]
