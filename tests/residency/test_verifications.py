"""A rule is found still true, today or on the day of reading; a mistake is taken back by a second row."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, IntegrityError, transaction

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.ids import new_id
from casework.residency.actions.rules import withdraw_rule
from casework.residency.actions.verifications import UnableToVerify, undo_verification, verify_rule
from casework.residency.models import Verification
from casework.residency.rulebook import rules_version
from casework.residency.verifying import verified_on_of
from tests.racing import at_once

from ..factories.accounts import NOW, make_user
from ..factories.residency import make_rule
from ..factories.rules import make_draft

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture
def reader():
    return make_user(Role.POLICY_REVIEWER)


def verify(rule, by, read_on=TODAY, **fields):
    fields = {"citation": rule.citations.first()} | fields
    return verify_rule(rule=rule, read_on=read_on, today=TODAY, by=by, now=NOW, **fields)


def last(rule):
    return verified_on_of([rule.pk])[rule.pk]


def test_it_is_the_latest_of_all_that_was_read(reader):
    rule = make_rule(last_verified_on=date(2026, 9, 1))
    assert last(rule) == date(2026, 10, 1)  # the day on which its citation was read

    verify(rule, reader, date(2026, 11, 2))
    assert last(rule) == date(2026, 11, 2)

    verify(rule, reader, date(2026, 10, 15))
    assert last(rule) == date(2026, 11, 2)


def test_where_nobody_ever_read_anything_there_is_no_day():
    assert last(make_rule(citation="")) is None


def test_a_mistake_is_taken_back_by_a_second_row_and_once(reader):
    rule = make_rule()
    verification = verify(rule, reader)

    undone = undo_verification(verification=verification, by=reader, now=NOW)

    assert undo_verification(verification=verification, by=reader, now=NOW) == undone
    assert (last(rule), Verification.objects.count()) == (date(2026, 10, 1), 2)
    with pytest.raises(UnableToVerify, match="takes something back itself"):
        undo_verification(verification=undone, by=reader, now=NOW)


def test_nothing_of_the_rule_changes_and_nobody_is_computed_anew(reader):
    rule = make_rule()
    before = rules_version()

    verify(rule, reader)

    rule.refresh_from_db()
    assert (rule.last_verified_on, rules_version()) == (None, before)


def test_another_source_is_named_by_its_address(reader):
    verification = verify(make_rule(citation=""), reader, citation=None, url=" https://law.example/2 ", quote="Ninety.")

    assert (verification.url, verification.quote) == ("https://law.example/2", "Ninety.")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"read_on": TODAY + timedelta(days=1)}, "read_on", "has not come yet"),
        ({"citation": None}, "source", "Say which source you read"),
        ({"citation": None, "url": "law.example"}, "url", "begins with https"),
    ],
)
def test_what_cannot_be_said_is_refused(reader, fields, field, sentence):
    with pytest.raises(UnableToVerify, match=sentence) as refused:
        verify(make_rule(), reader, **fields)

    assert (refused.value.field, Verification.objects.count()) == (field, 0)


def test_the_source_of_another_rule_is_refused(reader):
    other = make_rule(key="other", country="KG")

    with pytest.raises(UnableToVerify, match="belongs to another rule"):
        verify(make_rule(), reader, citation=other.citations.get())


def test_drafts_and_what_is_held_no_more_are_not_verified(reader):
    rule = make_rule()
    withdraw_rule(rule=rule, reason="Repealed.", by=make_user(Role.POLICY_EDITOR), now=NOW)

    for each in (rule, make_draft(part="draft")):
        with pytest.raises(UnableToVerify, match="no longer held, or was never published"):
            verify(each, reader)


def test_others_do_not_verify():
    with pytest.raises(UnableToVerify, match="Only policy editors and reviewers"):
        verify(make_rule(), make_user(Role.CASEWORKER))


def test_a_form_sent_twice_says_it_once(reader):
    rule, token = make_rule(), new_id()

    first = verify(rule, reader, submit_token=token)

    assert verify(rule, reader, submit_token=token) == first
    assert Event.objects.filter(type="residency.rule_verified").count() == 1
    with pytest.raises(SuspiciousOperation):
        verify(make_rule(key="other", part="other"), reader, submit_token=token)


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_it_is_said_once():
    rule, token, by = make_rule(), new_id(), make_user(Role.POLICY_EDITOR)

    outcomes = at_once(*[lambda: verify(rule, by, submit_token=token)] * 2)

    assert outcomes[0] == outcomes[1]
    assert Verification.objects.count() == 1


# What the database refuses


def test_a_verification_stays(reader):
    verification = verify(make_rule(), reader)

    for act in (Verification.objects.all().delete, lambda: Verification.objects.update(read_on=TODAY)):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Verification.objects.get() == verification


def test_verification_names_its_source(reader):
    with pytest.raises(IntegrityError, match="verification_names_its_source"):
        Verification.objects.create(rule=make_rule(), read_on=TODAY, by=reader, at=NOW)


def test_verification_undoes_another(reader):
    rule = make_rule()
    with pytest.raises(IntegrityError, match="verification_undoes_another"):
        Verification.objects.create(pk=77, rule=rule, read_on=TODAY, by=reader, at=NOW, undoes_id=77)
