"""Whether a draft waits for another person's review, and what became of that."""

from datetime import datetime

from casework.accounts.models import User

from .drafts import digest_of, said_by
from .models import Review, Rule


def open_review_of(draft: Rule) -> Review | None:
    return Review.objects.open().filter(draft=draft).first()


def has_moved_on(review: Review, draft: Rule) -> bool:
    """Say whether the draft says something else than when review was asked."""
    return review.digest != digest_of(said_by(draft))


def settle(draft: Rule, *, is_approved: bool, by: User, now: datetime) -> None:
    """Close the open review of a draft that is about to be published. Whoever publishes holds the row of the draft."""
    review = open_review_of(draft)
    if review is None:
        return
    verdict = Review.Verdict.APPROVED if is_approved and by.pk != review.asked_by_id else Review.Verdict.TAKEN_BACK
    decide(review, verdict, by=by, now=now)


def decide(review: Review, verdict: Review.Verdict, *, by: User, now: datetime, comment: str = "") -> None:
    review.verdict, review.comment, review.decided_by, review.decided_at = verdict, comment, by, now
    review.save(force_update=True, update_fields=["verdict", "comment", "decided_by", "decided_at"])
