"""Why this date? Facts, rule, arithmetic, sources, what was decided, and the same as on another day."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import restrict_case
from casework.clients.models import Client
from casework.documents.actions import record_document
from casework.residency import actions
from casework.residency.actions.rules import publish_rule, supersede_rule
from casework.residency.models import Deadline, Rule
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_registration, make_rule, make_stay

from .conftest import signed_in

pytestmark = pytest.mark.django_db

ENTERED = date(2026, 11, 1)


@pytest.fixture
def rules() -> list[Rule]:
    return [
        make_rule("consecutive_days", {"days": 90}, valid=(None, date(2023, 1, 27)), part="visit", key="kz-in-a-row"),
        make_rule(
            "rolling_window",
            {"days": 90, "window_days": 180},
            valid=(date(2023, 1, 27), None),
            part="visit",
            key="kz-rolling",
            citation="Resolution 1146",
            more_citations=[
                {"title": "A blog that says 60 days", "supports": False},
                {"title": "A script", "url": "javascript:alert(1)"},
            ],
        ),
        make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register"),
    ]


@pytest.fixture
def client(worker: User, rules: list[Rule]) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    client = make_client(case=case, by=worker, family_name="Придуманова", given_name="Ася", patronymic="")
    passport = record_document(
        client=client, kind="internal_passport", country="RU", number="4510 000000", by=worker, now=NOW
    )
    make_stay(client, ENTERED, by=worker, document=passport)
    actions.refresh(client_ids=[client.pk], now=NOW)
    return client


@pytest.fixture
def leave(client: Client) -> Deadline:
    return client.deadlines.get(duty="leave")


def url(deadline: Deadline) -> str:
    return reverse("why_this_date", args=[deadline.pk])


def text_of(browser: Browser, address: str) -> str:
    """The words of a page, without its markup."""
    page = browser.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0]))


def test_the_date_stands_above_its_reasons(browser: Browser, leave: Deadline) -> None:
    page = text_of(browser, url(leave))

    for words in ("Leave the country by", "Kazakhstan", "Придуманова Ася", "Friday, 29 January 2027", "68 days"):
        assert words in page


def test_the_facts_are_those_that_were_used_with_the_way_to_change_them(browser: Browser, leave: Deadline) -> None:
    response = browser.get(url(leave))

    facts = {row.label: row for row in response.context["why"].facts}
    stay = facts["Stay: Kazakhstan"]
    assert facts["Nationality"].value == ["Russia"]
    assert stay.value == ["entered: 1 Nov 2026", "has not left", "internal passport"]
    assert stay.change_url == reverse("change_stay", args=[leave.subject_id])


def test_the_arithmetic_is_told_step_by_step(browser: Browser, leave: Deadline) -> None:
    lines = [line.sentence for line in browser.get(url(leave)).context["why"].lines]

    assert lines == [
        "Entered Kazakhstan on 1 Nov 2026.",
        "The version for entries since 27 Jan 2023 applies, because the entry was on 1 Nov 2026.",
        "Kazakhstan: at most 90 days in any 180 days.",
        "Counted: 22 days in Kazakhstan, 1 Nov 2026 to 22 Nov 2026.",
        "Used up on 22 Nov 2026: 22 of 90 days.",
        "The last lawful day is 29 Jan 2027.",
        "No lawyer has reviewed this rule yet.",
    ]


def test_the_rule_says_where_it_stands(browser: Browser, leave: Deadline) -> None:
    page = browser.get(url(leave))

    card = page.context["why"].binding
    assert (card.key, card.says) == ("kz-rolling", "Kazakhstan: at most 90 days in any 180 days.")
    assert (card.audience, card.valid, card.legal_status) == ("Russia", "since 27 Jan 2023", "in force")
    assert "Nobody with legal knowledge has reviewed it yet." in card.reviewed
    html = page.content.decode()
    assert 'href="https://law.example/decree" rel="noreferrer noopener">Resolution 1146</a>, read on 1 Oct 2026' in html
    assert "Not longer than the days named." in html


def test_what_contradicts_is_shown_beside_what_supports(browser: Browser, leave: Deadline) -> None:
    card = browser.get(url(leave)).context["why"].binding

    assert [source.title for source in card.supporting] == ["Resolution 1146", "A script"]
    assert [source.title for source in card.contradicting] == ["A blog that says 60 days"]


def test_a_source_that_is_no_page_of_the_web_is_not_linked(browser: Browser, leave: Deadline) -> None:
    page = browser.get(url(leave)).content.decode()

    assert "A script" in page
    assert "javascript:" not in page


def test_the_days_used_are_drawn_and_said(browser: Browser, leave: Deadline) -> None:
    (limit,) = browser.get(url(leave)).context["why"].limits

    assert (limit.words, limit.last) == ("22 of 90 days used", "last lawful day 29 Jan 2027")
    assert [(run.state, run.days) for run in limit.strip.runs] == [("out", 158), ("counted", 22)]


def test_what_was_decided_is_told_with_who_and_why(browser: Browser, leave: Deadline, worker: User) -> None:
    actions.impose(
        deadline=leave,
        imposed_on=date(2027, 1, 10),
        authority="Police",
        reason="Order of the police",
        by=worker,
        now=NOW,
    )
    actions.waive(deadline=leave, reason="Asylum", seen_on=date(2027, 1, 10), by=worker, now=NOW + timedelta(minutes=1))

    entries = browser.get(url(leave)).context["history"]

    assert [(entry.title, entry.by, entry.detail) for entry in entries] == [
        ("Waived, for 10 Jan 2027", "Test Worker", "Asylum"),
        ("An authority set the date: 10 Jan 2027", "Test Worker", "Police. Order of the police"),
    ]


def test_how_the_date_moved_is_told_with_the_cause(browser: Browser, leave: Deadline, worker: User) -> None:
    stay = leave.client.stays.get()
    earlier = date(2026, 10, 20)
    actions.change_stay(
        stay=stay, version=stay.version, entered_earliest=earlier, entered_latest=earlier, by=worker, now=NOW
    )

    response = browser.get(url(leave))

    (entry,) = response.context["history"]
    assert (entry.title, entry.detail) == (
        "The date moved: 29 Jan 2027 → 17 Jan 2027",
        "facts were recorded or changed",
    )
    assert "Was 29 Jan 2027." in response.content.decode()


def test_the_same_as_on_another_day(browser: Browser, leave: Deadline) -> None:
    before = list(Deadline.objects.order_by("pk").values())

    response = browser.get(url(leave), {"on": "2027-01-20"})

    why = response.context["why"]
    assert (why.on, why.due_on) == (date(2027, 1, 20), date(2027, 1, 29))
    assert "As on Wednesday, 20 January 2027" in response.content.decode()
    assert why.limits[0].words == "81 of 90 days used"
    assert list(Deadline.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(("language", "month"), [("en", "January"), ("ru", "января")])
def test_a_day_of_the_address_stands_in_the_boxes_as_words(leave: Deadline, language: str, month: str) -> None:
    worker = make_user(team=leave.client.case.team, language=language)

    response = signed_in(worker).get(url(leave), {"on": "2027-01-20"})

    assert response.context["why"].on == date(2027, 1, 20)
    assert response.context["form"].data["on_month"] == month


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-30", "9999-12-31", "0001-01-01"])
def test_an_address_that_names_no_day_is_no_error(browser: Browser, leave: Deadline, text: str) -> None:
    assert browser.get(url(leave), {"on": text, "known": text}).status_code == 200


def test_a_rule_that_was_replaced_is_named(browser: Browser, client: Client) -> None:
    make_rule(
        "consecutive_days", {"days": 30}, nationality="*", valid=(date(2023, 1, 27), None), part="visit", key="kz-all"
    )

    lines = browser.get(url(client.deadlines.get(duty="leave"))).context["why"].lines

    (replaced,) = [line for line in lines if line.code == "replaces_everybodys"]
    assert replaced.about == "Kazakhstan: at most 30 days in a row, counted from the entry."


def test_the_day_may_be_typed_in_three_boxes(browser: Browser, leave: Deadline) -> None:
    asked = {"on_day": "20", "on_month": "January", "on_year": "2027"}

    assert browser.get(url(leave), asked).context["why"].on == date(2027, 1, 20)


def test_the_same_by_the_rules_as_we_knew_them_then(browser: Browser, leave: Deadline, rules: list[Rule]) -> None:
    rolling = rules[1]
    yesterday = NOW - timedelta(days=1)
    Rule.objects.filter(pk=rolling.pk).update(known=type(rolling.known)(rolling.known.lower, yesterday))
    make_rule(
        "rolling_window",
        {"days": 60, "window_days": 180},
        valid=(date(2023, 1, 27), None),
        part="visit",
        key="kz-rolling",
        known=(yesterday, None),
    )

    today = browser.get(url(leave)).context["why"]
    then = browser.get(url(leave), {"known": "2026-11-19"}).context["why"]

    assert today.due_on == date(2026, 12, 30)
    assert (then.due_on, then.known_on) == (date(2027, 1, 29), date(2026, 11, 19))


def test_a_day_on_which_no_rule_was_known_says_so(browser: Browser, leave: Deadline) -> None:
    assert "This deadline does not apply on that day." in text_of(browser, url(leave) + "?known=2019-10-01")


def test_a_day_that_cannot_be_read_is_said_and_kept(browser: Browser, leave: Deadline) -> None:
    response = browser.get(url(leave), {"on_day": "05/12/2026", "on_month": "", "on_year": ""})

    assert response.status_code == 200
    assert "can be read in two ways" in response.content.decode()
    assert 'value="05/12/2026"' in response.content.decode()


def test_what_we_shall_know_tomorrow_is_not_asked(browser: Browser, leave: Deadline) -> None:
    assert "Nobody knows yet" in browser.get(url(leave), {"known": "2027-01-01"}).content.decode()


def test_what_is_met_by_a_fact_says_which_and_asks_for_no_answer(browser: Browser, client: Client) -> None:
    make_registration(client, stay=client.stays.get(), registered_on=date(2026, 11, 5))

    page = text_of(browser, url(client.deadlines.get(duty="register")))

    assert "it is on record that this was done on 5 Nov 2026" in page
    assert "Mark as done" not in page
    assert "Open it again" not in page


def test_what_is_gone_shows_what_was_computed_last(browser: Browser, leave: Deadline, worker: User) -> None:
    stay = leave.client.stays.get()
    day = date(2026, 11, 20)
    actions.end_stay(stay=stay, left_earliest=day, left_latest=day, version=stay.version, by=worker, now=NOW)

    page = text_of(browser, url(leave))

    assert "This does not apply any more since 22 Nov 2026" in page
    assert "Kazakhstan: at most 90 days in any 180 days." in page


def test_an_order_without_a_rule_is_explained(browser: Browser, leave: Deadline, worker: User) -> None:
    actions.impose(deadline=leave, imposed_on=date(2026, 12, 1), authority="Police", reason="Court", by=worker, now=NOW)
    stay = leave.client.stays.get()
    actions.remove_stay(stay=stay, version=stay.version, by=worker, now=NOW)

    page = text_of(browser, url(leave))

    assert "Tuesday, 1 December 2026" in page
    assert "An authority has set its date; see the history below." in page


def test_facts_that_cannot_be_computed_show_what_was_stored(
    browser: Browser, leave: Deadline, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.residency.computing.evaluate", lambda *_, **__: 1 / 0)
    make_stay(leave.client, date(2026, 1, 1), date(2026, 1, 5), country="GE", by=worker)

    response = browser.get(url(leave))

    assert response.status_code == 200
    assert response.context["why"].due_on == date(2027, 1, 29)


def test_reading_is_an_event_of_the_case(browser: Browser, leave: Deadline, worker: User) -> None:
    browser.get(url(leave))

    event = Event.objects.get(type="residency.deadline_seen")
    assert (event.actor_id, event.case_id, event.subject_id) == (worker.pk, leave.client.case_id, str(leave.pk))


def test_the_title_names_nobody(browser: Browser, leave: Deadline) -> None:
    page = browser.get(url(leave)).content.decode()

    assert "Придуманова" not in page.split("<title>")[1].split("</title>")[0]


def test_it_takes_few_queries(browser: Browser, leave: Deadline, worker: User) -> None:
    for number in range(10):
        now = NOW + timedelta(minutes=number)
        actions.mark_done(deadline=leave, seen_on=date(2027, 1, 29), by=worker, now=now)
        actions.reopen(deadline=leave, reason="Not yet", by=worker, now=now)
    browser.get(url(leave))

    with counted_queries() as asked:
        browser.get(url(leave))

    assert len(asked) <= 12


def test_a_stranger_is_sent_to_sign_in(leave: Deadline) -> None:
    assert Browser().get(url(leave)).status_code == 302


def test_another_team_finds_nothing(leave: Deadline) -> None:
    assert signed_in(make_user()).get(url(leave)).status_code == 404


def test_who_is_not_named_on_a_restricted_case_finds_nothing(leave: Deadline, worker: User) -> None:
    case = leave.client.case
    people = [worker, make_user(team=case.team)]
    restrict_case(case=case, people=people, version=case.version, by=worker, now=NOW)

    assert signed_in(make_user(team=case.team)).get(url(leave)).status_code == 404
    assert signed_in(people[1]).get(url(leave)).status_code == 200


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    assert browser.get(reverse("why_this_date", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_it_is_refused_to_roles_without_cases(leave: Deadline, role: Role) -> None:
    assert signed_in(make_user(role)).get(url(leave)).status_code == 403


def test_it_answers_get_only(browser: Browser, leave: Deadline) -> None:
    assert browser.post(url(leave)).status_code == 405


def test_it_is_shown_in_russian(leave: Deadline) -> None:
    worker = make_user(team=leave.client.case.team, language="ru")

    assert "29 января 2027" in signed_in(worker).get(url(leave)).content.decode()


def test_today_is_where_the_person_is(leave: Deadline) -> None:
    worker = make_user(team=leave.client.case.team)

    with time_machine.travel("2026-11-22T20:00:00Z", tick=False):
        page = text_of(signed_in(worker), url(leave))

    assert "Used up on 23 Nov 2026: 23 of 90 days." in page


def test_what_was_said_before_is_shown_with_its_reasons(browser: Browser, worker: User) -> None:
    rule = make_rule()
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker))
    make_stay(client, date(2026, 11, 1))
    actions.refresh(client_ids=[client.pk], now=NOW - timedelta(days=1))
    draft = supersede_rule(rule=rule, by=worker, now=NOW - timedelta(hours=2), parameters={"days": 60})
    publish_rule(rule=draft, by=worker, now=NOW - timedelta(hours=1))

    page = browser.get(f"/deadlines/{client.deadlines.get().pk}/").content.decode()

    said = page[page.index("What we said before") :]
    assert "Wednesday, 30 December 2026" in page
    assert "Friday, 29 January 2027" in said
    assert "said from 21 Nov 2026, 09:00 until 22 Nov 2026, 09:00" in said
    assert "90 days" in said
    assert f"/rules/KZ/{rule.pk}/" in said
