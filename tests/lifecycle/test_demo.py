"""The demo: every situation that it promises, with dates that were worked out by hand from the rules as written."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts.models import User
from casework.clients.models import Case, Client, Erasure, LegalHold, SuspectedPair
from casework.housing.models import Bed, BedBlock, BedOffer, HostOffer, Lease, Placement
from casework.housing.occupancy import State
from casework.housing.queries import board, numbers_on
from casework.housing.waiting_list import waiting_list
from casework.lifecycle.demo.build import load_demo
from casework.lifecycle.demo.logins import LOGINS
from casework.lifecycle.demo.situations import SITUATIONS
from casework.reports.capacity import places
from casework.reports.outlook import outlook
from casework.reports.readers import Whose, reader_of
from casework.residency import reference
from casework.residency.load import load, recorded_places
from casework.residency.models import ComputedPosition, Deadline, Permit
from casework.residency.rules.reference import read_reference
from tests.factories.accounts import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: object) -> object:
    """The demo as loaded on 22 November 2026, once for all tests of this file."""
    from django.db import transaction

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        atomic = transaction.atomic()
        atomic.__enter__()
        load(reference=read_reference(reference.shipped_files(), known=recorded_places()), now=NOW)
        load_demo(now=NOW)
        yield {client.family_name + " " + client.given_name: client for client in Client.objects.all()}
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


EXPECTED = [
    # Kazakhstan before 27 January 2023: 90 days in a row, day one is the day of entry, 1 December 2022.
    ("Выдуманов Пробник", "leave", "KZ", date(2023, 2, 28), None),
    # 33 days from 25 June; from 28 September there are 57 left.
    ("Примерова Образца", "leave", "KZ", date(2026, 11, 23), None),
    # Day 30 of a stay that began on 29 October is the 27th, or the 28th if the day of crossing is not day one: the law is unclear.
    ("Небылицын Фантом", "register", "KZ", date(2026, 11, 27), date(2026, 11, 28)),
    # Uzbekistan from 11 November: day 15, and day 60.
    ("Гипотезин Вариант", "register", "UZ", date(2026, 11, 25), None),
    ("Гипотезин Вариант", "leave", "UZ", date(2027, 1, 9), None),
    # Kyrgyzstan: six months from a slip of 12 August 2024.
    ("Забывалова Рассеяна", "renew_registration", "KG", date(2025, 2, 12), None),
    # ... and 90 in 180 from 22 September 2026.
    ("Небывалова Придумка", "leave", "KG", date(2026, 12, 20), None),
    # Georgia: one year from 22 December 2025.
    ("Сочинилова Повесть", "leave", "GE", date(2026, 12, 21), None),
    # Ukrainians who came to Georgia before 24 February 2025.
    ("Вигадана Казка", "leave", "GE", date(2027, 2, 24), None),
    # Mongolia: 30 days were extended to 25 December; the application for residence was due by day 21,
    # whichever day is day one.
    ("Зохиомолов Жишээ", "leave", "MN", date(2026, 12, 25), None),
    ("Зохиомолов Жишээ", "apply_residence", "MN", date(2026, 11, 16), date(2026, 11, 17)),
    # Turkey: within 60 days before the end of the permit, never after.
    ("Миражова Иллюзия", "renew_permit", "TR", date(2027, 1, 6), None),
    # 65 days in Kyrgyzstan in summer leave 25 from 30 October.
    ("Кругосветов Турист", "leave", "KG", date(2026, 11, 23), None),
    # An internal passport that ends on 1 January 2027, before the stay must.
    ("Бумажкина Копия", "keep_document", "KZ", date(2027, 1, 1), None),
    # Entered Kyrgyzstan on the Kazakh passport on 13 October: its 90 days.
    ("Двоегражданов Дубль", "leave", "KG", date(2027, 1, 10), None),
    # Nobody knows when the first stay ended: at worst it lasted until the latest day of the next entry, 81 days.
    ("Туманов Неясен", "leave", "KZ", date(2026, 11, 1), date(2027, 1, 21)),
    # Serbia: 30 days before 18 February 2027, from three months before.
    ("Легендов Миф", "renew_permit", "RS", date(2027, 1, 19), None),
]


@pytest.mark.parametrize(("name", "duty", "country", "due_on", "alternative"), EXPECTED)
def test_each_situation_has_its_date(
    people: dict[str, Client], name: str, duty: str, country: str, due_on: date, alternative: date | None
) -> None:
    deadline = Deadline.objects.get(client=people[name], duty=duty, country=country, gone_at__isnull=True)

    assert (deadline.due_on, deadline.alternative_on) == (due_on, alternative)


def test_the_window_to_renew_in_serbia_has_opened(people: dict[str, Client]) -> None:
    deadline = Deadline.objects.get(client=people["Легендов Миф"], duty="renew_permit")

    assert deadline.opens_on == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Миражова Иллюзия", "area_closed"),
        ("Արտահնարված Օրինակ", "no_rule_recorded"),
        ("Макетов Эскиз", "document_would_be_refused"),
        ("Туманов Неясен", "overstayed_at_worst"),
    ],
)
def test_what_a_person_must_look_at_is_said(people: dict[str, Client], name: str, code: str) -> None:
    warnings = ComputedPosition.objects.get(client=people[name]).warnings

    assert code in {warning["code"] for warning in warnings}


def test_every_status_is_there(people: dict[str, Client]) -> None:
    assert {"open", "done", "waived"} <= set(Deadline.objects.values_list("state", flat=True))
    assert Deadline.objects.filter(imposed_on__isnull=False).exists()
    assert {"open", "closed"} == set(Case.objects.values_list("status", flat=True))
    assert Case.objects.filter(restricted=True).exists()
    assert Case.objects.filter(caseworker=None).exists()
    assert {"precaria", "stay_extension", "temporary_residence"} <= set(Permit.objects.values_list("kind", flat=True))


def test_there_are_about_forty_people_in_five_teams(people: dict[str, Client]) -> None:
    assert 35 <= len(people) <= 45
    assert len({situation.team for situation in SITUATIONS}) == 5


def test_people_live_in_beds_and_wait_for_one(people: dict[str, Client]) -> None:
    coordinator = User.objects.get(email="coordinator@demo.example")
    today = NOW.date()

    sites = board(coordinator, NOW, today, today + timedelta(days=14))
    rows = waiting_list(coordinator, NOW)
    numbers = numbers_on(coordinator, NOW, today)

    assert {site.site.code for site in sites} == {"ALA-1", "ALA-2", "BSK-1", "BSK-2", "TBS-1"}
    assert all(numbers[state] for state in (State.OCCUPIED, State.BLOCKED, State.OUT_OF_LEASE, State.FREE))
    assert {it.state for site in sites for bed in site.beds for it in bed.stretches} == set(State)
    assert [row.rank for row in rows] == [1, 2, 3]
    assert [row.is_silent for row in rows].count(True) == 1
    assert [row.offered_until is not None for row in rows].count(True) == 1


def test_people_in_bishkek_wait_one_of_them_after_a_refusal(people: dict[str, Client]) -> None:
    worker = User.objects.get(email="bishkek@demo.example")

    rows = waiting_list(worker, NOW)

    assert len(rows) == 2
    assert list(BedOffer.objects.filter(request__in=[row.request.pk for row in rows]).values_list("state", "why")) == [
        ("declined", "too_far")
    ]


def test_loaded_again_it_changes_nothing(people: dict[str, Client]) -> None:
    assert load_demo(now=NOW) == 0


def test_each_login_has_a_password_of_its_own_that_stays() -> None:
    passwords = [login.password for login in LOGINS]

    assert len(set(passwords)) == len(LOGINS)
    assert passwords == [login.password for login in LOGINS]


def test_the_forecast_of_its_beds_is_as_recounted_by_hand(people: dict[str, Client]) -> None:
    """Bed by bed and night by night, from the rows alone, in other words than those of the forecast."""
    coordinator = User.objects.get(email="coordinator@demo.example")
    reader = reader_of(coordinator, NOW)
    since = reader.today
    found = outlook(reader, places(reader, Whose.OWN), since, since + timedelta(days=85), town=None).forecast
    nights = [since + timedelta(days=number) for number in range(85)]

    def covers(row: Any, night: date) -> bool:
        return bool(row.since <= night and (row.until is None or night < row.until))

    free = dict.fromkeys(nights, 0)
    for bed in Bed.objects.select_related("unit__site"):
        of_site = Lease.objects.filter(site=bed.unit.site)
        leases = [lease for lease in of_site if lease.unit_id in (None, bed.unit_id)]
        taken = [
            row
            for row in Placement.objects.filter(bed=bed)
            if row.state in ("booked", "checked_in", "checked_out", "no_show")
            or (row.state == "held" and row.held_until is not None and row.held_until > NOW)
        ]
        blocks = list(BedBlock.objects.filter(bed=bed))
        for night in nights:
            is_there = bed.opened_on <= night and (bed.closed_on is None or night < bed.closed_on)
            may_be_used = not leases or any(covers(lease, night) for lease in leases)
            is_empty = not any(covers(row, night) for row in [*taken, *blocks])
            free[night] += is_there and may_be_used and is_empty

    assert found.free == list(free.values())
    # 38 beds: 2 have no lease, 4 are the family's, one is a man's in Bishkek, one is repaired.
    by_hand = {0: 38 - 2 - 4 - 1 - 1}
    by_hand[1] = by_hand[0] - 2  # a bed is held, another is offered
    by_hand[5] = by_hand[1] + 1  # repaired
    by_hand[6] = by_hand[5] - 1  # a man comes
    by_hand[15] = by_hand[6] + 1  # what was held is over
    by_hand[21] = by_hand[15] + 4  # the family leaves
    by_hand[26] = by_hand[21] + 1  # so does the man who came
    by_hand[31] = by_hand[26] + 1  # what was offered is over
    by_hand[40] = by_hand[31] + 1  # the man in Bishkek leaves
    by_hand[75] = by_hand[40] - 17  # the lease of the hostel there ends
    changes = [number for number in range(85) if number == 0 or found.free[number] != found.free[number - 1]]
    assert {number: found.free[number] for number in changes} == by_hand


def test_its_reports_look_back_on_people_who_have_left(people: dict[str, Client]) -> None:
    assert Placement.objects.filter(state="checked_out").count() == 7


def test_the_coordinator_finds_hosts_in_every_state_but_one_and_a_rent_that_tripled(people: dict[str, Client]) -> None:
    coordinator = User.objects.get(email="coordinator@demo.example")
    offers: Any = HostOffer.objects
    hostel = Lease.objects.get(site__code="BSK-1")

    seen = set(offers.visible_to(coordinator, NOW).values_list("state", flat=True))
    rents = list(hostel.rents.order_by("since").values_list("amount", flat=True))

    assert seen == {"offered", "visited", "accepted", "declined", "withdrawn"}
    assert set(offers.values_list("state", flat=True)) == set(HostOffer.State.values)
    assert rents[1] == 3 * rents[0]


def test_a_pair_waits_to_be_merged_a_case_to_be_erased_and_another_one_is_held(people: dict[str, Client]) -> None:
    coordinator = User.objects.get(email__startswith="coordinator")
    pair = SuspectedPair.objects.mergeable_by(coordinator, NOW).get(state="same")
    assert {pair.first_id, pair.second_id} == {people["Двойникова Вымыслина"].pk, people["Dvoinikova Vymyslina"].pk}

    erasure, hold = Erasure.objects.waiting().get(), LegalHold.objects.in_force().get()

    assert erasure.asked_by != coordinator
    assert erasure.case_id != hold.case_id
    assert hold.ordered_by == coordinator
