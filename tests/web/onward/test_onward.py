"""Where could this person go? Countries side by side, the sheet, and who may not look."""

import re
from datetime import date

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import restrict_case
from casework.clients.models import Client
from casework.documents.actions import record_document
from casework.lib.countries import country_name
from casework.residency.actions import impose, refresh
from casework.web.sheet.views import LANGUAGES
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules() -> None:
    make_rule("consecutive_days", {"days": 90}, country="KZ", key="kz-leave")
    make_rule("consecutive_days", {"days": 30}, country="RS", key="rs-leave", citation="An invented law of Serbia")
    make_rule("consecutive_days", {"days": 60}, country="GE", key="ge-leave")
    make_rule("travel_document", {"accepted": ["international_passport"]}, country="RS", duty="enter")
    make_rule("visa_required", {}, country="GE", duty="enter")
    make_rule("note", {"text": "Nothing else is recorded here."}, country="TJ", duty="note")
    make_rule(
        "return_risk",
        {"level": "high", "profiles": ["activist"], "mechanisms": ["handover"], "signals": ["An invented handover"]},
        country="KZ",
        duty="risk",
        legal_status="practice",
    )
    make_rule(
        "register_within",
        {"n": 24, "unit": "hours", "day_one": "entry_day", "actor": "host"},
        country="RS",
        duty="register",
    )


@pytest.fixture
def client(worker: User, rules: None) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    client = make_client(
        case=case, by=worker, family_name="Придуманова", given_name="Ася", patronymic="", language="ru"
    )
    record_document(
        client=client, kind="international_passport", country="RU", valid_until=date(2030, 1, 1), by=worker, now=NOW
    )
    make_stay(client, date(2026, 11, 1), by=worker)
    return client


def url(client: Client, name: str = "onward") -> str:
    return reverse(name, args=[client.reference])


def text_of(browser: Browser, address: str) -> str:
    page = browser.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0]))


def row_of(browser: Browser, address: str, code: str) -> str:
    page = browser.get(address).content.decode()
    row = page.split(f'id="country-{code}"', 1)[1].split("</tr>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))


def test_each_country_says_what_is_recorded_and_where_it_stands(browser: Browser, client: Client) -> None:
    serbia = row_of(browser, url(client), "RS")

    assert "Nothing recorded stands in the way" in serbia
    assert "international passport (Russia): accepted" in serbia
    assert "30 days, until 21 Dec 2026" in serbia
    assert "By 22 Nov 2026 : Register the stay" in serbia
    assert "who must act: the host" in serbia
    assert "An invented law of Serbia, read on 1 Oct 2026" in serbia
    assert "not legally reviewed" in serbia
    assert "Risk of return: unknown" in serbia
    assert "this does not mean that there is none" in serbia


def test_what_is_asked_for_and_what_is_not_recorded_stand_apart(browser: Browser, client: Client) -> None:
    page = browser.get(url(client)).content.decode()

    assert [page.index(f'id="{key}"') for key in ("here", "clear", "conditions", "unknown")] == sorted(
        page.index(f'id="{key}"') for key in ("here", "clear", "conditions", "unknown")
    )
    assert "A visa is needed" in row_of(browser, url(client), "GE")
    assert "No rule about the length of stay is recorded" in row_of(browser, url(client), "TJ")


def test_the_risk_is_a_level_with_a_word_a_shape_profiles_and_a_source(browser: Browser, client: Client) -> None:
    page = browser.get(url(client)).content.decode()
    here = row_of(browser, url(client), "KZ")

    assert "Risk of return: high" in here
    assert "For: activist. How: handover without a procedure." in here
    assert "An invented handover" in here
    assert "Practice, not law" in here
    assert page.count("risk-filled") == 3


def test_another_day_may_be_asked_about(browser: Browser, client: Client) -> None:
    assert "30 days, until 30 Mar 2027" in row_of(browser, url(client) + "?on=2027-03-01", "RS")


@pytest.mark.parametrize("query", ["?on=soon", "?on_day=31&on_month=2&on_year=2027", "?paper=9", "?zone=MARS"])
def test_what_cannot_be_understood_is_refused_and_the_rest_is_shown(
    browser: Browser, client: Client, query: str
) -> None:
    response = browser.get(url(client) + query)

    assert response.status_code == 200
    assert 'class="error-summary"' in response.content.decode()
    assert 'id="country-RS"' in response.content.decode()


def test_the_filters_leave_what_they_say(browser: Browser, client: Client) -> None:
    enterable = browser.get(url(client) + "?enterable=on").content.decode()
    one = browser.get(url(client) + "?country=GE").content.decode()

    assert ("country-RS" in enterable, "country-GE" in enterable, "country-TJ" in enterable) == (True, True, False)
    two = browser.get(url(client) + "?country=GE,TJ&on=2026-12-24").content.decode()

    assert ("country-RS" in one, "country-GE" in one) == (False, True)
    assert ("country-RS" in two, "country-GE" in two, "country-TJ" in two) == (False, True, True)
    assert "24 December 2026" in two
    assert 'name="country" value="GE"' in two.split('class="filter-bar"')[1].split("</form>")[0]


def test_no_name_is_in_the_address_or_the_title(browser: Browser, client: Client) -> None:
    page = browser.get(url(client)).content.decode()

    assert "Придуманова" not in page.split("<title>")[1].split("</title>")[0]
    assert re.findall(r'value="(\d)"[^>]*>international passport', page) == ["1"]


def test_without_documents_the_page_says_so(browser: Browser, worker: User, rules: None) -> None:
    bare = make_client(team=team_of(worker), by=worker)

    page = text_of(browser, url(bare))

    assert "No valid travel document is recorded" in page
    assert "Nothing recorded stands in the way" not in page


def test_without_rules_the_page_says_so(browser: Browser, worker: User) -> None:
    bare = make_client(team=team_of(worker), by=worker)

    assert "No country rules are on record" in text_of(browser, url(bare))


def test_the_day_that_an_authority_set_is_shown_beside_that_of_the_rules(
    browser: Browser, client: Client, worker: User
) -> None:
    refresh(client_ids=[client.pk], now=NOW)
    impose(
        deadline=client.deadlines.get(duty="leave"),
        imposed_on=date(2027, 1, 5),
        authority="The invented migration office",
        reason="An invented order",
        by=worker,
        now=NOW,
    )

    assert "Another day to leave has been set: 5 Jan 2027." in row_of(browser, url(client), "KZ")


def test_a_deadline_to_leave_that_presses_is_said_to_be_a_way_of_return(browser: Browser, client: Client) -> None:
    with time_machine.travel("2027-02-03T09:00:00Z", tick=False):
        browser.force_login(User.objects.get(pk=client.case.caseworker_id))
        page = text_of(browser, url(client))

    assert "the day to leave was 29 Jan 2027" in page
    assert "Deportation for overstaying is a way of being returned." in page


# The sheet


def test_the_sheet_is_in_the_language_of_the_person_and_names_nobody(browser: Browser, client: Client) -> None:
    page = browser.get(url(client, "onward_sheet") + "?country=RS&country=GE").content.decode()
    sheet = page.split('<article class="sheet" lang="ru">')[1].split("</article>")[0]

    assert client.reference in sheet
    assert "Сербия" in sheet
    assert "Грузия" in sheet
    assert "Казахстан" not in sheet.split("<h2>", 1)[1]
    assert "не юридическая консультация" in sheet
    assert "An invented law of Serbia" in sheet
    assert "Придуманова" not in page.split("<main", 1)[1]


def test_the_sheet_can_be_read_in_the_other_language(browser: Browser, client: Client) -> None:
    page = browser.get(url(client, "onward_sheet") + "?country=RS&language=en").content.decode()

    assert "not legal advice" in page
    assert '<article class="sheet" lang="en">' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_in_each_language_of_the_people(browser: Browser, client: Client, language: str) -> None:
    Client.objects.filter(pk=client.pk).update(language=language)
    page = browser.get(url(client, "onward_sheet") + "?country=RS&country=GE&country=KZ").content.decode()
    sheet = page.split(f'<article class="sheet" lang="{language}">')[1].split("</article>")[0]

    with translation.override(language):
        assert translation.gettext("Other countries: what is recorded") in sheet
        assert translation.gettext("How long") in sheet
    assert country_name("GE", language) in sheet
    if language != "en":
        written = re.sub(r'<p class="sheet-sources">.*?</p>|<[^>]+>|&\w+;', " ", sheet, flags=re.DOTALL)
        written = written.replace(client.reference, "").replace("UTC", "")
        assert re.findall(r"[A-Za-z]{4,}", written) == []


@pytest.mark.parametrize("query", ["", "?country=XX", "?country=", "?on=never"])
def test_a_sheet_of_nothing_says_what_to_do(browser: Browser, client: Client, query: str) -> None:
    assert "Tick the countries that the sheet is about." in text_of(browser, url(client, "onward_sheet") + query)


# Who may look


@pytest.mark.parametrize("name", ["onward", "onward_sheet"])
def test_other_teams_and_missing_people_are_not_there(client: Client, name: str) -> None:
    stranger = signed_in(make_user())

    assert stranger.get(url(client, name)).status_code == 404
    assert stranger.get(reverse(name, args=["ZZZ-ZZZ"])).status_code == 404


def test_a_restricted_case_is_not_there_for_the_rest_of_the_team(client: Client, worker: User) -> None:
    colleague, coordinator = make_user(team=client.case.team), make_user(Role.COORDINATOR, team=client.case.team)
    restrict_case(case=client.case, people=[worker, coordinator], version=1, by=worker, now=NOW)

    assert signed_in(colleague).get(url(client)).status_code == 404


def test_who_may_not_see_cases_may_not_look(client: Client) -> None:
    assert signed_in(make_user(Role.POLICY_EDITOR)).get(url(client)).status_code == 403


@pytest.mark.parametrize(("name", "event"), [("onward", "onward_seen"), ("onward_sheet", "onward_sheet_made")])
def test_looking_is_recorded(browser: Browser, client: Client, worker: User, name: str, event: str) -> None:
    browser.get(url(client, name))

    found = Event.objects.get(type=f"residency.{event}")
    assert (found.actor_id, found.case_id, found.subject_id) == (worker.pk, client.case_id, str(client.pk))


def test_the_number_of_queries_does_not_grow_with_the_countries(browser: Browser, client: Client, worker: User) -> None:
    browser.get(url(client))
    with counted_queries() as few:
        browser.get(url(client))
    for month, country in enumerate(("AM", "AZ", "TR", "MN", "TH", "VN", "AR"), start=1):
        make_rule("consecutive_days", {"days": 30}, country=country, key=f"{country.lower()}-leave")
        make_stay(client, date(2025, month, 1), date(2025, month, 10), country=country, by=worker)
    browser.get(url(client))
    with counted_queries() as many:
        browser.get(url(client))

    assert len(many) == len(few)
    assert len(many) <= 20


def test_in_russian(browser: Browser, client: Client, worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(language="ru")

    page = browser.get(url(client)).content.decode()

    assert "Куда этот человек мог бы поехать?" in page
    assert "Nothing recorded" not in page
