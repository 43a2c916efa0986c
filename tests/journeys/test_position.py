"""A position at a glance and trips tried out, on a phone without scripts; and a second look at a later date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.clients.models import Client
from casework.lib.dates import today_in
from casework.residency import actions
from casework.residency.models import Deadline, Stay
from tests.browser import PHONE
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def person_of(worker: User) -> Client:
    now, today = timezone.now(), today_in("Asia/Almaty", timezone.now())
    team = worker.memberships.get().team
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker, now=now), by=worker, now=now)
    make_stay(client, days_ago(60, today), by=worker, now=now)
    actions.refresh(client_ids=[client.pk], now=now)
    return client


def test_a_trip_is_tried_out_and_saved_on_a_phone(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    client = person_of(worker)
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=False), worker)
    page = visitor.page

    visitor.go(f"/clients/{client.reference}/position/")
    assert "61 of 90 days used" in visitor.text
    assert page.locator(".limit-picture svg.picture").count() >= 1

    page.select_option("[name=trip0-country]", "KZ")
    type_day(visitor, "leaves", today + timedelta(days=5))
    type_day(visitor, "trip0-entered", today + timedelta(days=20))
    type_day(visitor, "trip0-left", today + timedelta(days=80))
    visitor.press("Try these trips out")
    assert "Breaks a limit" in visitor.text
    assert not Stay.objects.filter(planned=True).exists()

    type_day(visitor, "trip0-left", today + timedelta(days=30))
    visitor.press("Try these trips out")
    assert "Within the limits" in visitor.text
    visitor.click(page.locator("button[name=save]"))
    assert "saved as a planned stay" in visitor.text
    assert Stay.objects.filter(planned=True, client=client).count() == 1


def test_the_pictures_can_be_read_by_everybody(visit: Visit, reference_rules: None) -> None:
    worker = worker_of(almaty())
    client = person_of(worker)
    visitor = signed_in(visit(), worker)

    visitor.go(f"/clients/{client.reference}/position/").look()
    visitor.go(f"/clients/{client.reference}/position/trips/").look()
    visitor.go(f"/clients/{client.reference}/timeline/").look()
    visitor.go("/deadlines/timeline/").look()


def test_a_later_date_waits_on_the_day_of_a_second_person(visit: Visit, reference_rules: None) -> None:
    team = almaty()
    worker, second = worker_of(team), worker_of(team)
    client = person_of(worker)
    deadline = Deadline.objects.get(client=client, duty="leave")
    assert deadline.due_on is not None
    later = deadline.due_on + timedelta(days=20)
    actions.impose(
        deadline=deadline, imposed_on=later, authority="A court", reason="Extended", by=worker, now=timezone.now()
    )
    visitor = signed_in(visit(), second)

    visitor.go("/my-day/").look()
    visitor.click(visitor.page.locator(".second-looks a", has_text="Look at it"))
    visitor.page.check("[name=has_looked]")
    visitor.press("Confirm the later date")

    deadline.refresh_from_db()
    assert deadline.drives_on == later
    assert "a second person has confirmed it" in visitor.text
