"""The policy desk: what needs an editor or a reviewer now, and what is to be looked at again."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import zip_longest

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Team
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.lib.ids import new_id
from casework.residency.actions.impacts import start_impact
from casework.residency.actions.reviews import ask_for_review, return_with_comment
from casework.residency.actions.rules import change_draft
from casework.residency.models import Impact, Rule, Verification
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.impacts import computed_impact, make_person, make_shorter_draft
from tests.factories.residency import make_rule
from tests.factories.rules import make_draft

pytestmark = pytest.mark.django_db

DESK, TO_CHECK = "/policy-desk/", "/policy-desk/rules/"


def signed_in(role: Role) -> Browser:
    browser = Browser()
    browser.user = make_user(role)  # type: ignore[attr-defined]
    browser.force_login(browser.user)  # type: ignore[attr-defined]
    return browser


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)


@pytest.fixture
def reviewer() -> Browser:
    return signed_in(Role.POLICY_REVIEWER)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def keys(response, name: str) -> list[str]:
    return [row.row.key for row in response.context[name]]


@pytest.mark.parametrize("role", Role)
def test_it_opens_to_those_who_keep_the_rules(role):
    expected = 200 if Permission.RULES_DESK in DEFINITIONS[role].permissions else 403

    assert [signed_in(role).get(url).status_code for url in (DESK, TO_CHECK)] == [expected] * 2


def test_it_is_in_the_navigation_of_those_alone(editor):
    assert 'href="/policy-desk/"' in text(editor.get("/rules/"))
    assert 'href="/policy-desk/"' not in text(signed_in(Role.CASEWORKER).get("/rules/"))


def test_a_reviewer_sees_first_what_waits_for_them(reviewer, editor):
    waiting = make_draft(by=editor.user, key="waiting")
    ask_for_review(rule=waiting, by=editor.user, now=NOW)
    own = make_draft(by=reviewer.user, key="own", part="own")
    ask_for_review(rule=own, by=editor.user, now=NOW)
    make_draft(by=editor.user, key="not-asked", part="other")

    response = reviewer.get(DESK)

    assert keys(response, "waiting") == ["waiting"]
    assert keys(response, "others") == ["not-asked"]
    assert "asked by Test Worker" in text(response)


def test_an_editor_reads_why_a_draft_was_sent_back(editor, reviewer):
    draft = make_draft(by=editor.user, key="returned")
    ask_for_review(rule=draft, by=editor.user, now=NOW)
    return_with_comment(rule=draft, comment="Quote the article.", by=reviewer.user, now=NOW)
    make_draft(by=editor.user, key="mine", part="mine")
    make_draft(key="of-another", part="another")

    response = editor.get(DESK)

    assert (keys(response, "sent_back"), keys(response, "mine"), keys(response, "others")) == (
        ["returned"],
        ["mine"],
        ["of-another"],
    )
    assert "Quote the article." in text(response)


def test_a_draft_changed_since_review_was_asked_says_so(editor, reviewer):
    draft = make_draft(by=editor.user)
    ask_for_review(rule=draft, by=editor.user, now=NOW)
    assert "changed since review was asked" not in text(reviewer.get(DESK))

    change_draft(rule=draft, by=editor.user, now=NOW, note="Another thought.")

    assert "changed since review was asked" in text(reviewer.get(DESK))


def test_an_empty_desk_says_so(editor, reviewer):
    assert "Nothing was sent back to you." in text(editor.get(DESK))
    assert "No draft waits for you." in text(reviewer.get(DESK))
    assert "Every rule that is held was reviewed and verified within 180 days." in text(editor.get(DESK))
    assert "Nothing that is on record begins or ends in these days." in text(editor.get(DESK))


def today() -> date:
    return timezone.now().date()


def test_countries_are_counted_by_what_is_open(editor):
    make_rule(key="a", part="a", last_verified_on=today())
    make_rule(key="b", part="b", review_status="needs_review", citation="", last_verified_on=today() - timedelta(181))
    make_rule(key="c", part="c", review_status="reviewed", citation="", last_verified_on=today() - timedelta(180))
    make_rule(country="KG", key="d", review_status="reviewed", last_verified_on=today())

    [place] = editor.get(DESK).context["places"]

    assert (place.name, place.rules, place.provisional, place.needs_review, place.stale) == ("Kazakhstan", 3, 1, 1, 1)


def test_filters_are_in_the_address_and_the_longest_unverified_comes_first(editor):
    make_rule(key="new", part="a", last_verified_on=today())
    make_rule(key="old", part="b", citation="", last_verified_on=date(2020, 1, 1))
    make_rule(key="never", part="c", citation="", review_status="needs_review")
    make_rule(country="KG", key="elsewhere", last_verified_on=today())

    def listed(**query: str) -> list[str]:
        return [row["row"].key for row in editor.get(TO_CHECK, query).context["rows"]]

    assert listed() == ["never", "old", "new", "elsewhere"]
    assert listed(why="stale", place="KZ") == ["never", "old"]
    assert listed(why="needs_review") == ["never"]
    assert listed(why="provisional", place="KG", duty="leave") == ["elsewhere"]
    assert listed(why="nonsense", place="QQ") == ["never", "old", "new", "elsewhere"]
    assert "Nothing that is held matches these filters." in text(editor.get(TO_CHECK, {"duty": "work"}))


def test_a_long_list_has_pages(editor):
    for number in range(30):
        make_rule(key=f"rule-{number}", part=f"p{number}")

    first = editor.get(TO_CHECK)
    second = editor.get(first.context["page"].next_url)

    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 5)
    assert first.context["total"] == 30


def test_what_begins_or_ends_within_sixty_days_is_announced(editor):
    day = today()
    make_rule(key="begins", part="a", valid=(day + timedelta(60), None))
    make_rule(key="ends", part="b", valid=(None, day + timedelta(1)))
    make_rule(key="too-far", part="c", valid=(day + timedelta(61), None))
    make_rule(key="over", part="d", valid=(None, day))

    found = editor.get(DESK).context["upcoming"]

    assert [(it.row.key, it.what, it.on) for it in found] == [
        ("ends", "last day", day),
        ("begins", "becomes law", day + timedelta(60)),
    ]


# Still true, read today


def sent(rule, **typed):
    return {"source": str(rule.citations.get().pk), "submit_token": str(new_id()), "next": TO_CHECK} | typed


def test_one_press_says_that_a_rule_is_still_true(reviewer):
    rule = make_rule()

    response = reviewer.post(f"/policy-desk/rules/{rule.pk}/verify/", sent(rule), follow=True)

    said = Verification.objects.get()
    assert (said.rule, said.by, said.citation) == (rule, reviewer.user, rule.citations.get())
    assert response.redirect_chain == [(TO_CHECK, 302)]
    assert f'<a href="/policy-desk/verifications/{said.pk}/undo/">Undo</a>' in text(response)


def test_sent_twice_it_is_said_once(reviewer):
    rule = make_rule()
    typed = sent(rule)

    for _time in range(2):
        reviewer.post(f"/policy-desk/rules/{rule.pk}/verify/", typed)

    assert Verification.objects.count() == 1


def test_the_day_is_chosen_and_never_in_the_future(editor):
    rule = make_rule()
    tomorrow = today() + timedelta(days=2)
    page = f"/policy-desk/rules/{rule.pk}/verify/"
    typed = sent(
        rule, read_on_day=str(tomorrow.day), read_on_month=str(tomorrow.month), read_on_year=str(tomorrow.year)
    )

    refused = editor.post(page, typed)
    assert "That day has not come yet." in text(refused)
    assert f'value="{tomorrow.year}"' in text(refused)

    editor.post(page, typed | {"read_on_day": "3", "read_on_month": "10", "read_on_year": "2026"})
    assert Verification.objects.get().read_on == date(2026, 10, 3)


def test_another_source_needs_an_address_or_a_sentence(editor):
    rule = make_rule()
    page = f"/policy-desk/rules/{rule.pk}/verify/"

    refused = editor.post(page, sent(rule, source="another"))
    assert "Give the address of the source that you read" in text(refused)

    editor.post(page, sent(rule, source="another", url="https://law.example/new", quote="Ninety days."))
    said = Verification.objects.get()
    assert (said.citation, said.url, said.quote) == (None, "https://law.example/new", "Ninety days.")


def test_it_never_leads_away_from_our_pages(editor):
    rule = make_rule()

    response = editor.post(f"/policy-desk/rules/{rule.pk}/verify/", sent(rule, next="//elsewhere.example/"))

    assert response["Location"] == f"/rules/KZ/{rule.pk}/"


def test_a_mistake_is_taken_back_and_both_stay_in_the_history(editor):
    rule = make_rule()
    editor.post(f"/policy-desk/rules/{rule.pk}/verify/", sent(rule))
    said = Verification.objects.get()
    undo = f"/policy-desk/verifications/{said.pk}/undo/"
    assert undo in text(editor.get(f"/rules/KZ/{rule.pk}/"))

    response = editor.post(undo, follow=True)

    assert "was a mistake" in text(response)
    assert "(taken back later)" in text(response)
    assert undo not in text(response)
    assert Verification.objects.count() == 2


def test_others_neither_verify_nor_undo():
    rule = make_rule()
    caseworker = signed_in(Role.CASEWORKER)

    assert caseworker.get(f"/policy-desk/rules/{rule.pk}/verify/").status_code == 403
    assert caseworker.post(f"/policy-desk/rules/{rule.pk}/verify/", sent(rule)).status_code == 403
    assert "Still true?" not in text(caseworker.get(f"/rules/KZ/{rule.pk}/"))


def test_drafts_and_unknown_numbers_are_not_found(editor):
    draft = make_draft()

    assert editor.get(f"/policy-desk/rules/{draft.pk}/verify/").status_code == 404
    assert editor.get("/policy-desk/rules/999999/verify/").status_code == 404
    assert editor.get("/policy-desk/verifications/999999/undo/").status_code == 404


def test_the_day_is_shown_wherever_a_rule_is(editor):
    rule = make_rule(citation="An invented decree")
    when = datetime.now(tz=NOW.tzinfo).date()
    editor.post(f"/policy-desk/rules/{rule.pk}/verify/", sent(rule))

    shown = f"{when.day} {when:%b} {when.year}".replace("Sep", "Sept")
    assert shown in text(editor.get(f"/rules/KZ/{rule.pk}/"))
    assert [it.verified_on for it in editor.get("/rules/").context["countries"]] == [when]


def test_rules_in_force_whose_examples_fail_come_first(editor):
    wrong = {
        "id": "WRONG",
        "rules": [{"kind": "consecutive_days", "days": 30}],
        "stays": [{"entry": "2026-01-01", "exit": None}],
    }
    passing = make_rule(
        key="right", worked_examples=[wrong | {"on": "2026-01-01", "expect": {"last_lawful_day": "2026-01-30"}}]
    )
    failing = make_rule(
        key="wrong",
        country="GE",
        worked_examples=[wrong | {"on": "2026-01-01", "expect": {"last_lawful_day": "2026-01-31"}}],
    )

    response = editor.get(DESK)

    assert [(it.row.pk, it.failing) for it in response.context["failing"]] == [(failing.pk, 1)]
    assert response.context["parts"][0][0] == "#failing"
    assert "1 worked example fails" in text(response)
    assert passing.pk not in [it.row.pk for it in response.context["failing"]]


@pytest.mark.parametrize("number", [1, 6])
def test_the_desk_costs_twelve_queries_at_most_however_many_drafts(editor, reviewer, number):
    for each in range(number):
        make_rule(key=f"held-{each}", part=f"p{each}")
        draft = make_draft(by=editor.user, key=f"waiting-{each}", part=f"w{each}")
        ask_for_review(rule=draft, by=editor.user, now=NOW)
        returned = make_draft(by=editor.user, key=f"returned-{each}", part=f"r{each}")
        ask_for_review(rule=returned, by=editor.user, now=NOW)
        return_with_comment(rule=returned, comment="Quote the article.", by=reviewer.user, now=NOW)
        start_impact(rule=draft, by=editor.user, now=NOW)
    for browser in (editor, reviewer):
        browser.get(DESK)
        with counted_queries() as asked:
            browser.get(DESK)
        assert len(asked) <= 12


def concerning(*numbers: int, teams: Iterable[Team] = ()) -> Rule:
    """A draft that takes days from as many people of as many teams."""
    draft = make_shorter_draft(make_rule())
    for number, team in zip_longest(numbers, teams):
        of = team or make_team()
        for _person in range(number):
            make_person(team=of)
    computed_impact(draft)
    return draft


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ((9, 3), "About 10 people are concerned."),
        ((2,), "Few people are concerned; their number is hidden."),
        # By team each number is small, and together they leave too little room to hide in: the total goes too.
        ((2, 2, 2, 2), "Few people are concerned; their number is hidden."),
        ((), "Nobody is concerned."),
    ],
)
def test_a_draft_says_in_numbers_whom_it_would_concern_as_its_own_page_does(editor, people, said):
    draft = concerning(*people)

    desk, page = text(editor.get(DESK)), editor.get(f"/rules/{draft.pk}/what-would-change/")

    assert said in desk
    assert said in text(page)
    assert "Worked out as on" in desk
    assert "Work it out again" not in desk


def test_whoever_has_teams_reads_of_them_exactly():
    worker = make_user(Role.CASEWORKER)
    team = team_of(worker)
    make_membership(worker, Role.POLICY_REVIEWER)
    draft = concerning(2, 9, teams=[team])
    browser = Browser()
    browser.force_login(worker)

    desk = text(browser.get(DESK))
    figures = browser.get(f"/rules/{draft.pk}/what-would-change/").context["figures"]

    assert "2 people of your teams are concerned. In other teams: about 10 people." in desk
    assert (figures.own.people, figures.others) == (2, 10)


def test_it_is_worked_out_from_the_desk_and_anew_after_the_draft_has_changed(editor):
    draft = make_draft(by=editor.user, key="mine")
    desk = text(editor.get(DESK))
    assert "Whom it would concern was not worked out yet." in desk
    assert f'action="/rules/{draft.pk}/what-would-change/start/"' in desk

    computed_impact(draft)
    assert f'action="/rules/{draft.pk}/what-would-change/start/"' not in text(editor.get(DESK))

    change_draft(rule=draft, parameters={"days": 45}, by=editor.user, now=NOW)
    desk = text(editor.get(DESK))
    assert "The draft or other rules have changed since." in desk
    assert "Work it out again" in desk


def test_what_is_being_worked_out_is_not_started_again(editor):
    draft = make_draft(by=editor.user, key="mine")
    start_impact(rule=draft, by=editor.user, now=NOW)
    desk = text(editor.get(DESK))

    assert Impact.objects.get().job.state == "waiting"
    assert "Whom it would concern: waiting" in desk
    assert "/what-would-change/start/" not in desk
