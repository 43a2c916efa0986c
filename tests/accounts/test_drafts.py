"""Drafts: late packets, two tabs, erasure, limits."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from casework.accounts.drafts import (
    DRAFTS_AT_MOST,
    DraftIsOver,
    OtherDraft,
    Seen,
    UnableToKeepDraft,
    discard_draft,
    end_draft,
    forget_old_drafts,
    save_draft,
)
from casework.accounts.models import Draft, User
from casework.audit.models import Event
from casework.vault.actions import destroy_key
from casework.vault.fields import ERASED
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_user
from tests.racing import at_once

pytestmark = pytest.mark.django_db

HERE, THERE = uuid.uuid4(), uuid.uuid4()
CASE = uuid.uuid4()


def save(by: User, text: str, *, page: uuid.UUID = HERE, sequence: int | None = 1, **told: Any) -> Draft:
    known: dict[str, Any] = {"form": "write_note", "about": CASE, "key": None, "now": NOW}
    return save_draft(by=by, page=page, sequence=sequence, content=[("text", text)], **known | told)


def end(by: User, *, page: uuid.UUID = HERE, **told: Any) -> None:
    end_draft(by=by, page=page, **{"form": "write_note", "about": CASE, "now": NOW} | told)


def text_of(by: User, now: datetime = NOW) -> str | None:
    draft = Draft.objects.filter(user=by).kept(now).first()
    return None if draft is None else dict(draft.content)["text"]


def test_a_draft_is_kept_and_grows() -> None:
    worker = make_user()

    save(worker, "Звон")
    save(worker, "Звонила", sequence=2)

    assert text_of(worker) == "Звонила"
    assert Draft.objects.count() == 1


def test_a_packet_that_comes_late_changes_nothing() -> None:
    worker = make_user()
    save(worker, "newer", sequence=7)

    for late in (6, 7):
        assert save(worker, "older", sequence=late).sequence == 7

    assert text_of(worker) == "newer"


def test_another_tab_does_not_overwrite_what_it_has_not_seen() -> None:
    worker = make_user()
    save(worker, "here")

    with pytest.raises(OtherDraft):
        save(worker, "there", page=THERE, sequence=99)

    assert text_of(worker) == "here"


def test_another_tab_takes_over_what_it_has_seen_and_the_first_one_is_told() -> None:
    worker = make_user()
    save(worker, "here", sequence=4)

    save(worker, "there", page=THERE, seen=[Seen(page=HERE, sequence=4)])

    with pytest.raises(OtherDraft):
        save(worker, "here again", sequence=5)
    assert text_of(worker) == "there"


def test_another_tab_that_has_seen_an_earlier_state_does_not_take_over() -> None:
    worker = make_user()
    save(worker, "here", sequence=5)

    with pytest.raises(OtherDraft):
        save(worker, "there", page=THERE, seen=[Seen(page=HERE, sequence=4)])


def test_a_tab_takes_over_what_it_has_not_seen_if_somebody_says_so() -> None:
    worker = make_user()
    save(worker, "here")

    save(worker, "there", page=THERE, replace=True)

    assert text_of(worker) == "there"


def test_what_was_sent_does_not_come_back_with_a_late_packet() -> None:
    worker = make_user()
    save(worker, "sent")
    end(worker)

    with pytest.raises(DraftIsOver):
        save(worker, "sent", sequence=2)

    assert text_of(worker) is None
    assert Draft.objects.get().content is None


def test_what_was_sent_before_its_first_packet_came_leaves_no_draft() -> None:
    worker = make_user()
    end(worker)

    with pytest.raises(DraftIsOver):
        save(worker, "sent")


def test_the_next_page_begins_a_new_draft_after_one_was_sent() -> None:
    worker = make_user()
    save(worker, "sent")
    end(worker)

    save(worker, "next", page=THERE)

    assert text_of(worker) == "next"


def test_a_form_that_is_sent_leaves_the_draft_of_another_tab() -> None:
    worker = make_user()
    save(worker, "here")

    end(worker, page=THERE)

    assert text_of(worker) == "here"


def test_a_form_that_began_with_a_draft_ends_it() -> None:
    worker = make_user()
    save(worker, "here")

    end(worker, page=THERE, seen=[Seen(page=HERE)])

    assert text_of(worker) is None


def test_drafts_of_two_users_and_two_forms_do_not_meet() -> None:
    worker, other = make_user(), make_user()

    save(worker, "mine")
    save(other, "theirs")
    save(worker, "of a person", form="add_client")

    assert Draft.objects.count() == 3
    assert text_of(other) == "theirs"


def test_a_draft_is_erased_with_whom_it_is_about() -> None:
    worker, key = make_user(), DataKey.objects.make("case", now=NOW)
    save(worker, "about somebody", key=key)

    destroy_key(key, by=worker, now=NOW)

    assert Draft.objects.get().content is ERASED
    assert text_of(worker) is None
    with pytest.raises(UnableToKeepDraft):
        save(worker, "more", key=DataKey.objects.get(pk=key.pk), sequence=2)
    assert forget_old_drafts(NOW) == 1


def test_a_draft_of_something_new_is_sealed_under_the_key_of_the_user() -> None:
    worker = make_user()

    assert save(worker, "new", about=None).data_key_id == worker.data_key_id


def test_a_draft_that_is_too_long_is_refused_and_the_last_one_stays() -> None:
    worker = make_user()
    save(worker, "short")

    with pytest.raises(UnableToKeepDraft):
        save(worker, "Ж" * 33_000, sequence=2)

    assert text_of(worker) == "short"


def test_the_longest_note_fits_into_a_draft() -> None:
    assert save(make_user(), "Ж" * 20_000).sequence == 1


def test_nobody_keeps_more_than_fifty() -> None:
    worker = make_user()
    for _number in range(DRAFTS_AT_MOST):
        save(worker, "x", about=uuid.uuid4())

    with pytest.raises(UnableToKeepDraft):
        save(worker, "one more")

    other = Draft.objects.filter(user=worker).first()
    save(worker, "y", about=other.about, sequence=2)
    assert discard_draft(form="write_note", about=other.about, by=worker, now=NOW)
    save(worker, "one more")


def test_whoever_sends_or_discards_a_draft_leaves_the_same_of_somebody_else() -> None:
    somebody, worker, third = make_user(), make_user(), make_user()
    save(somebody, "theirs")

    assert not discard_draft(form="write_note", about=CASE, by=third, now=NOW)
    end(third)
    assert text_of(somebody) == "theirs"

    save(worker, "mine")
    end(worker)
    assert (text_of(somebody), text_of(worker)) == ("theirs", None)

    save(worker, "mine again", page=THERE)
    assert discard_draft(form="write_note", about=CASE, by=worker, now=NOW)
    assert (text_of(somebody), text_of(worker)) == ("theirs", None)


def test_the_drafts_of_others_do_not_count() -> None:
    somebody, worker = make_user(), make_user()
    for _number in range(DRAFTS_AT_MOST):
        save(somebody, "x", about=uuid.uuid4())

    assert save(worker, "mine").user == worker


def test_a_draft_is_discarded_once_and_that_is_recorded_without_its_content() -> None:
    worker = make_user()
    save(worker, "Секрет")

    done = [discard_draft(form="write_note", about=CASE, by=worker, now=NOW) for _time in range(2)]

    assert done == [True, False]
    [event] = Event.objects.filter(type="accounts.draft_discarded")
    assert event.data == {"form": "write_note"}
    assert Draft.objects.get().content is None


def test_saving_leaves_no_trace_in_the_audit() -> None:
    worker = make_user()

    save(worker, "x")
    end(worker)

    assert not Event.objects.filter(type__startswith="accounts.draft").exists()


def test_drafts_are_forgotten_after_fourteen_days() -> None:
    worker = make_user()
    save(worker, "old")
    save(worker, "new", form="add_client", now=NOW + timedelta(days=1))

    later = NOW + timedelta(days=14)

    assert text_of(worker, later) == "new"
    assert forget_old_drafts(later) == 1
    assert Draft.objects.get().form == "add_client"
    assert Event.objects.get(type="accounts.drafts_forgotten").data == {"count": 1}


def test_an_old_draft_stands_in_nobodys_way_before_it_is_forgotten() -> None:
    worker = make_user()
    save(worker, "old")

    save(worker, "new", page=THERE, now=NOW + timedelta(days=15))

    assert text_of(worker, NOW + timedelta(days=15)) == "new"


def test_that_a_form_was_sent_is_remembered_for_a_day() -> None:
    worker = make_user()
    save(worker, "x")
    end(worker)

    forget_old_drafts(NOW + timedelta(hours=23))
    assert Draft.objects.count() == 1
    assert forget_old_drafts(NOW + timedelta(hours=24)) == 0
    assert Draft.objects.count() == 0


def test_an_open_draft_has_content() -> None:
    worker = make_user()
    save(worker, "x")

    with pytest.raises(IntegrityError, match="draft_has_content_until_it_ends"):
        Draft.objects.update(ended_at=NOW)


def test_there_is_one_draft_of_a_form_about_nothing_yet() -> None:
    worker = make_user()
    first = save(worker, "x", about=None)
    second = Draft(user=worker, form="write_note", about=None, page=THERE, sequence=1, saved_at=NOW)
    second.data_key = first.data_key
    second.content = []

    with pytest.raises(IntegrityError, match="draft_of_a_form_once"):
        second.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_first_packets_at_once_make_one_draft() -> None:
    worker = make_user()

    outcomes = at_once(lambda: save(worker, "a", page=HERE), lambda: save(worker, "b", page=THERE))

    assert sorted(type(it).__name__ for it in outcomes) == ["Draft", "OtherDraft"]
    assert Draft.objects.count() == 1
