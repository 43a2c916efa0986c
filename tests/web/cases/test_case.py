"""The page of a case."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Contact
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import make_address, make_client, make_contact, make_note
from tests.factories.residency import make_permit, make_registration, make_rule, make_stay

from .pages import make_world, signed_in

pytestmark = pytest.mark.django_db


def test_everything_about_a_case_is_on_one_page() -> None:
    world = make_world()

    page = world.browser.get(world.urls()["case"]).content.decode()

    for text in ("Образцова Вымышлена", "17 May 1990", "+996 555 012345", "ул. Придуманная, 1", "Came to the office"):
        assert text in page


def test_the_header_says_what_is_due_next_and_how_to_reach_them() -> None:
    make_rule(parameters={"days": 30})
    world = make_world()
    make_stay(world.client, date(2026, 11, 1))

    header = world.browser.get(world.urls()["case"]).context["header"]

    assert header.deadline.due_on == date(2026, 11, 30)
    assert header.deadline_label
    assert header.reach == "phone call +996 555 012345"
    assert (header.status, header.team) == ("open", world.team.name)


def test_a_way_that_is_not_safe_is_not_offered_in_the_header() -> None:
    world = make_world()
    Contact.objects.update(is_safe=False)

    page = world.browser.get(world.urls()["case"])

    assert page.context["header"].reach == ""
    assert "not safe" in page.content.decode()


def test_a_way_that_has_ended_is_not_offered_in_the_header() -> None:
    world = make_world()
    actions.end_contact(contact=world.contact, version=1, by=world.worker, now=timezone.now())

    assert world.browser.get(world.urls()["case"]).context["header"].reach == ""


def test_every_view_leaves_one_line_in_the_audit_and_says_so_to_the_next() -> None:
    world = make_world()
    colleague = make_user(team=world.team, name="Colleague Invented")

    signed_in(colleague).get(world.urls()["case"])
    page = world.browser.get(world.urls()["case"])

    assert Event.objects.filter(type="clients.case_seen", case_id=world.case.pk).count() == 2
    assert [each.name for each in page.context["seen"]] == ["Colleague Invented"]


def test_a_page_that_cannot_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the audit is full")

    monkeypatch.setattr("casework.web.cases.views.case.record", refuse)
    world.browser.raise_request_exception = False

    assert world.browser.get(world.urls()["case"]).status_code == 500


def test_the_family_stands_in_its_order() -> None:
    world = make_world()
    for name, relation, year in [("Малыш", "child", 2019), ("Иван", "spouse", 1985), ("Старшая", "child", 2010)]:
        from casework.lib.dates import Birth

        make_client(case=world.case, given_name=name, relation=relation, birth=Birth(year=year), by=world.worker)

    people = world.browser.get(world.urls()["case"]).context["people"]

    assert [row.client.given_name for row in people] == ["Вымышлена", "Иван", "Старшая", "Малыш"]
    assert [row.is_child for row in people] == [False, False, True, True]


def test_who_lives_together_stands_in_one_row() -> None:
    world = make_world()
    child = make_client(case=world.case, relation="child", by=world.worker)
    make_address(world.client, line="ул. Придуманная, 9", together_with=[child], by=world.worker)

    rows = world.browser.get(world.urls()["case"]).context["addresses"]

    assert sorted(len(row.people) for row in rows) == [1, 2]


def test_pinned_notes_are_on_top_and_old_ones_a_click_away() -> None:
    world = make_world()
    for number in range(25):
        make_note(world.case, text=f"note {number}", by=world.worker, now=timezone.now() + timedelta(minutes=number))
    actions.pin_note(note=world.note, pinned=True, by=world.worker, now=timezone.now())
    url = world.urls()["case"]

    short, whole = world.browser.get(url), world.browser.get(f"{url}?all_notes")

    assert short.context["notes"][0].note == world.note
    assert (len(short.context["notes"]), short.context["has_more_notes"]) == (20, True)
    assert (len(whole.context["notes"]), whole.context["has_more_notes"]) == (26, False)


def test_a_case_without_people_opens_too() -> None:
    from tests.factories.clients import make_case

    world = make_world()
    empty = make_case(team=world.team, by=world.worker)

    assert world.browser.get(reverse("case", args=[empty.code])).status_code == 200


@pytest.mark.parametrize("code", ["C-222-222", "nothing", "%00", "C-" + "x" * 500])
def test_what_is_missing_answers_as_what_is_foreign(code: str) -> None:
    world, elsewhere = make_world(), make_world()

    missing = world.browser.get(f"/cases/{code}/")
    foreign = world.browser.get(elsewhere.urls()["case"])

    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert _without_values(missing) == _without_values(foreign)


def _without_values(answer: Any) -> str:
    """A page without its tokens and the address that was asked for, which the language switch repeats."""
    return re.sub(r' value="[^"]*"', "", answer.content.decode())


def test_a_family_of_five_costs_twenty_queries_at_most() -> None:
    make_rule(parameters={"days": 30})
    world = make_world()
    people = [world.client, *(make_client(case=world.case, relation="child", by=world.worker) for _ in range(4))]
    for client in people:
        stay = make_stay(client, by=world.worker)
        make_permit(client, by=world.worker)
        make_registration(client, stay=stay, by=world.worker)
        make_contact(client, by=world.worker)
        make_address(client, by=world.worker)
        make_note(world.case, by=world.worker)
        actions.write_to_do(text="Позвонить", owner=world.worker, case=world.case, by=world.worker, now=timezone.now())
    world.browser.get(world.urls()["case"])

    with counted_queries() as asked:
        page = world.browser.get(world.urls()["case"])

    assert len(page.context["people"]) == 5
    assert len(asked) <= 20, "\n".join(asked)


def test_what_was_written_is_shown_as_text() -> None:
    world = make_world()
    make_note(world.case, text="<script>alert(1)</script>", by=world.worker)

    page = world.browser.get(world.urls()["case"]).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
