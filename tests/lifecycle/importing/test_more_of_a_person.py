"""Several rows about one person, permits, registrations and addresses; and the same from the repeated groups of KoboToolbox."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.clients.models import Address, Case, Client, Contact, ImportRow
from casework.documents.models import Document
from casework.lib.dates import Birth
from casework.lifecycle.importing import starting
from casework.residency.models import Permit, Registration, Stay
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import make_beds, make_site

from .tables import checked, csv_of, imported, said, worked, xlsx_of

pytestmark = pytest.mark.django_db
HEADINGS = ["person_id", "family_name", "given_name", "birth_date", "nationality", "country", "entered_on", "left_on",
            "document_type", "document_number"]  # fmt: skip
FIRST = [
    "7",
    "Образцов",
    "Выдуман",
    "1990-05-17",
    "RU",
    "KZ",
    "2026-03-01",
    "2026-05-20",
    "international_passport",
    "70 1234567",
]
NEXT = ["7", "", "", "", "", "KG", "2026-05-20", "", "international_passport", "701234567"]


def states(of: Any) -> dict[int, str]:
    return dict(of.rows.values_list("number", "state"))


def test_rows_with_one_number_of_a_person_are_one_person_with_several_stays() -> None:
    of = imported(csv_of([FIRST, NEXT], HEADINGS))

    assert states(of) == {2: "imported", 3: "imported"}
    client = Client.objects.get()
    stays = Stay.objects.order_by("entered_latest").values_list("country", "entered_latest", "left_latest", "document")
    passport = Document.objects.get()  # the same on both rows, however its number is spaced
    assert list(stays) == [
        ("KZ", date(2026, 3, 1), date(2026, 5, 20), passport.pk),
        ("KG", date(2026, 5, 20), None, passport.pk),
    ]
    assert client.case.import_rows.count() == 2


def test_a_further_row_may_name_the_person_again_and_is_no_double() -> None:
    again = ["7", "Obraztsov", "Vyduman", "17.05.1990", "Россия", *NEXT[5:]]

    of = imported(csv_of([FIRST, again], HEADINGS))

    assert states(of) == {2: "imported", 3: "imported"}
    assert (Client.objects.count(), Stay.objects.count()) == (1, 2)


def test_without_a_number_of_the_person_the_same_person_in_two_rows_is_asked_about() -> None:
    of = checked(csv_of([["", *FIRST[1:]], ["", *FIRST[1:5], *NEXT[5:]]], HEADINGS))

    assert states(of) == {2: "good", 3: "double"}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({1: "Примеров"}, "family_name"),
        ({3: "1991-05-17"}, "birth_date"),
        ({4: "UA"}, "nationality"),
        ({6: "2026-05-01"}, "entered_on"),
        ({6: "2026-05-20", 7: "2026-05-01"}, "left_on"),
        ({7: "2027-05-01"}, "left_on"),
    ],
    ids=["another name", "another birth", "another nationality", "two countries on a day", "left before", "future"],
)
def test_what_does_not_fit_between_rows_of_a_person_is_said_in_the_dry_run(cells: dict[int, str], column: str) -> None:
    other = [cells.get(at, cell) for at, cell in enumerate(NEXT)]

    of = checked(csv_of([FIRST, other], HEADINGS))

    assert list(said(of, 3)) == [column]
    assert states(of)[2] == "good"


def test_a_person_of_whom_no_row_says_the_name_is_refused() -> None:
    of = checked(csv_of([NEXT], HEADINGS))

    assert "family_name" in said(of)


def test_no_person_comes_in_half_and_who_is_left_out_is_left_out_with_all_rows() -> None:
    worker = make_user()
    wrong = [*NEXT[:6], "31.02.2026", *NEXT[7:]]
    of = imported(csv_of([FIRST, wrong, ["8", "Примеров", *FIRST[2:9], "70 7654321"]], HEADINGS), worker)
    assert states(of) == {2: "good", 3: "wrong", 4: "imported"}

    starting.decide_row(row=ImportRow.objects.get(of=of, number=2), decision="leave_out", by=worker, now=NOW)

    assert states(of) == {2: "left_out", 3: "left_out", 4: "imported"}
    starting.decide_row(row=ImportRow.objects.get(of=of, number=3), decision="check", by=worker, now=NOW)
    assert states(of) == {2: "waiting", 3: "waiting", 4: "imported"}


def test_leaving_out_all_who_are_perhaps_known_leaves_out_their_further_rows() -> None:
    worker = make_user()
    make_client(team=team_of(worker), family_name="Образцов", given_name="Выдуман", birth=Birth(date(1990, 5, 17)))
    of = checked(csv_of([FIRST, NEXT], HEADINGS), worker)
    assert states(of) == {2: "double", 3: "good"}

    assert starting.leave_out_all(of=of, state="double", by=worker, now=NOW) == 2

    assert states(of) == {2: "left_out", 3: "left_out"}


MORE = ["family", "relation", "family_name", "birth_date", "nationality", "country", "entered_on", "permit_type", "permit_from",
        "permit_until", "registered_on", "registered_until", "city", "address", "address_since"]  # fmt: skip


def test_permits_registrations_and_addresses_are_recorded_and_taken_back() -> None:
    of = imported(
        csv_of(
            [
                ["A", "", "Образцов", "1990", "RU", "KG", "2026-11-01", "РВП", "2026-11-02", "2027-11-01", "2026-11-03",
                 "2027-05-03", "Ош", "Вымышленная ул. 3", "2026-11-01"],
                ["A", "wife", "Образцова", "1991", "RU", "", "", "", "", "", "", "", "", "", ""],
                ["A", "brother", "Образцов", "1994", "RU", "", "", "", "", "", "", "", "Бишкек", "", ""],
            ],
            MORE,
        )
    )  # fmt: skip

    permit, registration = Permit.objects.get(), Registration.objects.get()
    assert (permit.kind, permit.country, str(permit.printed_until)) == ("temporary_residence", "KG", "2027-11-01")
    assert (registration.kind, str(registration.registered_on)) == ("stay", "2026-11-03")
    assert registration.stay is not None
    assert registration.stay.client_id == permit.client_id
    assert registration.address is not None
    assert registration.address.line == "Вымышленная ул. 3"
    by_relation = {address.client.relation: address.city for address in Address.objects.select_related("client")}
    assert by_relation == {"principal": "Ош", "spouse": "Ош", "sibling": "Бишкек"}

    starting.take_back(of=of, by=of.by, now=NOW + timedelta(hours=1), asks=False)
    worked(of, clock=lambda: NOW + timedelta(hours=1))
    for model in (Case, Client, Permit, Registration, Address, Stay):
        assert not model._default_manager.exists()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"permit_until": "2027-01-01"}, "permit_type"),
        ({"permit_type": "visa", "permit_from": "2027-01-02", "permit_until": "2027-01-01"}, "permit_until"),
        ({"permit_type": "пропуск"}, "permit_type"),
        ({"registered_until": "2027-01-01"}, "registered_on"),
        ({"registered_on": "2026-11-20", "registered_until": "2026-11-19"}, "registered_until"),
        ({"registered_on": "2030-01-01"}, "registered_on"),
        ({"address_since": "2026-11-01"}, "address"),
    ],
)
def test_what_is_half_said_of_a_paper_or_an_address_is_asked_about(cells: dict[str, str], column: str) -> None:
    values = {"family_name": "Образцов", "birth_date": "1990", "nationality": "RU"} | cells

    of = checked(csv_of([[values.get(name, "") for name in MORE]], MORE))

    assert list(said(of)) == [column]


def test_a_bed_and_an_address_beside_it_are_asked_about() -> None:
    worker = make_user()
    site = make_site(team=team_of(worker), by=worker, name="Приют Вымышленный")
    bed = make_beds(1, site=site, label="Комната 2")[0]
    headings = ["family_name", "birth_date", "nationality", "sex", "bed", "address"]

    of = checked(
        csv_of([["Образцов", "1990", "RU", "male", f"{site.code}/Комната 2/{bed.label}", "ул. 3"]], headings), worker
    )

    assert said(of) == {"address": "The bed says where they live. Clear one of the two."}


def test_earlier_addresses_of_a_person_end_where_the_next_begins() -> None:
    headings = ["person_id", "family_name", "birth_date", "nationality", "city", "address_since"]
    rows = [["7", "Образцов", "1990", "RU", "Бишкек", "2026-06-01"], ["7", "", "", "", "Ош", "2026-03-01"]]

    imported(csv_of(rows, headings))

    found = Address.objects.order_by("since").values_list("since", "until")
    assert list(found) == [(date(2026, 3, 1), date(2026, 6, 1)), (date(2026, 6, 1), None)]
    unsaid = checked(csv_of([[*rows[0][:1], "Примеров", *rows[0][2:]], [*rows[1][:5], ""]], headings))
    assert list(said(unsaid, 3)) == ["address_since"]


MAIN: list[list[Any]] = [
    ["who/family_name", "who/given_name", "who/birth_date", "who/nationality", "arrival/country", "arrival/entered_on",
     "phone", "_id", "_uuid", "_submission_time", "_index"],
    ["Образцов", "Выдуман", "1990-05-17", "RU", "KG", "2026-11-01", "+996 555 012345", 7, "aaaa-1111", "2026-11-20T10:06", 1],
    ["Примерова", "Неправда", "1985-03-12", "UA", "KG", "2026-11-02", "", 8, "bbbb-2222", "2026-11-20T11:06", 2],
]  # fmt: skip
MEMBERS: list[list[Any]] = [
    ["members/family_name", "members/given_name", "members/birth_date", "members/nationality", "members/relation",
     "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
    ["Образцова", "Вымышлена", "1991-01-01", "RU", "spouse", 1, "main", 1, "aaaa-1111"],
]  # fmt: skip
STAYS: list[list[Any]] = [
    ["stays/country", "stays/entered_on", "stays/left_on", "_index", "_parent_table_name", "_parent_index"],
    ["KZ", "2026-03-01", "2026-05-20", 1, "main", 1],
    ["GE", "2026-05-20", "2026-10-31", 2, "main", 1],
    ["AM", "2026-01-01", "2026-02-01", 3, "members", 1],
]  # fmt: skip


def test_groups_of_kobotoolbox_without_names_hold_more_about_their_person_and_groups_in_groups_are_followed() -> None:
    imported(xlsx_of(("main", MAIN), ("members", MEMBERS), ("stays", STAYS)))

    assert (Case.objects.count(), Client.objects.count()) == (2, 3)
    stays = {(client.given_name, stay.country) for client in Client.objects.all() for stay in client.stays.all()}
    assert stays == {
        ("Выдуман", "KG"), ("Выдуман", "KZ"), ("Выдуман", "GE"), ("Вымышлена", "KG"), ("Вымышлена", "AM"), ("Неправда", "KG"),
    }  # fmt: skip


def test_a_form_of_kobotoolbox_about_households_gives_its_own_answers_to_the_principal_applicant() -> None:
    main = [[*MAIN[0][4:]], [*MAIN[1][4:]]]
    members = [
        MEMBERS[0],
        ["Образцова", "Вымышлена", "1991-01-01", "RU", "spouse", 1, "main", 1, "aaaa-1111"],
        ["Образцов", "Выдуман", "1990-05-17", "RU", "head", 2, "main", 1, "aaaa-1111"],
    ]

    of = imported(xlsx_of(("main", main), ("members", members)))

    assert set(states(of).values()) == {"imported"}
    assert dict(Client.objects.values_list("relation", "stays__entered_latest")) == {
        "principal": date(2026, 11, 1), "spouse": date(2026, 11, 1),
    }  # fmt: skip
    assert Contact.objects.get().client.relation == "principal"
    assert of.rows.exclude(source_id="").get().source_id == "aaaa-1111"
