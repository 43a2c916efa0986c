"""Staff read the country rules: which there are, what they say, where it stands."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser

from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.residency.actions.rules import publish_rule, supersede_rule, withdraw_rule
from casework.residency.models import NationalityGroup
from tests.factories.accounts import NOW, make_user
from tests.factories.residency import make_rule
from tests.factories.rules import EXAMPLE, make_draft

pytestmark = pytest.mark.django_db

URL = "/rules/"


@pytest.fixture
def worker(client: Browser) -> Browser:
    client.force_login(make_user())
    return client


def countries(response) -> list[tuple[str, int, int, int]]:
    rows = response.context["countries"]
    return [(row.name, row.rules, row.unreviewed, row.needs_review) for row in rows]


def addresses() -> list[str]:
    rule = make_rule()
    return [URL, "/rules/KZ/", f"/rules/KZ/{rule.pk}/"]


@pytest.mark.parametrize("role", [role for role in Role if Permission.RULES_VIEW in DEFINITIONS[role].permissions])
def test_those_who_may_read_rules_read_them(client, role):
    client.force_login(make_user(role))

    assert [client.get(url).status_code for url in addresses()] == [200, 200, 200]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.REPORT_READER])
def test_others_may_not(client, role):
    client.force_login(make_user(role))

    assert [client.get(url).status_code for url in addresses()] == [403, 403, 403]


def test_a_stranger_is_sent_to_sign_in(client):
    assert [client.get(url).status_code for url in addresses()] == [302, 302, 302]


def test_nothing_is_posted(worker):
    assert [worker.post(url).status_code for url in addresses()] == [405, 405, 405]


def test_countries_show_how_far_their_rules_are_reviewed(worker):
    make_rule(key="a", part="a")
    make_rule(key="b", part="b", review_status="needs_review", last_verified_on=date(2026, 11, 2))
    make_rule(key="c", part="c", review_status="reviewed")
    make_rule(country="KG", key="d")
    make_draft(part="draft")

    response = worker.get(URL)

    assert countries(response) == [("Kazakhstan", 3, 2, 1), ("Kyrgyzstan", 1, 1, 0)]
    assert "2 Nov 2026" in response.content.decode()


def test_they_are_filtered_by_country_and_nationality_groups_included(worker):
    NationalityGroup.objects.create(code="EAEU", name="Eurasian Economic Union", nationalities=["AM", "RU"])
    make_rule(key="a", nationality="EAEU")
    make_rule(country="KG", key="b", nationality="UA")
    make_rule(country="RS", key="c", nationality="*")

    assert [row[0] for row in countries(worker.get(URL, {"place": "KG"}))] == ["Kyrgyzstan"]
    assert [row[0] for row in countries(worker.get(URL, {"nationality": "AM"}))] == ["Kazakhstan", "Serbia"]
    assert len(countries(worker.get(URL, {"place": "QQ"}))) == 3


def test_without_rules_it_says_what_to_do(worker):
    assert "No rules on record yet" in worker.get(URL).content.decode()


def test_a_country_shows_what_is_law_today_by_duty_and_what_was_beside_it(worker):
    make_rule(key="old", valid=(None, date(2023, 1, 1)), parameters={"days": 30})
    make_rule(key="new", valid=(date(2023, 1, 1), None))
    make_rule("note", {"text": "Something else."}, key="note", duty="note")

    response = worker.get("/rules/KZ/")

    leave, note = response.context["duties"]
    assert ([rule.row.key for rule in leave.today], [rule.row.key for rule in leave.others]) == (["new"], ["old"])
    assert [rule.says for rule in note.today] == ["Something else."]
    assert leave.others[0].when == "over"


def test_a_citation_leads_out_without_saying_where_one_came_from(worker):
    make_rule()

    content = worker.get("/rules/KZ/").content.decode()

    assert '<a href="https://law.example/decree" rel="noreferrer noopener">An invented decree</a>' in content
    assert "read on 1 Oct 2026" in content
    assert "Not longer than the days named." in content


def test_an_unknown_country_is_not_found(worker):
    assert worker.get("/rules/QQ/").status_code == 404


def test_a_country_without_rules_does_not_look_like_one_without_limits(worker):
    make_rule()
    rule = make_rule(country="KG", key="gone")
    withdraw_rule(rule=rule, reason="Repealed.", by=make_user(Role.POLICY_EDITOR), now=NOW)

    assert "This does not mean that there is no limit." in worker.get("/rules/KG/").content.decode()


def test_a_rule_shows_its_versions_and_who_published_them(worker):
    editor = make_user(Role.POLICY_EDITOR, name="Invented Editor")
    old = make_rule()
    new = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60})
    publish_rule(rule=new, by=editor, now=NOW + timedelta(days=1))

    content = worker.get(f"/rules/KZ/{old.pk}/").content.decode()

    assert "At most 60 days in a row" in content
    assert "23 Nov 2026, 09:00" in content
    assert "Invented Editor" in content
    assert "reference data" in content


def test_worked_examples_are_computed_before_ones_eyes(worker):
    wrong = EXAMPLE | {"id": "wrong", "expect": {"last_lawful_day": "2026-04-01"}}
    rule = make_rule(worked_examples=[EXAMPLE, wrong])

    response = worker.get(f"/rules/KZ/{rule.pk}/")

    assert [(example.id, example.ok) for example in response.context["examples"]] == [("KZ-90", True), ("wrong", False)]
    assert "2026-03-31" in response.content.decode()


def test_drafts_and_rules_of_another_country_are_not_found(worker):
    rule, draft = make_rule(), make_draft(part="draft")

    assert worker.get(f"/rules/KG/{rule.pk}/").status_code == 404
    assert worker.get(f"/rules/KZ/{draft.pk}/").status_code == 404


def test_the_way_into_the_admin_is_shown_to_those_who_keep_rules(worker):
    rule = make_rule()
    url = f"/rules/KZ/{rule.pk}/"
    assert "Open in the admin" not in worker.get(url).content.decode()

    worker.force_login(make_user(Role.POLICY_EDITOR))

    assert "Open in the admin" in worker.get(url).content.decode()


@pytest.mark.parametrize("url", [URL, "/rules/KZ/"])
def test_many_rules_take_no_more_queries_than_one(worker, url, django_assert_max_num_queries):
    for number in range(30):
        make_rule(key=f"kz-{number}", part=f"part-{number}")

    with django_assert_max_num_queries(12):
        worker.get(url)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.POLICY_EDITOR, True), (Role.POLICY_REVIEWER, False), (Role.CASEWORKER, False)]
)
def test_editors_begin_a_draft_from_the_page_of_a_rule(client, role, may):
    rule = make_rule()
    client.force_login(make_user(role))

    page = client.get(f"/rules/KZ/{rule.pk}/").content.decode()

    assert (f'action="/admin/residency/rule/{rule.pk}/supersede/"' in page) is may


def test_no_draft_begins_from_a_version_that_is_not_held_any_more(client):
    editor = make_user(Role.POLICY_EDITOR)
    rule = make_rule()
    withdraw_rule(rule=rule, by=editor, now=NOW + timedelta(days=1), reason="Invented", restore=False)
    client.force_login(editor)

    assert "supersede/" not in client.get(f"/rules/KZ/{rule.pk}/").content.decode()
