"""The pages of a person's copy and of the file for an organisation elsewhere."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, Client
from casework.lifecycle.emergency import open_in_emergency
from casework.vault import portable as sealing
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_case, make_client, make_note
from tests.factories.needs import make_need
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

WORDS = "ведро якорь тундра фонарь"


@pytest.fixture(autouse=True)
def cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", 2**4)


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def client(worker: User) -> Client:
    return make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker, language="ky")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize(("language", "title", "label"), [
    ("en", "What we hold about you", "family name"), ("ru", "Что мы храним о вас", "фамилия"), ("ky", "Сиз жөнүндө", "фамилиясы"),
    ("kk", "Сіз туралы", "тегі"), ("mn", "Таны тухай", "овог"), ("uk", "Що ми зберігаємо", "прізвище"),
])  # fmt: skip
def test_the_copy_is_there_to_read_and_for_machines_in_their_language(
    language: str, title: str, label: str, worker: User, client: Client
) -> None:
    make_note(client.case, by=worker, text="Придуманная запись")

    answer = signed_in(worker).post(f"/clients/{client.reference}/copy/", {"language": language})

    assert answer["Content-Disposition"].startswith('attachment; filename="copy-')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data, paper = json.loads(archive.read("copy.json")), text_of(archive.read("copy.pdf"))
    assert data["tables"]["clients.Client"][0]["family_name"] == "Образцова"
    for words in (title, label, "Образцова", "Придуманная запись"):
        assert words in paper, words
    event = Event.objects.get(type="clients.own_copy_made")
    assert (event.case_id, event.data["language"]) == (client.case_id, language)


def test_the_form_begins_with_the_language_of_the_person(worker: User, client: Client) -> None:
    page = signed_in(worker).get(f"/clients/{client.reference}/copy/")

    assert page.context["form"]["language"].value() == "ky"


def test_a_file_is_made_looked_into_and_taken_in_by_another_team(worker: User, client: Client) -> None:
    made = signed_in(worker).post(
        f"/cases/{client.case.code}/portable/",
        {"people": [str(client.pk)], "agreed": "on", "passphrase": WORDS, "again": WORDS, "with_pictures": "on"},
    )
    assert made["Content-Disposition"].endswith('.casework"')
    assert "Образцова".encode() not in made.content
    there = make_user()
    browser, team = signed_in(there), team_of(there)
    page = browser.get("/take-in/")
    token = str(page.context["form"]["id"].value())
    fields = {"id": token, "team": str(team.pk), "passphrase": WORDS}

    wrong = browser.post("/take-in/", fields | {"passphrase": "не та совсем фраза", "file": upload(made.content)})
    assert "the passphrase is another one" in wrong.content.decode()
    looked = browser.post("/take-in/", fields | {"only_look": "on", "file": upload(made.content)}).content.decode()
    assert "What is in the file" in looked
    assert "Образцова" not in looked
    assert Case.objects.count() == 1

    for _twice in range(2):
        assert browser.post("/take-in/", fields | {"file": upload(made.content)}).status_code == 302
    case = Case.objects.get(team=team)
    assert [each.full_name for each in case.clients.all()] == ["Образцова Вымышлена"]
    assert case.caseworker == there
    assert browser.get(f"/cases/{case.code}/").status_code == 200
    assert signed_in(worker).get(f"/cases/{case.code}/").status_code == 404


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("portable.casework", content)


@pytest.mark.parametrize(("change", "sentence"), [
    ({"passphrase": "коротко", "again": "коротко"}, "too short"), ({"again": f"{WORDS}!"}, "not the same"), ({"agreed": ""}, "required"), ({"people": []}, "required"),
])  # fmt: skip
def test_a_file_without_a_good_passphrase_or_consent_is_not_made(
    change: dict[str, str], sentence: str, worker: User, client: Client
) -> None:
    fields = {"people": [str(client.pk)], "agreed": "on", "passphrase": WORDS, "again": WORDS} | change

    page = signed_in(worker).post(f"/cases/{client.case.code}/portable/", fields)

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not Event.objects.filter(type="clients.portable_made").exists()


def test_nobody_is_taken_into_a_team_that_is_not_ones_own(worker: User, client: Client) -> None:
    stranger = make_user()

    page = signed_in(worker).post(
        "/take-in/",
        {"team": str(team_of(stranger).pk), "passphrase": WORDS, "file": upload(sealing.seal_with(WORDS, b"x"))},
    )

    assert page.status_code == 200
    assert "team" in page.context["form"].errors


@pytest.mark.parametrize("kind", ["other team", "restricted and not named", "administrator"])
def test_nobody_else_gets_a_copy_or_a_file(kind: str, worker: User, client: Client) -> None:
    stranger = make_user(Role.ADMINISTRATOR) if kind == "administrator" else make_user()
    if kind == "restricted and not named":
        stranger = make_user(team=team_of(worker))
        hide(client.case, worker)
    browser, expected = signed_in(stranger), 403 if kind == "administrator" else 404
    fields = {"language": "ru", "people": [str(client.pk)], "agreed": "on", "passphrase": WORDS, "again": WORDS}

    for address in (f"/clients/{client.reference}/copy/", f"/cases/{client.case.code}/portable/"):
        assert browser.get(address).status_code == expected
        assert browser.post(address, fields).status_code == expected
    assert browser.get("/take-in/").status_code == (403 if kind == "administrator" else 200)


def colleague(worker: User, client: Client) -> User:
    return make_user(team=team_of(worker))


def guest_who_looks(worker: User, client: Client) -> User:
    guest, coordinator, now = make_user(), make_user(Role.COORDINATOR, team=team_of(worker)), timezone.now()
    known: dict[str, Any] = {"case": client.case, "may_change": False, "reason": "Stands in", "by": coordinator}
    actions.give_access(user=guest, starts_at=now, ends_at=now + timedelta(days=1), now=now, **known)
    return guest


def in_an_emergency(worker: User, client: Client) -> User:
    stranger = make_user()
    open_in_emergency(code=client.case.code, reason="Called from the border.", by=stranger, now=timezone.now())
    return stranger


@pytest.mark.parametrize("come", [colleague, guest_who_looks, in_an_emergency])
def test_whoever_sees_the_case_and_may_not_read_needs_makes_no_copy_that_says_them(
    come: Callable[[User, Client], User], worker: User, client: Client
) -> None:
    make_need(client, "SV-VO", by=worker, now=NOW)
    browser, case = signed_in(come(worker, client)), client.case
    copy, portable = f"/clients/{client.reference}/copy/", f"/cases/{case.code}/portable/"
    fields = {"language": "en", "people": [str(client.pk)], "agreed": "on", "passphrase": WORDS, "again": WORDS}

    pages = [browser.get(f"/clients/{client.reference}/"), browser.get(f"/cases/{case.code}/keeping/")]
    answers = [browser.get(copy), browser.post(copy, fields), browser.get(portable), browser.post(portable, fields)]

    assert [page.status_code for page in pages] == [200, 200]
    assert [address for page in pages for address in (copy, portable) if address in page.content.decode()] == []
    assert {answer.status_code for answer in answers} == {404}
    assert not Event.objects.filter(type__in=["clients.own_copy_made", "clients.portable_made"]).exists()


def test_whoever_looks_after_the_case_and_whoever_assigns_it_find_the_copy(worker: User, client: Client) -> None:
    copy = f"/clients/{client.reference}/copy/"

    for reader in (worker, make_user(Role.COORDINATOR, team=team_of(worker))):
        browser = signed_in(reader)
        assert copy in browser.get(f"/clients/{client.reference}/").content.decode()
        assert copy in browser.get(f"/cases/{client.case.code}/keeping/").content.decode()
        assert browser.get(copy).status_code == 200
