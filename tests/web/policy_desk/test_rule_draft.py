"""The page of a draft: what it says and changes, what stands in its way, its review, its history."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser

from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.residency.actions.rules import change_draft, publish_rule, supersede_rule
from casework.residency.models import Review, Rule
from tests.factories.accounts import NOW, make_membership
from tests.factories.residency import make_rule
from tests.factories.rules import CITATION, EXAMPLE, make_draft

from .test_desk import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)


@pytest.fixture
def reviewer() -> Browser:
    return signed_in(Role.POLICY_REVIEWER)


@pytest.fixture
def draft(editor) -> Rule:
    return make_draft(by=editor.user, worked_examples=[EXAMPLE])


def page(draft: Rule, act: str = "") -> str:
    return f"/policy-desk/drafts/{draft.pk}/" + (f"{act}/" if act else "")


@pytest.mark.parametrize("role", Role)
def test_roles_see_and_do_what_is_theirs(role):
    draft = make_draft()
    browser = signed_in(role)
    held = DEFINITIONS[role].permissions

    assert (browser.get(page(draft)).status_code == 200) is (Permission.RULES_DESK in held)
    for act, permission in (
        ("ask-for-review", Permission.RULES_EDIT),
        ("take-back", Permission.RULES_EDIT),
        ("return", Permission.RULES_REVIEW),
        ("approve", Permission.RULES_REVIEW),
    ):
        assert (browser.post(page(draft, act)).status_code == 403) is (permission not in held)
        assert browser.get(page(draft, act)).status_code in (403, 405)


def test_an_unknown_draft_is_not_found_and_a_published_one_is_a_rule(editor, draft):
    publish_rule(rule=draft, by=editor.user, now=NOW)

    assert editor.get(page(draft))["Location"] == f"/rules/KZ/{draft.pk}/"
    assert editor.get("/policy-desk/drafts/999999/").status_code == 404


def test_the_difference_is_shown_cell_by_cell(editor):
    old = make_rule("rolling_window", {"days": 90, "window_days": 180}, valid=(date(2023, 1, 27), None))
    draft = supersede_rule(rule=old, by=editor.user, now=NOW, parameters={"days": 60, "window_days": 180})
    cited = [{**CITATION, "title": "An invented decree", "url": "https://law.example/decree", "quote": "Sixty."}]
    change_draft(rule=draft, by=editor.user, now=NOW, nationality="BY", citations=cited)

    response = editor.get(page(draft))

    changed = {cell.label: (list(cell.before), list(cell.after)) for cell in response.context["changed"]}
    assert changed["Days"] == (["90"], ["60"])
    assert changed["Nationality"] == (["nationals: Russia"], ["nationals: Belarus"])
    before, after = changed["Source: An invented decree"]
    assert ("“Not longer than the days named.”" in before, "“Sixty.”" in after) == (True, True)
    assert "Window in days" not in changed
    assert "180" in [line for cell in response.context["unchanged"] for line in cell.after]


def test_what_stands_in_the_way_leads_to_where_it_is_mended(editor, reviewer):
    draft = make_draft(by=editor.user, citations=({**CITATION, "read_on": None},))
    make_rule(key="kz-ru-meanwhile")

    shown = editor.get(page(draft)).context["hindrances"]

    assert [it.mend_url for it in shown.any_way] == [f"/admin/residency/rule/{draft.pk}/change/#id_valid_from"]
    assert [it.mend_url for it in shown.as_reviewed] == [
        f"/admin/residency/rule/{draft.pk}/change/#citations-group",
        f"{page(draft)}#examples",
    ]
    assert [it.mend_url for it in reviewer.get(page(draft)).context["hindrances"].any_way] == [""]


def test_a_draft_without_troubles_says_so(editor, draft):
    assert "Nothing: another person may review and publish it." in text(editor.get(page(draft)))


def test_it_is_asked_for_sent_back_mended_and_approved(editor, reviewer, draft):
    assert editor.post(page(draft, "ask-for-review"))["Location"] == page(draft)
    waiting = reviewer.get(page(draft))
    assert "Approve and publish" in text(waiting)

    refused = reviewer.post(page(draft, "return"), {"comment": " "})
    assert "Say what is to be mended" in text(refused)
    assert reviewer.post(page(draft, "return"), {"comment": "Quote it."})["Location"] == "/policy-desk/"
    assert "Quote it." in text(editor.get(page(draft)))

    editor.post(page(draft, "ask-for-review"))
    seen = reviewer.get(page(draft)).context["approve_form"]["seen"].value()
    done = reviewer.post(page(draft, "approve"), {"seen": seen, "review_status": "reviewed"}, follow=True)

    draft.refresh_from_db()
    assert (draft.is_published, draft.review_status) == (True, "reviewed")
    assert done.redirect_chain == [(f"/rules/KZ/{draft.pk}/", 302)]
    titles = [entry.title for entry in done.context["history"]]
    assert titles[:2] == ["Approved", "Published as “reviewed”"] or titles[:2] == [
        "Published as “reviewed”",
        "Approved",
    ]
    assert "Quote it." in text(done)


def test_a_draft_changed_under_the_eyes_of_a_reviewer_is_not_published(editor, reviewer, draft):
    editor.post(page(draft, "ask-for-review"))
    seen = reviewer.get(page(draft)).context["approve_form"]["seen"].value()
    change_draft(rule=draft, by=editor.user, now=NOW, parameters={"days": 60})

    response = reviewer.post(page(draft, "approve"), {"seen": seen, "review_status": "provisional"})

    assert Rule.objects.get(pk=draft.pk).is_published is False
    assert [cell.label for cell in response.context["moved_cells"]] == ["Days"]
    assert "Nobody can approve it until review of the new wording is asked." in text(response)
    assert "Approve and publish" not in text(response)


def test_of_two_reviewers_the_second_is_led_to_the_rule(editor, reviewer, draft):
    editor.post(page(draft, "ask-for-review"))
    seen = reviewer.get(page(draft)).context["approve_form"]["seen"].value()
    answer = {"seen": seen, "review_status": "reviewed"}
    reviewer.post(page(draft, "approve"), answer)

    second = signed_in(Role.POLICY_REVIEWER).post(page(draft, "approve"), answer, follow=True)

    assert second.redirect_chain == [(f"/rules/KZ/{draft.pk}/", 302)]
    assert "published meanwhile, by another person" in text(second)
    assert Review.objects.get().decided_by == reviewer.user


def test_nobody_answers_about_their_own_draft(editor, draft):
    make_membership(editor.user, Role.POLICY_REVIEWER)
    editor.post(page(draft, "ask-for-review"))

    response = editor.get(page(draft))
    assert "You wrote in this draft, so another person must review it." in text(response)
    assert "Approve and publish" not in text(response)

    seen = response.context["approve_form"]["seen"].value()
    refused = editor.post(page(draft, "approve"), {"seen": seen, "review_status": "provisional"})
    assert Rule.objects.get(pk=draft.pk).is_published is False
    assert refused.status_code == 200


def test_a_question_is_taken_back(editor, draft):
    editor.post(page(draft, "ask-for-review"))
    assert "Take the question back" in text(editor.get(page(draft)))

    response = editor.post(page(draft, "take-back"), follow=True)

    assert "Nobody is asked to review it." in text(response)
    assert Review.objects.get().verdict == "taken_back"


def test_the_history_says_who_changed_what_from_what_to_what(editor, draft):
    change_draft(rule=draft, by=editor.user, now=NOW + timedelta(hours=1), parameters={"days": 60})

    newest, first = editor.get(page(draft)).context["history"]

    assert (newest.title, newest.by, newest.detail) == ("Draft changed", "Test Worker", "Days: 90 → 60")
    assert first.title == "Drafted"


def test_the_admin_and_the_desk_lead_to_each_other(editor, draft):
    assert page(draft) in editor.get(f"/admin/residency/rule/{draft.pk}/change/").content.decode()
    assert f"/admin/residency/rule/{draft.pk}/change/" in text(editor.get(page(draft)))
    old = make_rule(key="old", part="old")
    new = supersede_rule(rule=old, by=editor.user, now=NOW)
    assert page(new) in text(editor.get(f"/rules/KZ/{old.pk}/"))
