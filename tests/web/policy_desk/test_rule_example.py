"""Worked examples of a draft: run while they are written, taken as expected once somebody looked."""

import json

import pytest
from django.test import Client as Browser

from casework.accounts.roles import Role
from casework.residency.actions.rules import change_draft, publish_rule
from casework.residency.models import Rule
from tests.factories.accounts import NOW
from tests.factories.rules import EXAMPLE, make_draft

from .test_desk import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)


@pytest.fixture
def draft(editor) -> Rule:
    return make_draft(by=editor.user)


def page(draft: Rule, place: int = 0) -> str:
    return f"/policy-desk/drafts/{draft.pk}/examples/{place}/"


def typed(browser: Browser, draft: Rule, place: int = 0, **values: str) -> dict[str, str]:
    """What the form sends: what it shows, and what is typed over it."""
    form = browser.get(page(draft, place)).context["form"]
    shown = {bound.html_name: str(bound.value() or "") for bound in form}
    return shown | values


FACTS = {"name": "KZ-90", "stay_1_entry": "2026-01-01", "on": "2026-01-01"}


def test_facts_are_run_without_saving(editor, draft):
    response = editor.post(page(draft), typed(editor, draft, **FACTS, act="run"))

    computed = {answer.label: answer.computed for answer in response.context["answers"]}
    assert (computed["Last lawful day"], computed["Days used"], computed["Overstay"]) == ("2026-03-31", "1", "no")
    assert "Computed. Nothing is expected yet." in text(response)
    assert Rule.objects.get().worked_examples == []


def test_what_is_expected_stands_beside_what_is_computed(editor, draft):
    wrong = typed(editor, draft, **FACTS, expect_last_lawful_day="2026-04-01", expect_overstay="no", act="run")

    response = editor.post(page(draft), wrong)

    agrees = {answer.label: answer.agrees for answer in response.context["answers"] if answer.is_expected}
    assert agrees == {"Last lawful day": False, "Overstay": True}
    assert "Does not come out as expected." in text(response)


def test_it_is_saved_in_the_draft_and_proves_it(editor, draft):
    editor.post(page(draft), typed(editor, draft, **FACTS, expect_last_lawful_day="2026-03-31", act="save"))

    draft.refresh_from_db()
    [example] = draft.worked_examples
    assert (example["id"], example["expect"]) == ("KZ-90", {"last_lawful_day": "2026-03-31"})
    assert example["stays"] == [{"entry": "2026-01-01", "exit": None}]
    reviewer = signed_in(Role.POLICY_REVIEWER).user
    assert publish_rule(rule=draft, by=reviewer, now=NOW, review_status="reviewed").is_published


def test_the_computed_answer_is_taken_only_as_it_was_looked_at(editor, draft):
    ran = editor.post(page(draft), typed(editor, draft, **FACTS, act="run"))
    looked = ran.context["looked"]

    other = typed(
        editor, draft, **FACTS | {"stay_1_entry": "2026-01-02", "on": "2026-01-02"}, looked=looked, act="take"
    )
    assert "The facts have changed since you looked." in text(editor.post(page(draft), other))
    assert Rule.objects.get().worked_examples == []

    editor.post(page(draft), typed(editor, draft, **FACTS, looked=looked, act="take"))
    [example] = Rule.objects.get().worked_examples
    assert (example["expect"]["last_lawful_day"], example["expect"]["first_overstay_day"]) == ("2026-03-31", None)


def test_a_stored_example_is_shown_changed_and_removed(editor, draft):
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[EXAMPLE])
    shown = editor.get(page(draft, 1))
    assert (shown.context["form"]["name"].value(), shown.context["result"].ok) == ("KZ-90", True)

    editor.post(
        page(draft, 1), typed(editor, draft, 1, stay_2_entry="2026-05-01", stay_2_exit="2026-05-03", act="save")
    )
    assert len(Rule.objects.get().worked_examples[0]["stays"]) == 2

    editor.post(page(draft, 1), typed(editor, draft, 1, act="remove"))
    assert Rule.objects.get().worked_examples == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on": ""}, "This field is required."),
        ({"on": "yesterday"}, "Enter a valid date."),
        ({"stay_1_exit": "2025-12-31"}, "The exit is before the entry."),
        ({"stay_1_entry": "", "stay_1_exit": "2026-01-05"}, "Give the day of entry too."),
        ({"expect_days_used": "many"}, "Write a day such as 2026-03-31, a number, yes, no, or none."),
        ({"expect_last_lawful_day": "2026-02-30"}, "Write a day such as 2026-03-31"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_kept(editor, draft, values, sentence):
    sent = typed(editor, draft, **FACTS | values, act="save")

    response = editor.post(page(draft), sent)

    assert sentence in text(response)
    assert [response.context["form"][name].value() for name in values] == list(values.values())
    assert Rule.objects.get().worked_examples == []


def test_a_stay_that_cannot_be_computed_is_refused_with_the_reason(editor, draft):
    response = editor.post(page(draft), typed(editor, draft, **FACTS | {"stay_1_entry": "2026-02-01"}, act="save"))

    assert "is open and begins on 2026-02-01" in text(response)


def test_two_examples_have_two_names(editor, draft):
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[EXAMPLE])

    response = editor.post(page(draft), typed(editor, draft, **FACTS, act="save"))

    assert "Another example of this draft has this name." in text(response)


def test_the_second_of_two_editors_is_shown_the_difference_and_loses_nothing(editor, draft):
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[EXAMPLE])
    sent = typed(editor, draft, 1, expect_days_used="1", act="save")
    other = EXAMPLE | {"expect": {"max_stay": 90}}
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[other])

    response = editor.post(page(draft, 1), sent)

    assert response.status_code == 409
    assert '"max_stay": 90' in response.context["differences"][0].theirs
    assert '"days_used": 1' in response.context["differences"][0].mine
    assert Rule.objects.get().worked_examples == [other]

    again = sent | {"seen": response.context["form"]["seen"].value()}
    assert editor.post(page(draft, 1), again).status_code == 302
    assert Rule.objects.get().worked_examples[0]["expect"]["days_used"] == 1


def test_what_was_typed_for_an_example_that_is_gone_is_kept_as_a_new_one(editor, draft):
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[EXAMPLE])
    sent = typed(editor, draft, 1, act="save")
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[])

    response = editor.post(page(draft, 1), sent)

    assert (response.status_code, response.context["place"]) == (409, 0)
    assert response.context["form"]["name"].value() == "KZ-90"


def test_a_reviewer_runs_and_saves_nothing(draft):
    reviewer = signed_in(Role.POLICY_REVIEWER)
    sent = typed(reviewer, draft, **FACTS, act="save")

    response = reviewer.post(page(draft), sent)

    assert "What you type is not saved" in text(response)
    assert Rule.objects.get().worked_examples == []
    assert {it.label: it.computed for it in response.context["answers"]}["Last lawful day"] == "2026-03-31"


def test_an_example_that_says_more_than_fields_hold_is_edited_as_text(editor, draft):
    rich = EXAMPLE | {"note": "The decree of January."}
    change_draft(rule=draft, by=editor.user, now=NOW, worked_examples=[rich])

    form = editor.get(page(draft, 1)).context["form"]

    assert form.shape == "text"
    assert json.loads(form["text"].value())["note"] == "The decree of January."


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('{"rules": ', "This cannot be read as JSON: line 1"),
        ("[]", "An example is an object in braces"),
        ('{"rules": []}', "rules is empty"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_text_that_is_no_example_is_refused(editor, draft, written, sentence):
    sent = typed(editor, draft, **FACTS, act="save") | {"text": written}

    response = editor.post(f"{page(draft)}?text", sent)

    assert sentence in text(response)
    assert Rule.objects.get().worked_examples == []


@pytest.mark.parametrize(
    ("kind", "duty", "parameters", "facts", "label", "day"),
    [
        (
            "renew_every",
            "renew_registration",
            {"months": 6, "of": "registration"},
            {"since": "2022-08-31"},
            "Due on",
            "2023-02-28",
        ),
        (
            "renewal_window",
            "renew_permit",
            {"opens": {"months": 3}, "closes": {"days": 30}, "of": "permit"},
            {"valid_until": "2024-06-30"},
            "Opens on",
            "2024-03-30",
        ),
        (
            "register_within",
            "register",
            {"n": 3, "unit": "working_days", "day_one": "entry_day"},
            {"stay_1_entry": "2024-05-03", "on": "2024-05-03"},
            "Due on",
            "2024-05-06",
        ),
    ],
)
def test_every_kind_asks_for_its_own_facts(editor, kind, duty, parameters, facts, label, day):
    draft = make_draft(by=editor.user, kind=kind, duty=duty, parameters=parameters)

    response = editor.post(page(draft), typed(editor, draft, name="X", **facts, act="run"))

    assert {answer.label: answer.computed for answer in response.context["answers"]}[label] == day


def test_what_is_published_or_unknown_is_not_found(editor, draft):
    assert editor.get(page(draft, 1)).status_code == 404
    publish_rule(rule=draft, by=editor.user, now=NOW)
    assert editor.get(page(draft)).status_code == 404
    assert editor.get("/policy-desk/drafts/999999/examples/0/").status_code == 404
