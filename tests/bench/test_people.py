"""The fast maker of invented people: what it writes reads like what was typed in."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from bench import people
from bench.housing import have_housing
from bench.people import have_people, make_people
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, Client, ToDo
from casework.documents.lookup import hashes_to_find
from casework.documents.models import Document
from casework.housing.models import Bed, HousingRequest, Placement, Site
from casework.residency.actions import refresh
from casework.residency.models import Deadline, Permit, Registration, Stay
from tests.factories.residency import make_rule

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def test_so_many_people_are_made_in_cases_of_a_team() -> None:
    make_people(40, now=NOW)

    assert Client.objects.count() == 40
    assert {case.clients.filter(is_principal=True).count() for case in Case.objects.all()} == {1}
    assert Case.objects.filter(caseworker__memberships__role=Role.CASEWORKER).count() == Case.objects.count()
    assert Stay.objects.filter(has_left=False).count() == 40
    assert Registration.objects.exists()
    assert Permit.objects.exists()


def test_what_is_sealed_opens() -> None:
    make_people(5, now=NOW)

    for client in Client.objects.all():
        assert client.patronymic == "Примерович"
        assert client.birth_date is not None
        assert client.addresses.get().city == "Выдуманск"


def test_people_are_found_by_document_number() -> None:
    make_people(3, now=NOW)
    document = Document.objects.first()

    assert document is not None
    assert document in Document.objects.filter(number_hash__in=hashes_to_find(document.number))


def test_the_same_seed_makes_the_same_facts() -> None:
    make_people(10, now=NOW)
    first = sorted(Stay.objects.values_list("client__reference", "country", "entered_earliest", "left_latest"))
    Client.objects.all().delete()
    Case.objects.all().delete()

    make_people(10, now=NOW)

    assert sorted(Stay.objects.values_list("client__reference", "country", "entered_earliest", "left_latest")) == first


def test_those_who_are_missing_are_made_beside_those_who_are_there() -> None:
    few = have_people(5, now=NOW)
    more = have_people(12, now=NOW)

    assert len(few) == 5
    assert len(more) == len(set(more)) == Client.objects.count() == 12


def test_their_deadlines_can_be_computed() -> None:
    make_rule("consecutive_days", {"days": 90}, nationality="*")
    ids = have_people(30, now=NOW)

    outcome = refresh(client_ids=ids, now=NOW)

    assert outcome.failed == ()
    assert Deadline.objects.filter(duty="leave").exists()


def test_nothing_readable_is_written() -> None:
    make_people(3, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT clients_client::text FROM clients_client")
        rows = " ".join(row for (row,) in cursor.fetchall())

    assert "Примерович".encode().hex() not in rows
    assert "Примерович" not in rows


def test_cases_are_worked_on_and_people_can_be_reached() -> None:
    make_people(20, now=NOW)

    case = Case.objects.order_by("pk")[0]
    assert case.notes.all()[0].text.startswith("Выдуманный разговор")
    assert Event.objects.about_case(case.pk).filter(type="clients.case_logged").count() == 1
    assert {client.contacts.get().value[:6] for client in Client.objects.all()} == {"+99600"}
    assert ToDo.objects.exists()


def test_more_than_is_held_at_a_time_is_written_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "WRITTEN_AT_ONCE", 5)

    make_people(23, now=NOW)

    references = list(Client.objects.values_list("reference", flat=True))
    assert len(references) == len(set(references)) == 23


def test_there_are_as_many_cases_as_were_asked_for() -> None:
    people.have_cases(30, now=NOW)

    assert Case.objects.count() >= 30


def test_every_whole_team_sleeps_somewhere() -> None:
    people.have_cases(100, now=NOW)

    have_housing(now=NOW)
    have_housing(now=NOW)

    site = Site.objects.get()
    assert Bed.objects.filter(unit__site=site).count() == 15
    assert {"checked_out", "checked_in"} <= set(Placement.objects.values_list("state", flat=True))
    assert HousingRequest.objects.count() == 5
