"""Stays: what is recorded, what is refused in words, and what the database refuses by name."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.audit.models import Event
from casework.clients.actions import close_case
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client
from casework.documents.actions import remove_document
from casework.lib.dates import Birth
from casework.residency import actions
from casework.residency.actions.stays import UnableToRecordStay
from casework.residency.models import Stay
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_jurisdiction, make_stay
from tests.racing import at_once

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
TODAY = date(2026, 11, 22)


def facts_version(client: Client) -> int:
    return Client.objects.values_list("facts_version", flat=True).get(pk=client.pk)


def everything_on(client: Client) -> tuple[Any, ...]:
    """What a refusal must leave as it is: the stays, the version of the facts, the audit."""
    names = [field.attname for field in Stay._meta.concrete_fields if not field.attname.endswith("_sealed")]
    stays = [[getattr(stay, name) for name in (*names, "remark")] for stay in Stay.objects.order_by("pk")]
    return (stays, facts_version(client), Event.objects.count())


def refused(client: Client, field: str, act: Callable[[], Any]) -> str:
    """The sentence by which `act` is refused beside `field`; nothing else may have changed."""
    before = everything_on(client)
    with pytest.raises(UnableToRecordStay) as refusal:
        act()
    assert everything_on(client) == before
    assert refusal.value.field == field
    return refusal.value.sentence


def bounded(earliest: date | None, latest: date | None) -> dict[str, Any]:
    return {"entered_earliest": earliest, "entered_latest": latest}


def left_between(earliest: date | None, latest: date | None) -> dict[str, Any]:
    return {"has_left": True, "left_earliest": earliest, "left_latest": latest}


# Recording, changing, ending, removing.


def test_a_stay_is_recorded_with_what_is_said_of_it() -> None:
    client = make_client()
    before = facts_version(client)

    stay = make_stay(client, purpose="work", remark="Сказала сама", document=make_document(client))

    kept = Stay.objects.get()
    assert (kept.pk, kept.entered_latest, kept.purpose, kept.remark) == (
        stay.pk,
        date(2026, 11, 1),
        "work",
        "Сказала сама",
    )
    assert kept.document is not None
    assert kept.left is None
    assert facts_version(client) == before + 2


def test_changing_writes_what_differs_and_the_audit_names_fields_only() -> None:
    client = make_client()
    stay, before = make_stay(client), facts_version(client)

    actions.change_stay(
        stay=stay, version=1, purpose="study", remark="Студентка", country="KZ", by=make_user(), now=LATER
    )

    kept = Stay.objects.get()
    assert (kept.purpose, kept.remark, kept.version) == ("study", "Студентка", 2)
    assert facts_version(client) == before + 1
    event = Event.objects.get(type="residency.stay_changed")
    assert event.data == {"client": str(client.pk), "fields": ["purpose", "remark"]}
    assert event.case_id == client.case_id


def test_changing_nothing_leaves_no_trace() -> None:
    client = make_client()
    stay = make_stay(client)
    before = everything_on(client)

    actions.change_stay(stay=stay, version=1, country="KZ", by=make_user(), now=LATER)

    assert everything_on(client) == before


@pytest.mark.parametrize(("earliest", "latest"), [(TODAY, TODAY), (date(2026, 11, 5), date(2026, 11, 9)), (None, None)])
def test_a_stay_ends_on_a_day_that_is_known_bounded_or_unknown(earliest: date | None, latest: date | None) -> None:
    stay = make_stay(make_client())

    actions.end_stay(stay=stay, left_earliest=earliest, left_latest=latest, version=1, by=make_user(), now=LATER)

    kept = Stay.objects.get()
    assert (kept.has_left, kept.left_earliest, kept.left_latest) == (True, earliest, latest)


def test_a_stay_recorded_by_mistake_is_removed_and_the_audit_keeps_who_did_it() -> None:
    client, worker = make_client(), make_user()
    stay, before = make_stay(client), facts_version(client)

    actions.remove_stay(stay=stay, version=1, by=worker, now=LATER)

    assert not Stay.objects.exists()
    assert facts_version(client) == before + 1
    event = Event.objects.get(type="residency.stay_removed")
    assert (event.actor_id, event.subject_id) == (worker.pk, str(stay.pk))
    assert event.data == {"client": str(client.pk)}


def test_the_facts_of_a_closed_case_can_still_be_corrected_and_the_audit_shows_it() -> None:
    client = make_client()
    stay = make_stay(client)
    close_case(case=client.case, reason="other", version=1, by=make_user(team=client.case.team), now=NOW)

    actions.change_stay(stay=stay, version=1, purpose="work", by=make_user(), now=LATER)

    assert Case.objects.get().status == Case.Status.CLOSED
    assert Event.objects.filter(type="residency.stay_changed", case_id=client.case_id).exists()


def test_a_form_sent_twice_records_one_stay() -> None:
    client, token = make_client(), uuid.uuid4()

    first = make_stay(client, id=token)
    before = everything_on(client)

    assert make_stay(client, id=token) == first
    assert everything_on(client) == before


def test_a_form_with_the_id_of_somebody_elses_stay_is_no_form_of_ours() -> None:
    theirs = make_stay(make_client())

    with pytest.raises(SuspiciousOperation):
        make_stay(make_client(), id=theirs.pk)


def test_an_older_version_is_refused() -> None:
    client = make_client()
    stay = make_stay(client)
    actions.change_stay(stay=stay, version=1, purpose="work", by=make_user(), now=LATER)
    before, by = everything_on(client), make_user()

    with pytest.raises(ChangedMeanwhile) as conflict:
        actions.change_stay(stay=stay, version=1, purpose="study", by=by, now=LATER)
    with pytest.raises(ChangedMeanwhile):
        actions.end_stay(stay=stay, left_earliest=TODAY, left_latest=TODAY, version=1, by=by, now=LATER)
    with pytest.raises(ChangedMeanwhile):
        actions.remove_stay(stay=stay, version=1, by=by, now=LATER)

    assert (conflict.value.theirs.purpose, conflict.value.mine) == ("work", {"purpose": "study"})  # type: ignore[attr-defined]
    assert everything_on(client) == before


# Refusals about the days of one stay.


def test_nobody_leaves_before_they_enter() -> None:
    client = make_client()
    stay, by = make_stay(client), make_user(team=client.case.team)
    sentence = "The exit lies before the entry. Look at both days again."
    early = date(2026, 10, 31)

    said = [
        refused(client, "left", lambda: make_stay(client, country="KG", left=early, by=by)),
        refused(
            client,
            "left",
            lambda: actions.end_stay(stay=stay, left_earliest=early, left_latest=early, version=1, by=by, now=LATER),
        ),
        refused(
            client,
            "left",
            lambda: actions.change_stay(stay=stay, version=1, by=by, now=LATER, **left_between(None, early)),
        ),
    ]

    assert said == [sentence] * 3


def test_nobody_has_entered_tomorrow_unless_the_stay_is_planned() -> None:
    client, tomorrow = make_client(), TODAY + timedelta(days=1)

    sentence = refused(client, "entered", lambda: make_stay(client, tomorrow))
    make_stay(client, tomorrow, planned=True)

    assert sentence == "The entry lies in the future. Mark the stay as planned, or look at the day again."


def test_an_entry_that_may_lie_in_the_future_may_also_lie_in_the_past() -> None:
    assert make_stay(make_client(), **bounded(None, TODAY + timedelta(days=3))).pk
    assert make_stay(make_client(), **bounded(TODAY, TODAY + timedelta(days=3))).pk


def test_today_is_the_day_in_the_country_of_the_stay() -> None:
    make_jurisdiction("KZ")
    make_jurisdiction("RS")
    evening = NOW.replace(hour=20)  # 01:00 of the 23rd in Almaty, 21:00 of the 22nd in Belgrade
    client = make_client()

    make_stay(client, date(2026, 11, 23), now=evening)

    assert "future" in refused(
        client, "entered", lambda: make_stay(client, date(2026, 11, 23), country="RS", now=evening)
    )


def test_a_stay_that_began_is_not_planned() -> None:
    client = make_client()

    sentence = refused(client, "planned", lambda: make_stay(client, TODAY - timedelta(days=1), planned=True))
    make_stay(client, TODAY, planned=True)

    assert sentence == "The entry lies in the past, so the stay is not planned any more. Take the mark away."


def test_nobody_entered_more_than_a_hundred_years_ago() -> None:
    client = make_client(birth=Birth())

    sentence = refused(client, "entered", lambda: make_stay(client, date(1926, 11, 21)))
    make_stay(client, date(1926, 11, 22))

    assert sentence == "The entry lies more than a hundred years back. Look at the year again."


def test_nobody_enters_before_they_are_born() -> None:
    client = make_client(birth=Birth(date(1990, 5, 17)))

    sentence = refused(client, "entered", lambda: make_stay(client, date(1990, 5, 16)))
    make_stay(client, date(1990, 5, 17))

    assert sentence == "The entry lies before the client was born."


def test_somebody_born_on_an_unknown_day_of_a_year_may_have_entered_in_it() -> None:
    client = make_client(birth=Birth(year=1990))

    make_stay(client, date(1990, 1, 1))

    assert "born" in refused(client, "entered", lambda: make_stay(client, date(1989, 12, 31), country="KG"))


def test_nobody_has_left_tomorrow() -> None:
    client, tomorrow = make_client(), TODAY + timedelta(days=1)

    sentence = refused(client, "left", lambda: make_stay(client, left=tomorrow))
    make_stay(client, left=TODAY)
    make_stay(client, tomorrow, left=tomorrow, planned=True)

    assert sentence == "The exit lies in the future. Leave it open until the client has left."


def test_the_document_used_to_enter_is_the_clients_own() -> None:
    client = make_client()
    theirs = make_document(make_client(case=client.case, relation="child"))
    stay, by = make_stay(client), make_user()

    sentence = refused(client, "document", lambda: make_stay(client, country="KG", document=theirs, by=by))
    refused(client, "document", lambda: actions.change_stay(stay=stay, version=1, document=theirs, by=by, now=LATER))

    assert sentence == "This is on record for another person. Choose what belongs to this client."


# Refusals about other stays.


def test_nobody_is_in_two_countries_at_once_and_the_refusal_names_country_and_days() -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 10, 1), country="GE")

    sentence = refused(client, "entered", lambda: make_stay(client, date(2026, 9, 20)))

    assert sentence == (
        "On some of these days the client was in Georgia (1 Sept 2026 – 1 Oct 2026). End that stay or change the days."
    )


def test_an_open_stay_is_in_the_way_of_a_later_one_and_says_that_it_is_open() -> None:
    client = make_client()
    make_stay(client, date(2026, 11, 1), country="GE")

    sentence = refused(client, "entered", lambda: make_stay(client, date(2026, 11, 10)))

    assert "Georgia (1 Nov 2026 – open)" in sentence


def test_who_leaves_and_enters_on_one_day_was_in_both_countries_on_it() -> None:
    client = make_client()

    make_stay(client, date(2026, 9, 1), date(2026, 10, 1), country="GE")
    make_stay(client, date(2026, 10, 1), date(2026, 10, 1), country="KG")
    make_stay(client, date(2026, 10, 1))

    assert Stay.objects.count() == 3


def test_the_day_after_a_travel_day_is_allowed_to_touch_and_two_days_are_not() -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 10, 2), country="GE")

    refused(client, "entered", lambda: make_stay(client, date(2026, 9, 30)))

    # One day on which both are said to travel through: no day lies strictly between.
    assert make_stay(client, date(2026, 10, 1)).pk


@pytest.mark.parametrize(
    "days",
    [
        bounded(None, None),
        bounded(date(2026, 9, 10), None),
        left_between(None, None) | bounded(date(2026, 9, 10), date(2026, 9, 10)),
        left_between(None, date(2026, 9, 20)) | bounded(date(2026, 9, 10), date(2026, 9, 10)),
        bounded(date(2026, 9, 10), date(2026, 10, 1)),
    ],
    ids=["entry unknown", "entry open to the later side", "exit unknown", "exit on or before", "entry bounded"],
)
def test_days_that_may_not_overlap_are_no_reason_to_refuse(days: dict[str, Any]) -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 10, 1), country="GE")

    assert make_stay(client, **days).pk


def test_bounded_days_that_surely_overlap_are_refused() -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 10, 1), country="GE")

    refused(client, "entered", lambda: make_stay(client, **bounded(date(2026, 9, 3), date(2026, 9, 29))))


def test_plans_may_contradict_what_is_and_each_other() -> None:
    client = make_client()
    make_stay(client)

    make_stay(client, date(2026, 12, 1), country="GE", planned=True)
    make_stay(client, date(2026, 12, 1), country="RS", planned=True)

    assert Stay.objects.count() == 3


def test_a_plan_that_came_true_has_to_fit_the_other_stays() -> None:
    client = make_client()
    make_stay(client, date(2026, 10, 1))
    plan = make_stay(client, date(2026, 11, 22), country="GE", planned=True)
    by = make_user()

    refused(client, "entered", lambda: actions.change_stay(stay=plan, version=1, planned=False, by=by, now=LATER))


def test_stays_of_two_people_do_not_meet() -> None:
    client = make_client()
    make_stay(client)

    assert make_stay(make_client(case=client.case, relation="child"), country="GE").pk


# What the database refuses whoever writes.


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("stay_entry_bounds_in_order", bounded(date(2026, 11, 2), date(2026, 11, 1))),
        ("stay_exit_bounds_in_order", left_between(date(2026, 11, 12), date(2026, 11, 11))),
        ("stay_exit_not_before_entry", left_between(date(2026, 10, 1), date(2026, 10, 1))),
        ("stay_exit_only_after_leaving", {"has_left": False, "left_earliest": date(2026, 11, 9)}),
        ("stay_exit_only_after_leaving", {"has_left": False, "left_latest": date(2026, 11, 9)}),
    ],
)
def test_days_that_cannot_be_are_refused_by_the_database(name: str, days: dict[str, Any]) -> None:
    stay = make_stay(make_client())

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Stay.objects.filter(pk=stay.pk).update(**days)


def test_stay_in_one_place_at_a_time() -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 10, 1), country="GE")
    stay = make_stay(client, date(2026, 10, 1))
    rows = Stay.objects.filter(pk=stay.pk)

    with pytest.raises(IntegrityError, match="stay_in_one_place_at_a_time"), transaction.atomic():
        rows.update(**bounded(date(2026, 9, 29), date(2026, 9, 29)))

    rows.update(**bounded(date(2026, 9, 29), date(2026, 9, 29)), planned=True)
    rows.update(**bounded(None, None), planned=False)
    rows.update(**bounded(date(2026, 9, 30), date(2026, 9, 30)))
    assert Stay.objects.count() == 2


def days_to_compare() -> list[dict[str, Any]]:
    first = date(2026, 9, 1)
    days: list[dict[str, Any]] = []
    for begin in (0, 8, 9, 10, 11):
        entered = first + timedelta(days=begin)
        known = bounded(entered, entered)
        days += [known, known | left_between(None, None)]
        for length in (0, 1, 2, 5):
            left = entered + timedelta(days=length)
            days.append(known | left_between(left, left))
    return [*days, bounded(None, first), bounded(first, None)]


@pytest.mark.parametrize("days", days_to_compare(), ids=str)
def test_the_action_refuses_exactly_what_the_database_refuses(days: dict[str, Any]) -> None:
    client = make_client()
    make_stay(client, date(2026, 9, 1), date(2026, 9, 10), country="GE")
    values: dict[str, Any] = {"country": "KZ"} | days
    try:
        with transaction.atomic():
            Stay.objects.create(client=client, data_key=client.data_key, **values).delete()
        possible = True
    except IntegrityError:
        possible = False

    if possible:
        assert make_stay(client, **values).pk
    else:
        refused(client, "entered", lambda: make_stay(client, **values))


# Two people at once.


@pytest.mark.django_db(transaction=True)
def test_of_overlapping_stays_recorded_at_once_one_is_kept_and_the_others_are_told_why() -> None:
    client, worker = make_client(), make_user()
    codes = ["KZ", "KG", "GE", "RS"]

    outcomes = at_once(*[lambda code=code: make_stay(client, country=code, by=worker) for code in codes])  # type: ignore[misc]

    (kept,) = [outcome for outcome in outcomes if isinstance(outcome, Stay)]
    refusals = [outcome for outcome in outcomes if outcome is not kept]
    assert [type(refusal) for refusal in refusals] == [UnableToRecordStay] * 3
    assert all("On some of these days the client was in" in refusal.sentence for refusal in refusals)
    assert Stay.objects.get() == kept


@pytest.mark.django_db(transaction=True)
def test_of_stays_moved_onto_each_other_at_once_one_is_kept_and_the_other_is_told_why() -> None:
    client, worker = make_client(), make_user()
    one = make_stay(client, date(2026, 9, 1), date(2026, 9, 10), country="GE")
    other = make_stay(client, date(2026, 10, 1), date(2026, 10, 10))
    same = bounded(date(2026, 9, 20), date(2026, 9, 20)) | left_between(date(2026, 9, 29), date(2026, 9, 29))

    outcomes = at_once(
        lambda: actions.change_stay(stay=one, version=1, by=worker, now=NOW, **same),
        lambda: actions.change_stay(stay=other, version=1, by=worker, now=NOW, **same),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stay", "UnableToRecordStay"]


@pytest.mark.django_db(transaction=True)
def test_a_stay_changed_while_its_document_is_removed_waits_in_no_circle() -> None:
    client, worker = make_client(case=make_case()), make_user()
    document = make_document(client)
    stay = make_stay(client, document=document)

    outcomes = at_once(
        lambda: actions.change_stay(stay=stay, version=1, purpose="work", by=worker, now=NOW),
        lambda: actions.change_stay(stay=stay, version=1, purpose="study", by=worker, now=NOW),
        lambda: remove_document(document=document, version=1, by=worker, now=NOW),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhile", "NoneType", "Stay"]
    assert Stay.objects.get().document is None
