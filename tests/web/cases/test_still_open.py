"""Closing a case: what is still open is shown, and somebody says that it may stay so."""

import pytest
from django.urls import reverse

from casework.clients.models import Case
from casework.documents import actions as documents
from tests.factories.accounts import NOW
from tests.factories.documents import make_document

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
