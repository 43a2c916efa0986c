"""After a split: whoever left is not named on what stayed, whose readers may not see their new case."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import Appointment, Case, Client, Referral
from casework.lifecycle import cases
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import hide, make_client, make_contact
from tests.factories.housing import make_request
from tests.factories.needs import make_service
from tests.factories.referrals import make_referral, make_sent_referral
from tests.factories.safety import make_consent
from tests.web.cases.pages import World, make_world

pytestmark = pytest.mark.django_db

HER, HIS = "Скрытова", "Оставшийся"
HER_NUMBER = "+996 555 987654"
# Where her appointment with him is: a place that he knows.
WHERE = "Выдуманная площадь 3"


def when() -> dict[str, Any]:
    return {"day": timezone.localdate() + timedelta(days=1), "wall_time": time(10), "zone": "Asia/Bishkek"}


def stayed_and_left(world: World) -> tuple[Client, Client]:
    """Two of one case with something about both of each kind; then she goes to a case that the worker may not see."""
    he = make_client(case=world.case, by=world.worker, relation="spouse", family_name=HIS, sex="male")
    she = make_client(case=world.case, by=world.worker, relation="other_relative", family_name="Прежняя")
    both: dict[str, Any] = {"people": [he, she], "by": world.worker}
    shared = ["name", "birth", "contact"]
    draft = make_referral(world.client, shared=shared, **both)
    sent = make_sent_referral(world.client, shared=shared, **both)
    service = make_service(world.case, **both)
    request = make_request([he, she], by=world.worker)
    meeting = actions.plan_appointment(case=world.case, now=NOW, **both, **when(), place=WHERE)

    case = Case.objects.get(pk=world.case.pk)
    known: dict[str, Any] = {"team": case.team, "caseworker": None, "version": case.version, "principal_here": None}
    new = cases.split_case(case=case, leaving=[she.pk], principal=she.pk, by=world.worker, now=NOW, **known)
    hide(new, make_user(team=new.team))
    she = Client.objects.get(pk=she.pk)
    actions.change_client(client=she, version=she.version, family_name=HER, by=world.worker, now=NOW)
    make_contact(she, value=HER_NUMBER)

    for row in (draft, sent, service, request, meeting):
        row.refresh_from_db()
        assert row.case_id == world.case.pk
    return he, she


def pages(world: World) -> list[str]:
    """Every page of the old case on which people of a row are named."""
    code = world.case.code
    draft = Referral.objects.get(state=Referral.State.DRAFT)
    sent = Referral.objects.get(state=Referral.State.SENT)
    meeting = Appointment.objects.get()
    return [
        reverse("case", args=[code]),
        reverse("case_referrals", args=[code]),
        reverse("referrals"),
        *(reverse(name, args=[draft.pk]) for name in ("referral", "change_referral", "referral_letter")),
        *(reverse(name, args=[sent.pk]) for name in ("referral", "referral_letter")),
        reverse("case_appointments", args=[code]),
        *(reverse(name, args=[meeting.pk]) for name in ("appointment", "change_appointment", "appointment_slip")),
        reverse("case_needs", args=[code]),
        reverse("cancel_service", args=[world.case.services.get().pk]),
        reverse("case_housing", args=[code]),
        reverse("change_housing_request", args=[world.case.housing_requests.get().pk]),
        reverse("housing_waiting"),
    ]


def test_whoever_left_is_named_on_nothing_that_stayed() -> None:
    world = make_world()
    _he, she = stayed_and_left(world)

    shown = {url: world.browser.get(url).content.decode() for url in pages(world)}
    own = world.browser.get(reverse("client", args=[she.reference]))

    assert own.status_code == 404
    for what in (HER, HER_NUMBER, she.reference):
        assert [url for url, page in shown.items() if what in page] == []
    his = [url for url, page in shown.items() if HIS in page]
    assert reverse("referral_letter", args=[Referral.objects.get(state=Referral.State.SENT).pk]) in his
    assert reverse("housing_waiting") not in his  # it names nobody
    assert len(his) >= len(shown) - 3


def test_her_sheet_does_not_say_where_he_is_met() -> None:
    world = make_world()
    _he, she = stayed_and_left(world)
    hers = make_user(team=world.team)
    Case.objects.filter(pk=she.case_id).update(restricted=False)
    own: dict[str, Any] = {"people": [she], "by": hers, "place": "Придуманный двор 7"}
    actions.plan_appointment(case=Case.objects.get(pk=she.case_id), now=NOW, **own, **when())
    world.browser.force_login(hers)

    sheet = world.browser.get(reverse("client_sheet", args=[she.reference])).content.decode()

    assert "Придуманный двор 7" in sheet
    assert WHERE not in sheet


def test_her_consent_does_not_name_the_partner_of_a_case_she_has_left() -> None:
    world = make_world()
    _he, she = stayed_and_left(world)
    consent = make_consent(she)
    partner = Referral.objects.get(state=Referral.State.SENT).partner
    hers = make_user(team=world.team)
    Case.objects.filter(pk=she.case_id).update(restricted=False)
    address = reverse("withdraw_consent", args=[consent.pk])
    world.browser.force_login(hers)
    seen = world.browser.get(address).content.decode()
    hide(world.case, world.worker)

    hidden = world.browser.get(address).content.decode()

    assert partner.name in seen
    assert partner.name not in hidden


def test_an_appointment_that_stayed_is_moved_for_those_who_stayed() -> None:
    world = make_world()
    he, _she = stayed_and_left(world)
    meeting = Appointment.objects.get()

    moved = actions.move_appointment(
        appointment=meeting,
        version=meeting.version,
        by=world.worker,
        now=NOW,
        day=meeting.day + timedelta(days=1),
        wall_time=meeting.wall_time,
        zone=meeting.zone,
        fold=None,
    )

    assert [named.client_id for named in moved.people.all()] == [he.pk]
