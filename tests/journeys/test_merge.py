"""A double is found, looked at field by field, merged, and made two again."""

import pytest

from casework.clients.models import Client, Merge, SuspectedPair
from casework.lifecycle.duplicates import compare_people
from tests.browser import DESK, PHONE
from tests.factories.accounts import NOW
from tests.factories.clients import make_address, make_case, make_client, make_contact
from tests.factories.documents import make_document
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_double_is_merged_field_by_field_and_the_merge_is_undone(visit: Visit, viewport: object) -> None:
    team = almaty()
    worker = worker_of(team)
    people = [
        make_client(
            case=make_case(team=team, caseworker=worker, by=worker), by=worker, family_name=name, given_name=given
        )
        for name, given in (("Ооржак", "Наталья"), ("Oorzhak", "Natalya"))
    ]
    for person in people:
        make_document(person, number="75 1234567", by=worker)
    make_address(people[1], by=worker)
    make_contact(people[1], by=worker)
    compare_people([it.pk for it in people], now=NOW)
    pair = SuspectedPair.objects.get()
    visitor = signed_in(visit(viewport=viewport), worker)
    page = visitor.page

    # Somebody decides that it is one person; nothing is merged by that.
    visitor.go(f"/duplicates/{pair.pk}/")
    page.check("[name=state][value=same]")
    visitor.fill(reason="Вымысел: один паспорт").press("Save this decision")
    assert Client.objects.count() == 2

    # Both side by side, the spelling of the passport is chosen, and what comes along is counted.
    visitor.follow("Merge the two")
    visitor.look()
    for name in ("chosen_family_name", "chosen_given_name"):
        page.locator(f"[name={name}]:not(:checked)").first.check()
    assert "Ways to reach them" in visitor.text
    visitor.fill(reason="Вымысел: показала паспорт").press("Merge the two")
    assert "The two are one person now." in visitor.text
    visitor.look()
    made = Merge.objects.get()
    assert Client.objects.count() == 1

    # The old reference leads to whoever is on file.
    visitor.go(f"/clients/{made.gone_reference}/")
    assert page.url.endswith(f"/clients/{made.into.reference}/")
    visitor.follow(f"Was on file a second time as {made.gone_reference}: merged")

    # It was a mistake.
    visitor.follow("Undo this merge")
    visitor.look()
    visitor.press("Make them two people again")
    assert "They are two people again" in visitor.text
    assert {it.full_name for it in Client.objects.all()} == {"Ооржак Наталья", "Oorzhak Natalya"}
