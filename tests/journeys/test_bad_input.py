"""Somebody at a desk mistypes: they are told, lead to the field, and lose nothing."""

import pytest
from django.utils import timezone

from casework.clients.models import Case
from casework.lib.dates import today_in
from tests.browser import DESK
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refused_case_keeps_what_was_typed_and_is_logged_once_when_it_is_mended(visit: Visit) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    visitor = signed_in(visit(viewport=DESK), worker).go("/cases/new/")
    page = visitor.page

    # A child by the date of birth, who entered on a day that does not exist.
    type_case(visitor, born=days_ago(12 * 366, today), entered=today)
    visitor.fill(entered_exact_day="31", entered_exact_month="feb", other_names="Pridumanov Evgenii")
    visitor.press("Log this case")

    # The summary takes the focus, and its links lead to the fields.
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    assert page.title() == "Error: Log a case – Casework"
    links = page.locator(".error-summary a")
    targets = links.evaluate_all("all => all.map(each => each.getAttribute('href'))")
    assert "#id_is_unaccompanied_child" in targets
    assert len(targets) >= 2
    for number, target in enumerate(targets):
        links.nth(number).click()
        assert page.evaluate("document.activeElement.id") == target.removeprefix("#")
        page.locator(f"{target}.is-invalid, .is-invalid {target}").first.wait_for()

    # Everything typed is still there.
    kept = {name: page.input_value(f"main [name={name}]") for name in ("family_name", "given_name", "other_names")}
    assert kept == {"family_name": "Придуманов", "given_name": "Евгений", "other_names": "Pridumanov Evgenii"}
    assert page.input_value("[name=document_number]") == "70 1234567"
    assert page.input_value("#id_nationalities_1") == "RU"
    assert page.input_value("[name=entered_exact_month]") == "feb"
    assert page.input_value("[name=document_kind]") == "international_passport"
    assert not Case.objects.exists()

    # Mended and sent by a double click, it is one case.
    type_day(visitor, "birth", days_ago(30 * 366, today))
    type_day(visitor, "entered_exact", days_ago(3, today))
    visitor.press("Log this case", times=2)
    case = Case.objects.get()
    assert visitor.path.startswith(f"/cases/{case.code}/")
