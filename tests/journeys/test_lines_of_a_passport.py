"""On a phone, the lines at the foot of a passport are pasted, compared and logged; one slip is found on the way."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from casework.clients.models import Client
from casework.documents.models import Document
from casework.lib.dates import today_in
from tests.browser import PHONE
from tests.documents.mrz_lines import Holder, td3
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = "Fill in from the machine-readable lines of a document"


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with scripts", "without"])
def test_a_case_is_logged_from_the_lines_of_a_passport(visit: Visit, java_script_enabled: bool) -> None:
    today = today_in("Asia/Almaty", timezone.now())
    lines = td3(Holder(expiry=f"{today + timedelta(days=1000):%y%m%d}"))
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=java_script_enabled), worker_of(almaty()))
    page = visitor.page

    visitor.go("/cases/new/")
    visitor.fill(instructions="после 18:00")
    page.locator("main summary", has_text=OPEN).click()
    visitor.fill(machine_lines=lines.replace("900517", "900571").lower())
    visitor.press("Read")
    assert "the date of birth reads “9005718”, but its check digit does not fit" in visitor.text
    assert "Look at these yourself: Date of birth." in visitor.text
    assert (page.input_value("[name=birth_day]"), page.input_value("[name=document_number]")) == ("", "750000001")

    visitor.fill(machine_lines=lines)
    visitor.press("Read")
    assert "fields were filled in from the document" in visitor.text
    assert "Read from the document. Please compare." in visitor.text
    assert page.input_value("[name=birth_year]") == "1990"
    assert page.input_value("[name=instructions]") == "после 18:00"
    if java_script_enabled:
        assert page.evaluate("document.activeElement.getAttribute('role')") == "status"

    page.check("[name=entered_known][value=exact]")
    type_day(visitor, "entered_exact", today)
    # Enter sends the form; it does not read the lines again.
    with page.expect_navigation():
        page.press("[name=family_name]", "Enter")
    visitor.look()

    client, document = Client.objects.get(), Document.objects.get()
    assert visitor.path == f"/cases/{client.case.code}/"
    assert (client.full_name, client.birth_date, client.sex) == ("Obraztsova Vymyshlena", date(1990, 5, 17), "female")
    assert (document.number, document.valid_until) == ("750000001", today + timedelta(days=1000))
