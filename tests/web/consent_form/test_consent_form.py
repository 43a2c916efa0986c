"""The consent form with the notice on data: in six languages, in plain words, with a person's reference and no name."""

import hashlib
import re

import polib
import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation

from casework.accounts.actions.organisation import change_organisation
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.consent_forms import LATEST, VERSIONS
from casework.clients.models import Client, Consent
from casework.web.consent_form import wording
from casework.web.sheet.views import LANGUAGES
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.guards.source import ROOT
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

NAMES = ["consent_form", "consent_form_pdf"]
# What each version said. Do not change a line here: a new text is a new version, so that it stays known what was signed.
SAID = {"2026-11": "20adada687adb39a"}


def world() -> tuple[Client, str]:
    client = make_client(language="ky")
    return client, reverse("consent_form", args=[client.reference])


def paper_in(page: str) -> str:
    return page[page.index("<article") : page.index("</article>")]


def test_a_changed_text_is_a_new_version() -> None:
    assert hashlib.sha256("\n".join(wording.SENTENCES).encode()).hexdigest()[:16] == SAID[LATEST]
    assert tuple(SAID) == VERSIONS


def test_every_purpose_of_the_software_is_asked_about() -> None:
    assert list(wording.ASKED) == Consent.Purpose.values


def test_it_names_the_legal_basis_that_the_software_records() -> None:
    recorded = str(Consent._meta.get_field("basis").default.label)
    [said] = [line for heading, lines in wording.NOTICE for line in lines if "explicit consent" in line]

    assert re.findall(r"\d\(\d\)\(\w\)", recorded) == re.findall(r"\d\(\d\)\(\w\)", said)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_is_translated(language: str) -> None:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    catalogue = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}

    assert [text for text in wording.SENTENCES if not catalogue.get(text)] == []


def test_each_sentence_is_short() -> None:
    sentences = [each for text in wording.SENTENCES for each in re.split(r"(?<=[.])\s", text)]

    assert [each for each in sentences if len(each.split()) > 29] == []


def test_it_has_the_reference_and_begins_in_the_language_of_the_person() -> None:
    client, url = world()
    paper = paper_in(signed_in(make_user(team=client.case.team)).get(url).content.decode())

    with translation.override("ky"):
        assert translation.gettext(wording.TITLE) in paper
    assert 'lang="ky"' in paper
    assert client.reference in paper
    assert f"{LATEST} ky" in paper
    for secret in (client.family_name, client.given_name, client.case.code):
        assert secret not in paper


def test_the_name_is_in_it_if_somebody_asks_for_it() -> None:
    client, url = world()

    assert client.full_name in paper_in(
        signed_in(make_user(team=client.case.team)).get(f"{url}?name=on").content.decode()
    )


def test_it_says_who_holds_the_data_and_whom_to_ask() -> None:
    fields = {"name": "Invented Aid", "address": "1 Invented St\nAlmaty", "data_contact": "data@example.org"}
    change_organisation(version=1, by=make_user(Role.ADMINISTRATOR), now=NOW, age_of_consent=16, **fields)

    paper = paper_in(signed_in(make_user()).get(reverse("blank_consent_form") + "?language=en").content.decode())

    for text in ("Invented Aid", "1 Invented St", "Almaty", "data@example.org", "under 16"):
        assert text in paper


def test_without_an_organisation_there_is_room_to_write_and_staff_are_told() -> None:
    page = signed_in(make_user()).get(reverse("blank_consent_form") + "?language=en").content.decode()

    assert "Who we are is not recorded yet" in page
    assert paper_in(page).count("sheet-line") == 2
    assert not Event.objects.filter(type="clients.consent_form_made").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_a_pdf_the_notice_and_the_form_are_a_page_each(language: str) -> None:
    answer = signed_in(make_user()).get(reverse("blank_consent_form_pdf") + f"?language={language}")

    notice, form = (
        " ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(answer.content)
    )
    with translation.override(language):
        assert translation.gettext(wording.CONTACT) in notice
        assert translation.gettext(wording.SIGNATURE) in form
        assert f"{LATEST} {language}" in form
    assert answer["Content-Disposition"].startswith('attachment; filename="consent-form-')


def test_it_is_on_record_with_codes_alone_and_names_nobody_of_the_staff() -> None:
    client, url = world()
    worker = make_user(team=client.case.team, name="Test Worker")

    paper = paper_in(signed_in(worker).get(f"{url}?name=on").content.decode())

    event = Event.objects.get(type="clients.consent_form_made")
    assert event.data == {"language": "ky", "format": "page", "version": LATEST, "with_name": True}
    assert (event.case_id, event.subject_id) == (client.case_id, str(client.pk))
    assert str(event.pk) in paper
    assert "Test Worker" not in paper


@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_see_the_case_finds_no_form(name: str) -> None:
    client = make_client()
    colleague, address = make_user(team=client.case.team), reverse(name, args=[client.reference])
    named = [make_user(team=client.case.team), make_user(team=client.case.team)]
    actions.restrict_case(case=client.case, people=named, version=client.case.version, by=named[0], now=NOW)

    assert signed_in(make_user()).get(address).status_code == 404
    assert signed_in(colleague).get(address).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(address).status_code == 403
    assert signed_in(colleague).get(reverse(name, args=["222-222"])).status_code == 404


def test_the_answer_names_the_version_and_the_language_that_were_signed() -> None:
    worker = make_user()
    client, browser = make_client(team=team_of(worker), by=worker, language="ru"), signed_in(worker)
    page = browser.get(reverse("consent_form", args=[client.reference]) + "?language=mn").content.decode()
    [url] = re.findall(r'href="([^"]+consents/new/[^"]*)"', page)
    form = browser.get(url.replace("&amp;", "&")).context["form"]
    day = form["given_on"].value()
    signed = {
        "id": form["id"].value(),
        "form_version": form["form_version"].value(),
        "language": form["language"].value(),
    }
    chosen = {"purpose": "pictures", "said": "yes", "categories": ["documents"], "how": "signed", "given_by": "client"}
    given = {"given_on_day": day.day, "given_on_month": day.month, "given_on_year": day.year}

    refused = browser.post(url, {**signed, **chosen, **given, "basis": "explicit_consent", "language": ""})
    sent = browser.post(url, {**signed, **chosen, **given, "basis": "explicit_consent"})

    assert "language" in refused.context["form"].errors
    assert sent.status_code == 302, sent.context["form"].errors
    consent = Consent.objects.get()
    assert (consent.form_version, consent.language) == (LATEST, "mn")
    shown = browser.get(reverse("case_safety", args=[client.case.code])).content.decode()
    assert f"form {LATEST} in Mongolian" in shown


def test_it_costs_few_queries() -> None:
    client, url = world()
    browser = signed_in(make_user(team=client.case.team))
    browser.get(url)

    with counted_queries() as asked:
        browser.get(url)

    assert len(asked) <= 20
