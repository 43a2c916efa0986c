"""A draft is reviewed by another person: asked for, taken back, sent back with a comment, approved and published."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import may
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..drafts import digest_of, said_by
from ..models import Review, Rule
from ..publishing import lock_rules
from ..reviewing import decide, has_moved_on, open_review_of
from ..rules.kinds import ReviewStatus
from .rules import lock_draft, publish_rule, why_not_draft


class UnableToAskForReview(Refusal):
    pass


class UnableToReview(Refusal):
    pass


@transaction.atomic
def ask_for_review(*, rule: Rule, by: User, now: datetime) -> Review:
    """Ask another person to look at the draft as it is now. Raises UnableToAskForReview.

    A question about an earlier wording of the draft is taken back by this one.
    """
    rule = lock_draft(rule, UnableToAskForReview)
    for refusal in why_not_ask(rule, by, now):
        raise UnableToAskForReview(refusal.sentence, field=refusal.field)
    said = said_by(rule)
    earlier = open_review_of(rule)
    if earlier is not None:
        decide(earlier, Review.Verdict.TAKEN_BACK, by=by, now=now)
    review = Review.objects.create(draft=rule, asked_by=by, asked_at=now, digest=digest_of(said), asked_about=said)
    record("residency.review_asked", subject=rule, by=by, now=now, review=review.pk)
    return review


@transaction.atomic
def take_back(*, rule: Rule, by: User, now: datetime) -> Review:
    """Ask for no review any more. Raises UnableToReview."""
    rule = lock_draft(rule, UnableToReview)
    review = _open(rule)
    if not may(by, Permission.RULES_EDIT, now):
        raise UnableToReview(_("Only a policy editor takes the question back. A reviewer sends the draft back."))
    decide(review, Review.Verdict.TAKEN_BACK, by=by, now=now)
    record("residency.review_taken_back", subject=rule, by=by, now=now, review=review.pk)
    return review


@transaction.atomic
def return_with_comment(*, rule: Rule, comment: str, by: User, now: datetime) -> Review:
    """Send the draft back to those who wrote it, saying what to mend. Raises UnableToReview."""
    rule = lock_draft(rule, UnableToReview)
    review = _open(rule)
    for refusal in why_not_review(rule, by, now):
        raise UnableToReview(refusal.sentence)
    if not comment.strip():
        raise UnableToReview(_("Say what is to be mended: otherwise nobody knows what to do next."), field="comment")
    decide(review, Review.Verdict.RETURNED, by=by, now=now, comment=comment.strip())
    record("residency.review_returned", subject=rule, by=by, now=now, review=review.pk)
    return review


@transaction.atomic
def approve_and_publish(
    *,
    rule: Rule,
    seen: str,
    by: User,
    now: datetime,
    review_status: str = ReviewStatus.REVIEWED.value,
    keep_rest: bool = True,
) -> Rule:
    """Publish the draft as the reviewer saw it. Raises UnableToReview or UnableToPublishRule.

    seen: the digest of what stood on the reviewer's screen; review_status: what they say of it.
    """
    lock_rules()
    rule = lock_draft(rule, UnableToReview)
    review = _open(rule)
    for refusal in why_not_review(rule, by, now):
        raise UnableToReview(refusal.sentence)
    if has_moved_on(review, rule) or seen != review.digest:
        raise UnableToReview(
            _(
                "The draft was changed since review was asked, so nothing was published. "
                "Look at the difference; its author asks again when it is ready."
            )
        )
    return publish_rule(rule=rule, by=by, now=now, review_status=review_status, keep_rest=keep_rest)


def why_not_ask(rule: Rule, by: User, now: datetime) -> list[Refusal]:
    """Return what stands in the way of asking for review."""
    refusals = []
    if not may(by, Permission.RULES_EDIT, now):
        refusals.append(Refusal(_("Only a policy editor asks for review.")))
    review = open_review_of(rule)
    if review is not None and not has_moved_on(review, rule):
        refusals.append(Refusal(_("Review of exactly this was asked already. It waits for another person.")))
    return [*refusals, *why_not_draft(rule, now)]


def why_not_review(rule: Rule, by: User, now: datetime) -> list[Refusal]:
    """Return why this person may not answer the question about the draft."""
    refusals = []
    if not may(by, Permission.RULES_REVIEW, now):
        refusals.append(Refusal(_("Only a policy reviewer answers this question.")))
    if by.pk in rule.authors:
        refusals.append(Refusal(_("You wrote in this draft, so another person must review it.")))
    review = open_review_of(rule)
    if review is not None and review.asked_by_id == by.pk:
        refusals.append(Refusal(_("You asked for this review, so another person must answer it.")))
    return refusals


def _open(rule: Rule) -> Review:
    review = Review.objects.select_for_update(of=("self",)).open().filter(draft=rule).first()
    if review is None:
        raise UnableToReview(
            _("Nobody asks for review of this draft any more: it was taken back, sent back or published meanwhile.")
        )
    return review
