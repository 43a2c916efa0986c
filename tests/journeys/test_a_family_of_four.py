"""A family of four is registered from scratch on a narrow phone: one page, one act."""

from datetime import date

import pytest
from django.utils import timezone

from casework.clients.models import Case, Client
from casework.documents.models import Document
from casework.lib.dates import today_in
from casework.residency.models import Deadline, Stay
from tests.browser import PHONE
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FAMILY = [
    ("Придуманова", "Вымышлена", "spouse", date(1991, 3, 2), "female", "70 0000002"),
    ("Придуманов", "Образец", "child", date(2015, 6, 9), "male", "70 0000003"),
    ("Придуманова", "Пробна", "child", date(2019, 1, 30), "female", "70 0000004"),
]


def test_a_family_of_four_is_registered_on_a_phone(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    visitor = signed_in(visit(viewport=PHONE), worker)
    visitor.go("/cases/new/")
    page = visitor.page

    type_case(visitor, entered=days_ago(10, today))
    page.locator("summary", has_text="Add the family").click()
    for number, (family, given, relation, born, sex, passport) in enumerate(FAMILY):
        row = f"family-{number}"
        page.fill(f"[name={row}-family_name]", family)
        page.fill(f"[name={row}-given_name]", given)
        page.select_option(f"[name={row}-relation]", relation)
        type_day(visitor, f"{row}-birth", born)
        page.select_option(f"[name={row}-sex]", sex)
        page.select_option(f"[name={row}-document_kind]", "international_passport")
        page.fill(f"[name={row}-document_number]", passport)
    visitor.press("Log this case", times=2)  # an impatient thumb

    case = Case.objects.get()
    assert visitor.path == f"/cases/{case.code}/"
    people = Client.objects.filter(case=case)
    assert people.count() == 4
    assert {client.relation for client in people} == {"principal", "spouse", "child"}
    assert Stay.objects.filter(client__in=people, document__isnull=False).count() == 4
    assert Document.objects.filter(client__in=people, kind="international_passport").count() == 4
    assert set(Deadline.objects.values_list("client", flat=True)) == set(people.values_list("pk", flat=True))
    for _family, given, *_rest in FAMILY:
        assert given in page.locator("#people").inner_text()


def test_what_is_missing_of_a_relative_is_said_and_nothing_typed_is_lost(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    visitor = signed_in(visit(viewport=PHONE), worker)
    visitor.go("/cases/new/")
    page = visitor.page
    type_case(visitor, entered=days_ago(10, today))
    page.locator("summary", has_text="Add the family").click()
    page.fill("[name=family-0-given_name]", "Вымышлена")
    page.fill("[name=family-0-document_number]", "70 0000002")
    visitor.press("Log this case")

    assert not Case.objects.exists()
    assert "Say how this person is related to the principal applicant." in visitor.text
    assert "Say which document has this number." in visitor.text
    assert page.input_value("[name=family-0-given_name]") == "Вымышлена"
    assert page.input_value("[name=family-0-document_number]") == "70 0000002"
