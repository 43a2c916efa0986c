"""Two people at the pages of one fact at the same moment: no error of the server, nothing half done."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.residency.models import Registration, Stay
from tests.factories.residency import make_registration, make_stay
from tests.racing import at_once

from ..cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = {"country": "KZ", "kind": "stay", "registered_on_day": "3", "registered_on_month": "11"}
TYPED |= {"registered_on_year": "2026", "version": "1"}
STAY = {"country": "KZ", "legal_basis": "visa_free", "left_known": "absent", "entered_known": "exact"}
STAY |= {"entered_exact_day": "1", "entered_exact_month": "11", "entered_exact_year": "2026"}


def browsers(world: World, number: int) -> list[Browser]:
    return [signed_in(world.worker) for _ in range(number)]


def statuses(answers: list[Any]) -> list[Any]:
    return sorted(getattr(answer, "status_code", answer) for answer in answers)


def test_a_removal_sent_twice_at_once_removes_once_and_is_then_missing() -> None:
    world = make_world()
    url = reverse("remove_registration", args=[make_registration(world.client).pk])

    answers = at_once(*[lambda browser=browser: browser.post(url) for browser in browsers(world, 2)])  # type: ignore[misc]

    assert statuses(answers) == [302, 404]
    assert not Registration.objects.exists()


def test_of_two_changes_at_once_one_is_kept_and_the_other_is_shown_both() -> None:
    world = make_world()
    url = reverse("change_registration", args=[make_registration(world.client).pk])
    one, other = browsers(world, 2)

    answers = at_once(
        lambda: one.post(url, TYPED | {"remark": "Одна"}), lambda: other.post(url, TYPED | {"remark": "Другая"})
    )

    assert statuses(answers) == [302, 409]
    assert Registration.objects.get().version == 2


def test_a_change_and_a_removal_at_once_end_in_one_of_them() -> None:
    world = make_world()
    row = make_registration(world.client)
    one, other = browsers(world, 2)

    changed, removed = at_once(
        lambda: one.post(reverse("change_registration", args=[row.pk]), TYPED | {"remark": "Одна"}),
        lambda: other.post(reverse("remove_registration", args=[row.pk])),
    )

    assert changed.status_code in (302, 404)
    assert removed.status_code == 302
    if changed.status_code == 404:
        assert not Registration.objects.exists()


def test_two_who_record_overlapping_stays_at_once_are_told_by_the_page() -> None:
    world = make_world()
    url = reverse("add_stay", args=[world.client.reference])
    one, other = browsers(world, 2)

    answers = at_once(lambda: one.post(url, STAY), lambda: other.post(url, STAY | {"country": "GE"}))

    assert statuses(answers) == [200, 302]
    (refused,) = [answer for answer in answers if answer.status_code == 200]
    assert "On some of these days the client was in" in refused.content.decode()
    assert Stay.objects.count() == 1


def test_a_stay_that_changed_before_the_removal_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    stay = make_stay(world.client)
    loaded = Stay.objects.get()
    Stay.objects.update(version=2)
    monkeypatch.setattr("casework.web.facts.views._load", lambda *_: loaded)

    answer = world.browser.post(reverse("remove_stay", args=[stay.pk]))

    assert answer.url == reverse("change_stay", args=[stay.pk])
    assert Stay.objects.exists()
