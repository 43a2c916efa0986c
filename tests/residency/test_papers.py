"""Permits, registrations and applications: recorded, changed, removed, refused."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection, models, transaction

from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Client
from casework.documents.actions import remove_document
from casework.lib.refusals import Refusal
from casework.residency import actions
from casework.residency.actions.applications import UnableToRecordApplication
from casework.residency.actions.permits import UnableToRecordPermit
from casework.residency.actions.registrations import UnableToRecordRegistration
from casework.residency.models import Application, Permit, Registration
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_application, make_permit, make_registration, make_stay

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
EARLY, LATE = date(2026, 11, 3), date(2026, 11, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One kind of paper, and two days of it that come in an order."""

    noun: str
    model: Any
    make: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]
    refusal: type[Refusal]
    first: str
    last: str
    sentence: str
    constraint: str


PAPERS = [
    Paper(
        noun="permit",
        model=Permit,
        make=make_permit,
        change=actions.change_permit,
        remove=actions.remove_permit,
        refusal=UnableToRecordPermit,
        first="valid_from",
        last="printed_until",
        sentence="The permit ends before it begins. Look at both days again.",
        constraint="permit_ends_after_it_begins",
    ),
    Paper(
        noun="registration",
        model=Registration,
        make=make_registration,
        change=actions.change_registration,
        remove=actions.remove_registration,
        refusal=UnableToRecordRegistration,
        first="registered_on",
        last="valid_until",
        sentence="The registration ends before it was made. Look at both days again.",
        constraint="registration_ends_after_it_is_made",
    ),
    Paper(
        noun="application",
        model=Application,
        make=make_application,
        change=actions.change_application,
        remove=actions.remove_application,
        refusal=UnableToRecordApplication,
        first="filed_on",
        last="decided_on",
        sentence="The decision lies before the application. Look at both days again.",
        constraint="application_decided_after_it_is_filed",
    ),
]

each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.noun)


def facts_version(client: Client) -> int:
    return Client.objects.values_list("facts_version", flat=True).get(pk=client.pk)


def traces(client: Client) -> tuple[int, int]:
    return facts_version(client), Event.objects.count()


@each_paper
def test_a_paper_is_recorded_changed_and_removed(paper: Paper) -> None:
    client, by = make_client(), make_user()
    before = facts_version(client)

    row = paper.make(client, remark="Показала в офисе", **{paper.first: EARLY, paper.last: None})
    paper.change(**{paper.noun: row}, version=1, **{paper.last: LATE, "remark": "Проверено"}, by=by, now=LATER)
    kept = paper.model.objects.get()
    paper.remove(**{paper.noun: kept}, version=2, by=by, now=LATER)

    assert (getattr(kept, paper.last), kept.remark, kept.version) == (LATE, "Проверено", 2)
    assert not paper.model.objects.exists()
    assert facts_version(client) == before + 3


@each_paper
def test_the_audit_names_fields_and_no_values(paper: Paper) -> None:
    client = make_client()
    row = paper.make(client, **{paper.first: EARLY, paper.last: None})

    paper.change(**{paper.noun: row}, version=1, remark="Секретная", by=make_user(), now=LATER)
    row.refresh_from_db()
    paper.remove(**{paper.noun: row}, version=2, by=make_user(), now=LATER)

    said = dict(Event.objects.filter(type__startswith=f"residency.{paper.noun}_").values_list("type", "data"))
    assert said == {
        f"residency.{paper.noun}_recorded": {"client": str(client.pk)},
        f"residency.{paper.noun}_changed": {"client": str(client.pk), "fields": ["remark"]},
        f"residency.{paper.noun}_removed": {"client": str(client.pk)},
    }


@each_paper
def test_days_in_the_wrong_order_are_refused_beside_the_later_one(paper: Paper) -> None:
    client, by = make_client(), make_user()
    row = paper.make(client, **{paper.first: EARLY, paper.last: LATE})
    before = traces(client)

    with pytest.raises(paper.refusal) as recording:
        paper.make(client, **{paper.first: LATE, paper.last: EARLY}, by=by)
    with pytest.raises(paper.refusal) as changing:
        paper.change(**{paper.noun: row}, version=1, **{paper.first: LATE + timedelta(days=1)}, by=by, now=LATER)

    for refusal in (recording.value, changing.value):
        assert (refusal.sentence, refusal.field) == (paper.sentence, paper.last)
    assert traces(client) == before
    assert getattr(paper.model.objects.get(), paper.first) == EARLY


@each_paper
def test_both_may_be_one_day(paper: Paper) -> None:
    assert paper.make(make_client(), **{paper.first: EARLY, paper.last: EARLY}).pk


@each_paper
def test_the_database_refuses_days_in_the_wrong_order_whoever_writes(paper: Paper) -> None:
    row = paper.make(make_client(), **{paper.first: EARLY, paper.last: LATE})

    with pytest.raises(IntegrityError, match=paper.constraint), transaction.atomic():
        paper.model.objects.filter(pk=row.pk).update(**{paper.first: LATE, paper.last: EARLY})


@each_paper
def test_a_form_sent_twice_records_one_paper(paper: Paper) -> None:
    client, token = make_client(), uuid.uuid4()
    first = paper.make(client, id=token)
    before = traces(client)

    assert paper.make(client, id=token) == first
    assert traces(client) == before
    with pytest.raises(SuspiciousOperation):
        paper.make(make_client(), id=token)


@each_paper
def test_an_older_version_is_refused(paper: Paper) -> None:
    client, by = make_client(), make_user()
    row = paper.make(client)
    paper.change(**{paper.noun: row}, version=1, remark="Первая", by=by, now=LATER)
    before = traces(client)

    with pytest.raises(ChangedMeanwhile) as conflict:
        paper.change(**{paper.noun: row}, version=1, remark="Вторая", by=by, now=LATER)
    with pytest.raises(ChangedMeanwhile):
        paper.remove(**{paper.noun: row}, version=1, by=by, now=LATER)

    theirs: Any = conflict.value.theirs
    assert (theirs.remark, conflict.value.mine) == ("Первая", {"remark": "Вторая"})
    assert traces(client) == before


@each_paper
def test_the_remark_is_ciphertext_at_rest(paper: Paper) -> None:
    paper.make(make_client(), remark="Придуманная пометка")

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT remark FROM {paper.model._meta.db_table}")
        (stored,) = cursor.fetchone()

    assert "Придуманная".encode() not in bytes(stored)


@pytest.mark.parametrize(
    ("paper", "name", "make_other"),
    [
        (PAPERS[0], "card", make_document),
        (PAPERS[1], "stay", make_stay),
        (PAPERS[1], "address", make_address),
        (PAPERS[2], "permit", make_permit),
    ],
    ids=["card of a permit", "stay registered", "address registered", "permit applied for"],
)
def test_what_a_paper_is_about_is_the_clients_own(
    paper: Paper, name: str, make_other: Callable[..., models.Model]
) -> None:
    client, by = make_client(), make_user()
    theirs = make_other(make_client(case=client.case, relation="child"))
    row = paper.make(client, **{name: make_other(client)})
    before = traces(client)

    with pytest.raises(paper.refusal) as recording:
        paper.make(client, **{name: theirs}, by=by)
    with pytest.raises(paper.refusal) as changing:
        paper.change(**{paper.noun: row}, version=1, **{name: theirs}, by=by, now=LATER)

    for refusal in (recording.value, changing.value):
        assert refusal.field == name
        assert refusal.sentence == "This is on record for another person. Choose what belongs to this client."
    assert traces(client) == before


def test_a_permit_whose_card_is_removed_remains() -> None:
    client = make_client()
    card = make_document(client)
    permit = make_permit(client, card=card)

    remove_document(document=card, version=1, by=make_user(), now=LATER)

    assert Permit.objects.get(pk=permit.pk).card is None
