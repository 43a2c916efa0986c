"""The list of what countries issue, on its pages."""

import uuid

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Role
from casework.documents.models import Document, DocumentType
from casework.documents.reference import load_types
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Browser:
    return signed_in(make_user(Role.ADMINISTRATOR))


def typed(**changes: str) -> dict[str, str]:
    known = {"id": str(uuid.uuid4()), "country": "RS", "kind": "identity_card", "name": "Lična karta"}
    return known | {"masks": "#########\n@@###", "remark": "", "tried": ""} | changes


def test_a_type_is_added_changed_retired_and_taken_into_use_again(browser: Browser) -> None:
    page = browser.post(reverse("add_document_type"), typed(tried="000000001"), follow=True).content.decode()
    row = DocumentType.objects.get()

    assert "The number that you tried fits." in page
    assert row.masks == ["#########", "@@###"]
    url = reverse("change_document_type", args=[row.pk])
    page = browser.post(url, typed(version="1", masks="##", tried="1"), follow=True).content.decode()
    assert "The number that you tried does not fit." in page
    browser.post(reverse("retire_document_type", args=[row.pk]))
    assert not DocumentType.objects.in_use().exists()
    browser.post(reverse("restore_document_type", args=[row.pk]))
    assert DocumentType.objects.in_use().get().masks == ["##"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"masks": "[0-9]"}, "does not say how a number looks"),
        ({"masks": "\n".join("#" * number for number in range(1, 9))}, "Six lines at most."),
        ({"name": ""}, "This field is required."),
        ({"country": "ZZ"}, "We do not know this country."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(browser: Browser, changes: dict[str, str], sentence: str) -> None:
    page = browser.post(reverse("add_document_type"), typed(**changes)).content.decode()

    assert sentence in page
    assert "Lična karta" in page or "name" in changes
    assert not DocumentType.objects.exists()


def test_a_form_sent_twice_adds_one_and_the_same_name_again_is_refused(browser: Browser) -> None:
    form = typed()
    browser.post(reverse("add_document_type"), form)
    browser.post(reverse("add_document_type"), form)
    page = browser.post(reverse("add_document_type"), typed()).content.decode()

    assert DocumentType.objects.count() == 1
    assert "This country has a document of this kind and name already." in page


def test_two_versions_stand_side_by_side(browser: Browser) -> None:
    browser.post(reverse("add_document_type"), typed())
    row = DocumentType.objects.get()
    url = reverse("change_document_type", args=[row.pk])
    browser.post(url, typed(version="1", remark="first"))
    answer = browser.post(url, typed(version="1", remark="second"))

    assert answer.status_code == 409
    assert "first" in answer.content.decode()
    assert "second" in answer.content.decode()


def test_a_number_that_looks_otherwise_is_saved_and_doubted() -> None:
    load_types()
    worker = make_user()
    client = make_client(team=team_of(worker), by=worker)
    form = {"id": str(uuid.uuid4()), "kind": "internal_passport", "country": "RU", "number": "12", "state": "held"}
    page = signed_in(worker).post(reverse("add_document", args=[client.reference]), form, follow=True)

    assert Document.objects.get().number == "12"
    assert "usually look like 00 00 000000" in page.content.decode()


def test_pages_say_what_there_is_and_what_there_is_not(browser: Browser) -> None:
    assert "No document type is in use" in browser.get(reverse("document_types")).content.decode()
    load_types()
    assert "00 00 000000" in browser.get(reverse("document_types")).content.decode()
    assert browser.get(reverse("change_document_type", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.AUDITOR, Role.POLICY_EDITOR])
def test_others_do_not_keep_the_list(role: Role) -> None:
    browser = signed_in(make_user(role))

    assert browser.get(reverse("document_types")).status_code == 403
    assert browser.post(reverse("add_document_type"), typed()).status_code == 403
