"""Rules are drafted, published, superseded and withdrawn; what was published never changes."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.refusals import Refusal
from casework.residency.actions.rules import (
    UnableToDraftRule,
    UnableToPublishRule,
    UnableToSupersedeRule,
    UnableToWithdrawRule,
    change_draft,
    discard_draft,
    publish_rule,
    supersede_rule,
    withdraw_rule,
)
from casework.residency.models import Citation, Rule, Withdrawal
from casework.residency.rulebook import load_book

from ..factories.accounts import LONG_AGO, NOW, make_membership, make_user
from ..factories.residency import make_rule
from ..factories.rules import CITATION, EXAMPLE, make_draft

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def editor():
    return make_user(Role.POLICY_EDITOR)


@pytest.fixture
def reviewer():
    return make_user(Role.POLICY_REVIEWER)


def held() -> list[tuple[int, DateRange]]:
    rows = Rule.objects.held_now().order_by("valid")
    return [(row.parameters["days"], row.valid) for row in rows]


def test_a_draft_computes_nothing_until_it_is_published(editor):
    draft = make_draft(by=editor)
    assert load_book().rules == ()

    publish_rule(rule=draft, by=editor, now=NOW)

    draft.refresh_from_db()
    assert [rule.id for rule in load_book().rules] == [str(draft.pk)]
    assert (draft.published_by, draft.published_at, draft.known) == (editor, NOW, DateTimeTZRange(NOW, None))


def test_each_act_leaves_its_event_without_a_word_of_the_rule(editor):
    draft = make_draft(by=editor)
    change_draft(rule=draft, by=editor, now=NOW, note="Read again.", citations=[CITATION])
    publish_rule(rule=draft, by=editor, now=NOW)
    withdraw_rule(rule=draft, reason="It was a mistake.", by=editor, now=LATER)

    events = list(Event.objects.filter(subject_model="residency.Rule").order_by("pk").values_list("type", "data"))

    assert events == [
        ("residency.rule_drafted", {"country": "KZ"}),
        ("residency.rule_draft_changed", {"fields": ["note", "citations"]}),
        (
            "residency.rule_published",
            {"country": "KZ", "review": "provisional", "supersedes": None, "rest": []},
        ),
        ("residency.rule_withdrawn", {"country": "KZ", "restored": []}),
    ]


def test_a_rule_that_overlaps_another_is_refused_with_its_name_and_the_days(editor):
    make_rule(key="kz-ru-old", valid=(date(2020, 1, 1), date(2024, 1, 1)))

    with pytest.raises(UnableToDraftRule) as refused:
        make_draft(by=editor)

    assert refused.value.field == "valid"
    assert refused.value.sentence.startswith("kz-ru-old (no. ")
    assert "27 Jan 2023 to 31 Dec 2023" in refused.value.sentence
    assert "Supersede or withdraw that rule, or change the days" in refused.value.sentence
    assert Rule.objects.count() == 1


def test_a_draft_that_was_overtaken_is_not_published_and_keeps_what_was_typed(editor):
    draft = make_draft(by=editor, note="Typed at length.")
    make_rule(key="kz-ru-meanwhile")

    with pytest.raises(UnableToPublishRule, match="kz-ru-meanwhile"):
        publish_rule(rule=draft, by=editor, now=NOW)

    draft.refresh_from_db()
    assert (draft.published_at, draft.note) == (None, "Typed at length.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"parameters": {"days": "many"}}, "Days: This must be a whole number."),
        ({"parameters": {}}, "Days: This parameter is needed."),
        ({"duty": "work"}, "says nothing about this duty"),
        ({"age_from": 18, "age_below": 18}, "The ages are in the wrong order."),
    ],
)
def test_what_cannot_be_said_is_refused(values, sentence):
    with pytest.raises(UnableToDraftRule, match=sentence):
        make_draft(**values)


def test_a_rule_without_a_supporting_citation_is_published_only_as_needs_review(editor):
    draft = make_draft(by=editor, citations=({**CITATION, "supports": False},))

    with pytest.raises(UnableToPublishRule, match="No citation supports this rule"):
        publish_rule(rule=draft, by=editor, now=NOW)

    assert publish_rule(rule=draft, by=editor, now=NOW, review_status="needs_review").is_published


def test_nobody_reviews_their_own_draft(editor, reviewer):
    make_membership(editor, Role.POLICY_REVIEWER)
    draft = make_draft(by=editor, worked_examples=[EXAMPLE])

    with pytest.raises(UnableToPublishRule, match="You wrote in this draft"):
        publish_rule(rule=draft, by=editor, now=NOW, review_status="reviewed")

    assert publish_rule(rule=draft, by=reviewer, now=NOW, review_status="reviewed").review_status == "reviewed"


def test_who_changed_a_draft_is_one_of_its_authors(editor, reviewer):
    make_membership(reviewer, Role.POLICY_EDITOR)
    draft = make_draft(by=editor, worked_examples=[EXAMPLE])
    change_draft(rule=draft, by=reviewer, now=NOW, note="A word.")
    change_draft(rule=draft, by=editor, now=NOW, note="Another.")

    with pytest.raises(UnableToPublishRule, match="You wrote in this draft"):
        publish_rule(rule=draft, by=reviewer, now=NOW, review_status="reviewed")


def test_an_editor_does_not_say_that_a_rule_was_reviewed(editor):
    draft = make_draft(worked_examples=[EXAMPLE])

    with pytest.raises(UnableToPublishRule, match="Only a policy reviewer"):
        publish_rule(rule=draft, by=editor, now=NOW, review_status="reviewed")


@pytest.mark.parametrize(
    ("examples", "sentence"),
    [
        ([], "needs at least one worked example"),
        ([EXAMPLE | {"expect": {"last_lawful_day": "2026-04-01"}}], "does not come out as expected"),
        ([EXAMPLE | {"rules": [{"kind": "consecutive_days", "days": 60}], "expect": None}], "of this very rule"),
        ([EXAMPLE | {"on": "yesterday"}], "cannot be read"),
    ],
)
def test_a_rule_that_computes_is_reviewed_only_with_examples_that_prove_it(reviewer, examples, sentence):
    draft = make_draft(worked_examples=examples)

    with pytest.raises(UnableToPublishRule, match=sentence):
        publish_rule(rule=draft, by=reviewer, now=NOW, review_status="reviewed")


def test_a_new_version_says_the_same_but_for_the_changes_and_the_old_one_is_held_on(editor):
    old = make_rule(review_status="reviewed", note="As read.")

    draft = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60})

    assert (draft.supersedes, draft.key, draft.note, draft.review_status) == (old, old.key, "As read.", "provisional")
    assert draft.citations.get().title == old.citations.get().title
    assert held() == [(90, DateRange(None, None))]


def test_publishing_it_keeps_the_old_one_on_the_days_that_it_leaves_over(editor):
    old = make_rule(valid=(date(2020, 1, 1), date(2030, 1, 1)))
    days = DateRange(date(2024, 1, 1), date(2025, 1, 1))
    draft = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60}, valid=days)

    publish_rule(rule=draft, by=editor, now=LATER)

    old.refresh_from_db()
    assert old.known == DateTimeTZRange(LONG_AGO, LATER)
    assert held() == [
        (90, DateRange(date(2020, 1, 1), date(2024, 1, 1))),
        (60, days),
        (90, DateRange(date(2025, 1, 1), date(2030, 1, 1))),
    ]
    assert [row.citations.count() for row in Rule.objects.held_now()] == [1, 1, 1]
    assert set(Rule.objects.held_now().values_list("known", flat=True)) == {DateTimeTZRange(LATER, None)}


def test_a_correction_of_the_days_leaves_nothing_of_the_old_one(editor):
    old = make_rule(valid=(date(2023, 1, 26), None))
    days = DateRange(date(2023, 1, 27), None)
    draft = supersede_rule(rule=old, by=editor, now=NOW, valid=days)

    publish_rule(rule=draft, by=editor, now=LATER, keep_rest=False)

    assert held() == [(90, days)]


def test_what_we_told_them_before_can_still_be_answered(editor):
    old = make_rule(valid=(date(2020, 1, 1), None))
    publish_rule(rule=supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60}), by=editor, now=LATER)

    (before,) = load_book(known_at=NOW).rules
    (after,) = load_book(known_at=LATER).rules

    assert (before.parameters["days"], after.parameters["days"]) == (90, 60)


def test_a_version_that_is_no_longer_held_is_not_superseded(editor):
    rule = make_rule(known=(LONG_AGO, NOW))

    with pytest.raises(UnableToSupersedeRule, match="no longer held"):
        supersede_rule(rule=rule, by=editor, now=NOW)


def test_of_two_drafts_for_one_version_the_second_is_refused(editor):
    old = make_rule()
    first = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60})
    second = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 30})
    publish_rule(rule=first, by=editor, now=LATER)

    with pytest.raises(UnableToPublishRule, match="somebody superseded or withdrew it meanwhile"):
        publish_rule(rule=second, by=editor, now=LATER + timedelta(days=1))

    assert held() == [(60, DateRange(None, None))]


SEASON = {"key": "kz-ru-season", "is_exception": True, "parameters": {"days": 30}}
SUMMER = (date(2027, 4, 15), date(2027, 11, 1))


def test_an_exception_is_published_over_a_base_that_stays_whole(editor):
    base = publish_rule(rule=make_draft(by=editor), by=editor, now=NOW)
    season = publish_rule(rule=make_draft(by=editor, valid=SUMMER, **SEASON), by=editor, now=LATER)

    assert held() == [(90, base.valid), (30, season.valid)]
    assert [rule.is_exception for rule in load_book().rules] == [False, True]


def test_an_exception_to_nothing_is_not_published(editor):
    draft = make_draft(by=editor, valid=SUMMER, **SEASON)

    with pytest.raises(UnableToPublishRule, match="There is nothing that this is an exception to"):
        publish_rule(rule=draft, by=editor, now=NOW)

    publish_rule(rule=make_draft(by=editor, part="another", key="kz-ru-other"), by=editor, now=NOW)
    with pytest.raises(UnableToPublishRule, match="There is nothing that this is an exception to"):
        publish_rule(rule=draft, by=editor, now=LATER)


def test_an_exception_to_an_exception_is_refused(editor):
    publish_rule(rule=make_draft(by=editor), by=editor, now=NOW)
    publish_rule(rule=make_draft(by=editor, valid=SUMMER, **SEASON), by=editor, now=NOW)

    with pytest.raises(UnableToDraftRule, match=r"kz-ru-season .* on these days: 1 May 2027 to 31 May 2027"):
        make_draft(by=editor, valid=(date(2027, 5, 1), date(2027, 6, 1)), **SEASON | {"key": "kz-ru-may"})


def test_an_exception_for_ever_is_refused(editor):
    with pytest.raises(UnableToDraftRule, match="An exception begins on a day"):
        make_draft(by=editor, valid=(None, date(2027, 6, 1)), **SEASON)


def test_a_withdrawn_rule_is_no_longer_held_and_says_why(editor):
    rule = make_rule()

    withdraw_rule(rule=rule, reason=" The decree was repealed. ", by=editor, now=NOW)

    rule.refresh_from_db()
    assert (held(), rule.known.upper, rule.withdrawal.reason) == ([], NOW, "The decree was repealed.")
    with pytest.raises(UnableToWithdrawRule, match="no longer held"):
        withdraw_rule(rule=rule, reason="Again.", by=editor, now=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Withdrawal.objects.update(reason="Another reason")


def test_a_withdrawal_needs_a_reason(editor):
    with pytest.raises(UnableToWithdrawRule, match="Say why"):
        withdraw_rule(rule=make_rule(), reason="  ", by=editor, now=NOW)

    assert len(held()) == 1


def test_a_published_rule_is_neither_changed_nor_discarded_by_an_action(editor):
    rule = make_rule()

    for act in (change_draft, discard_draft):
        with pytest.raises(UnableToDraftRule, match="is published and never changes"):
            act(rule=rule, by=editor, now=NOW)


def test_a_discarded_draft_is_gone_with_its_citations(editor):
    discard_draft(rule=make_draft(by=editor), by=editor, now=NOW)

    assert (Rule.objects.count(), Citation.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda rule: Rule.objects.filter(pk=rule.pk).update(parameters={"days": 1}),
        lambda rule: Rule.objects.filter(pk=rule.pk).update(review_status="reviewed"),
        lambda rule: Rule.objects.filter(pk=rule.pk).update(worked_examples=[{}]),
        lambda rule: Rule.objects.filter(pk=rule.pk).update(published_at=None, known=None),
        lambda rule: Rule.objects.filter(pk=rule.pk).update(known=DateTimeTZRange(NOW, None)),
        lambda rule: Rule.objects.filter(pk=rule.pk).delete(),
        lambda rule: rule.delete(),
        lambda rule: Citation.objects.filter(rule=rule).update(quote="Another sentence"),
        lambda rule: Citation.objects.filter(rule=rule).delete(),
        lambda rule: Citation.objects.create(rule=rule, title="Found later"),
        lambda rule: Citation.objects.filter(rule=make_draft(nationality="BY")).update(rule=rule),
        lambda rule: connection.cursor().execute("UPDATE residency_rule SET note = 'x' WHERE id = %s", [rule.pk]),
        lambda rule: connection.cursor().execute("DELETE FROM residency_citation WHERE rule_id = %s", [rule.pk]),
    ],
)
def test_the_database_lets_nobody_change_a_published_rule(change):
    rule = make_rule()

    with pytest.raises(DatabaseError), transaction.atomic():
        change(rule)

    rule.refresh_from_db()
    assert (rule.parameters, rule.citations.count()) == ({"days": 90}, 1)


def test_what_is_closed_is_never_opened_again():
    rule = make_rule(known=(LONG_AGO, NOW))

    with pytest.raises(DatabaseError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(known=DateTimeTZRange(LONG_AGO, None))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_who_publish_at_once_do_not_both_supersede_one_version(_round):
    editor = make_user(Role.POLICY_EDITOR)
    old = make_rule()
    drafts = [supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": days}) for days in (60, 30)]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def publish(draft: Rule) -> None:
        try:
            barrier.wait(timeout=10)
            publish_rule(rule=draft, by=editor, now=LATER)
            outcomes.append("published")
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["UnableToPublishRule", "published"]
    assert len(held()) == 1
