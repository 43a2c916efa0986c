"""A draft is reviewed by another person, who approves exactly what they saw."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.residency.actions.reviews import (
    UnableToAskForReview,
    UnableToReview,
    approve_and_publish,
    ask_for_review,
    return_with_comment,
    take_back,
)
from casework.residency.actions.rules import (
    DraftChangedMeanwhile,
    UnableToPublishRule,
    change_draft,
    discard_draft,
    publish_rule,
    worth_knowing,
)
from casework.residency.drafts import digest_of, said_by
from casework.residency.models import DraftChange, Review, Rule
from tests.racing import at_once

from ..factories.accounts import NOW, make_membership, make_user
from ..factories.rules import CITATION, EXAMPLE, make_draft

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def editor():
    return make_user(Role.POLICY_EDITOR)


@pytest.fixture
def reviewer():
    return make_user(Role.POLICY_REVIEWER)


@pytest.fixture
def draft(editor):
    return make_draft(by=editor, worked_examples=[EXAMPLE])


def seen(draft: Rule) -> str:
    return digest_of(said_by(Rule.objects.get(pk=draft.pk)))


def test_another_person_approves_what_they_saw_and_it_is_reviewed(draft, editor, reviewer):
    review = ask_for_review(rule=draft, by=editor, now=NOW)

    rule = approve_and_publish(rule=draft, seen=review.digest, by=reviewer, now=LATER)

    review.refresh_from_db()
    assert (rule.is_published, rule.review_status, rule.published_by) == (True, "reviewed", reviewer)
    assert (review.verdict, review.decided_by, review.decided_at) == ("approved", reviewer, LATER)


def test_a_reviewer_may_publish_as_provisional(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)

    rule = approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=NOW, review_status="provisional")

    assert (rule.review_status, Review.objects.get().verdict) == ("provisional", "approved")


def test_it_is_sent_back_with_a_comment_and_asked_about_again(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)
    return_with_comment(rule=draft, comment=" Quote the article. ", by=reviewer, now=NOW)

    ask_for_review(rule=draft, by=editor, now=LATER)

    assert list(Review.objects.order_by("pk").values_list("verdict", "comment")) == [
        ("returned", "Quote the article."),
        ("", ""),
    ]


def test_nothing_is_sent_back_without_a_word(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)

    with pytest.raises(UnableToReview, match="Say what is to be mended"):
        return_with_comment(rule=draft, comment="  ", by=reviewer, now=NOW)


def test_a_question_is_taken_back(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)

    take_back(rule=draft, by=editor, now=NOW)

    with pytest.raises(UnableToReview, match="Nobody asks for review of this draft any more"):
        approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=NOW)


def test_the_same_is_not_asked_twice(draft, editor):
    ask_for_review(rule=draft, by=editor, now=NOW)

    with pytest.raises(UnableToAskForReview, match="asked already"):
        ask_for_review(rule=draft, by=editor, now=NOW)


def test_a_draft_changed_since_is_not_published_and_is_asked_about_anew(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)
    before = seen(draft)
    change_draft(rule=draft, by=editor, now=NOW, note="One more thought.")

    for digest in (before, seen(draft)):
        with pytest.raises(UnableToReview, match="changed since review was asked"):
            approve_and_publish(rule=draft, seen=digest, by=reviewer, now=NOW)

    ask_for_review(rule=draft, by=editor, now=LATER)
    assert list(Review.objects.order_by("pk").values_list("verdict", flat=True)) == ["taken_back", ""]
    assert approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=LATER).is_published


def test_a_changed_citation_is_a_changed_draft(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)
    before = seen(draft)
    change_draft(rule=draft, by=editor, now=NOW, citations=[{**CITATION, "quote": "Sixty days."}])

    with pytest.raises(UnableToReview, match="changed since"):
        approve_and_publish(rule=draft, seen=before, by=reviewer, now=NOW)


def test_authors_and_askers_do_not_answer(draft, editor, reviewer):
    make_membership(editor, Role.POLICY_REVIEWER)
    other = make_user(Role.POLICY_EDITOR)
    make_membership(other, Role.POLICY_REVIEWER)
    ask_for_review(rule=draft, by=other, now=NOW)

    with pytest.raises(UnableToReview, match="You wrote in this draft"):
        approve_and_publish(rule=draft, seen=seen(draft), by=editor, now=NOW)
    with pytest.raises(UnableToReview, match="You asked for this review"):
        return_with_comment(rule=draft, comment="No.", by=other, now=NOW)
    assert [list(Review.objects.waiting_for(user)) for user in (editor, reviewer)] == [[], [Review.objects.get()]]


def test_only_editors_ask_and_only_reviewers_answer(draft, editor, reviewer):
    with pytest.raises(UnableToAskForReview, match="Only a policy editor asks"):
        ask_for_review(rule=draft, by=reviewer, now=NOW)
    ask_for_review(rule=draft, by=editor, now=NOW)
    with pytest.raises(UnableToReview, match="Only a policy editor takes"):
        take_back(rule=draft, by=reviewer, now=NOW)
    with pytest.raises(UnableToReview, match="Only a policy reviewer answers"):
        approve_and_publish(rule=draft, seen=seen(draft), by=make_user(Role.POLICY_EDITOR), now=NOW)


def test_examples_that_fail_leave_the_question_open(editor, reviewer):
    wrong = EXAMPLE | {"expect": {"last_lawful_day": "2026-04-01"}}
    draft = make_draft(by=editor, worked_examples=[wrong])
    ask_for_review(rule=draft, by=editor, now=NOW)

    with pytest.raises(UnableToPublishRule, match="does not come out as expected"):
        approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=NOW)

    assert Review.objects.get().is_open


def test_a_citation_without_a_day_bars_reviewed_and_warns_of_provisional(editor, reviewer):
    draft = make_draft(by=editor, worked_examples=[EXAMPLE], citations=({**CITATION, "read_on": None},))
    ask_for_review(rule=draft, by=editor, now=NOW)

    with pytest.raises(UnableToPublishRule, match="“An invented decree” has no day on which it was read"):
        approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=NOW)

    assert [it.field for it in worth_knowing(draft)] == ["citations"]
    assert publish_rule(rule=draft, by=editor, now=NOW).review_status == "provisional"
    assert Review.objects.get().verdict == "taken_back"


def test_publishing_by_another_reviewer_elsewhere_answers_the_question(draft, editor, reviewer):
    ask_for_review(rule=draft, by=editor, now=NOW)

    publish_rule(rule=draft, by=reviewer, now=NOW, review_status="reviewed")

    assert (Review.objects.get().verdict, Review.objects.get().decided_by) == ("approved", reviewer)


def test_each_act_leaves_its_event(draft, editor, reviewer):
    first = ask_for_review(rule=draft, by=editor, now=NOW)
    return_with_comment(rule=draft, comment="Mend it.", by=reviewer, now=NOW)
    second = ask_for_review(rule=draft, by=editor, now=NOW)
    take_back(rule=draft, by=editor, now=NOW)

    events = Event.objects.filter(type__startswith="residency.review").order_by("pk").values_list("type", "data")
    assert list(events) == [
        ("residency.review_asked", {"review": first.pk}),
        ("residency.review_returned", {"review": first.pk}),
        ("residency.review_asked", {"review": second.pk}),
        ("residency.review_taken_back", {"review": second.pk}),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_publishes_and_the_other_is_told():
    editor = make_user(Role.POLICY_EDITOR)
    draft = make_draft(by=editor, worked_examples=[EXAMPLE])
    digest = ask_for_review(rule=draft, by=editor, now=NOW).digest
    reviewers = [make_user(Role.POLICY_REVIEWER), make_user(Role.POLICY_REVIEWER)]

    outcomes = at_once(
        *[
            lambda by=by: approve_and_publish(rule=draft, seen=digest, by=by, now=LATER)  # type: ignore[misc]
            for by in reviewers
        ]
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Rule", "UnableToReview"]
    assert Review.objects.get().verdict == "approved"


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_change_at_once_what_is_published_is_what_was_seen():
    editor, reviewer = make_user(Role.POLICY_EDITOR), make_user(Role.POLICY_REVIEWER)
    draft = make_draft(by=editor, worked_examples=[EXAMPLE], note="As seen.")
    digest = ask_for_review(rule=draft, by=editor, now=NOW).digest

    outcomes = at_once(
        lambda: approve_and_publish(rule=draft, seen=digest, by=reviewer, now=LATER),
        lambda: change_draft(rule=draft, by=editor, now=LATER, note="Changed."),
    )

    draft.refresh_from_db()
    refused = [type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    assert draft.note == ("As seen." if draft.is_published else "Changed.")


# What a draft said before


def test_a_change_keeps_what_was_said_before(draft, editor):
    change_draft(
        rule=draft, by=editor, now=NOW, parameters={"days": 60}, note="Read again.", citations=[CITATION, CITATION]
    )
    change_draft(rule=draft, by=editor, now=NOW, note="Read again.")

    begun, change = DraftChange.objects.order_by("pk")
    assert begun.fields == {}
    assert change.fields["parameters.days"] == [90, 60]
    assert change.fields["note"] == ["", "Read again."]
    assert [len(cited) for cited in change.fields["citations"]] == [1, 2]


def test_the_second_of_two_writers_is_told_and_nothing_of_the_first_is_lost(draft, editor):
    digest = seen(draft)
    change_draft(rule=draft, by=editor, now=NOW, seen=digest, note="The first.")

    with pytest.raises(DraftChangedMeanwhile) as refused:
        change_draft(rule=draft, by=make_user(Role.POLICY_EDITOR), now=NOW, seen=digest, note="The second.")

    draft.refresh_from_db()
    assert (refused.value.now_says["note"], draft.note) == ("The first.", "The first.")


def test_what_was_said_of_a_draft_goes_with_it(draft, editor):
    change_draft(rule=draft, by=editor, now=NOW, note="Typed.")
    ask_for_review(rule=draft, by=editor, now=NOW)

    discard_draft(rule=draft, by=editor, now=NOW)

    assert (Review.objects.count(), DraftChange.objects.count()) == (0, 0)


# What the database refuses


def write(draft, by, **fields):
    with transaction.atomic():
        return Review.objects.create(draft=draft, asked_by=by, asked_at=NOW, digest="x", asked_about={}, **fields)


def test_review_one_open_a_draft(draft, editor):
    write(draft, editor)

    with pytest.raises(IntegrityError, match="review_one_open_a_draft"):
        write(draft, editor)


@pytest.mark.parametrize("part", ["verdict", "decided_by", "decided_at"])
def test_review_decided_together(draft, editor, reviewer, part):
    whole = {"verdict": "approved", "decided_by": reviewer, "decided_at": NOW}

    with pytest.raises(IntegrityError, match="review_decided_together"):
        write(draft, editor, **{name: value for name, value in whole.items() if name != part})


@pytest.mark.parametrize("verdict", ["approved", "returned"])
def test_review_by_another_person(draft, editor, verdict):
    with pytest.raises(IntegrityError, match="review_by_another_person"):
        write(draft, editor, verdict=verdict, decided_by=editor, decided_at=NOW, comment="x")


def test_review_returned_with_comment(draft, editor, reviewer):
    with pytest.raises(IntegrityError, match="review_returned_with_comment"):
        write(draft, editor, verdict="returned", decided_by=reviewer, decided_at=NOW)


def test_a_review_is_decided_once_and_its_question_never_changes(draft, editor, reviewer):
    review = ask_for_review(rule=draft, by=editor, now=NOW)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(digest="y")
    return_with_comment(rule=draft, comment="Mend it.", by=reviewer, now=NOW)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(comment="Never mind.")


def test_what_was_said_of_a_published_rule_stays(draft, editor, reviewer):
    change_draft(rule=draft, by=editor, now=NOW, note="Typed.")
    ask_for_review(rule=draft, by=editor, now=NOW)
    approve_and_publish(rule=draft, seen=seen(draft), by=reviewer, now=NOW)

    for rows in (Review.objects.all(), DraftChange.objects.all()):
        with pytest.raises(DatabaseError, match="of a published rule stays"), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftChange.objects.update(at=LATER)


def test_days_are_compared_as_people_write_them(draft):
    assert said_by(draft)["valid"] == [date(2023, 1, 27).isoformat(), None]
