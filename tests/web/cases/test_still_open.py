"""Closing a case: what is still open is shown, and somebody says that it may stay so."""

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.clients.models import Case
from casework.documents import actions as documents
from tests.factories.accounts import NOW
from tests.factories.documents import make_document
from tests.factories.housing import book, make_bed

from .pages import make_world

pytestmark = pytest.mark.django_db


def test_nothing_open_asks_for_nothing() -> None:
    world = make_world()
    url = reverse("close_case", args=[world.case.code])

    assert "Still open in this case" not in world.browser.get(url).content.decode()
    world.browser.post(url, {"reason": "needs_met", "version": world.case.version})
    assert Case.objects.get().status == Case.Status.CLOSED


def test_an_original_in_the_safe_is_named_before_the_case_is_closed() -> None:
    world = make_world()
    document = make_document(world.client, by=world.worker)
    documents.hand_over_original(
        document=document, holder="safe", since=NOW.date(), by=world.worker, now=NOW, today=NOW.date()
    )
    url, typed = reverse("close_case", args=[world.case.code]), {"reason": "needs_met", "version": world.case.version}

    refused = world.browser.post(url, typed).content.decode()
    assert "1 original is not with its owner" in refused
    assert "Look at what is still open" in refused
    assert Case.objects.get().status == Case.Status.OPEN
    world.browser.post(url, typed | {"may_stay_open": "on"})
    assert Case.objects.get().status == Case.Status.CLOSED


def test_closing_a_case_asks_what_becomes_of_the_beds_of_its_people() -> None:
    world = make_world()
    bed = make_bed()
    today = bed.unit.site.today(timezone.now())
    rows = book({world.client: bed}, now=timezone.now(), since=today, until=None, checks_in=True)
    url, typed = reverse("close_case", args=[world.case.code]), {"reason": "needs_met", "version": world.case.version}

    asked = world.browser.get(url).content.decode()
    refused = world.browser.post(url, typed).content.decode()
    why = world.browser.post(url, typed | {"beds": "keep"}).content.decode()

    assert rows[0].bed.place in asked
    assert "What becomes of their beds?" in asked
    assert "Say whether they have left their beds, or stay there." in refused
    assert "Say in the remark why they stay" in why
    assert Case.objects.get().status == Case.Status.OPEN
    world.browser.post(url, typed | {"beds": "leave"})
    rows[0].refresh_from_db()
    assert (Case.objects.get().status, rows[0].state) == (Case.Status.CLOSED, "checked_out")
    assert "The case is closed" in world.browser.get(reverse("case_housing", args=[world.case.code])).content.decode()
