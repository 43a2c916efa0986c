"""The sheet for the person: in their language, in plain words, without their name unless somebody asks."""

from datetime import date, time, timedelta
from functools import partial

import polib
import pypdfium2
import pytest
from babel import Locale
from django.urls import reverse
from django.utils import timezone, translation

from casework.accounts.actions.organisation import change_organisation
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import plan_appointment
from casework.clients.models import Client
from casework.lib import day_words
from casework.lib.dates import today_in
from casework.residency.models import Rule
from casework.residency.rules.kinds import Duty
from casework.web.sheet import wording
from casework.web.sheet.views import LANGUAGES
from tests.counting import counted_queries
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import hide, make_client
from tests.factories.residency import make_rule, make_stay
from tests.guards.source import ROOT
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

OTHERS = [code for code in LANGUAGES if code != "en"]


def make_person(*, left: int = 5, language: str = "ky", review: str = "reviewed") -> Client:
    """Somebody whose 30 days end in so many days from now."""
    if not Rule.objects.exists():
        make_rule(parameters={"days": 30}, review_status=review)
    client = make_client(team=make_team(country="KZ", time_zone="Asia/Almaty"), language=language)
    make_stay(client, due_of(left) - timedelta(days=29), now=timezone.now())
    return client


def due_of(left: int) -> date:
    return today_in("Asia/Almaty", timezone.now()) + timedelta(days=left)


def page_of(client: Client, query: str = "") -> str:
    answer = signed_in(make_user(team=client.case.team)).get(
        reverse("client_sheet", args=[client.reference]) + (f"?{query}" if query else "")
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


def sheet_in(page: str) -> str:
    return page[page.index("<article") : page.index("</article>")]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language: str) -> None:
    catalogue = {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    }

    assert [text for text in wording.SENTENCES if not catalogue.get(text)] == []
    with translation.override(language):
        assert [text for text in wording.SENTENCES if translation.gettext(text) == text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_in_words_of_the_language(language: str) -> None:
    written = day_words.with_weekday(date(2026, 12, 5), language)

    assert Locale(language).days["format"]["wide"][5].casefold() in written.casefold()
    assert "2026" in written
    assert "12" not in written or language == "mn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_to_do_and_by_when_in_each_language(language: str) -> None:
    sheet = sheet_in(page_of(make_person(), f"language={language}"))

    with translation.override(language):
        assert translation.gettext(wording.DO[Duty.LEAVE]) in sheet
        assert translation.gettext(wording.TITLE) in sheet
    assert day_words.with_weekday(due_of(5), language) in sheet
    assert f'lang="{language}"' in sheet


def test_it_begins_in_the_language_of_the_person() -> None:
    assert 'lang="mn"' in sheet_in(page_of(make_person(language="mn")))
    assert 'lang="en"' in sheet_in(page_of(make_person(language="")))


def test_the_name_is_left_out_unless_somebody_asks_for_it() -> None:
    client = make_person()

    assert client.family_name not in sheet_in(page_of(client))
    assert client.reference in sheet_in(page_of(client))
    assert client.full_name in sheet_in(page_of(client, "name=on"))


def test_a_day_that_no_lawyer_has_looked_at_says_so_in_plain_words() -> None:
    assert wording.NOT_REVIEWED in page_of(make_person(review="provisional"), "language=en")


def test_a_day_that_somebody_has_looked_at_says_nothing_of_it() -> None:
    assert wording.NOT_REVIEWED not in page_of(make_person(), "language=en")


@pytest.mark.parametrize(("left", "said"), [(-2, wording.OVERDUE), (0, wording.TODAY)])
def test_a_day_that_is_here_or_has_passed_says_so(left: int, said: str) -> None:
    assert said in page_of(make_person(left=left), "language=en")


def test_this_country_is_the_one_where_they_are_and_none_to_which_they_plan_to_go() -> None:
    client = make_person()
    make_rule(country="RS", parameters={"days": 30})
    make_stay(client, due_of(4), country="RS", planned=True, now=timezone.now())

    page = page_of(client, "language=en")

    assert client.deadlines.filter(duty=Duty.LEAVE, gone_at=None).count() == 2
    assert page.count(wording.DO[Duty.LEAVE]) == 1
    assert day_words.with_weekday(due_of(5), "en") in page


def test_what_makes_a_second_day_possible_is_the_law_or_what_nobody_knows() -> None:
    make_rule(parameters={"days": 30}, review_status="reviewed")
    client = make_client(team=make_team(country="KZ", time_zone="Asia/Almaty"))
    entered = due_of(5) - timedelta(days=29)
    known = {"entered_earliest": entered, "entered_latest": entered + timedelta(days=3)}
    make_stay(client, entered, now=timezone.now(), **known)

    page = page_of(client, "language=en")

    assert wording.OTHER_BY_FACTS % {"day": day_words.with_weekday(due_of(8), "en")} in page
    assert wording.OTHER.split("%")[0] not in page


def test_nothing_due_is_said() -> None:
    assert wording.NOTHING in page_of(make_client(), "language=en")


def test_it_says_no_word_of_risk_of_a_country_or_of_the_organisation() -> None:
    sheet = sheet_in(page_of(make_person(), "language=en"))

    for word in ("Casework", "refugee", "asylum", "Russia", "risk"):
        assert word not in sheet


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_a_pdf_it_says_the_same_on_one_page(language: str) -> None:
    client = make_person()
    browser = signed_in(make_user(team=client.case.team))

    answer = browser.get(reverse("client_sheet_pdf", args=[client.reference]) + f"?language={language}")

    document = pypdfium2.PdfDocument(answer.content)
    text = " ".join(document[0].get_textpage().get_text_range().split())
    with translation.override(language):
        assert translation.gettext(wording.DO[Duty.LEAVE]) in text
    assert len(document) == 1
    assert client.family_name not in text
    assert answer["Content-Disposition"].startswith('attachment; filename="sheet-')


def test_it_is_on_record_with_codes_alone() -> None:
    client = make_person()
    page_of(client, "name=on")

    event = Event.objects.get(type="clients.sheet_made")

    assert event.data == {"language": "ky", "format": "page", "with_name": True, "with_office": False}
    assert (event.case_id, event.subject_id) == (client.case_id, str(client.pk))


def test_it_names_its_print_and_nobody_of_the_staff() -> None:
    client = make_person()
    worker = make_user(team=client.case.team, name="Test Worker")

    page = signed_in(worker).get(reverse("client_sheet", args=[client.reference]) + "?language=en").content.decode()

    event = Event.objects.get(type="clients.sheet_made")
    assert f"Print {event.pk}" in sheet_in(page)
    assert "Test Worker" not in sheet_in(page)
    assert "printed-by" not in page


def test_appointments_are_at_the_time_that_clocks_there_show() -> None:
    client = make_person()
    soon, other = due_of(3), make_client(case=client.case)
    plan = partial(plan_appointment, case=client.case, by=make_user(), now=timezone.now(), day=soon, zone="Asia/Almaty")
    plan(people=[client], wall_time=time(14, 30), place="Room 5", with_name="Somebody")
    plan(people=[other], wall_time=time(9, 0), place="Elsewhere")

    sheet = sheet_in(page_of(client, "language=ru"))

    assert f"{day_words.with_weekday(soon, 'ru')}: 14:30 по времени города Алматы" in sheet
    assert "Room 5" in sheet
    for text in ("09:00", "Elsewhere", "Somebody"):
        assert text not in sheet


def test_the_office_is_in_it_if_somebody_asks_for_it() -> None:
    client = make_person()
    fields = {"name": "Invented Aid", "address": "1 Invented St", "data_contact": "data@example.org"}
    change_organisation(version=1, by=make_user(Role.ADMINISTRATOR), now=timezone.now(), **fields)

    without, within = sheet_in(page_of(client)), sheet_in(page_of(client, "office=on"))

    for text in (*fields.values(), client.case.team.name):
        assert text not in without
        assert text in within


@pytest.mark.parametrize("name", ["client_sheet", "client_sheet_pdf"])
def test_who_may_not_see_the_case_finds_no_sheet(name: str) -> None:
    client = make_person()
    colleague, stranger = make_user(team=client.case.team), make_user()
    address = reverse(name, args=[client.reference])
    hide(client.case)

    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(colleague).get(address).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(address).status_code == 403
    assert signed_in(stranger).get(reverse(name, args=["XXX-XXX"])).status_code == 404


def test_it_costs_few_queries() -> None:
    client = make_person()
    browser = signed_in(make_user(team=client.case.team))
    browser.get(reverse("client_sheet", args=[client.reference]))

    with counted_queries() as asked:
        browser.get(reverse("client_sheet", args=[client.reference]))

    assert len(asked) <= 20
