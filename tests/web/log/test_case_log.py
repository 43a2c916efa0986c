"""The log of a case: everything that happened, in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.audit.models import Event
from casework.clients import actions
from casework.lifecycle.cases import join_cases
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import make_client, make_note
from tests.web.cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


def log_of(world: World, **query: str) -> str:
    return world.browser.get(reverse("case_log", args=[world.case.code]), query).content.decode()


def test_what_happened_stands_in_the_log_with_the_notes_in_full() -> None:
    world = make_world()

    page = log_of(world)

    assert "Opened a case" in page
    assert "Recorded an address" in page
    assert "Came to the office" in page
    assert str(world.worker.display_name or world.worker.email) in page


def test_an_event_names_the_person_and_what_was_changed_never_a_value() -> None:
    world = make_world()
    values = {"given_name": "Переименована"}
    client = world.client
    actions.change_client(client=client, version=client.version, by=world.worker, now=timezone.now(), **values)

    rows = world.browser.get(reverse("case_log", args=[world.case.code])).context["rows"]

    assert rows[0].what == "Changed what is known of a person"
    assert rows[0].about == "Образцова Переименована · given name"


def test_looks_and_what_was_taken_back_are_left_out() -> None:
    world = make_world()
    world.browser.get(world.urls()["case"])
    note = make_note(world.case, text="Ошибка", by=world.worker, now=timezone.now())
    actions.remove_note(note=note, by=world.worker, now=timezone.now())

    page = log_of(world)

    assert "ooked at" not in page
    assert "ook back a note" not in page
    assert "taken back" in page
    assert "Ошибка" not in page


def test_the_log_is_narrowed_by_kind_and_says_so_where_there_is_nothing() -> None:
    world = make_world()
    make_note(world.case, kind="call", outcome="no_answer", text="", by=world.worker)

    calls, notes, referrals = (log_of(world, kind=kind) for kind in ("calls", "notes", "referrals"))

    assert "Call, no answer" in calls
    assert "Came to the office" not in calls
    assert "Opened a case" not in notes
    assert "Came to the office" in notes
    assert "Nothing of this kind has happened" in referrals
    assert "Opened a case" in log_of(world, kind="nonsense")


def test_what_people_need_is_told_by_the_sentence_alone() -> None:
    world = make_world()
    Event.objects.create(
        at=timezone.now(),
        type="clients.need_recorded",
        actor_id=world.worker.pk,
        subject_model="clients.Need",
        subject_id="0",
        case_id=world.case.pk,
        data={"client": str(world.client.pk), "fields": ["code"]},
    )

    row = world.browser.get(reverse("case_log", args=[world.case.code])).context["rows"][0]

    assert (row.what, row.about, row.url) == ("Recorded a need of a person", "", "")


def test_a_long_log_comes_in_pages_and_costs_twelve_queries() -> None:
    world = make_world()
    for number in range(60):
        note = make_note(world.case, text=f"запись {number}", by=world.worker, now=timezone.now())
    actions.correct_note(note=note, version=1, by=world.worker, now=timezone.now(), text="исправлено")
    make_client(case=world.case, relation="child", by=world.worker)
    make_note(world.case, by=make_user(team=world.team), now=timezone.now())
    url = reverse("case_log", args=[world.case.code])
    world.browser.get(url)

    with counted_queries() as asked:
        page = world.browser.get(url)
    older = world.browser.get(page.context["page"].next_url).content.decode()

    assert len(asked) <= 12, "\n".join(asked)
    assert len(page.context["rows"]) == 50
    assert "запись 0" in older
    assert "запись 59" not in older


def test_what_happened_in_a_case_joined_into_this_one_stands_here_too() -> None:
    world = make_world()
    other = make_client(team=world.team, by=world.worker)
    make_note(other.case, text="Из другого дела", by=world.worker)
    join_cases(
        source=other.case,
        into=world.case,
        version=other.case.version,
        into_version=world.case.version,
        relations={other.pk: "sibling"},
        by=world.worker,
        now=timezone.now(),
    )

    assert "Из другого дела" in log_of(world)


def test_looking_at_the_log_is_recorded() -> None:
    world = make_world()
    log_of(world, kind="notes")

    seen = Event.objects.get(type="clients.log_seen")
    assert (seen.case_id, seen.data["kind"]) == (world.case.pk, "notes")


def test_the_log_of_an_archived_case_is_read_and_not_written() -> None:
    world = make_world()
    now = timezone.now()
    case = actions.close_case(case=world.case, reason="solved", version=world.case.version, by=world.worker, now=now)
    actions.archive_case(case=case, version=case.version, by=world.worker, now=now + timedelta(minutes=1))

    page = log_of(world)

    assert "Came to the office" in page
    assert "Add this note" not in page
    assert "Take back" not in page


def test_in_russian_too() -> None:
    world = make_world()
    world.worker.language = "ru"
    world.worker.save(update_fields=["language"])

    assert signed_in(world.worker).get(reverse("case_log", args=[world.case.code])).status_code == 200
