"""The machine-readable lines of a document on the forms that they fill."""

import html
import json
import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Case, Client
from casework.documents.models import Document
from casework.lib.dates import Birth
from tests.documents.mrz_lines import Holder, russian_internal, td1, td3, visa
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.web.cases.pages import World, make_world, signed_in
from tests.web.cases.test_log_case import NO_FAMILY, typed

pytestmark = pytest.mark.django_db

PASSPORT = td3(Holder())
READ = {"read_lines": "1"}
COMPARE = "Read from the document. Please compare."


@pytest.fixture(autouse=True)
def _on_the_day_of_these_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def worker() -> User:
    return make_user()


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def blank(worker: User) -> dict[str, Any]:
    """The form of a new case as the browser sends it before anything is typed."""
    return {"submit_token": str(uuid.uuid4()), "team": str(team_of(worker).pk), "sex": "unknown", **NO_FAMILY}


def shown(answer: Any, *names: str) -> tuple[Any, ...]:
    return tuple(answer.context["form"][name].value() for name in names)


def said(answer: Any) -> list[str]:
    return [note.text for note in answer.context["lines"].notes]


def beside(answer: Any, name: str) -> str:
    return text_of_markup(str(answer.context["form"].fields[name].help_text))


def text_of_markup(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def as_sent(answer: Any) -> dict[str, Any]:
    """What the browser would send of a page that shows a reading: the values of its boxes."""
    data: dict[str, Any] = {}
    page = answer.content.decode()
    main = page[page.index("<h1") :]
    for tag in re.findall(r"<input[^>]*>", main):
        found = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        is_off = found.get("type") in ("checkbox", "radio") and not re.search(r"\bchecked\b", tag)
        if "name" in found and found.get("type") != "submit" and not is_off:
            data[found["name"]] = html.unescape(found.get("value", "on" if found.get("type") == "checkbox" else ""))
    for attributes, options in re.findall(r"<select([^>]*)>(.*?)</select>", main, re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        if name and chosen:
            data.setdefault(name[1], []).append(chosen[1])
    for attributes, text in re.findall(r"<textarea([^>]*)>\n?(.*?)</textarea>", main, re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        if name:
            data[name[1]] = html.unescape(text).strip()
    return data


# Logging a case.


def test_the_lines_of_a_passport_fill_the_form_of_a_new_case(worker: User) -> None:
    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": PASSPORT})

    assert shown(page, "family_name", "given_name", "birth", "sex", "nationalities") == (
        "Obraztsova",
        "Vymyshlena",
        Birth(date(1990, 5, 17)),
        "female",
        ["RU"],
    )
    assert shown(page, "document_kind", "document_number", "document_country", "document_valid_until") == (
        "international_passport",
        "750000001",
        "RU",
        date(2031, 4, 12),
    )
    filled = (
        "family_name",
        "birth",
        "sex",
        "nationalities",
        "document_kind",
        "document_number",
        "document_valid_until",
    )
    assert all(COMPARE in beside(page, name) for name in filled)
    assert COMPARE not in beside(page, "other_names")
    assert page.context["lines"].said.startswith("9 fields were filled in")


def test_reading_refuses_nothing_writes_nothing_and_keeps_what_was_typed(worker: User) -> None:
    data = blank(worker) | {
        "entered_known": "exact",
        "entered_exact_day": "31",
        "entered_exact_month": "brumaire",
        "reach": "+996 555 012345",
        "country": "KG",
        "planned": "on",
        "family-0-given_name": "Малыш",
        "family-0-relation": "child",
        "family-0-birth_year": "20l9",
    }

    page = signed_in(worker).post("/cases/new/", data | READ | {"machine_lines": PASSPORT})

    form, relative = page.context["form"], page.context["family"].forms[0]
    assert not form.is_bound
    assert "Error:" not in page.content.decode()
    assert "There is a problem" not in page.content.decode()
    sent = as_sent(page)
    assert {name: sent[name] for name in data if name not in ("country", "family-0-relation", "team", "sex")} == {
        name: value for name, value in data.items() if name not in ("country", "family-0-relation", "team", "sex")
    }
    assert (form["country"].value(), relative["relation"].value()) == ("KG", "child")
    assert page.content.decode().count('<details class="form-section" open>') == 1
    assert not Case.objects.exists()


def test_the_form_that_was_filled_in_can_be_sent_as_it_stands(worker: User) -> None:
    browser = signed_in(worker)
    data = typed(worker, family_name="", given_name="", other_names="", birth_day="", birth_month="", birth_year="")
    data |= {"nationalities": [""], "document_kind": "", "document_number": ""}

    page = browser.post("/cases/new/", data | READ | {"machine_lines": PASSPORT})
    answer = browser.post("/cases/new/", as_sent(page))

    client, document = Client.objects.get(), Document.objects.get()
    assert answer.status_code == 302
    assert (client.full_name, client.birth_date, client.sex) == ("Obraztsova Vymyshlena", date(1990, 5, 17), "female")
    assert (document.number, document.country, document.valid_until) == ("750000001", "RU", date(2031, 4, 12))


def test_a_name_that_was_typed_stays_and_the_printed_one_becomes_another_spelling(worker: User) -> None:
    data = blank(worker) | {"family_name": "Образцова", "given_name": "Вымышлена", "other_names": "Прежняя"}

    page = signed_in(worker).post("/cases/new/", data | READ | {"machine_lines": PASSPORT})

    assert shown(page, "family_name", "given_name", "other_names") == (
        "Образцова",
        "Вымышлена",
        "Прежняя, Obraztsova Vymyshlena",
    )
    assert COMPARE in beside(page, "other_names")


def test_what_was_typed_otherwise_stays_and_the_difference_is_said(worker: User) -> None:
    data = blank(worker) | {
        "birth_day": "18",
        "birth_month": "May",
        "birth_year": "1990",
        "nationalities": ["UA"],
        "document_number": "1",
    }

    page = signed_in(worker).post("/cases/new/", data | READ | {"machine_lines": PASSPORT})

    assert "The document says “17 May 1990”" in beside(page, "birth")
    assert "The document says “Russia”" in beside(page, "nationalities")
    assert "The document says “750000001”" in beside(page, "document_number")
    assert as_sent(page)["birth_day"] == "18"
    assert shown(page, "nationalities", "document_number") == (["UA"], "1")


def test_lines_that_were_put_right_replace_what_the_first_reading_filled_in(worker: User) -> None:
    browser = signed_in(worker)
    first = browser.post("/cases/new/", blank(worker) | READ | {"machine_lines": td3(Holder(given="VYMYSHLEMA"))})
    corrected = as_sent(first) | READ | {"machine_lines": PASSPORT, "document_number": "typed since"}

    page = browser.post("/cases/new/", corrected)

    assert shown(page, "given_name", "document_number") == ("Vymyshlena", "typed since")
    assert "The document says “750000001”" in beside(page, "document_number")


def test_the_marks_stay_where_the_form_is_refused_and_nothing_was_changed(worker: User) -> None:
    browser = signed_in(worker)
    page = browser.post("/cases/new/", blank(worker) | READ | {"machine_lines": PASSPORT})

    refused = browser.post("/cases/new/", as_sent(page) | {"given_name": "Другая", "country": "??"})

    assert "country" in refused.context["form"].errors
    assert COMPARE in beside(refused, "birth")
    assert COMPARE in beside(refused, "family_name")
    assert COMPARE not in beside(refused, "given_name")
    assert PASSPORT.split("\n")[1] in html.unescape(refused.content.decode())


def test_a_failed_check_digit_is_said_beside_its_field_which_stays_blank(worker: User) -> None:
    slipped = PASSPORT.replace("900517", "900518")

    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": slipped})

    assert beside(page, "birth").startswith("Line 2, positions 14 to 20: the date of birth reads “9005188”")
    assert (as_sent(page)["birth_day"], as_sent(page)["birth_year"]) == ("", "")
    assert shown(page, "document_number") == ("750000001",)
    assert said(page) == ["Look at these yourself: Date of birth."]


def test_an_expired_document_is_said_beside_its_day(worker: User) -> None:
    lines = td3(Holder(expiry="200301"))

    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": lines})

    assert "This document has expired: its last day was 1 Mar 2020." in beside(page, "document_valid_until")
    assert said(page) == ["This document has expired: its last day was 1 Mar 2020."]


def test_a_visa_fills_in_the_person_and_no_document(worker: User) -> None:
    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": visa(Holder())})

    assert shown(page, "family_name") == ("Obraztsova",)
    assert not any(shown(page, "document_kind", "document_number"))
    assert as_sent(page)["document_valid_until_year"] == ""
    assert "These are the lines of a visa" in said(page)[0]


def test_a_russian_internal_passport_gives_the_name_in_cyrillic_and_the_patronymic(worker: User) -> None:
    lines = russian_internal(
        family="ОБРАЗЦОВА", given="ВЫМЫШЛЕНА ЯЧМЕНЕВНА", series="4511", number="123456", issued="110715"
    )

    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": lines})

    assert shown(page, "family_name", "given_name", "patronymic", "document_kind", "document_number") == (
        "Образцова",
        "Вымышлена",
        "Ячменевна",
        "internal_passport",
        "4511 123456",
    )


def test_a_child_is_still_asked_about_after_a_reading(worker: User) -> None:
    browser = signed_in(worker)
    data = typed(worker, birth_day="", birth_month="", birth_year="", is_unaccompanied_child="on")

    page = browser.post("/cases/new/", data | READ | {"machine_lines": td3(Holder(birth="150101"))})
    answer = browser.post("/cases/new/", as_sent(page))

    assert "is_unaccompanied_child" in answer.context["form"].errors
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Type the two or three lines"),
        ("\x00", "Type the two or three lines"),
        ("<b>x</b>", "does not occur in these lines"),
        ("я" * 44 + "\n" + "я" * 44, "does not occur in these lines"),
        ("x" * 100_000, "too much text"),
        ("P<RUS", "Only one line was typed (5 characters)"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_filled_in(worker: User, lines: str, sentence: str) -> None:
    page = signed_in(worker).post("/cases/new/", blank(worker) | READ | {"machine_lines": lines})

    assert page.status_code == 200
    assert page.context["lines"].said == "Nothing was filled in."
    assert sentence in " ".join(said(page))
    assert b"<b>x" not in page.content


@pytest.mark.parametrize("remembered", ["", "[]", "{", "1", '{"birth": 3, "nothing": "x"}', '{"submit_token": "x"}'])
def test_a_memory_that_was_tampered_with_is_forgotten(worker: User, remembered: str) -> None:
    data = blank(worker) | {"machine_lines": PASSPORT, "machine_filled": remembered}

    for more in ({}, READ):
        assert signed_in(worker).post("/cases/new/", data | more).status_code == 200


def test_the_lines_are_stored_nowhere(worker: User) -> None:
    browser = signed_in(worker)
    data = typed(worker, family_name="", given_name="", machine_lines=PASSPORT)

    page = browser.post("/cases/new/", data | READ)
    logged = browser.post("/cases/new/", as_sent(page))

    assert logged.status_code == 302
    assert "P<RUS" not in json.dumps([event.data for event in Event.objects.all()])
    assert "OBRAZTSOVA" not in str([value for client in Client.objects.all() for value in vars(client).values()])
    assert not any("P<RUS" in str(value) for value in browser.session.values())


def test_the_box_does_not_let_the_browser_remember(worker: User) -> None:
    page = signed_in(worker).get("/cases/new/").content.decode()

    [box] = re.findall(r"<textarea[^>]*machine_lines[^>]*>", page)
    assert 'autocomplete="off"' in box
    assert 'spellcheck="false"' in box
    assert page.index("visually-hidden") < page.index('name="read_lines"')


# A person.


def test_the_lines_fill_the_form_of_a_new_person() -> None:
    world = make_world()
    data = {"id": str(uuid.uuid4()), "relation": "child", "sex": "unknown", "language": "ru"}

    page = world.browser.post(world.urls()["add_client"], data | READ | {"machine_lines": PASSPORT})
    answer = world.browser.post(world.urls()["add_client"], as_sent(page))

    assert answer.status_code == 302
    child = world.case.clients.get(relation="child")
    assert (child.full_name, child.birth_date, child.sex, child.nationalities, child.language) == (
        "Obraztsova Vymyshlena",
        date(1990, 5, 17),
        "female",
        ["RU"],
        "ru",
    )


def test_what_is_stored_of_a_person_is_kept_and_compared() -> None:
    world = make_world()
    url = world.urls()["change_client"]
    lines = td3(Holder(birth="900518"))

    page = world.browser.post(url, as_sent(world.browser.get(url)) | READ | {"machine_lines": lines})

    stored = Client.objects.get(pk=world.client.pk)
    assert shown(page, "family_name", "other_names") == (stored.family_name, "Obraztsova Vymyshlena")
    assert "The document says “18 May 1990”" in beside(page, "birth")
    assert shown(page, "version") == ("1",)
    assert world.browser.post(url, as_sent(page)).status_code == 302
    assert Client.objects.get(pk=world.client.pk).birth_date == date(1990, 5, 17)


# A document.


def of_new_document(world: World) -> str:
    return reverse("add_document", args=[world.client.reference])


def test_the_lines_fill_the_form_of_a_new_document() -> None:
    world = make_world()
    url = of_new_document(world)
    lines = td1(Holder(code="ID", issuer="KGZ", nationality="KGZ", number="AN1234567", optional="12345678901234"))

    page = world.browser.post(url, as_sent(world.browser.get(url)) | READ | {"machine_lines": lines})
    answer = world.browser.post(url, as_sent(page))

    document = Document.objects.get()
    assert answer.status_code == 302
    assert (document.kind, document.country, document.number) == ("identity_card", "KG", "AN1234567")
    assert (document.valid_until, document.state) == (date(2031, 4, 12), "held")


def test_the_day_of_issue_of_an_internal_passport_is_read() -> None:
    world = make_world()
    lines = russian_internal(family="ОБРАЗЦОВА", given="ВЫМЫШЛЕНА", series="4511", number="123456", issued="110715")

    page = world.browser.post(of_new_document(world), READ | {"machine_lines": lines})

    assert shown(page, "issued_on", "number", "kind") == (date(2011, 7, 15), "4511 123456", "internal_passport")


def test_the_document_of_somebody_else_in_the_family_is_noticed() -> None:
    world = make_world()
    own = td3(Holder())
    other = td3(Holder(family="NEVEROV", given="IVAN", birth="150101", nationality="UKR"))

    fitting = world.browser.post(of_new_document(world), READ | {"machine_lines": own})
    strange = world.browser.post(of_new_document(world), READ | {"machine_lines": other})

    assert said(fitting) == []
    assert [each.partition(" in these lines")[0] for each in said(strange)] == [
        "The date of birth",
        "The name",
        "The nationality",
        "Is this the document of somebody else in the family?",
    ]


def test_what_is_stored_of_a_document_is_kept_and_compared() -> None:
    world = make_world()
    document = make_document(world.client, number="750000009")
    url = reverse("change_document", args=[document.pk])

    page = world.browser.post(url, as_sent(world.browser.get(url)) | READ | {"machine_lines": PASSPORT})

    assert shown(page, "number", "kind") == ("750000009", "international_passport")
    assert "The document says “12 Apr 2031”" in beside(page, "valid_until")
    assert "The document says “750000001”" in beside(page, "number")
    assert Document.objects.get().valid_until == document.valid_until


def test_other_facts_have_no_lines() -> None:
    world = make_world()

    page = world.browser.get(reverse("add_permit", args=[world.client.reference]))

    assert "machine_lines" not in page.content.decode()


# Who may not.


def test_nobody_reads_into_the_forms_of_another_team() -> None:
    world, elsewhere = make_world(), signed_in(make_user())
    document = make_document(world.client)
    urls = [
        world.urls()["add_client"],
        world.urls()["change_client"],
        of_new_document(world),
        reverse("change_document", args=[document.pk]),
    ]

    answers = [elsewhere.post(url, READ | {"machine_lines": PASSPORT}) for url in urls]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "OBRAZTSOVA" not in "".join(answer.content.decode().upper() for answer in answers)


def test_lines_come_by_post_only(worker: User) -> None:
    page = signed_in(worker).get("/cases/new/", READ | {"machine_lines": PASSPORT})

    assert not page.context["lines"].was_read
    assert "Obraztsova" not in page.content.decode()


def test_a_person_is_made_for_these_tests_whose_name_the_lines_print() -> None:
    client = make_client()

    assert (client.family_name, client.birth_date) == ("Образцова", date(1990, 5, 17))
