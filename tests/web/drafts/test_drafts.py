"""Drafts of forms: saved while somebody types, shown on return, forgotten once sent, and nobody else's business."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Draft
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client, Note
from casework.vault.actions import destroy_key
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import hide
from tests.web.cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db

PAGE = str(uuid.uuid4())


def save_url(world: World, form: str = "write_note") -> str:
    ref = {"change_client": world.client.reference, "log_case": "new"}.get(form, world.case.code)
    return reverse("save_draft", args=[form, ref])


def save(world: World, *, form: str = "write_note", page: str = PAGE, sequence: int = 1, **typed: Any) -> Any:
    data = {"draft_page": page, "draft_sequence": str(sequence)} | typed
    return world.browser.post(save_url(world, form), data, headers={"X-Draft": "1"})


def kept() -> dict[str, str]:
    return dict(Draft.objects.get().content)


def test_what_is_typed_is_kept_under_the_key_of_the_case() -> None:
    world = make_world()

    answer = save(world, text="Звонила, всё хорошо", kind="call")

    assert answer.json()["said"].startswith("Saved ")
    assert kept() == {"text": "Звонила, всё хорошо", "kind": "call"}
    assert Draft.objects.get().data_key_id == world.case.data_key_id


def test_the_draft_about_a_person_is_kept_under_the_key_of_the_person() -> None:
    world = make_world()

    save(world, form="change_client", family_name="Вымышлена")

    assert Draft.objects.get().data_key_id == world.client.data_key_id


def test_lines_of_documents_and_tokens_of_the_site_are_never_kept() -> None:
    world = make_world()

    save(
        world,
        form="add_client",
        machine_lines="P<RUSOBRAZTSOVA",
        machine_filled="{}",
        csrfmiddlewaretoken="x",
        family_name="Образцова",
        draft_seen="",
    )

    assert kept() == {"family_name": "Образцова"}


def test_on_return_the_page_says_that_there_is_a_draft_and_shows_it_only_if_asked() -> None:
    world = make_world()
    save(world, text="Недописано", kind="legal")

    case, page = world.browser.get(world.urls()["case"]), world.browser.get(world.urls()["write_note"])
    resumed = world.browser.get(page.context["draft"].resume_url).content.decode()

    for each in (case, page):
        assert "You have a draft of" in each.content.decode()
        assert "Недописано" not in each.content.decode()
    assert "Недописано" in resumed
    assert '<option value="legal" selected>' in resumed


def test_a_form_that_is_sent_leaves_no_draft_and_a_late_packet_brings_none_back() -> None:
    world = make_world()
    save(world, text="Готово", kind="note")

    world.browser.post(
        world.urls()["write_note"], {"id": str(uuid.uuid4()), "text": "Готово", "kind": "note", "draft_page": PAGE}
    )
    late = save(world, text="Готово", kind="note", sequence=9)

    assert Note.objects.filter(kind="note").exists()
    assert Draft.objects.get().content is None
    assert (late.status_code, late.json()["may_replace"]) == (409, True)
    assert "You have a draft" not in world.browser.get(world.urls()["case"]).content.decode()


def test_a_draft_that_was_gone_on_with_ends_when_the_form_is_sent() -> None:
    world = make_world()
    save(world, text="Начато", kind="note")
    page = world.browser.get(f"{world.urls()['write_note']}?draft")
    draft = page.context["draft"]

    sent = {"id": str(uuid.uuid4()), "text": "x", "kind": "note", "draft_page": draft.page, "draft_seen": draft.seen}
    world.browser.post(world.urls()["write_note"], sent)

    assert Draft.objects.get().content is None


def test_a_refused_form_keeps_its_draft_and_goes_on_with_it() -> None:
    world = make_world()
    save(world, text="x", kind="note")

    page = world.browser.post(world.urls()["write_note"], {"text": " ", "kind": "note", "draft_page": PAGE})
    again = save(world, page=str(page.context["draft"].page), draft_seen=page.context["draft"].seen, text="more")

    assert again.status_code == 200
    assert kept() == {"text": "more"}


def test_another_tab_is_told_and_may_take_over() -> None:
    world = make_world()
    save(world, text="here")

    refused = save(world, page=str(uuid.uuid4()), text="there")
    before = kept()
    taken = save(world, page=str(uuid.uuid4()), text="there", draft_replace="1")

    assert (refused.status_code, before["text"]) == (409, "here")
    assert (taken.status_code, kept()["text"]) == (200, "there")


def test_without_script_a_button_keeps_the_draft() -> None:
    world = make_world()

    answer = world.browser.post(save_url(world), {"draft_page": PAGE, "text": "кнопкой"}, follow=True)

    assert "Kept as a draft" in answer.content.decode()
    assert kept() == {"text": "кнопкой"}


def test_without_script_two_drafts_are_a_choice_and_nothing_typed_is_lost() -> None:
    world = make_world()
    save(world, text="earlier")

    page = world.browser.post(save_url(world), {"draft_page": str(uuid.uuid4()), "text": "\nlater & <b>"})
    held = {"draft_page": str(page.context["page"]), "draft_replace": "1", **dict(page.context["pairs"])}
    before = kept()
    world.browser.post(save_url(world), held)

    assert page.status_code == 409
    assert "later &amp; &lt;b&gt;" in page.content.decode()
    assert (before["text"], kept()["text"]) == ("earlier", "\nlater & <b>")


def test_what_is_too_long_is_refused() -> None:
    answer = save(make_world(), text="Ж" * 40_000)

    assert answer.status_code == 422
    assert "too long" in answer.json()["said"]


@pytest.mark.parametrize("broken", [{"draft_page": "x"}, {"draft_sequence": "-1"}, {"draft_sequence": "9" * 20}])
def test_a_packet_without_page_or_number_is_refused(broken: dict[str, str]) -> None:
    world = make_world()

    answer = world.browser.post(
        save_url(world), {"draft_page": PAGE, "draft_sequence": "1"} | broken, headers={"X-Draft": "1"}
    )

    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_the_line_of_another_user_is_another_draft() -> None:
    world = make_world()
    save(world, text="mine")
    colleague = signed_in(make_user(team=world.team))

    page = colleague.get(world.urls()["write_note"]).content.decode()
    listed = colleague.get(reverse("drafts")).content.decode()

    assert "You have a draft" not in page
    assert "You have no drafts" in listed


@pytest.mark.parametrize("verb", ["save_draft", "discard_draft"])
def test_another_team_keeps_no_draft_about_a_case(verb: str) -> None:
    world, elsewhere = make_world(), signed_in(make_user())

    for ref in (world.case.code, "C-ZZZ-ZZZ"):
        answer = elsewhere.post(reverse(verb, args=["write_note", ref]), {"draft_page": PAGE, "text": "x"})
        assert answer.status_code == 404
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("form", "ref"), [("nothing", "new"), ("log_case", "C-ZZZ-ZZZ"), ("write_note", "new"), ("log_referred_case", "x")]
)
def test_what_is_no_form_keeps_no_draft(form: str, ref: str) -> None:
    world = make_world()

    answer = world.browser.post(reverse("save_draft", args=[form, ref]), {"draft_page": PAGE})

    assert answer.status_code == 404


def test_who_may_not_change_cases_keeps_none() -> None:
    auditor, world = signed_in(make_user(Role.AUDITOR)), make_world()

    assert auditor.post(save_url(world), {"draft_page": PAGE}).status_code == 404
    assert auditor.post(save_url(world, "log_case"), {"draft_page": PAGE}).status_code == 404
    assert "You have no drafts" in auditor.get(reverse("drafts")).content.decode()
    assert Browser().get(reverse("drafts")).status_code == 302


def test_who_lost_the_right_to_the_case_sees_nothing_of_the_draft() -> None:
    world = make_world()
    save(world, text="Секрет")
    save(world, form="change_client", family_name="Секретова")
    hide(world.case)  # and the worker is not named on it

    listed = world.browser.get(reverse("drafts")).content.decode()

    assert "You have no drafts" in listed
    assert world.case.code not in listed
    for url in (world.urls()["write_note"], world.urls()["change_client"]):
        assert world.browser.get(f"{url}?draft").status_code == 404
    assert save(world, text="more", sequence=2).status_code == 404


def test_an_erased_draft_is_not_offered() -> None:
    world = make_world()
    save(world, form="change_client", family_name="Стёртая")
    destroy_key(world.client.data_key, by=world.worker, now=timezone.now())

    assert "You have no drafts" in world.browser.get(reverse("drafts")).content.decode()


def test_an_old_draft_is_not_offered() -> None:
    world = make_world()
    save(world, text="old")
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=15))

    assert "You have a draft" not in world.browser.get(f"{world.urls()['write_note']}?draft").content.decode()


def test_a_draft_is_discarded() -> None:
    world = make_world()
    save(world, text="x")
    discard = reverse("discard_draft", args=["write_note", world.case.code])

    answer = world.browser.post(discard)

    assert answer.url == world.urls()["write_note"]
    assert Draft.objects.get().content is None
    event = Event.objects.get(type="accounts.draft_discarded")
    assert (event.case_id, event.data) == (None, {"form": "write_note"})


def test_all_drafts_are_on_one_page() -> None:
    world = make_world()
    save(world, text="Секрет")
    save(world, form="change_client", family_name="Секретова")
    save(world, form="log_case", family_name="Новая")

    with counted_queries() as asked:
        page = world.browser.get(reverse("drafts")).content.decode()

    for expected in (world.case.code, world.client.reference, reverse("log_case"), "Change a person"):
        assert expected in page
    assert "Секрет" not in page
    assert "Новая" not in page
    assert len(asked) <= 12, asked


def test_a_case_that_is_being_logged_comes_back_with_its_family() -> None:
    world = make_world()
    typed = {
        "family_name": "Недописанная",
        "birth_year": "19x0",
        "family-TOTAL_FORMS": "5",
        "family-INITIAL_FORMS": "0",
        "family-0-given_name": "Младшая",
    }
    save(world, form="log_case", **typed)

    page = world.browser.get(f"{reverse('log_case')}?draft").content.decode()

    for value in ("Недописанная", "19x0", "Младшая"):
        assert f'value="{value}"' in page
    assert "error-summary" not in page


def test_a_person_that_is_being_changed_comes_back_and_a_change_meanwhile_is_shown() -> None:
    world = make_world()
    page = world.browser.get(world.urls()["change_client"])
    save(world, form="change_client", version=str(page.context["form"]["version"].value()), family_name="Черновикова")
    Client.objects.filter(pk=world.client.pk).update(version=7)

    form = world.browser.get(f"{world.urls()['change_client']}?draft").context["form"]

    assert form["family_name"].value() == "Черновикова"
    assert str(form["version"].value()) != "7"


def test_saving_costs_few_queries_and_leaves_no_audit_event() -> None:
    world = make_world()
    save(world, text="x")
    before = Event.objects.count()

    with counted_queries() as asked:
        save(world, text="xy", sequence=2)

    assert len(asked) <= 12, asked
    assert Event.objects.count() == before
