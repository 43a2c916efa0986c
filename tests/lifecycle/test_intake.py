"""Logging a case: all of it, or none."""

import uuid
from datetime import date
from typing import Any

import pytest

from casework.audit.models import Event
from casework.clients.models import Address, Case, Client, Contact, Note
from casework.documents.models import Document
from casework.lib.dates import Birth, BoundedDay
from casework.lib.refusals import Refusal
from casework.lifecycle.intake import Arrival, Paper, Person, Reach, UnableToLogCase, log_case, might_be_a_child
from casework.residency.models import Deadline, Stay
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.residency import make_rule

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
ENTRY = BoundedDay.exactly(date(2026, 11, 1))
PRINCIPAL = Person(
    family_name="Образцова", given_name="Вымышлена", birth=Birth(date(1990, 5, 17)), nationalities=("RU",)
)
CHILD = Person(given_name="Малыш", birth=Birth(date(2020, 1, 1)), relation="child", nationalities=("RU",))


def log(**changes: Any) -> Case:
    worker = make_user()
    known: dict[str, Any] = {
        "team": team_of(worker),
        "caseworker": worker,
        "principal": PRINCIPAL,
        "arrival": Arrival(country="KZ", entered=ENTRY),
        "by": worker,
        "now": NOW,
        "today": TODAY,
        "submit_token": uuid.uuid4(),
    }
    return log_case(**(known | changes))


def test_one_act_writes_case_person_contact_document_and_stay() -> None:
    paper = Paper(kind="international_passport", country="RU", number="70 1234567")

    case = log(
        arrival=Arrival(country="KZ", entered=ENTRY, paper=paper),
        reach=Reach(channel="signal", value="+996 555 012345", instructions="after 18:00"),
    )

    client, stay = Client.objects.get(case=case), Stay.objects.get()
    assert (client.full_name, client.is_principal) == ("Образцова Вымышлена", True)
    assert (stay.country, stay.entered_earliest, stay.entered_latest) == ("KZ", date(2026, 11, 1), date(2026, 11, 1))
    assert stay.document == Document.objects.get(client=client, number_hash__isnull=False)
    assert Contact.objects.get(client=client).instructions == "after 18:00"


def test_the_deadlines_are_there_at_once() -> None:
    make_rule(parameters={"days": 30})

    case = log()

    deadline = Deadline.objects.get(client__case=case)
    assert (deadline.duty, deadline.due_on) == ("leave", date(2026, 11, 30))


def test_the_audit_counts_people_and_names_nobody() -> None:
    case = log(family=[CHILD])

    event = Event.objects.get(type="lifecycle.case_logged")
    assert (event.subject_id, event.case_id, event.data) == (str(case.pk), case.pk, {"people": 2})


def test_the_family_shares_the_stay_and_each_has_one_of_their_own() -> None:
    paper = Paper(kind="international_passport", country="RU")

    case = log(family=[CHILD], arrival=Arrival(country="KZ", entered=ENTRY, paper=paper))

    child = case.clients.get(relation="child")
    stay = Stay.objects.get(client=child)
    assert stay.entered_earliest == date(2026, 11, 1)
    assert stay.document is None  # nobody was asked on which paper the child came
    assert Stay.objects.count() == 2


def test_a_form_sent_twice_logs_one_case() -> None:
    worker, token = make_user(), uuid.uuid4()
    same: dict[str, Any] = {"team": team_of(worker), "by": worker, "caseworker": worker, "submit_token": token}

    first, second = log(**same), log(**same)

    assert first == second
    assert (Client.objects.count(), Stay.objects.count()) == (1, 1)
    assert Event.objects.filter(type="lifecycle.case_logged").count() == 1


@pytest.mark.parametrize(
    ("entered", "bounds"),
    [
        (BoundedDay(), (None, None)),
        (BoundedDay(date(2026, 10, 1), date(2026, 10, 9)), (date(2026, 10, 1), date(2026, 10, 9))),
        (BoundedDay(latest=date(2026, 10, 9)), (None, date(2026, 10, 9))),
    ],
)
def test_an_entry_is_kept_as_far_as_it_is_known(entered: BoundedDay, bounds: tuple[date | None, date | None]) -> None:
    log(arrival=Arrival(country="KZ", entered=entered))

    stay = Stay.objects.get()
    assert (stay.entered_earliest, stay.entered_latest) == bounds


def test_somebody_at_home_has_a_country_and_no_stay() -> None:
    log(arrival=Arrival(country="RU", entered=None), family=[CHILD])

    assert not Stay.objects.exists()
    assert list(Address.objects.values_list("country", flat=True)) == ["RU", "RU"]


def test_what_is_refused_in_the_end_leaves_nothing_behind() -> None:
    with pytest.raises(Refusal) as refusal:
        log(arrival=Arrival(country="KZ", entered=BoundedDay.exactly(date(2026, 12, 24))))

    assert refusal.value.field == "entered"
    assert not Case.objects.exists()
    assert not Client.objects.exists()
    assert not DataKey.objects.exclude(owner_kind=DataKey.OwnerKind.USER).exists()
    assert not Event.objects.filter(case_id__isnull=False).exists()


def test_a_planned_entry_may_lie_in_the_future() -> None:
    log(arrival=Arrival(country="KZ", entered=BoundedDay.exactly(date(2026, 12, 24)), planned=True))

    assert Stay.objects.get().planned is True


def test_an_entry_before_the_birth_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        log(arrival=Arrival(country="KZ", entered=BoundedDay.exactly(date(1980, 1, 1))))

    assert refusal.value.field == "entered"


def test_a_child_born_after_the_shared_entry_has_an_entry_of_its_own() -> None:
    born_there = Person(given_name="Малыш", birth=Birth(date(2026, 11, 10)), relation="child")

    with pytest.raises(UnableToLogCase) as refusal:
        log(family=[CHILD, born_there])

    assert "2" in refusal.value.sentence
    assert not Case.objects.exists()


def test_a_principal_applicant_who_is_a_child_must_be_confirmed() -> None:
    child = Person(given_name="Один", birth=Birth(date(2012, 1, 1)), nationalities=("RU",))

    with pytest.raises(UnableToLogCase) as refusal:
        log(principal=child)
    case = log(principal=child, is_unaccompanied_child=True)

    assert refusal.value.field == "is_unaccompanied_child"
    assert Note.objects.get(case=case).pinned is True


@pytest.mark.parametrize(
    ("birth", "answer"),
    [
        (Birth(date(2008, 11, 22)), False),  # 18 today
        (Birth(date(2008, 11, 23)), True),  # 18 tomorrow
        (Birth(year=2008), True),  # perhaps not yet
        (Birth(year=2007), False),
        (Birth(), False),
    ],
)
def test_somebody_may_be_a_child_until_the_eighteenth_birthday(birth: Birth, answer: bool) -> None:
    assert might_be_a_child(birth, TODAY) is answer
