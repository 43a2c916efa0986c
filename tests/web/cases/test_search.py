"""The search of every page."""

from typing import Any

import pytest
from django.urls import reverse

from casework.audit.models import Event
from casework.clients import actions
from casework.documents import actions as documents
from casework.documents.lookup import hashes_to_find
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client, make_contact

from .pages import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/search/"


def found(user: Any, text: str) -> list[tuple[str, str]]:
    """The references found for `user`, and by what."""
    page = signed_in(user).post(URL, {"q": text})
    assert page.status_code == 200
    return [(hit.client.reference, hit.found_by) for hit, _row in page.context["hits"]]


@pytest.mark.parametrize("text", ["Образцова", "Obraztsova", "obrazcova vymyshlena", "вымышлена образцова", "Образцва"])
def test_a_name_is_found_in_either_script_and_with_a_slip(text: str) -> None:
    worker = make_user()
    client = make_client(team=team_of(worker), family_name="Образцова", given_name="Вымышлена")
    make_client(team=team_of(worker), family_name="Совсем", given_name="Другая")

    assert found(worker, text)[0] == (client.reference, "name")


def test_an_earlier_name_is_found_too() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker), other_names="Прежнева Вымышлена")

    assert (client.reference, "name") in found(worker, "Prezhneva")


def test_a_new_name_is_found_at_once_and_the_old_one_is_not() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker), family_name="Старинная", given_name="Ада")
    found(worker, "Старинная")

    actions.change_client(client=client, version=1, family_name="Обновлённая", by=worker, now=NOW)

    assert found(worker, "Обновленная") == [(client.reference, "name")]
    assert found(worker, "Старинная") == []


@pytest.mark.parametrize("written", ["{}", "{} ", "{lower}", "{bare}"])
def test_a_reference_is_found_however_it_is_said(written: str) -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))
    reference = client.reference
    text = written.format(reference, lower=reference.lower(), bare=reference.replace("-", ""))

    assert (reference, "reference") in found(worker, text)


def test_the_code_of_a_case_leads_straight_to_it() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))

    answer = signed_in(worker).post(URL, {"q": client.case.code.lower()})

    assert answer.url == reverse("case", args=[client.case.code])


@pytest.mark.parametrize("text", ["+996 555 012345", "0555012345", "996555012345"])
def test_a_phone_is_found_as_a_whole(text: str) -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))
    make_contact(client, value="+996 555 01-23-45")

    assert found(worker, text) == [(client.reference, "contact")]
    assert found(worker, "55501234") == []


def test_an_e_mail_address_is_found() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))
    make_contact(client, channel="email", value="Vymysel@example.org")

    assert found(worker, "vymysel@EXAMPLE.org") == [(client.reference, "contact")]


@pytest.mark.parametrize("text", ["70 АВ 123456", "70AB123456", "70-ab-123456"])
def test_a_document_is_found_in_either_script(text: str) -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))
    documents.record_document(
        client=client, kind="international_passport", country="RU", number="70 АВ 123456", by=worker, now=NOW
    )

    assert (client.reference, "document") in found(worker, text)


def test_nothing_of_another_team_or_of_a_restricted_case_is_found() -> None:
    worker = make_user()
    team = team_of(worker)
    hidden = make_client(team=team, family_name="Тайная", given_name="Особа")
    make_contact(hidden, value="+996 555 012345")
    people = [make_user(team=team), make_user(team=team)]
    actions.restrict_case(case=hidden.case, people=people, version=1, by=people[0], now=NOW)
    foreign = make_client(family_name="Тайная", given_name="Особа")
    make_contact(foreign, value="+996 555 012345")

    for text in ("Тайная Особа", "+996555012345", hidden.reference, hidden.case.code, foreign.reference):
        assert found(worker, text) == []
    assert {reference for reference, _ in found(people[0], "Тайная")} == {hidden.reference}


@pytest.mark.parametrize("text", ["", "я", "?", " - ", "\x00\x00\x00"])
def test_too_little_is_asked_for_again(text: str) -> None:
    page = signed_in(make_user()).post(URL, {"q": text})

    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Event.objects.filter(type="clients.searched").exists()


def test_twenty_are_shown_at_most() -> None:
    worker = make_user()
    for _ in range(22):
        make_client(team=team_of(worker), by=worker, family_name="Тёзкина", given_name="Анна")

    page = signed_in(worker).post(URL, {"q": "Тезкина"})

    assert len(page.context["hits"]) == 20
    assert page.context["has_most"] is True


def test_whoever_is_in_the_archive_takes_nobodys_place_among_the_twenty() -> None:
    worker = make_user()
    for _ in range(22):
        old = make_client(team=team_of(worker), by=worker, family_name="Тёзкина", given_name="Анна")
        case = actions.close_case(case=old.case, reason="needs_met", version=1, by=worker, now=NOW)
        actions.archive_case(case=case, version=case.version, by=worker, now=NOW)
    client = make_client(team=team_of(worker), by=worker, family_name="Тёзкина", given_name="Анна-Мария")

    assert found(worker, "Тёзкина Анна") == [(client.reference, "name")]


def test_what_was_looked_for_stays_out_of_the_audit_and_of_addresses() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker), family_name="Образцова")

    page = signed_in(worker).post(URL, {"q": "Образцова"})

    event = Event.objects.get(type="clients.searched")
    assert event.data == {"found_by": ["name"], "clients": [str(client.pk)]}
    assert "?q=" not in page.content.decode()


def test_an_address_does_not_search() -> None:
    worker = make_user()
    make_client(team=team_of(worker), family_name="Образцова")

    page = signed_in(worker).get(f"{URL}?q=Образцова")

    assert page.context["hits"] == []
    assert "Образцова" not in page.content.decode()


def test_finding_nobody_names_the_next_step() -> None:
    page = signed_in(make_user()).post(URL, {"q": "Никтошина"}).content.decode()

    assert "Nobody was found" in page
    assert reverse("log_case") in page


def test_the_number_of_queries_does_not_grow_with_what_is_found() -> None:
    worker = make_user()
    browser = signed_in(worker)
    counts = []
    for number in (1, 14):
        for _ in range(number):
            make_client(team=team_of(worker), by=worker, family_name="Тёзкина", given_name="Анна")
        browser.post(URL, {"q": "Тёзкина 1990 Анна"})
        with counted_queries() as asked:
            browser.post(URL, {"q": "Тёзкина 1990 Анна"})
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 12, "\n".join(asked)


def test_a_blank_number_is_looked_up_nowhere() -> None:
    assert hashes_to_find(" - ") == []
