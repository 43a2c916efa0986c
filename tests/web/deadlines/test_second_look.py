"""A later date waits for a second person: where it shows, who may answer it, and what they see."""

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions as cases
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.models import Deadline
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .conftest import signed_in

pytestmark = pytest.mark.django_db

DUE, LATER = date(2026, 11, 30), date(2026, 12, 20)


@pytest.fixture
def client(worker: User) -> Client:
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    actions.refresh(client_ids=[client.pk], now=NOW)
    return client


@pytest.fixture
def deadline(client: Client, worker: User) -> Deadline:
    actions.impose(
        deadline=client.deadlines.get(),
        imposed_on=LATER,
        authority="Court of appeal",
        paper="No. 17",
        reason="Extended",
        by=worker,
        now=NOW,
    )
    return client.deadlines.get()


@pytest.fixture
def second(worker: User) -> Browser:
    return signed_in(make_user(team=team_of(worker), name="Second Person"))


def url(deadline: Deadline, answer: str) -> str:
    return reverse("answer_deadline", args=[deadline.pk, answer])


def sent(deadline: Deadline, **more: Any) -> dict[str, Any]:
    order = actions.waiting_order(deadline)
    return {"order": str(order.pk if order else ""), "seen_on": "2026-11-30", "has_looked": "on"} | more


def test_the_order_is_shown_beside_what_the_rules_say(second: Browser, deadline: Deadline) -> None:
    page = second.get(url(deadline, "confirm")).content.decode()

    for said in ("Court of appeal", "No. 17", "Extended", "20 Dec 2026", "30 Nov 2026", "Test Worker"):
        assert said in page


def test_a_second_person_confirms(second: Browser, deadline: Deadline) -> None:
    response = second.post(url(deadline, "confirm"), sent(deadline))

    deadline.refresh_from_db()
    assert response.status_code == 302
    assert (deadline.drives_on, deadline.waiting_on) == (LATER, None)


def test_nobody_confirms_without_having_looked(second: Browser, deadline: Deadline) -> None:
    response = second.post(url(deadline, "confirm"), sent(deadline, has_looked=""))

    assert response.context["form"].errors.keys() == {"has_looked"}
    deadline.refresh_from_db()
    assert deadline.drives_on == DUE


def test_a_second_person_refuses_with_a_reason(second: Browser, deadline: Deadline) -> None:
    assert second.post(url(deadline, "refuse"), sent(deadline)).context["form"].errors.keys() == {"reason"}

    second.post(url(deadline, "refuse"), sent(deadline, reason="The stamp is of last year"))

    deadline.refresh_from_db()
    assert (deadline.drives_on, deadline.waiting_on) == (DUE, None)


def test_who_recorded_it_is_told_that_somebody_else_must_look(browser: Browser, deadline: Deadline) -> None:
    page = browser.get(url(deadline, "confirm")).content.decode()
    response = browser.post(url(deadline, "confirm"), sent(deadline))

    assert "Somebody else must look at it." in page
    assert "Somebody else must look at it." in response.content.decode()
    deadline.refresh_from_db()
    assert deadline.drives_on == DUE


def test_a_date_that_moved_meanwhile_is_shown_and_nothing_is_saved(second: Browser, deadline: Deadline) -> None:
    response = second.post(url(deadline, "confirm"), sent(deadline, seen_on="2026-11-29"))

    assert response.status_code == 409
    deadline.refresh_from_db()
    assert deadline.waiting_on == LATER


def test_what_waits_no_more_says_so(second: Browser, deadline: Deadline) -> None:
    data = sent(deadline)
    second.post(url(deadline, "confirm"), data)

    assert "Nothing waits for a second person here any more" in second.get(url(deadline, "confirm")).content.decode()
    assert (
        "Nothing waits for a second person here any more"
        in second.post(url(deadline, "confirm"), data).content.decode()
    )


def test_my_day_lists_it_for_those_who_may_confirm_and_not_for_the_recorder(
    browser: Browser, second: Browser, deadline: Deadline
) -> None:
    theirs = second.get(reverse("my_day")).context["day"].second_looks
    own = browser.get(reverse("my_day")).context["day"].second_looks

    assert [row.deadline.pk for row in theirs] == [deadline.pk]
    assert list(own) == []


def test_my_day_lists_what_waits_alone(second: Browser, deadline: Deadline, worker: User) -> None:
    other = make_client(case=deadline.client.case, by=worker)
    make_stay(other, date(2026, 11, 1), by=worker)
    actions.refresh(client_ids=[other.pk], now=NOW)

    def listed() -> list[Deadline]:
        return [row.deadline for row in second.get(reverse("my_day")).context["day"].second_looks]

    assert listed() == [deadline]
    Deadline.objects.filter(pk=deadline.pk).update(gone_at=NOW)
    assert listed() == []
    Deadline.objects.filter(pk=deadline.pk).update(gone_at=None)
    case = deadline.client.case
    case.refresh_from_db()
    cases.close_case(case=case, reason="left", version=case.version, by=worker, now=NOW)
    assert listed() == []


def test_other_teams_see_nothing_of_it(deadline: Deadline) -> None:
    stranger = signed_in(make_user())

    assert list(stranger.get(reverse("my_day")).context["day"].second_looks) == []
    assert stranger.get(url(deadline, "confirm")).status_code == 404
    assert stranger.post(url(deadline, "confirm"), sent(deadline)).status_code == 404


def test_on_a_restricted_case_only_those_named_see_it(second: Browser, deadline: Deadline, worker: User) -> None:
    named = make_user(team=team_of(worker))
    case = deadline.client.case
    case.refresh_from_db()
    cases.restrict_case(case=case, people=[worker, named], version=case.version, by=worker, now=NOW)

    assert list(second.get(reverse("my_day")).context["day"].second_looks) == []
    assert second.post(url(deadline, "confirm"), sent(deadline)).status_code == 404
    assert len(signed_in(named).get(reverse("my_day")).context["day"].second_looks) == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.POLICY_EDITOR, Role.AUDITOR])
def test_roles_without_cases_are_refused(deadline: Deadline, role: Role) -> None:
    assert signed_in(make_user(role)).get(url(deadline, "confirm")).status_code == 403


@pytest.mark.parametrize("place", ["case", "why", "my_day"])
def test_it_is_flagged_wherever_the_date_is_shown(browser: Browser, deadline: Deadline, place: str) -> None:
    address = {
        "case": reverse("case", args=[deadline.client.case.code]),
        "why": reverse("why_this_date", args=[deadline.pk]),
        "my_day": reverse("my_day"),
    }[place]

    page = browser.get(address).content.decode()

    assert "a later date waits for a second person" in page
    assert "20 Dec 2026 is later than the rules allow and waits for a second person." in page


def test_why_this_date_tells_who_recorded_and_who_confirmed(second: Browser, deadline: Deadline) -> None:
    second.post(url(deadline, "confirm"), sent(deadline))

    page = second.get(reverse("why_this_date", args=[deadline.pk]))

    history = [(entry.title, entry.by) for entry in page.context["history"]]
    assert ("A second person confirmed the later date, against 30 Nov 2026 by the rules", "Second Person") in history
    assert ("An authority set the date: 20 Dec 2026", "Test Worker") in history
    assert "later than the rules allow (30 Nov 2026); a second person has confirmed it." in page.content.decode()


def test_staff_may_set_a_date_with_a_reason(browser: Browser, client: Client) -> None:
    deadline = client.deadlines.get()
    typed = {"imposed_on_day": "25", "imposed_on_month": "Nov", "imposed_on_year": "2026", "reason": "Legal advice"}

    browser.post(url(deadline, "override"), typed)

    deadline.refresh_from_db()
    assert (deadline.drives_on, deadline.set_by) == (date(2026, 11, 25), "staff")
    assert "Set by staff; the rules say 30 Nov 2026." in browser.get(reverse("my_day")).content.decode()


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"reason": ""}, {"reason"}),
        ({"authority": ""}, {"authority"}),
        ({"imposed_on_year": "2019"}, {"imposed_on"}),
        ({"imposed_on_year": "2046"}, {"imposed_on"}),
    ],
)
def test_bad_input_is_refused_and_kept(browser: Browser, client: Client, more: dict, wrong: set[str]) -> None:
    deadline = client.deadlines.get()
    typed = {
        "imposed_on_day": "25",
        "imposed_on_month": "Nov",
        "imposed_on_year": "2026",
        "authority": "Police",
        "reason": "Order",
    }

    response = browser.post(url(deadline, "impose"), typed | more)

    assert response.context["form"].errors.keys() == wrong
    assert 'value="25"' in response.content.decode()
    deadline.refresh_from_db()
    assert deadline.imposed_on is None
