"""Somebody is referred to a partner on a phone: found, drafted, sent, answered; then a colleague takes the case over."""

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients.models import Referral
from casework.lib.dates import today_in
from tests.browser import PHONE
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_offer, make_partner
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_refer_a_person_record_the_answer_and_hand_the_case_over(visit: Visit) -> None:
    team = almaty()
    worker, keeper = worker_of(team), make_user(Role.ADMINISTRATOR)
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    partner = make_partner(name="Invented Legal Clinic", by=keeper, may_receive=["name", "needs"])
    make_offer(partner, by=keeper, cost="free")
    visitor = signed_in(visit(viewport=PHONE), worker)

    # Who offers what where.
    visitor.go("/partners/offers/?service=legal")
    assert "Invented Legal Clinic" in visitor.text

    # From the case, with what may be told and how the client agreed.
    visitor.go(f"/cases/{client.case.code}/").follow("Referrals", within=".case-header")
    visitor.follow("Refer somebody")
    page = visitor.page
    page.select_option("main [name=partner]", str(partner.pk))
    page.select_option("main [name=service]", "legal")
    visitor.fill(reason="Нужен адвокат к среде")
    page.check("main [name=urgency][value=urgent]")
    for share in ("name", "needs"):
        page.check(f"main [name=shared][value={share}]")
    page.check("main [name=consent_how][value=signed]")
    type_day(visitor, "consent_on", today_in("Asia/Almaty", timezone.now()))
    visitor.press("Save this referral")
    assert "Nothing has been sent" in visitor.text

    # The letter says what is shared and no more.
    visitor.follow("Letter")
    assert "Образцова" in visitor.text
    assert "Нужен адвокат к среде" in visitor.text
    assert "1990" not in visitor.text
    visitor.follow("Back to the referral")

    # Sent by hand, then the answer.
    visitor.follow("Send")
    page.check("main [name=how][value=phone]")
    visitor.press("It is sent")
    assert "Answer due on" in visitor.text
    visitor.follow("They accept").fill(text="Примут в среду в 10:00").press("They accept")
    assert "Примут в среду в 10:00" in visitor.text
    assert Referral.objects.get().state == "accepted"

    # It stands on the case and in the list of the team.
    visitor.go(f"/cases/{client.case.code}/")
    assert "Open referrals" in visitor.text
    visitor.go("/referrals/")
    assert "Invented Legal Clinic" in visitor.text

    # A colleague of another team is offered the case: they see the note, and the case once they have accepted it.
    elsewhere = make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")
    colleague = worker_of(elsewhere)
    visitor.go(f"/cases/{client.case.code}/").follow("Hand this case over")
    page.select_option("main [name=to]", f"{elsewhere.pk}:{colleague.pk}")
    visitor.fill(note="Едет в Бишкек в пятницу").press("Offer this case")
    other = signed_in(visit(viewport=PHONE), colleague)
    assert "Cases offered to you" in other.text
    other.go_in_vain(f"/cases/{client.case.code}/", status=404)
    other.go("/my-day/").follow(client.case.code, within="#main")
    assert "Едет в Бишкек в пятницу" in other.text
    assert "Образцова" not in other.text
    other.press("Accept this case")

    # The case is theirs, with the referral; the first worker sees nothing any more.
    other.go(f"/cases/{client.case.code}/")
    assert "Образцова" in other.text
    assert "Open referrals" in other.text
    visitor.go_in_vain(f"/cases/{client.case.code}/", status=404)
    assert "Образцова" not in visitor.go("/cases/").text
