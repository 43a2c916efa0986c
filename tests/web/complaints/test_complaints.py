"""Complaints on their pages, and everything that whoever is complained about tries."""

import random
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Complaint
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.referrals import make_complaint, make_coordinator
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

PAGES = ("complaint", "move_complaint", "note_on_complaint", "name_people_complained_about")
WORDS = "Кричал на меня при всех"


def typed(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "id": str(uuid.uuid4()),
        "received_on_day": str(today.day),
        "received_on_month": str(today.month),
        "received_on_year": str(today.year),
        "how": "in_person",
        "subject": "service",
        "happened": WORDS,
        **changes,
    }


def urls(complaint: Complaint) -> list[str]:
    return [reverse(name, args=[complaint.pk]) for name in PAGES]


@pytest.mark.parametrize("role", [*Role, None])
def test_anybody_on_the_staff_records_one_and_gets_a_receipt(role: Role | None) -> None:
    browser, data = signed_in(make_user(role)), typed()

    answer = browser.post(reverse("record_complaint"), data)
    browser.post(reverse("record_complaint"), data)
    receipt = browser.get(answer.url).content.decode()

    complaint = Complaint.objects.get()
    assert complaint.receipt in receipt
    assert WORDS not in receipt
    assert complaint.from_name == ""


def test_whoever_recorded_it_sees_the_receipt_and_nothing_more() -> None:
    recorder = make_user()
    complaint = make_complaint(by=recorder, team=team_of(recorder), happened=WORDS)
    browser = signed_in(recorder)

    assert browser.get(reverse("complaint_receipt", args=[complaint.pk])).status_code == 200
    assert {browser.get(url).status_code for url in urls(complaint)} == {403}
    other = signed_in(make_user())
    assert other.get(reverse("complaint_receipt", args=[complaint.pk])).status_code == 404


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "Keep this code"), ("ky", "Бул кодду"), ("mn", "Энэ кодыг"), ("uk", "Збережіть цей код")],
)
def test_whoever_complains_gets_the_code_in_their_language(language: str, says: str) -> None:
    recorder = make_user()
    complaint = make_complaint(by=recorder, team=team_of(recorder), happened=WORDS)

    page = signed_in(recorder).get(reverse("complaint_receipt", args=[complaint.pk]), {"language": language})

    paper = page.content.decode().split(f'<article class="sheet" lang="{language}">')[1].split("</article>")[0]
    assert says in paper
    assert complaint.receipt in paper
    assert WORDS not in paper


def test_what_is_wrong_is_said_and_what_was_typed_is_kept() -> None:
    browser = signed_in(make_user())

    page = browser.post(reverse("record_complaint"), typed(how="", away_from_team="on"))

    assert {"how", "team"} <= set(page.context["form"].errors)
    assert WORDS in page.content.decode()


def test_where_nobody_may_handle_it_the_receipt_says_so() -> None:
    accused = make_coordinator()
    browser = signed_in(make_user())
    data = typed(subject="staff", team=str(team_of(accused).pk), people=[str(accused.pk)])

    page = browser.get(browser.post(reverse("record_complaint"), data).url).content.decode()

    assert "There is nobody yet who may handle it" in page


def test_a_handler_takes_it_to_its_end() -> None:
    team = make_team()
    browser, complaint = signed_in(make_coordinator(team)), make_complaint(team=team, happened=WORDS)

    browser.post(
        reverse("move_complaint", args=[complaint.pk]), {"to": "acknowledged", "text": "Позвонили", "version": "1"}
    )
    note = {"id": str(uuid.uuid4()), "text": "Спросили двоих"}
    for _ in range(2):
        browser.post(reverse("note_on_complaint", args=[complaint.pk]), note)
    refused = browser.post(reverse("move_complaint", args=[complaint.pk]), {"to": "closed", "version": "2"})
    browser.post(reverse("move_complaint", args=[complaint.pk]), {"to": "closed", "outcome": "partly", "version": "2"})
    page = browser.get(reverse("complaint", args=[complaint.pk])).content.decode()

    assert "outcome" in refused.context["form"].errors
    complaint.refresh_from_db()
    assert (complaint.state, complaint.outcome) == ("closed", "partly")
    assert page.count("Спросили двоих") == 1
    assert WORDS in page
    assert "Позвонили" in page


def test_two_who_handle_it_are_told_of_each_other() -> None:
    team = make_team()
    browser, complaint = signed_in(make_coordinator(team)), make_complaint(team=team)
    url = reverse("move_complaint", args=[complaint.pk])
    browser.post(url, {"to": "acknowledged", "version": "1"})

    conflict = browser.post(url, {"to": "looked_into", "text": "Моё", "version": "1"})

    assert conflict.status_code == 409
    assert "Моё" in conflict.content.decode()


def test_safeguarding_comes_first_and_counts_are_of_what_is_seen() -> None:
    team = make_team()
    handler = make_coordinator(team)
    make_complaint(team=team)
    grave = make_complaint(team=team, is_safeguarding=True)
    make_complaint(team=team, about=handler)
    make_complaint(team=make_team(), away_from_team=False, by=make_coordinator())

    page = signed_in(handler).get(reverse("complaints"))

    seen = [each for each, _ in page.context["rows"]]
    assert seen[0] == grave
    assert page.context["counts"]["open"] == len(seen)
    assert page.context["counts"]["safeguarding"] == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CASEWORKER])
def test_whoever_is_complained_about_finds_nothing_whatever_they_try(role: Role) -> None:
    team = make_team()
    accused = make_user(role, team=team, name="Accused Worker")
    make_membership(accused, Role.AUDITOR)
    handler = make_coordinator(team)
    client = make_client(team=team, by=accused)
    complaint = make_complaint(team=team, about=accused, happened=WORDS, by=make_user(team=team), wished="Извинение")
    signed_in(handler).get(reverse("complaint", args=[complaint.pk]))
    browser = signed_in(accused)

    foreign = {browser.get(url).status_code for url in urls(complaint)}
    posted = {
        browser.post(url, {"to": "closed", "outcome": "not_upheld", "text": "x", "version": "1"}).status_code
        for url in urls(complaint)
    }
    missing = {browser.get(reverse(name, args=[uuid.uuid4()])).status_code for name in PAGES}
    readable = [
        reverse("complaints"),
        reverse("complaints") + "?state=any",
        reverse("complaints") + "?state=overdue",
        reverse("complaint_receipt", args=[complaint.pk]),
        reverse("case", args=[client.case.code]),
        reverse("client", args=[client.reference]),
        reverse("case_referrals", args=[client.case.code]),
        "/my-day/",
        "/cases/",
        "/audit/",
        f"/audit/?actor={handler.pk}",
    ]
    pages = [browser.get(url).content.decode() for url in readable]
    pages += [
        browser.post("/search/", {"q": text}).content.decode() for text in (complaint.receipt, WORDS, "Извинение")
    ]

    assert foreign == missing == ({404} if role == Role.COORDINATOR else {403})
    assert posted <= foreign | {405}
    for text in (complaint.receipt, WORDS, "Извинение"):
        assert not any(text in page for page in pages[:11])
    assert not any("looked at a complaint" in page for page in pages)
    assert not any("recorded a complaint" in page for page in pages)
    complaint.refresh_from_db()
    assert complaint.state == "received"


def test_an_auditor_who_is_not_complained_about_sees_that_somebody_handled_one() -> None:
    team = make_team()
    complaint = make_complaint(team=team, about=make_user(team=team))
    signed_in(make_coordinator(team)).get(reverse("complaint", args=[complaint.pk]))

    page = signed_in(make_user(Role.AUDITOR)).get("/audit/").content.decode()

    assert "looked at a complaint" in page
    assert complaint.receipt not in page


def random_world(seed: int) -> tuple[list[User], list[Complaint]]:
    dice = random.Random(seed)
    teams: list[Team] = [make_team(), make_team()]
    people = [make_coordinator(dice.choice(teams)) for _ in range(4)]
    people += [make_user(team=dice.choice(teams)) for _ in range(2)]
    complaints = [
        make_complaint(
            team=dice.choice([*teams, None]),
            people=dice.sample(people, dice.randint(0, 4)),
            subject=dice.choice(["staff", "service", "decision"]),
            is_safeguarding=dice.random() < 0.3,
            by=dice.choice(people),
        )
        for _ in range(8)
    ]
    return people, complaints


@pytest.mark.parametrize("seed", range(3))
def test_list_page_counts_and_audit_agree_about_who_sees_what(seed: int) -> None:
    people, complaints = random_world(seed)
    for user in people:
        browser = signed_in(user)
        allowed = set(Complaint.objects.visible_to(user, timezone.now()))  # type: ignore[attr-defined]
        page = browser.get(reverse("complaints"), {"state": "any"})
        opened = {each for each in complaints if browser.get(reverse("complaint", args=[each.pk])).status_code == 200}
        seen = Event.objects.filter(actor_id=user.pk, type="clients.complaint_seen").values_list(
            "subject_id", flat=True
        )

        listed = {each for each, _ in page.context["rows"]} if page.status_code == 200 else set()
        assert listed == opened == allowed
        assert set(seen) == {str(each.pk) for each in allowed}
        if page.status_code == 200:
            assert page.context["counts"]["open"] == len(allowed)


def test_every_page_opens_in_russian_and_costs_little() -> None:
    team = make_team()
    handler = make_user(Role.COORDINATOR, team=team, language="ru")
    complaint = make_complaint(team=team, by=handler)
    browser = signed_in(handler)
    pages = [
        *urls(complaint),
        reverse("complaints"),
        reverse("record_complaint"),
        reverse("complaint_receipt", args=[complaint.pk]),
    ]
    for url in pages:
        with counted_queries() as queries:
            assert browser.get(url).status_code == 200
        assert len(queries) <= 12, (url, len(queries))
