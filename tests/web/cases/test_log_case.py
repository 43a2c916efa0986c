"""Logging a case on its page."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.clients.models import Case, Client, Contact
from casework.documents.models import Document
from casework.residency.models import Deadline, Stay
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.residency import make_rule

from .pages import signed_in

pytestmark = pytest.mark.django_db

URL = "/cases/new/"
NO_FAMILY = {"family-TOTAL_FORMS": "5", "family-INITIAL_FORMS": "0"}


def typed(worker: Any, **changes: str | list[str]) -> dict[str, Any]:
    """What somebody types who knows everything; a change to "" is what they leave out."""
    return {
        "submit_token": str(uuid.uuid4()),
        "family_name": "Образцова",
        "given_name": "Вымышлена",
        "patronymic": "",
        "other_names": "Obraztsova Vymyshlena",
        "birth_day": "17",
        "birth_month": "мая",
        "birth_year": "1990",
        "nationalities": ["RU", ""],
        "country": "KZ",
        "entered_known": "exact",
        "entered_exact_day": "1",
        "entered_exact_month": "11",
        "entered_exact_year": "2026",
        "document_kind": "international_passport",
        "document_number": "70 1234567",
        "document_country": "",
        "channel": "signal",
        "reach": "+996 555 012345",
        "instructions": "после 18:00",
        "team": str(team_of(worker).pk) if worker.memberships.count() == 1 else "",
        "caseworker": str(worker.pk),
        **NO_FAMILY,
        **changes,
    }


def errors(page: Any) -> str:
    return " ".join(page.context["form"].errors.as_text().split())


@pytest.fixture
def worker(time_machine_now: None) -> Any:
    return make_user()


@pytest.fixture
def time_machine_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today is the day on which these tests were written, for pages that ask the clock."""
    from django.utils import timezone

    from tests.factories.accounts import NOW

    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_the_page_shows_the_deadlines_of_the_new_case_at_once(worker: Any) -> None:
    make_rule(parameters={"days": 30})

    answer = signed_in(worker).post(URL, typed(worker))

    case = Case.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("case", args=[case.code]))
    assert (case.team, case.caseworker) == (team_of(worker), worker)
    assert Deadline.objects.filter(client__case=case).exists()
    assert Document.objects.get().country == "RU"
    assert Contact.objects.get().instructions == "после 18:00"


def test_the_form_is_one_page_that_asks_for_little(worker: Any) -> None:
    page = signed_in(worker).get(URL)

    required = [name for name, field in page.context["form"].fields.items() if field.required]
    assert required == ["submit_token", "birth", "nationalities", "country", "entered", "team"]
    assert page.context["form"].initial["caseworker"] == worker.pk


def test_somebody_in_two_teams_chooses_and_somebody_in_one_is_not_asked(worker: Any) -> None:
    one = signed_in(worker).get(URL).content.decode()
    make_membership(worker, Role.CASEWORKER, team=make_team(name="Almaty"))
    two = signed_in(worker).get(URL).content.decode()

    assert '<select name="team"' not in one
    assert '<select name="team"' in two


def test_the_family_is_logged_with_them(worker: Any) -> None:
    family = {
        "family-0-given_name": "Малыш",
        "family-0-relation": "child",
        "family-0-birth_year": "2019",
        "family-1-given_name": "Иван",
        "family-1-relation": "spouse",
        "family-1-birth_unknown": "1",
    }

    signed_in(worker).post(URL, typed(worker, **family))

    people = {client.given_name: client for client in Client.objects.all()}
    assert set(people) == {"Вымышлена", "Малыш", "Иван"}
    assert people["Малыш"].birth.year == 2019
    assert people["Иван"].nationalities == ["RU"]
    assert Stay.objects.count() == 3


def test_a_relative_without_a_name_or_a_relation_is_asked_for_again(worker: Any) -> None:
    rows = {"family-0-birth_year": "2019", "family-1-given_name": "Иван"}

    page = signed_in(worker).post(URL, typed(worker, **rows))

    assert page.status_code == 200
    assert "Look at the people of the family" in errors(page)
    assert 'value="Иван"' in page.content.decode()
    assert not Case.objects.exists()


def test_a_form_sent_twice_logs_one_case(worker: Any) -> None:
    browser, data = signed_in(worker), typed(worker)

    first, second = browser.post(URL, data), browser.post(URL, data)

    assert first.url == second.url
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"family_name": "", "given_name": ""}, "family_name", "in any script"),
        ({"birth_day": "31", "birth_month": "2"}, "birth", "does not exist"),
        ({"birth_year": "2027"}, "birth", "or earlier"),
        ({"birth_year": "1890"}, "birth", "or later"),
        ({"birth_day": "", "birth_month": "", "birth_year": ""}, "birth", "Not known"),
        ({"nationalities": [""]}, "nationalities", "Choose a nationality"),
        ({"nationalities": ["ZZ"]}, "nationalities", "do not know this nationality"),
        ({"country": "ZZ"}, "country", "do not know this country"),
        ({"country": ""}, "country", "Choose a country"),
        ({"entered_known": ""}, "entered", ""),
        ({"entered_exact_day": "1", "entered_exact_month": "12"}, "entered", "in the future"),
        ({"entered_exact_year": "1985"}, "entered", "before the client was born"),
        ({"entered_exact_year": "1901", "birth_year": "1907"}, "entered", "hundred years"),
        ({"planned": "on"}, "planned", "not planned any more"),
        ({"document_kind": ""}, "document_kind", "which document"),
        ({"reach": ""}, "reach", "Enter the number"),
        ({"channel": ""}, "channel", "what kind"),
        ({"birth_year": "2012"}, "is_unaccompanied_child", "under 18"),
    ],
)
def test_what_cannot_be_is_said_where_it_stands_and_nothing_typed_is_lost(
    worker: Any, changes: dict[str, Any], field: str, sentence: str
) -> None:
    if field == "entered" and "entered_exact_year" not in changes and changes.get("entered_known") == "":
        changes = changes | {"entered_exact_day": "", "entered_exact_month": "", "entered_exact_year": ""}

    page = signed_in(worker).post(URL, typed(worker, **changes))

    assert page.status_code == 200
    said = " ".join(page.context["form"].errors[field])
    assert sentence in said
    assert 'value="70 1234567"' in page.content.decode()
    assert "<title>Error:" in page.content.decode()
    assert not Case.objects.exists()


def test_an_unaccompanied_child_is_logged_once_somebody_says_so(worker: Any) -> None:
    asked = signed_in(worker).post(URL, typed(worker, birth_year="2012"))
    logged = signed_in(worker).post(URL, typed(worker, birth_year="2012", is_unaccompanied_child="on"))

    assert re.search(r'<input type="checkbox"[^>]*name="is_unaccompanied_child"', asked.content.decode())
    assert logged.status_code == 302


def test_an_adult_is_not_asked_whether_they_are_a_child(worker: Any) -> None:
    page = signed_in(worker).get(URL).content.decode()

    assert not re.search(r'<input type="checkbox"[^>]*name="is_unaccompanied_child"', page)


@pytest.mark.parametrize(
    ("known", "bounds"),
    [
        ({"entered_known": "unknown"}, (None, None)),
        (
            {
                "entered_known": "between",
                "entered_earliest_day": "1",
                "entered_earliest_month": "октября",
                "entered_earliest_year": "2026",
            },
            ("2026-10-01", "None"),
        ),
    ],
)
def test_an_entry_may_be_known_in_part_or_not_at_all(worker: Any, known: dict[str, str], bounds: Any) -> None:
    signed_in(worker).post(URL, typed(worker, **known))

    stay = Stay.objects.get()
    assert (str(stay.entered_earliest), str(stay.entered_latest)) == tuple(map(str, bounds))


def test_a_case_is_not_given_to_a_stranger_or_to_another_team(worker: Any) -> None:
    elsewhere = make_user()

    for_another_team = signed_in(worker).post(URL, typed(worker, team=str(team_of(elsewhere).pk)))
    to_a_stranger = signed_in(worker).post(URL, typed(worker, caseworker=str(elsewhere.pk)))

    assert "team" in for_another_team.context["form"].errors
    assert "caseworker" in to_a_stranger.context["form"].errors
    assert not Case.objects.exists()


JUNK = {"nul": "\x00", "surrogate": "\ud800", "long": "x" * 100_000, "markup": "<b>x</b>", "direction": "\u202e"}


@pytest.mark.parametrize("kind", JUNK)
def test_junk_is_refused_or_kept_as_text(worker: Any, kind: str) -> None:
    junk = JUNK[kind]
    data = typed(worker, given_name=junk, document_number=junk, instructions=junk, entered_exact_day=junk, country=junk)
    body = urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass")

    page = signed_in(worker).post(URL, body, content_type="application/x-www-form-urlencoded")

    assert page.status_code == 200
    assert b"<b>x" not in page.content
    assert not Case.objects.exists()
