"""The pages of a hand-over: the plan, what will happen, the act, the way back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, HandOver
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_user
from tests.factories.clients import hide
from tests.factories.residency import count_as_computed, make_deadline
from tests.lifecycle.test_leavers import Office, caseworkers
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def office() -> Office:
    return Office()


def url(office: Office) -> str:
    return reverse("hand_over", args=[office.leaver.pk])


def typed(page: Any, office: Office, takers: dict[Case, Any] | None = None, **others: str) -> dict[str, str]:
    chosen = {f"taker_{case.pk}": str(user.pk) for case, user in (takers or {}).items()}
    return {"id": str(page.context["form"]["id"].value()), "rest": str(office.first.pk)} | chosen | others


def test_the_plan_shows_every_case_and_says_what_will_happen_before_it_does(office: Office) -> None:
    one, other = office.case(), office.case()
    office.to_do()
    browser = signed_in(office.coordinator)
    page = browser.get(url(office))
    assert {row.case for row in page.context["rows"]} == {one, other}
    assert page.context["there"][:2] == ["2 open cases", "1 to-do"]

    looked = browser.post(url(office), typed(page, office, {one: office.second}))

    assert set(looked.context["happens"][:2]) == {"Первый takes 1 case", "Вторая takes 1 case"}
    assert "No role is left: the account is shut." in looked.context["happens"]
    assert caseworkers(one, other) == [office.leaver, office.leaver]
    done = browser.post(url(office), typed(looked, office, {one: office.second}, confirmed="yes"), follow=True)
    assert caseworkers(one, other) == [office.second, office.first]
    assert {(row.code, row.is_now) for row in done.context["rows"]} == {(one.code, "Вторая"), (other.code, "Первый")}


def test_a_next_deadline_that_is_overdue_is_marked_in_words_as_in_the_list_of_cases(office: Office) -> None:
    late, soon, without = office.case(), office.case(), office.case()
    today = timezone.localdate()
    for case, days in ((late, -10), (late, 3), (soon, 5)):
        make_deadline(case.clients.get(), today + timedelta(days=days))
    make_deadline(
        soon.clients.get(), today - timedelta(days=10), optional=True
    )  # a choice that has passed is not overdue
    count_as_computed(without.clients.get())

    page = signed_in(office.coordinator).get(url(office))

    shown = {row.case: row.deadline for row in page.context["rows"]}
    assert shown[without] is None
    assert (shown[late].tag.severity, shown[soon].tag.severity) == ("overdue", "soon")
    said = {case: cell_of(page, case) for case in (late, soon)}
    assert re.search(r"Overdue \d+ days \(", said[late])
    assert "Overdue" not in said[soon]
    assert all("Register the stay" in each for each in said.values())


def cell_of(page: Any, case: Case) -> str:
    """Return what the plan says of the next deadline of a case, without the markup."""
    row = next(it for it in page.content.decode().split("<tr>") if f">{case.code}</a>" in it)
    return re.sub(r"<[^>]+>", "", row.split('data-label="Next deadline">')[1].split("</td>")[0])


def test_whoever_left_is_out_with_the_next_click(office: Office) -> None:
    office.case()
    theirs, browser = signed_in(office.leaver), signed_in(office.coordinator)
    assert theirs.get(reverse("cases")).status_code == 200

    browser.post(url(office), typed(browser.get(url(office)), office, confirmed="yes"))

    answer = theirs.get(reverse("cases"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_a_form_sent_twice_leads_to_the_same_hand_over(office: Office) -> None:
    office.case()
    browser = signed_in(office.coordinator)
    sent = typed(browser.get(url(office)), office, confirmed="yes")

    answers = [browser.post(url(office), sent) for _time in range(2)]

    assert {it.url for it in answers} == {reverse("made_hand_over", args=[HandOver.objects.get().pk])}


def test_what_is_missing_in_the_plan_is_said_and_what_was_chosen_is_kept(office: Office) -> None:
    one, other = office.case(), office.case()
    browser = signed_in(office.coordinator)
    page = browser.get(url(office))

    refused = browser.post(url(office), typed(page, office, {one: office.second}, rest="", confirmed="yes"))

    assert other.code in refused.context["form"].errors["rest"][0]
    assert refused.context["form"][f"taker_{one.pk}"].value() == str(office.second.pk)
    assert caseworkers(one) == [office.leaver]


def test_of_a_restricted_case_only_those_named_can_be_chosen(office: Office) -> None:
    case = office.case()
    hide(case, office.leaver, office.coordinator, office.second)
    browser = signed_in(office.coordinator)

    page = browser.get(url(office))
    (row,) = page.context["rows"]
    stranger = browser.post(url(office), typed(page, office, {case: office.first}, confirmed="yes"))

    offered = {value for value, _label in row.field.field.choices}
    assert offered == {"", str(office.coordinator.pk), str(office.second.pk)}
    assert stranger.context["form"].errors
    assert caseworkers(case) == [office.leaver]


def test_a_hidden_case_stands_in_no_count(office: Office) -> None:
    hidden = office.case()
    hide(hidden, office.leaver, office.first)
    browser = signed_in(office.coordinator)

    page, listed = browser.get(url(office)), browser.get(reverse("leavers"))

    assert page.context["there"][0] == "0 open cases"
    assert hidden.code not in page.content.decode()
    assert {row.pk: row.many for row in listed.context["rows"]}[office.leaver.pk] == 0


def test_an_appointment_that_clashes_is_named(office: Office) -> None:
    case, theirs = office.case(), office.case(office.first)
    office.appointment(case)
    office.appointment(theirs, staff=office.first)
    browser = signed_in(office.coordinator)

    looked = browser.post(url(office), typed(browser.get(url(office)), office))

    assert any(case.code in line and "another appointment" in line for line in looked.context["happens"])


def test_they_stay_after_all(office: Office) -> None:
    case = office.case()
    made = office.leaves()
    browser = signed_in(office.coordinator)
    HandOver.objects.filter(pk=made.pk).update(undo_until=made.undo_until.replace(year=2030))
    at = reverse("made_hand_over", args=[made.pk])
    before = browser.get(at).content.decode()
    assert ("Undo: they stay" in before, "Give to somebody else" in before) == (True, True)

    answer = browser.post(reverse("undo_hand_over", args=[made.pk]), follow=True)

    assert "they stay after all" in answer.content.decode()
    assert "Give to somebody else" not in answer.content.decode()
    assert caseworkers(case) == [office.leaver]
    again = browser.post(reverse("undo_hand_over", args=[made.pk]), follow=True)
    assert "undone already" in again.content.decode()


@pytest.mark.parametrize("name", ["hand_over", "made_hand_over", "undo_hand_over"])
def test_other_teams_find_nothing_and_other_roles_are_refused(office: Office, name: str) -> None:
    office.case()
    # Of somebody who still works there, and of somebody who has left.
    key = office.second.pk if name == "hand_over" else office.leaves().pk
    method = "post" if name == "undo_hand_over" else "get"
    at = reverse(name, args=[key])

    assert getattr(signed_in(make_user(Role.COORDINATOR)), method)(at).status_code == 404
    for role in (Role.CASEWORKER, Role.ADMINISTRATOR, Role.AUDITOR, Role.DUPLICATE_REVIEWER):
        assert getattr(signed_in(make_user(role)), method)(at).status_code == 403
    assert getattr(signed_in(office.first), method)(at).status_code == 403
    assert getattr(signed_in(office.coordinator), method)(at).status_code in (200, 302)


def test_the_list_has_the_colleagues_of_ones_teams_and_not_oneself(office: Office) -> None:
    office.case()
    make_user()

    page = signed_in(office.coordinator).get(reverse("leavers"))

    assert [(row.pk, row.many) for row in page.context["rows"]] == [
        (office.second.pk, 0),
        (office.first.pk, 0),
        (office.leaver.pk, 1),
    ]
    assert Event.objects.filter(type="lifecycle.leavers_listed").count() == 1
    for role in (Role.CASEWORKER, Role.ADMINISTRATOR):
        assert signed_in(make_user(role)).get(reverse("leavers")).status_code == 403


def test_pages_cost_the_same_at_every_size(office: Office) -> None:
    browser = signed_in(office.coordinator)
    costs = []
    for size in (1, 12):
        for _number in range(size):
            case = office.case()
            office.to_do(case)
            office.appointment(case)
        browser.get(url(office))
        with counted_queries() as asked:
            browser.get(url(office))
        costs.append(len(asked))

    assert (
        costs[0] == costs[1] <= 20
    )  # one query each for cases, to-dos, appointments, reminders, colleagues, people, dates


def test_the_list_of_hand_overs_is_that_of_ones_teams(office: Office) -> None:
    made = office.leaves()

    done = [
        list(signed_in(user).get(reverse("leavers")).context["done"])
        for user in (office.coordinator, make_user(Role.COORDINATOR))
    ]

    assert done == [[made], []]


def test_whoever_comes_back_as_a_coordinator_neither_reads_nor_undoes_their_own(office: Office) -> None:
    made = office.leaves()
    User.objects.filter(pk=office.leaver.pk).update(is_active=True)
    office.leaver.refresh_from_db()
    make_membership(office.leaver, Role.COORDINATOR, team=office.team)
    browser = signed_in(office.leaver)

    assert list(browser.get(reverse("leavers")).context["done"]) == []
    assert browser.get(reverse("made_hand_over", args=[made.pk])).status_code == 404
    assert browser.post(reverse("undo_hand_over", args=[made.pk])).status_code == 404


def test_a_case_that_was_handed_over_and_is_hidden_now_is_not_named(office: Office) -> None:
    seen, hidden = office.case(), office.case()
    made = office.leaves()
    hide(hidden, office.first, office.second)

    page = signed_in(office.coordinator).get(reverse("made_hand_over", args=[made.pk])).content.decode()

    assert (seen.code in page, hidden.code in page) == (True, False)


def test_the_token_of_a_hand_over_by_somebody_else_leads_nowhere(office: Office) -> None:
    made = office.leaves()
    other = make_user(Role.COORDINATOR, team=office.team)

    assert signed_in(other).post(url(office), {"id": str(made.pk)}).status_code == 404
    assert signed_in(office.coordinator).post(url(office), {"id": str(made.pk)}).status_code == 302
