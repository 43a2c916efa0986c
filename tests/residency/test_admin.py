"""The admin for country rules: who gets in, what is asked, what cannot be changed."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.residency.actions import rules as actions
from casework.residency.admin import CitationInline
from casework.residency.models import CalendarDay, Jurisdiction, NationalityGroup, Rule
from casework.residency.rules.kinds import Kind

from ..factories.accounts import NOW, make_user
from ..factories.residency import make_jurisdiction, make_rule
from ..factories.rules import EXAMPLE, make_draft
from ..web.sign_in.test_step_up import prove, wait

pytestmark = pytest.mark.django_db

LIST = "/admin/residency/rule/"
ADD = "/admin/residency/rule/add/?kind=rolling_window"


def page(rule: Rule, act: str = "change") -> str:
    return reverse(f"admin:residency_rule_{act}", args=[rule.pk])


def signed_in(role: Role) -> tuple[Browser, User]:
    user, browser = make_user(role), Browser()
    browser.force_login(user)
    return browser, user


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)[0]


@pytest.fixture
def reviewer() -> Browser:
    return signed_in(Role.POLICY_REVIEWER)[0]


def typed(**fields: Any) -> dict[str, Any]:
    """What an editor types into the form for a rolling window, one citation included."""
    make_jurisdiction()
    known = {
        "key": "kz-ru-window",
        "jurisdiction": "KZ",
        "duty": "leave",
        "nationality": "RU",
        "age_from": "0",
        "age_below": "200",
        "part": "window",
        "says_days": "90",
        "says_window_days": "180",
        "valid_from": "2023-01-27",
        "applies_to": "entries_from",
        "legal_status": "in_force",
        "review_status": "provisional",
        "note": "Typed at length.",
        "worked_examples": "[]",
        "citations-TOTAL_FORMS": "1",
        "citations-INITIAL_FORMS": "0",
        "citations-MIN_NUM_FORMS": "1",
        "citations-0-title": "An invented decree",
        "citations-0-url": "https://law.example/1",
        "citations-0-supports": "on",
    }
    return known | fields


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.POLICY_EDITOR, Role.POLICY_REVIEWER}))
def test_nobody_else_gets_in(role):
    browser, _user = signed_in(role)
    rule = make_rule()

    for url in ("/admin/", LIST, ADD, page(rule), page(rule, "withdraw"), page(rule, "history")):
        assert browser.get(url, follow=True).status_code == 403


def test_a_reviewer_looks_and_does_not_write(reviewer):
    rule, draft = make_rule(), make_draft(part="draft")

    assert [reviewer.get(url).status_code for url in ("/admin/", LIST, page(rule), page(draft))] == [200] * 4
    for url in (ADD, page(rule, "supersede"), page(rule, "withdraw"), page(draft, "delete")):
        assert reviewer.get(url).status_code == 403
    assert reviewer.post(page(draft), typed()).status_code == 403


def asked_by(role: Role) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = make_user(role)
    return request


def allowed_by(keeper: Any, request: HttpRequest) -> set[str]:
    acts = ("module", "view", "add", "change", "delete", "import", "export")
    asked = {act: getattr(keeper, f"has_{act}_permission", None) for act in acts}
    return {act for act, may in asked.items() if may is not None and may(request)}


def test_whoever_signed_in_long_ago_is_asked_once_who_it_is(editor: Browser) -> None:
    wait(editor)
    question = editor.get(LIST)
    assert question["Location"].startswith("/account/reauthenticate/")

    prove(editor, question)
    assert editor.get(LIST).status_code == 200
    wait(editor)
    assert editor.get(LIST).status_code == 200


def test_behind_the_door_every_table_asks_again():
    """Whoever gets past the door all the same finds nothing, and a reviewer nothing to write."""
    inside = [*site._registry.values(), CitationInline(Rule, site)]
    stranger, reviewer = asked_by(Role.CASEWORKER), asked_by(Role.POLICY_REVIEWER)

    assert [it for it in inside if allowed_by(it, stranger)] == []
    assert {act for it in inside for act in allowed_by(it, reviewer)} == {"module", "view", "export"}


def test_the_admin_holds_reference_data_alone(editor):
    page_of_index = editor.get("/admin/").content.decode()

    assert "Countries and zones" in page_of_index
    assert [app["app_label"] for app in editor.get("/admin/").context["app_list"]] == ["residency"]


def test_a_password_is_changed_on_the_page_of_the_account(editor):
    assert editor.get("/admin/password_change/")["Location"] == reverse("account_change_password")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_form_of_its_own(editor, kind):
    response = editor.get("/admin/residency/rule/add/", {"kind": kind.value})

    assert response.status_code == 200
    assert any(name.startswith("says_") for name in response.context["adminform"].form.fields)


def test_the_kind_is_chosen_first(editor):
    response = editor.get("/admin/residency/rule/add/")

    assert "What kind of rule is it?" in response.content.decode()
    assert "?kind=rolling_window" in response.content.decode()


def test_a_draft_is_written_with_its_citations(editor):
    response = editor.post(ADD, typed())

    assert response.status_code == 302
    rule = Rule.objects.get()
    assert (rule.parameters, rule.kind, rule.is_published) == (
        {"days": 90, "window_days": 180},
        "rolling_window",
        False,
    )
    assert (rule.valid.lower, rule.valid.upper) == (date(2023, 1, 27), None)
    assert rule.citations.get().title == "An invented decree"
    assert LogEntry.objects.get().object_id == str(rule.pk)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"says_days": ""}, "says_days", "This parameter is needed."),
        ({"says_days": "200"}, "says_days", "More days than the window is long would limit nothing."),
        ({"says_days": "many"}, "says_days", "Enter a whole number."),
        ({"valid_until": "2022-01-01"}, "valid_until", "The last day is before the first."),
        ({"age_from": "18", "age_below": "18"}, "age_below", "The ages are in the wrong order."),
        ({"nationality": "ZZZ"}, "nationality", "Select a valid choice. ZZZ is not one of the available choices."),
        ({"jurisdiction": "QQ"}, "jurisdiction", "That choice is not one of the available choices."),
        ({"worked_examples": "[{}]"}, "worked_examples", "cannot be read"),
        ({"worked_examples": "no"}, "worked_examples", "Enter a valid JSON."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(editor, fields, field, sentence):
    response = editor.post(ADD, typed(**fields))

    assert response.status_code == 200
    assert any(sentence in each for each in errors(response)[field])
    assert "Typed at length." in response.content.decode()
    assert not Rule.objects.exists()


def test_an_address_of_a_citation_is_one_of_the_web(editor):
    response = editor.post(ADD, typed(**{"citations-0-url": "javascript:alert(1)"}))

    assert "An address begins with https:// or http://." in response.content.decode()
    assert not Rule.objects.exists()


def test_a_rule_that_overlaps_another_is_refused_with_its_name_and_days(editor):
    make_rule(key="kz-ru-old", part="window", valid=(date(2020, 1, 1), date(2024, 1, 1)))

    response = editor.post(ADD, typed())

    (sentence,) = errors(response)["valid_from"]
    assert "kz-ru-old" in sentence
    assert "27 Jan 2023 to 31 Dec 2023" in sentence
    assert "Typed at length." in response.content.decode()
    assert Rule.objects.count() == 1


def test_a_draft_is_changed_and_shows_what_was_written_before(editor):
    editor.post(ADD, typed())
    rule = Rule.objects.get()
    shown = editor.get(page(rule)).context["adminform"].form.initial
    citation = rule.citations.get()

    editor.post(
        page(rule),
        typed(
            says_days="60",
            **{"citations-INITIAL_FORMS": "1", "citations-0-id": citation.pk, "citations-0-title": "Another decree"},
        ),
    )

    rule.refresh_from_db()
    assert (shown["says_days"], shown["valid_from"]) == (90, date(2023, 1, 27))
    assert (rule.parameters["days"], rule.citations.get().title) == (60, "Another decree")


def test_a_published_rule_is_only_looked_at(editor):
    rule = make_rule(note="As published.")
    response = editor.get(page(rule))

    assert "As published." in response.content.decode()
    assert "A published rule never changes" in response.content.decode()
    assert 'name="note"' not in response.content.decode()
    assert editor.post(page(rule), typed()).status_code == 403
    assert editor.post(page(rule, "delete"), {"post": "yes"}).status_code == 403
    rule.refresh_from_db()
    assert rule.note == "As published."


def test_a_draft_is_published_after_a_question(editor):
    draft = make_draft()
    assert "Publish this rule" in editor.get(page(draft, "publish")).content.decode()

    response = editor.post(page(draft, "publish"), {"review_status": "provisional"}, follow=True)

    draft.refresh_from_db()
    assert draft.is_published
    assert "Published." in response.content.decode()


def test_what_stands_in_the_way_is_said_before_and_after(editor):
    draft = make_draft(citations=())
    before = editor.get(page(draft, "publish")).content.decode()

    after = editor.post(page(draft, "publish"), {"review_status": "reviewed"}).content.decode()

    assert "No citation supports this rule" in before
    assert "Only a policy reviewer says that a rule was reviewed." in after
    draft.refresh_from_db()
    assert not draft.is_published


def test_a_reviewer_publishes_the_draft_of_another_as_reviewed(reviewer):
    draft = make_draft(worked_examples=[EXAMPLE])

    reviewer.post(page(draft, "publish"), {"review_status": "reviewed"})

    draft.refresh_from_db()
    assert (draft.is_published, draft.review_status) == (True, "reviewed")


def test_a_new_version_is_drafted_changed_and_published(editor):
    old = make_rule(valid=(date(2020, 1, 1), None))
    response = editor.post(page(old, "supersede"))
    draft = Rule.objects.drafts().get()
    assert response["Location"] == page(draft)
    assert "replaces version no." in editor.get(page(draft)).content.decode()

    editor.post(page(draft, "publish"), {"review_status": "provisional"})

    assert Rule.objects.held_now().get() == draft
    history = editor.get(page(draft, "history")).context["versions"]
    assert [row["rule"] for row in history] == [draft, old]
    assert [row["state"] for row in history] == ["published", "no longer held"]


@pytest.mark.parametrize(("keep_rest", "held"), [({"keep_rest": "on"}, 2), ({}, 1)])
def test_whoever_publishes_decides_about_the_days_that_the_new_version_leaves_over(editor, keep_rest, held):
    old = make_rule(valid=(date(2020, 1, 1), None))
    editor.post(page(old, "supersede"))
    draft = Rule.objects.drafts().get()
    Rule.objects.filter(pk=draft.pk).update(valid=DateRange(date(2024, 1, 1), None))

    question = editor.get(page(draft, "publish")).content.decode()
    editor.post(page(draft, "publish"), {"review_status": "provisional", **keep_rest})

    assert "leaves over: 1 Jan 2020 to 31 Dec 2023" in question
    assert Rule.objects.held_now().count() == held


def test_withdrawing_offers_to_hold_again_what_was_replaced_unless_somebody_says_no(editor):
    old = make_rule()
    draft = actions.supersede_rule(rule=old, by=make_user(Role.POLICY_EDITOR), now=NOW, parameters={"days": 60})
    actions.publish_rule(rule=draft, by=make_user(Role.POLICY_EDITOR), now=NOW)

    shown = editor.get(page(draft, "withdraw")).content.decode()
    editor.post(page(draft, "withdraw"), {"reason": "Read wrongly.", "restore": "on"})
    again = Rule.objects.held_now().get()
    alone = editor.get(page(again, "withdraw")).content.decode()
    editor.post(page(again, "withdraw"), {"reason": "Repealed."})

    assert "Hold again what it replaced: At most 90 days in a row" in shown
    assert again.parameters == old.parameters
    assert "Hold again" not in alone
    assert not Rule.objects.held_now().exists()


def test_a_rule_is_withdrawn_with_a_reason(editor):
    rule = make_rule()
    refused = editor.post(page(rule, "withdraw"), {"reason": ""}).content.decode()

    editor.post(page(rule, "withdraw"), {"reason": "Repealed."})

    assert "Say why" in refused
    assert not Rule.objects.held_now().exists()
    assert "Repealed." in editor.get(page(rule)).content.decode()


def test_what_cannot_be_done_to_a_rule_has_no_page(editor):
    rule, draft = make_rule(), make_draft(part="draft")

    assert editor.get(page(rule, "publish")).status_code == 403
    assert editor.get(page(draft, "supersede")).status_code == 403
    assert editor.get("/admin/residency/rule/999999/publish/").status_code == 404


def test_a_draft_is_discarded_with_its_citations(editor):
    draft = make_draft()

    response = editor.post(page(draft, "delete"), {"post": "yes"})

    assert response.status_code == 302
    assert not Rule.objects.exists()
    assert Event.objects.filter(type="residency.rule_draft_discarded").count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "draft"}, ["kz-ru-new"]),
        ({"state": "held"}, ["kz-old"]),
        ({"state": "past"}, []),
        ({"place": "KZ"}, ["kz-old", "kz-ru-new"]),
        ({"place": "KG"}, []),
        ({"duty__exact": "leave"}, ["kz-old", "kz-ru-new"]),
        ({"q": "invented decree"}, ["kz-old", "kz-ru-new"]),
        ({"q": "read twice"}, ["kz-old"]),
    ],
)
def test_rules_are_filtered_and_searched(editor, query, found):
    make_rule(key="kz-old", note="Read twice.")
    make_draft(part="draft")

    response = editor.get(LIST, query)

    assert sorted(rule.key for rule in response.context["cl"].result_list) == found


def test_the_list_says_rules_in_words(editor):
    make_rule("rolling_window", {"days": 90, "window_days": 180})

    content = editor.get(LIST).content.decode()

    assert "90 days in any 180 days" in content
    assert "Kazakhstan" in content
    assert "nationals: Russia" in content


def test_the_list_asks_as_often_for_many_rules_as_for_one(editor, django_assert_max_num_queries):
    for number in range(30):
        make_rule(key=f"kz-{number}", part=f"part-{number}")

    with django_assert_max_num_queries(12):
        editor.get(LIST)


def test_a_country_needs_a_code_and_a_time_zone(editor):
    url = "/admin/residency/jurisdiction/add/"
    refused = editor.post(url, {"code": "QQ", "kind": "country"})
    editor.post(url, {"code": "AM", "kind": "country", "time_zone": "Asia/Yerevan"})

    assert set(errors(refused)) == {"code", "time_zone"}
    assert Jurisdiction.objects.get().time_zone == "Asia/Yerevan"
    assert Event.objects.filter(type="residency.place_changed").count() == 1


def test_a_group_of_nationalities_is_chosen_from_names(editor):
    editor.post(
        "/admin/residency/nationalitygroup/add/",
        {"code": "EAEU", "name": "Eurasian Economic Union", "nationalities": ["AM", "RU"]},
    )

    assert NationalityGroup.objects.get().nationalities == ["AM", "RU"]


def test_exceptional_days_are_filtered_by_the_countries_that_have_some(editor):
    make_jurisdiction("KG")
    CalendarDay.objects.create(
        jurisdiction=make_jurisdiction(), day=date(2026, 12, 10), is_working_day=False, reason="x"
    )

    page = editor.get("/admin/residency/calendarday/", {"place": "KZ"}).content.decode()

    assert ("?place=KZ" in page, "?place=KG" in page, "Kazakhstan" in page) == (True, False, True)


def test_an_exceptional_day_is_added_and_removed(editor):
    make_jurisdiction()
    fields = {"jurisdiction": "KZ", "day": "2026-11-23", "reason": "Bridge", "is_working_day": "no"}
    editor.post("/admin/residency/calendarday/add/", fields)
    day = CalendarDay.objects.get()

    editor.post(f"/admin/residency/calendarday/{day.pk}/delete/", {"post": "yes"})

    assert not CalendarDay.objects.exists()


def test_the_pages_carry_no_inline_script_or_style(editor):
    draft = make_draft()

    for url in (LIST, ADD, page(draft), page(draft, "publish"), page(draft, "history")):
        content = editor.get(url).content.decode()
        assert "<style" not in content
        assert " style=" not in content
        assert "<script>" not in content


def test_the_second_of_two_editors_sees_what_the_first_changed_and_keeps_what_was_typed(editor):
    editor.post(ADD, typed())
    rule = Rule.objects.get()
    citation = rule.citations.get()
    stored = {"citations-INITIAL_FORMS": "1", "citations-0-id": str(citation.pk), "citations-0-rule": str(rule.pk)}
    seen = editor.get(page(rule)).context["adminform"].form["seen"].value()
    assert editor.post(page(rule), typed(**stored, seen=seen, note="The first.")).status_code == 302

    refused = editor.post(page(rule), typed(**stored, seen=seen, says_days="60"))

    [sentence] = errors(refused)["__all__"]
    assert "Note: Typed at length. → The first." in sentence
    form = refused.context["adminform"].form
    assert (form["says_days"].value(), Rule.objects.get().parameters["days"]) == ("60", 90)

    editor.post(page(rule), typed(**stored, seen=form["seen"].value(), says_days="60"))
    assert Rule.objects.get().parameters["days"] == 60
