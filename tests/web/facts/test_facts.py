"""Stays and papers through the pages: recorded, changed, ended, removed; and all the ways in which that is refused."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, Client
from casework.documents.models import Document
from casework.residency.models import Application, Deadline, Permit, Registration, Stay
from casework.web.templatetags.numbers import masked
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_application, make_permit, make_registration, make_rule, make_stay

from ..cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


def day(name: str, day: date | None) -> dict[str, str]:
    """The three boxes of a day, as somebody fills them in."""
    parts = (str(day.day), str(day.month), str(day.year)) if day else ("", "", "")
    return dict(zip((f"{name}_day", f"{name}_month", f"{name}_year"), parts, strict=True))


def exactly(name: str, when: date) -> dict[str, str]:
    return {f"{name}_known": "exact"} | day(f"{name}_exact", when)


STILL_THERE = {"left_known": "absent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One noun: what is typed to record it, and one field of it to change."""

    noun: str
    model: Any
    make: Any
    typed: dict[str, str] = field(default_factory=dict)
    name: str = "remark"
    before: str = "Как было"
    after: str = "Как стало"


FACTS = [
    Fact(
        noun="stay",
        model=Stay,
        make=make_stay,
        typed={"country": "KZ", "legal_basis": "visa_free", **exactly("entered", date(2026, 11, 1)), **STILL_THERE},
    ),
    Fact(
        noun="document",
        model=Document,
        make=make_document,
        typed={
            "country": "RU",
            "kind": "international_passport",
            "state": "held",
            **day("issued_on", date(2020, 3, 1)),
        },
        name="number",
        before="750000001",
        after="750000002",
    ),
    Fact(
        noun="permit",
        model=Permit,
        make=make_permit,
        typed={"country": "KZ", "kind": "temporary_residence", **day("printed_until", date(2027, 1, 31))},
    ),
    Fact(
        noun="registration",
        model=Registration,
        make=make_registration,
        typed={"country": "KZ", "kind": "stay", **day("registered_on", date(2026, 11, 3))},
    ),
    Fact(
        noun="application",
        model=Application,
        make=make_application,
        typed={"country": "KZ", "kind": "residence", "state": "pending", **day("filed_on", date(2026, 11, 4))},
    ),
]
each_fact = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.noun)


def url_to_add(fact: Fact, client: Client) -> str:
    return reverse(f"add_{fact.noun}", args=[client.reference])


def url_to_change(fact: Fact, row: Any) -> str:
    return reverse(f"change_{fact.noun}", args=[row.pk])


def url_to_remove(fact: Fact, row: Any) -> str:
    return reverse(f"remove_{fact.noun}", args=[row.pk])


def made(fact: Fact, client: Client, **fields: Any) -> Any:
    return fact.make(client, **({fact.name: fact.before} | fields))


def urls_of(fact: Fact, row: Any) -> list[str]:
    urls = [url_to_add(fact, row.client), url_to_change(fact, row), url_to_remove(fact, row)]
    return [*urls, reverse("end_stay", args=[row.pk])] if fact.noun == "stay" else urls


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# What succeeds.


@each_fact
def test_a_fact_is_recorded_and_the_page_of_the_case_shows_it(fact: Fact) -> None:
    world = make_world()
    url, data = url_to_add(fact, world.client), fact.typed | {fact.name: fact.after, "id": str(uuid.uuid4())}

    answer = world.browser.post(url, data)

    row = fact.model.objects.get()
    assert str(row.pk) == data["id"]
    assert row.client == world.client
    assert answer.url == reverse("case", args=[world.case.code]) + "#deadlines"
    page = text_of(world.browser.get(answer.url))
    assert "is saved." in page
    # The number of a paper is shown in full only to whoever asks for it.
    assert (masked(fact.after) if fact.noun == "document" else fact.after) in page


@each_fact
def test_a_fact_is_changed_and_then_removed(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)

    changed = world.browser.post(url_to_change(fact, row), fact.typed | {fact.name: fact.after, "version": "1"})
    kept = fact.model.objects.get()
    removed = world.browser.post(url_to_remove(fact, row))

    case_url = reverse("case", args=[world.case.code])
    assert (changed.status_code, changed.url) == (302, case_url + "#deadlines")
    assert (getattr(kept, fact.name), kept.version) == (fact.after, 2)
    assert (removed.status_code, removed.url) == (302, case_url)
    assert not fact.model.objects.exists()


@each_fact
def test_a_form_opens_with_what_is_on_record_and_saves_it_unchanged(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)

    form = world.browser.get(url_to_change(fact, row)).context["form"]

    assert form[fact.name].value() == fact.before
    assert (form["version"].value(), form["country"].value()) == (1, row.country)


@each_fact
def test_asking_before_a_removal_removes_nothing(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)

    answer = world.browser.get(url_to_remove(fact, row))

    assert answer.status_code == 200
    assert url_to_change(fact, row) in text_of(answer)
    assert fact.model.objects.exists()


@each_fact
def test_a_form_sent_twice_makes_one(fact: Fact) -> None:
    world = make_world()
    data = fact.typed | {"id": str(uuid.uuid4())}

    answers = [world.browser.post(url_to_add(fact, world.client), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert fact.model.objects.count() == 1


def test_the_deadlines_of_the_case_follow_the_stay() -> None:
    make_rule()
    world = make_world()
    stays, case_url = FACTS[0], reverse("case", args=[world.case.code])

    def shown() -> list[date | None]:
        world.browser.get(case_url)
        return [deadline.due_on for deadline in Deadline.objects.filter(gone_at__isnull=True)]

    assert shown() == []
    world.browser.post(url_to_add(stays, world.client), stays.typed)
    assert shown() == [date(2027, 1, 29)]
    stay = Stay.objects.get()
    moved = stays.typed | exactly("entered", date(2026, 11, 11)) | {"version": "1"}
    world.browser.post(url_to_change(stays, stay), moved)
    assert shown() == [date(2027, 2, 8)]
    world.browser.post(reverse("end_stay", args=[stay.pk]), exactly("left", date(2026, 11, 20)) | {"version": "2"})
    assert shown() == []
    world.browser.post(url_to_remove(stays, stay))
    assert not Stay.objects.exists()


@pytest.mark.parametrize(
    ("typed", "bounds"),
    [
        (exactly("left", date(2026, 11, 20)), (date(2026, 11, 20), date(2026, 11, 20))),
        ({"left_known": "unknown"}, (None, None)),
        ({"left_known": "between", **day("left_latest", date(2026, 11, 20))}, (None, date(2026, 11, 20))),
    ],
    ids=["known", "unknown", "bounded"],
)
def test_a_stay_is_ended(typed: dict[str, str], bounds: tuple[date | None, date | None]) -> None:
    world = make_world()
    stay = make_stay(world.client)

    answer = world.browser.post(reverse("end_stay", args=[stay.pk]), typed | {"version": "1"})

    stay.refresh_from_db()
    assert answer.status_code == 302
    assert (stay.has_left, stay.left_earliest, stay.left_latest) == (True, *bounds)


@each_fact
def test_facts_of_a_closed_case_are_still_corrected_and_the_audit_shows_it(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)
    actions.close_case(case=world.case, reason="other", version=1, by=world.worker, now=NOW)

    answer = world.browser.post(url_to_change(fact, row), fact.typed | {fact.name: fact.after, "version": "1"})

    assert answer.status_code == 302
    assert Case.objects.get().status == Case.Status.CLOSED
    label = f"{fact.model._meta.app_label}.{fact.noun}_changed"
    assert Event.objects.get(type=label).actor_id == world.worker.pk


# What is refused, beside the field, with everything typed kept.


WRONG = {
    "stay": (exactly("left", date(2026, 10, 1)), "left", "The exit lies before the entry."),
    "document": (day("valid_until", date(2020, 2, 1)), "valid_until", "The document ends before it was issued."),
    "permit": (day("valid_from", date(2027, 2, 1)), "printed_until", "The permit ends before it begins."),
    "registration": (day("valid_until", date(2026, 11, 2)), "valid_until", "The registration ends before it was made."),
    "application": (day("decided_on", date(2026, 11, 3)), "decided_on", "The decision lies before the application."),
}


@each_fact
def test_a_refusal_stands_beside_the_field_and_what_was_typed_is_kept(fact: Fact) -> None:
    world = make_world()
    wrong, name, sentence = WRONG[fact.noun]
    row = made(fact, make_client(case=world.case, relation="child"))
    data = fact.typed | wrong | {fact.name: fact.after}

    added = world.browser.post(url_to_add(fact, world.client), data | {"id": str(uuid.uuid4())})
    changed = world.browser.post(url_to_change(fact, row), data | {"version": "1"})

    for answer in (added, changed):
        form = answer.context["form"]
        assert answer.status_code == 200
        assert sentence in form.errors[name][0]
        page = text_of(answer)
        assert f'value="{fact.after}"' in page
        assert form["country"].value() == fact.typed["country"]
    assert [getattr(kept, fact.name) for kept in fact.model.objects.all()] == [fact.before]


def test_the_day_that_was_refused_stays_in_its_boxes() -> None:
    world = make_world()
    wrong = exactly("entered", date(2090, 5, 17))

    page = text_of(world.browser.post(url_to_add(FACTS[0], world.client), FACTS[0].typed | wrong))

    assert "Mark the stay as planned" in page
    assert re.search(r'name="entered_exact_day"[^>]*value="17"|value="17"[^>]*name="entered_exact_day"', page)
    assert re.search(r'name="entered_exact_year"[^>]*value="2090"|value="2090"[^>]*name="entered_exact_year"', page)


def test_ending_a_stay_on_a_day_that_another_stay_covers_is_refused_above_the_form() -> None:
    world = make_world()
    stay = make_stay(world.client, date(2026, 9, 1), has_left=True, country="GE")
    make_stay(world.client, date(2026, 10, 1), date(2026, 10, 20))

    data = exactly("left", date(2026, 11, 1)) | {"version": "1"}
    answer = world.browser.post(reverse("end_stay", args=[stay.pk]), data)

    assert "Kazakhstan" in answer.context["form"].non_field_errors()[0]
    assert Stay.objects.get(pk=stay.pk).left_earliest is None


@each_fact
@pytest.mark.parametrize("country", ["XX", "kz", "", "KAZ", "\x00", "K" * 5000])
def test_a_country_that_is_none_is_refused(fact: Fact, country: str) -> None:
    world = make_world()

    answer = world.browser.post(url_to_add(fact, world.client), fact.typed | {"country": country})

    assert answer.status_code == 200
    assert "country" in answer.context["form"].errors
    assert not fact.model.objects.exists()


@each_fact
@pytest.mark.parametrize("text", ["a\x00b", "ю" * 401, "7" * 10_000], ids=["NUL", "401 letters", "ten thousand"])
def test_text_that_cannot_be_kept_gives_an_error_beside_its_field(fact: Fact, text: str) -> None:
    world = make_world()

    answer = world.browser.post(url_to_add(fact, world.client), fact.typed | {fact.name: text})

    assert answer.status_code == 200
    assert fact.name in answer.context["form"].errors
    assert not fact.model.objects.exists()


@each_fact
@pytest.mark.parametrize("text", ["\x00", "9" * 5000, "½", "٣", "-1", "<b>"])
def test_no_text_in_any_box_breaks_a_page(fact: Fact, text: str) -> None:
    world = make_world()
    row = made(fact, world.client)
    nonsense = dict.fromkeys([*fact.typed, "id", "version", "document", "planned", fact.name], text)

    for url in (url_to_add(fact, world.client), url_to_change(fact, row)):
        assert world.browser.post(url, nonsense).status_code == 200

    assert fact.model.objects.count() == 1


def test_no_text_in_any_box_breaks_the_page_that_ends_a_stay() -> None:
    world = make_world()
    stay = make_stay(world.client)

    for text in ("\x00", "9" * 5000, "½"):
        data = dict.fromkeys([*exactly("left", date(2026, 11, 20)), "version"], text)
        assert world.browser.post(reverse("end_stay", args=[stay.pk]), data).status_code == 200

    assert Stay.objects.get() == stay


def test_the_passport_of_another_person_cannot_be_the_document_used_to_enter() -> None:
    world = make_world()
    own = make_document(world.client)
    theirs = make_document(make_client(case=world.case, relation="child"))
    url = url_to_add(FACTS[0], world.client)

    page = text_of(world.browser.get(url))
    refused = world.browser.post(url, FACTS[0].typed | {"document": str(theirs.pk)})
    world.browser.post(url, FACTS[0].typed | {"document": str(own.pk)})

    assert str(own.pk) in page
    assert str(theirs.pk) not in page
    assert "document" in refused.context["form"].errors
    assert Stay.objects.get().document == own


def test_what_else_is_posted_is_not_written() -> None:
    world = make_world()
    stay = make_stay(make_client(case=world.case, relation="child"))
    fact = FACTS[3]

    world.browser.post(
        url_to_add(fact, world.client), fact.typed | {"stay": str(stay.pk), "client": str(stay.client_id)}
    )

    kept = Registration.objects.get()
    assert (kept.stay, kept.client) == (None, world.client)


@each_fact
def test_the_id_of_somebody_elses_fact_makes_nothing(fact: Fact) -> None:
    world = make_world()
    theirs = made(fact, make_client())

    answer = world.browser.post(url_to_add(fact, world.client), fact.typed | {"id": str(theirs.pk)})

    assert answer.status_code == 400
    assert fact.model.objects.get().client == theirs.client


# Two people at the same fact.


@each_fact
def test_somebody_else_changed_it_meanwhile(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)
    url, theirs = url_to_change(fact, row), fact.after[:-1] + "7"
    world.browser.post(url, fact.typed | {fact.name: theirs, "version": "1"})

    answer = world.browser.post(url, fact.typed | {fact.name: fact.after, "version": "1"})

    assert answer.status_code == 409
    (difference,) = [it for it in answer.context["differences"] if it.theirs == theirs]
    assert difference.mine == fact.after
    page = text_of(answer)
    assert "Somebody else changed this while you were writing" in page
    assert f" {theirs}</label>" in page
    assert f" {fact.after}</label>" in page
    assert f'value="{fact.after}"' in page
    assert getattr(fact.model.objects.get(), fact.name) == theirs

    again = world.browser.post(
        url, fact.typed | {fact.name: fact.after, "version": str(answer.context["form"]["version"].value())}
    )
    assert again.status_code == 302
    assert getattr(fact.model.objects.get(), fact.name) == fact.after


def test_both_values_of_every_field_that_differs_are_shown_in_words() -> None:
    world = make_world()
    passport = make_document(world.client)
    stay = make_stay(world.client, country="KZ", document=passport)
    url = url_to_change(FACTS[0], stay)
    world.browser.post(url, FACTS[0].typed | {"version": "1", "document": str(passport.pk), "purpose": "work"})
    typed = FACTS[0].typed | exactly("entered", date(2026, 11, 5)) | exactly("left", date(2026, 11, 9))

    answer = world.browser.post(url, typed | {"version": "1", "country": "GE", "planned": "on"})

    shown = {it.label: (it.theirs, it.mine) for it in answer.context["differences"]}
    assert shown == {
        "Country": ("Kazakhstan", "Georgia"),
        "Day of entry": ("1 Nov 2026", "5 Nov 2026"),
        "Day of exit": ("Has not left yet", "9 Nov 2026"),
        "This stay is planned and has not happened yet": ("no", "yes"),
        "Document used to enter": ("international passport (RU)", "not recorded"),
        "Purpose": ("work", "not recorded"),
    }


def test_what_is_not_known_is_shown_as_such_beside_what_was_typed() -> None:
    world = make_world()
    document = make_document(world.client, valid_until=None)
    url = url_to_change(FACTS[1], document)
    world.browser.post(url, FACTS[1].typed | {"version": "1", "number": "1"})

    typed = FACTS[1].typed | {"version": "1", "number": "1", "biometric": "no"} | day("valid_until", date(2030, 1, 1))
    answer = world.browser.post(url, typed)

    shown = {it.label: (it.theirs, it.mine) for it in answer.context["differences"]}
    assert shown == {"Valid until": ("", "1 Jan 2030"), "Biometric (ten-year) passport?": ("not known", "no")}


def test_a_form_without_its_version_replaces_nothing() -> None:
    world = make_world()
    stay = made(FACTS[0], world.client)

    answer = world.browser.post(url_to_change(FACTS[0], stay), FACTS[0].typed | {"remark": "Без версии"})

    assert answer.status_code == 409
    assert Stay.objects.get().remark == "Как было"


def test_ending_a_stay_that_changed_meanwhile_is_asked_once_more_and_keeps_the_day() -> None:
    world = make_world()
    stay = make_stay(world.client)
    world.browser.post(url_to_change(FACTS[0], stay), FACTS[0].typed | {"purpose": "work", "version": "1"})

    data = exactly("left", date(2026, 11, 20)) | {"version": "1"}
    answer = world.browser.post(reverse("end_stay", args=[stay.pk]), data)

    assert answer.status_code == 409
    assert [(it.theirs, it.mine) for it in answer.context["differences"]] == [("", "20 Nov 2026")]
    assert not Stay.objects.get().has_left


# Who does not get here.


@each_fact
def test_a_stranger_is_sent_to_the_sign_in(fact: Fact) -> None:
    row = made(fact, make_client())

    for url in urls_of(fact, row):
        for answer in (Browser().get(url), Browser().post(url, fact.typed)):
            assert answer.status_code == 302
            assert answer.url.startswith(reverse("account_login"))
    assert fact.model.objects.get().version == 1


@each_fact
def test_another_team_gets_the_same_answer_as_for_what_is_not_there(fact: Fact) -> None:
    row, elsewhere = made(fact, make_client()), signed_in(make_user())
    missing = [re.sub(r"[0-9a-f-]{36}", str(uuid.uuid4()), url) for url in urls_of(fact, row)[1:]]
    missing.append(reverse(f"add_{fact.noun}", args=["K7Q-3F9"]))

    pages = [
        answer
        for url in [*urls_of(fact, row), *missing]
        for answer in (elsewhere.get(url), elsewhere.post(url, fact.typed | {"version": "1"}))
    ]

    assert {page.status_code for page in pages} == {404}
    assert all(row.client.family_name not in text_of(page) for page in pages)
    assert fact.model.objects.get().version == 1


@each_fact
def test_a_colleague_who_is_not_named_on_a_restricted_case_learns_nothing(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)
    people = [world.worker, make_user(team=world.team)]
    actions.restrict_case(case=world.case, people=people, version=1, by=world.worker, now=NOW)
    unnamed = signed_in(make_user(team=world.team))

    assert {unnamed.get(url).status_code for url in urls_of(fact, row)} == {404}


@each_fact
@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_roles_without_people_are_refused(fact: Fact, role: Role) -> None:
    row, browser = made(fact, make_client()), signed_in(make_user(role))

    for url in urls_of(fact, row):
        assert browser.get(url).status_code == 403
        assert browser.post(url, fact.typed).status_code == 403
    assert fact.model.objects.get().version == 1


@each_fact
def test_only_reading_and_posting_are_known(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)

    for url in urls_of(fact, row):
        assert world.browser.put(url).status_code == 405
        assert world.browser.delete(url).status_code == 405
    assert fact.model.objects.exists()


# Costs, languages, titles.


@each_fact
def test_pages_cost_twelve_queries_at_most_however_many_facts_there_are(fact: Fact) -> None:
    world = make_world()
    row = made(fact, world.client)
    few = _cost_of(world, fact, row)
    for _ in range(30):
        make_document(world.client)
    many = _cost_of(world, fact, row)

    assert many == few
    assert max(few) <= 12


def _cost_of(world: World, fact: Fact, row: Any) -> list[int]:
    costs = []
    for url in urls_of(fact, row):
        world.browser.get(url)
        with counted_queries() as asked:
            world.browser.get(url)
        costs.append(len(asked))
    return costs


@each_fact
@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_open_in_both_languages_and_name_nobody_in_their_titles(fact: Fact, language: str) -> None:
    world = make_world()
    world.worker.language = language
    world.worker.save(update_fields=["language"])
    row = made(fact, world.client)

    for url in urls_of(fact, row):
        answer = world.browser.get(url)
        page = text_of(answer)
        title = page[page.index("<title>") : page.index("</title>")]
        assert answer.status_code == 200
        assert world.client.family_name not in title + url
