"""Life on the policy desk: a draft that waits for review, one that was sent back, and one of the reviewer's own.

None of them is published, so that no date of the demo moves.
"""

from datetime import datetime, timedelta

from django.utils.translation import override

from casework.accounts.models import User
from casework.residency.actions.reviews import ask_for_review, return_with_comment
from casework.residency.actions.rules import CitationValues, change_draft, draft_rule, supersede_rule
from casework.residency.actions.verifications import verify_rule
from casework.residency.models import Rule
from casework.residency.rules import examples, proof
from casework.residency.rules.kinds import Kind

# Invented: nobody should take the demo for a law.
SOURCE: CitationValues = {
    "title": "Demo: an invented decree on stays of foreigners",
    "url": "https://law.example/demo-decree",
    "quote": "A foreigner may stay for sixty days in any one hundred and eighty.",
    "supports": True,
}


def build_desk(*, editor: User, reviewer: User, now: datetime) -> int:
    """Make the drafts; return how many. Where the reference rules are not loaded there is nothing to replace."""
    with override("en"):
        drafts = [
            _waiting(editor, now - timedelta(days=2)),
            _sent_back(editor, reviewer, now - timedelta(days=5)),
            _of_the_reviewer(reviewer, editor, now - timedelta(days=1)),
        ]
    return sum(draft is not None for draft in drafts)


def _waiting(editor: User, at: datetime) -> Rule | None:
    """Kazakhstan, 60 in 180 for Russians: examples that pass, a source with its day, review asked."""
    held = _held("kz-ru-leave-90-in-180")
    if held is None:
        return None
    draft = supersede_rule(rule=held, by=editor, now=at, parameters={"days": 60, "window_days": 180})
    draft = change_draft(
        rule=draft,
        by=editor,
        now=at + timedelta(minutes=20),
        worked_examples=[_example(draft, "KZ-60-IN-180", "2026-09-01")],
        citations=[SOURCE | {"read_on": at.date()}],
        note="Invented for the demo: nobody has announced sixty days. Look at what it would change.",
    )
    ask_for_review(rule=draft, by=editor, now=at + timedelta(minutes=40))
    verify_rule(
        rule=held,
        read_on=at.date(),
        today=at.date(),
        by=editor,
        now=at,
        citation=held.citations.order_by("-supports", "pk").first(),
    )
    return draft


def _sent_back(editor: User, reviewer: User, at: datetime) -> Rule | None:
    """Armenia: the source has no day of reading, and nobody has worked out an example."""
    held = Rule.objects.held_now().filter(jurisdiction="AM", duty="leave").order_by("pk").first()
    if held is None:
        return None
    draft = supersede_rule(rule=held, by=editor, now=at, note="Demo: read again, in other words. Not law.")
    draft = change_draft(
        rule=draft,
        by=editor,
        now=at + timedelta(minutes=5),
        citations=[SOURCE | {"quote": "One hundred and eighty days within a year.", "read_on": None}],
    )
    ask_for_review(rule=draft, by=editor, now=at + timedelta(minutes=10))
    comment = "When did you read the decree? Please add the day, and an example that goes over the turn of a year."
    return_with_comment(rule=draft, comment=comment, by=reviewer, now=at + timedelta(hours=3))
    return draft


def _of_the_reviewer(reviewer: User, editor: User, at: datetime) -> Rule | None:
    """A new rule that the reviewer wrote, so another person must review it."""
    held = Rule.objects.held_now().filter(jurisdiction="RS", duty="leave").order_by("pk").first()
    if held is None:
        return None
    draft = draft_rule(
        by=reviewer,
        now=at,
        key="rs-any-leave-demo-seasonal",
        jurisdiction=held.jurisdiction,
        duty="leave",
        kind="consecutive_days",
        parameters={"days": 45},
        nationality="*",
        part="demo_seasonal",
        valid=held.valid,
        legal_status="announced",
        note="Demo: an invented limit that was announced and is not law.",
        citations=[SOURCE | {"read_on": at.date()}],
    )
    ask_for_review(rule=draft, by=editor, now=at + timedelta(minutes=10))
    return draft


def _held(key: str) -> Rule | None:
    return Rule.objects.held_now().filter(key=key).order_by("-valid").first()


def _example(draft: Rule, name: str, entered: str) -> dict[str, object]:
    """Return an example of the draft that expects what was worked out by hand: 60 days from the day of entry."""
    rule = proof.as_in_examples(Kind(draft.kind), draft.parameters, draft.jurisdiction_id)
    example = {"id": name, "rules": [rule], "stays": [{"entry": entered, "exit": None}], "on": entered}
    expect = {"days_used": 1, "last_lawful_day": "2026-10-30"}
    assert examples.check(example | {"expect": expect}).ok  # noqa: S101 - else the demo tells a lie
    return example | {"expect": expect}
