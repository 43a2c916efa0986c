"""Notes: written with whom and when, corrected, struck, taken back, and in two taps."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Note
from tests.factories.accounts import make_user
from tests.factories.clients import make_client, make_note
from tests.web.cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


def fresh(world: World, **fields: object) -> Note:
    return make_note(world.case, by=world.worker, now=timezone.now(), **fields)


def url_of(name: str, note: Note) -> str:
    return reverse(name, args=[note.pk])


def test_a_note_says_whom_it_is_about_and_when_it_was() -> None:
    world = make_world()
    child = make_client(case=world.case, relation="child", given_name="Малыш", by=world.worker)
    data = {
        "id": str(uuid.uuid4()),
        "text": "Была в школе",
        "kind": "school",
        "people": [str(child.pk)],
        "happened_on_day": "3",
        "happened_on_month": "11",
        "happened_on_year": "2025",
        "happened_time": "14:05",
        "back": "log",
    }

    answer = world.browser.post(world.urls()["write_note"], data)
    page = world.browser.get(answer.url).content.decode()

    note = Note.objects.get(kind="school")
    assert answer.url.startswith(reverse("case_log", args=[world.case.code]))
    assert (note.happened_on, f"{note.happened_time:%H:%M}") == (date(2025, 11, 3), "14:05")
    assert "About Малыш" in page
    assert "3 Nov 2025, 14:05" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"happened_on_day": "1", "happened_on_month": "1", "happened_on_year": "2090"}, "happened_on"),
        ({"happened_time": "10:00"}, "happened_on"),
        ({"happened_time": "quarter to ten"}, "happened_time"),
        ({"people": ["somebody"]}, "people"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_what_was_typed_is_kept(
    typed: dict[str, object], field: str
) -> None:
    world = make_world()
    make_client(case=world.case, relation="child", by=world.worker)
    data = {"id": str(uuid.uuid4()), "text": "Слова остаются", "kind": "note"} | typed

    page = world.browser.post(world.urls()["write_note"], data)

    assert list(page.context["form"].errors) == [field]
    assert "Слова остаются" in page.content.decode()
    assert Note.objects.count() == 1


def test_a_note_is_corrected_and_what_it_said_stays_readable() -> None:
    world = make_world()
    note = fresh(world, text="Звонила в понедельник")
    data = {"version": "1", "text": "Звонила во вторник", "kind": "note"}

    answer = world.browser.post(url_of("correct_note", note), data)
    page = world.browser.get(answer.url).content.decode()

    assert answer.url == url_of("note", note)
    assert "Звонила во вторник" in page
    assert "Звонила в понедельник" in page
    assert "Corrected" in world.browser.get(world.urls()["case"]).content.decode()


def test_two_corrections_at_once_are_shown_side_by_side() -> None:
    world = make_world()
    note = fresh(world, text="Первое")
    actions.correct_note(note=note, version=1, by=world.worker, now=timezone.now(), text="Второе")

    page = world.browser.post(url_of("correct_note", note), {"version": "1", "text": "Третье", "kind": "note"})
    note.refresh_from_db()

    assert page.status_code == 409
    assert note.text == "Второе"
    assert "Второе" in page.content.decode()
    assert "Третье" in page.content.decode()


def test_nobody_corrects_what_somebody_else_wrote() -> None:
    world = make_world()
    note = make_note(world.case, by=make_user(team=world.team), now=timezone.now())

    answers = [
        world.browser.get(url_of("correct_note", note)),
        world.browser.post(url_of("correct_note", note), {"version": "1", "text": "Чужое", "kind": "note"}),
    ]

    assert [each.url for each in answers] == [url_of("note", note)] * 2
    assert Note.objects.get(pk=note.pk).text != "Чужое"


def test_a_note_is_struck_with_a_reason_and_stays_readable() -> None:
    world = make_world()
    refused = world.browser.post(url_of("strike_note", world.note), {"version": "1", "strike_reason": " "})
    answer = world.browser.post(url_of("strike_note", world.note), {"version": "1", "strike_reason": "Другой человек"})
    page = world.browser.get(world.urls()["case"]).content.decode()

    assert "strike_reason" in refused.context["form"].errors
    assert answer.status_code == 302
    assert "Другой человек" in page
    assert "<s>Пришла на приём. Came to the office.</s>" in page
    assert world.browser.get(url_of("strike_note", world.note)).url == url_of("note", world.note)


def test_a_note_just_written_is_taken_back_an_older_one_is_not() -> None:
    world = make_world()
    note = fresh(world)
    old = make_note(world.case, by=world.worker, now=timezone.now() - timedelta(minutes=11))

    gone = world.browser.post(url_of("remove_note", note), {"back": "log"})
    kept = world.browser.post(url_of("remove_note", old), follow=True)

    assert gone.url == reverse("case_log", args=[world.case.code]) + "#notes"
    assert not Note.objects.filter(pk=note.pk).exists()
    assert Note.objects.filter(pk=old.pk).exists()
    assert "Strike the note instead" in kept.content.decode()


def test_the_eleventh_note_is_not_pinned_and_it_is_said_why() -> None:
    world = make_world()
    for _number in range(10):
        fresh(world, pinned=True)

    page = world.browser.post(world.urls()["pin_note"], {"pinned": "yes"}, follow=True)

    assert "10 notes stay on top already" in page.content.decode()
    assert Note.objects.filter(pinned=True).count() == 10


def test_a_call_is_written_down_in_two_taps_once_however_often_it_is_sent() -> None:
    world = make_world()
    url = reverse("note_quickly", args=[world.case.code])
    data = {"id": str(uuid.uuid4()), "what": "call.no_answer", "back": "log"}

    answers = [world.browser.post(url, data) for _time in range(2)]
    note = Note.objects.get(kind="call")
    page = world.browser.get(answers[0].url).content.decode()

    assert (note.outcome, note.text, note.written_by) == ("no_answer", "", world.worker)
    assert {each.url for each in answers} == {reverse("case_log", args=[world.case.code]) + f"#note-{note.pk}"}
    assert "Call, no answer" in page
    assert "Take back" in page
    assert "Add words" in page


def test_another_button_of_the_same_page_is_another_note() -> None:
    world = make_world()
    url, token = reverse("note_quickly", args=[world.case.code]), str(uuid.uuid4())

    for what in ("call.no_answer", "call.reached", "visit.met", "message.sent"):
        world.browser.post(url, {"id": token, "what": what})

    assert set(Note.objects.exclude(outcome="").values_list("outcome", flat=True)) == {
        "no_answer",
        "reached",
        "met",
        "sent",
    }


@pytest.mark.parametrize("data", [{"what": "call.no_answer"}, {"what": "call.met"}, {"id": "x", "what": "visit.met"}])
def test_what_no_button_says_is_refused(data: dict[str, str]) -> None:
    world = make_world()

    answer = world.browser.post(reverse("note_quickly", args=[world.case.code]), data)

    assert answer.status_code == 400
    assert not Note.objects.filter(kind__in=["call", "visit"]).exists()


def test_words_are_added_to_a_call_and_its_outcome_corrected() -> None:
    world = make_world()
    note = fresh(world, kind="call", outcome="no_answer", text="")

    form = world.browser.get(url_of("correct_note", note)).content.decode()
    world.browser.post(url_of("correct_note", note), {"version": "1", "outcome": "reached", "text": "Перезвонила"})
    note.refresh_from_db()

    assert 'name="kind"' not in form
    assert (note.kind, note.outcome, note.text) == ("call", "reached", "Перезвонила")
    assert Event.objects.filter(type="clients.note_corrected", case_id=world.case.pk).count() == 1


def urls(world: World) -> dict[str, str]:
    names = ("note", "correct_note", "strike_note", "remove_note")
    of_case = {name: reverse(name, args=[world.case.code]) for name in ("case_log", "note_quickly")}
    return {name: url_of(name, world.note) for name in names} | of_case


def test_another_team_learns_nothing() -> None:
    world, elsewhere = make_world(), signed_in(make_user())

    for name, url in urls(world).items():
        answers = {elsewhere.get(url).status_code, elsewhere.post(url, {"version": "1"}).status_code}
        assert answers <= {404, 405}, name
        assert 404 in answers, name


def test_a_colleague_who_is_not_named_on_a_restricted_case_learns_nothing() -> None:
    world = make_world()
    named = [world.worker, make_user(team=world.team)]
    actions.restrict_case(
        case=world.case, people=named, version=world.case.version, by=world.worker, now=timezone.now()
    )
    unnamed = signed_in(make_user(team=world.team))

    for name, url in urls(world).items():
        assert unnamed.get(url).status_code in {404, 405}, name
        assert unnamed.post(url, {"version": "1"}).status_code in {404, 405}, name


def test_what_is_missing_is_not_found() -> None:
    world = make_world()

    for name in ("note", "correct_note", "strike_note"):
        assert world.browser.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
