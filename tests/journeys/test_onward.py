"""Where could this person go? Looked at in a browser, on a phone and at a desk, chosen, printed."""

import pytest
from django.utils import timezone

from casework.documents.actions import record_document
from casework.lib.dates import today_in
from tests.browser import DESK, PHONE
from tests.factories.clients import make_address, make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case_url_and_reference(transactional_db: None) -> tuple[object, str, str]:
    team = almaty()
    worker, today = worker_of(team), today_in("Asia/Almaty", timezone.now())
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker, language="ru")
    make_rule(parameters={"days": 90}, key="kz-leave")
    make_rule(parameters={"days": 30}, country="RS", key="rs-leave", citation="An invented law of Serbia")
    make_rule("travel_document", {"accepted": ["international_passport"]}, country="RS", duty="enter")
    make_rule("visa_required", {}, country="GE", duty="enter")
    make_rule("area_restriction", {"areas": ["Придуманный район"]}, duty="area", nationality="*")
    make_rule(
        "return_risk",
        {"level": "high", "profiles": ["activist"], "mechanisms": ["handover"], "signals": ["An invented handover"]},
        duty="risk",
        legal_status="practice",
    )
    record_document(client=client, kind="international_passport", country="RU", by=worker, now=timezone.now())
    make_stay(client, days_ago(85, today), by=worker)
    make_address(client, country="KZ", city="Придуманный район", since=days_ago(80, today), by=worker)
    return worker, f"/cases/{client.case.code}/", client.reference


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_from_the_case_to_the_countries_and_to_a_sheet(
    visit: Visit, case_url_and_reference: tuple[object, str, str], viewport: dict[str, int]
) -> None:
    worker, case_url, reference = case_url_and_reference
    visitor = signed_in(visit(viewport=viewport), worker).go(case_url)
    assert "Risk of return: high" in visitor.text
    assert "names a closed area: Придуманный район" in visitor.text

    visitor.follow("Where could this person go?")
    assert "Deportation for overstaying is a way of being returned." in visitor.text
    serbia = visitor.page.locator("#country-RS")
    assert "Nothing recorded stands in the way" in serbia.inner_text()
    serbia.get_by_role("checkbox").check()
    visitor.page.locator("#country-GE").get_by_role("checkbox").check()

    visitor.press("Compare only the countries chosen")
    assert (visitor.page.locator("#country-KZ").count(), visitor.page.locator("#country-GE").count()) == (0, 1)

    visitor.page.locator("#country-RS").get_by_role("checkbox").check()
    visitor.press("Make a sheet of the countries chosen")
    sheet = visitor.page.locator("article.sheet")
    assert sheet.get_attribute("lang") == "ru"
    assert "Сербия" in sheet.inner_text()
    assert reference in sheet.inner_text()

    visitor.press("English")
    assert "not legal advice" in visitor.page.locator("article.sheet").inner_text()
    visitor.page.emulate_media(media="print")
    assert visitor.page.locator("article.sheet").is_visible()
    assert "An invented law of Serbia" in visitor.text
    seen = visitor.page.locator("header, nav, button, input, select").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).length"
    )
    assert seen == 0


def test_pages_of_the_person_and_of_an_address_keep_nobody_out(
    visit: Visit, case_url_and_reference: tuple[object, str, str]
) -> None:
    worker, _, reference = case_url_and_reference
    visitor = signed_in(visit(viewport=PHONE), worker).go(f"/clients/{reference}/")
    assert "What else is recorded: Kazakhstan" in visitor.text

    visitor.go(f"/clients/{reference}/addresses/new/")
    assert "What is recorded: Kazakhstan" in visitor.text
    visitor.fill(city="Pridumannyi raion, 7")
    visitor.press("Save this address")
    assert "names an area that is recorded as closed" in visitor.text
