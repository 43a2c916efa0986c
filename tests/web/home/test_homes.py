"""The homes: the start page leads each role to its own, and each says what needs somebody now."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Absence, Job, User
from casework.accounts.roles import Permission, Role, roles_with
from casework.clients.actions import assign_case, restrict_case, write_to_do
from casework.clients.models import Case, EmergencyAccess, EmergencySeen, SightNotice
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_deadline

pytestmark = pytest.mark.django_db

TO_A_HOME = {
    Role.CASEWORKER: "my_day",
    Role.COORDINATOR: "my_team",
    Role.POLICY_EDITOR: "policy_desk",
    Role.POLICY_REVIEWER: "policy_desk",
    Role.ADMINISTRATOR: "upkeep",
    Role.AUDITOR: "oversight",
    Role.REPORT_READER: "reports",
    Role.DUPLICATE_REVIEWER: "duplicates",
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.mark.parametrize(("role", "home"), TO_A_HOME.items())
def test_the_start_page_leads_each_role_to_its_home(role: Role, home: str) -> None:
    browser = signed_in(make_user(role))

    answer = browser.get(reverse("home"))

    assert answer.headers["Location"] == reverse(home)
    assert browser.get(reverse(home)).status_code == 200


def test_every_role_has_a_home() -> None:
    assert TO_A_HOME.keys() == set(Role)


def test_who_has_several_roles_reaches_each_home_by_its_tabs() -> None:
    user = make_user(Role.COORDINATOR)
    for role in (Role.POLICY_EDITOR, Role.ADMINISTRATOR):
        make_membership(user, role)
    browser = signed_in(user)

    assert browser.get(reverse("home")).headers["Location"] == reverse("my_team")
    tabs = browser.get(reverse("my_team")).context["tabs"]
    assert [tab.url for tab in tabs] == [reverse(name) for name in ("my_team", "my_day", "policy_desk", "upkeep")]
    assert [tab.is_current for tab in tabs] == [True, False, False, False]
    assert reverse("upkeep") in [tab.url for tab in browser.get(reverse("my_day")).context["tabs"]]
    assert reverse("my_team") in [tab.url for tab in browser.get(reverse("policy_desk")).context["tabs"]]


def test_who_has_one_home_sees_no_tabs_to_others() -> None:
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(reverse("upkeep")).context["tabs"] == []


@pytest.mark.parametrize(
    ("page", "permission"),
    [
        ("my_team", Permission.CASE_ASSIGN),
        ("upkeep", Permission.ACCOUNTS_MANAGE),
        ("oversight", Permission.AUDIT_VIEW),
    ],
)
def test_nobody_opens_the_home_of_another_role(page: str, permission: Permission) -> None:
    for role in Role:
        expected = 200 if role in roles_with(permission) else 403
        assert signed_in(make_user(role)).get(reverse(page)).status_code == expected, role


# My team


@pytest.fixture
def coordinator() -> User:
    return make_user(Role.COORDINATOR)


def test_my_team_says_calmly_that_nothing_waits(coordinator: User) -> None:
    page = signed_in(coordinator).get(reverse("my_team")).content.decode()

    assert "Nothing waits in your team" in page
    assert "Nobody is to come or to leave within 7 days." in page


def test_my_team_counts_what_is_overdue_by_caseworker(coordinator: User) -> None:
    team, today = team_of(coordinator), timezone.now().date()
    worker = make_user(team=team, name="Test Worker")
    for days in (-3, -400, 5):
        client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
        make_deadline(client, today + timedelta(days=days))
    nobodys = make_client(case=make_case(team=team, caseworker=None, by=worker), by=worker)
    make_deadline(nobodys, today - timedelta(days=9))
    make_deadline(nobodys, today - timedelta(days=9), optional=True, occurrence=2)

    team_today = signed_in(coordinator).get(reverse("my_team")).context["team"]

    told = [(it.worker, it.name, it.count, it.oldest) for it in team_today.overdue]
    assert told == [
        (worker.pk, "Test Worker", 2, today - timedelta(days=400)),
        (None, "", 1, today - timedelta(days=9)),
    ]


def test_my_team_lists_cases_without_somebody_or_a_next_step(coordinator: User) -> None:
    team, now = team_of(coordinator), timezone.now()
    alone = make_case(team=team, caseworker=None, by=coordinator)
    urgent = make_case(team=team, caseworker=None, by=coordinator, priority="urgent")
    led = make_case(team=team, caseworker=coordinator, by=coordinator)
    write_to_do(text="Позвонить", owner=coordinator, case=led, by=coordinator, now=now)
    write_to_do(text="Позвонить", owner=coordinator, case=alone, by=coordinator, now=now)

    team_today = signed_in(coordinator).get(reverse("my_team")).context["team"]

    assert [row.code for row in team_today.unassigned.rows] == [urgent.code, alone.code]
    assert [row.code for row in team_today.without_step.rows] == [urgent.code]
    assert (team_today.unassigned.count, team_today.without_step.count) == (2, 1)


def test_my_team_shows_no_case_of_another_team_and_none_that_one_only_works_on(coordinator: User) -> None:
    elsewhere = make_team()
    make_membership(coordinator, Role.CASEWORKER, team=elsewhere)
    client = make_client(case=make_case(team=elsewhere, caseworker=None, by=coordinator), by=coordinator)
    make_deadline(client, timezone.now().date() - timedelta(days=5))

    team_today = signed_in(coordinator).get(reverse("my_team")).context["team"]

    assert (team_today.overdue, team_today.unassigned.count, team_today.without_step.count) == ([], 0, 0)


def test_my_team_leaves_out_restricted_cases_that_do_not_name_the_reader(coordinator: User) -> None:
    team, now = team_of(coordinator), timezone.now()
    first, second = make_user(team=team), make_user(team=team)
    client = make_client(case=make_case(team=team, caseworker=None, by=first), by=first)
    make_deadline(client, now.date() - timedelta(days=5))
    restrict_case(case=client.case, people=[first, second], version=client.case.version, by=first, now=now)

    team_today = signed_in(coordinator).get(reverse("my_team")).context["team"]

    assert (team_today.overdue, team_today.unassigned.count, team_today.without_step.count) == ([], 0, 0)


def test_closed_cases_wait_for_nothing(coordinator: User) -> None:
    case = make_case(team=team_of(coordinator), caseworker=None, by=coordinator)
    Case.objects.filter(pk=case.pk).update(
        status="closed", closed_at=timezone.now(), closing_reason=Case.ClosingReason.NEEDS_MET
    )

    team_today = signed_in(coordinator).get(reverse("my_team")).context["team"]

    assert (team_today.unassigned.count, team_today.without_step.count) == (0, 0)


def test_my_team_costs_twelve_queries_at_any_size(coordinator: User) -> None:
    browser, team = signed_in(coordinator), team_of(coordinator)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            worker = make_user(team=team)
            client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
            make_deadline(client, timezone.now().date() - timedelta(days=2))
            make_case(team=team, caseworker=None, by=worker)
        with counted_queries() as asked:
            browser.get(reverse("my_team"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[1] <= 12, "\n".join(asked)


# Upkeep and oversight


def test_upkeep_says_what_failed_and_what_stands_still() -> None:
    now = timezone.now()
    Job.objects.create(kind="reports.export", state="failed", created_at=now, finished_at=now)
    Job.objects.create(kind="residency.impact", state="running", created_at=now - timedelta(hours=9))
    Job.objects.create(kind="reports.export", state="failed", created_at=now, finished_at=now - timedelta(days=30))
    Job.objects.create(kind="reports.export", state="done", created_at=now, finished_at=now)

    page = signed_in(make_user(Role.ADMINISTRATOR)).get(reverse("upkeep"))

    assert [(row.job.state, row.stands_still) for row in page.context["jobs"]] == [("failed", False), ("running", True)]
    assert "a list that somebody takes along" in page.content.decode()


def test_upkeep_names_staff_who_cannot_work_or_have_gone() -> None:
    now, team = timezone.now(), make_team()
    gone, away, idle = make_user(team=team), make_user(team=team), make_user(team=team)
    make_case(team=team, caseworker=gone, by=gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    Absence.objects.create(user=away, starts_at=now, ends_at=now + timedelta(days=3), recorded_at=now)
    idle.memberships.update(ends_at=now)

    people = signed_in(make_user(Role.ADMINISTRATOR)).get(reverse("upkeep")).context["people"]

    assert [(row.user, row.why) for row in people] == [(gone, "left"), (away, "away_alone"), (idle, "no_role")]


@pytest.mark.parametrize(("role", "page"), [(Role.ADMINISTRATOR, "upkeep"), (Role.AUDITOR, "oversight")])
def test_these_homes_cost_twelve_queries_at_most(role: Role, page: str) -> None:
    browser = signed_in(make_user(role))
    with counted_queries() as asked:
        browser.get(reverse(page))

    assert len(asked) <= 12, "\n".join(asked)


def test_a_case_given_to_somebody_leaves_the_list(coordinator: User) -> None:
    case = make_case(team=team_of(coordinator), caseworker=None, by=coordinator)
    worker = make_user(team=case.team)
    assign_case(case=case, caseworker=worker, version=case.version, by=coordinator, now=timezone.now())

    assert signed_in(coordinator).get(reverse("my_team")).context["team"].unassigned.count == 0


def test_upkeep_leaves_out_whoever_is_back() -> None:
    now, team = timezone.now(), make_team()
    back = make_user(team=team)
    Absence.objects.create(
        user=back, starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2), recorded_at=now
    )

    assert signed_in(make_user(Role.ADMINISTRATOR)).get(reverse("upkeep")).context["people"] == []


def opened_in_emergency(case: Case, by: User) -> EmergencyAccess:
    now = timezone.now()
    access = EmergencyAccess(
        data_key=case.data_key, case=case, user=by, opened_at=now, ends_at=now + timedelta(minutes=50)
    )
    access.reason = "Придуманная тревога"
    access.save(force_insert=True)
    return access


def test_oversight_lists_what_this_auditor_has_not_looked_into() -> None:
    auditor, colleague, worker = make_user(Role.AUDITOR), make_user(Role.AUDITOR), make_user()
    make_membership(auditor, Role.CASEWORKER)
    case = make_case()
    seen, unseen = opened_in_emergency(case, worker), opened_in_emergency(case, worker)
    opened_in_emergency(case, auditor)  # one's own is for others to look into
    for user in (worker, auditor):
        SightNotice.objects.create(data_key=user.data_key, user=user, kind="many", at=timezone.now(), count=60)
    EmergencySeen.objects.create(access=seen, user=auditor, seen_at=timezone.now())
    EmergencySeen.objects.create(access=unseen, user=colleague, seen_at=timezone.now())

    page = signed_in(auditor).get(reverse("oversight"))

    assert [row.id for row in page.context["rows"]] == [unseen.pk]
    assert [notice.user for notice in page.context["notices"]] == [worker]
    assert "Придуманная тревога" not in page.content.decode()
