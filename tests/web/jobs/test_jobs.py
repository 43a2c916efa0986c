"""Long work of everybody: how far, why it failed, once more, stop. Administrators alone, and no number of people."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.accounts.task_runs import note_run
from casework.audit.models import Event
from casework.lib.refusals import Refusal
from casework.reports import actions as exports
from casework.reports.models import Export
from casework.web.jobs.clock import WORDS
from casework.web.jobs.rows import row_of
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.impacts import computed_impact, make_shorter_draft
from tests.factories.residency import make_rule

pytestmark = pytest.mark.django_db
JOBS = "/jobs/"
SCORES = "clients.score_everybody"


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def keeper() -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def browser(keeper: User) -> Browser:
    return signed_in(keeper)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Workers that were asked for."""
    found: list[Any] = []
    for module in ("lifecycle.score_runs", "reports.actions", "residency.actions.impacts"):
        app = f"casework.{module}.current_app"
        monkeypatch.setattr(f"{app}.send_task", lambda name, kwargs: found.append((name, kwargs)), raising=False)
    return found


def job(kind: str = SCORES, *, state: str = "running", done: int = 0, total: int = 0, **values: Any) -> Job:
    now = timezone.now()
    made = jobs.start_job(kind, by=values.pop("by", None), now=now - values.pop("ago", timedelta(minutes=10)))
    ended = now if state in {"done", "failed", "cancelled"} else None
    Job.objects.filter(pk=made.pk).update(state=state, done=done, total=total, finished_at=ended, **values)
    made.refresh_from_db()
    return made


def addresses(of: Job) -> list[str]:
    return [JOBS, reverse("stop_job", args=[of.pk]), reverse("repeat_job", args=[of.pk])]


@pytest.mark.parametrize("role", [it for it in Role if Permission.ACCOUNTS_MANAGE not in DEFINITIONS[it].permissions])
def test_others_are_refused(role: Role) -> None:
    it = job(state="failed")
    other = signed_in(make_user(role))

    assert {other.get(path).status_code for path in addresses(it)[:2]} == {403}
    assert {other.post(path).status_code for path in addresses(it)} == {403}
    it.refresh_from_db()
    assert it.state == "failed"


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for name in ("stop_job", "repeat_job"):
        assert browser.post(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_the_page_says_what_runs_failed_and_ended_in_few_queries(browser: Browser, keeper: User) -> None:
    for number in range(3):
        job(by=keeper, done=500, total=1_000, ago=timedelta(minutes=number))
        job("residency.impact", state="failed", message="The draft was changed meanwhile.")
        job("reports.export", state="done")
    with counted_queries() as queries:
        page = browser.get(JOBS).content.decode()

    assert "scores of everybody" in page
    assert "about 50 %" in page
    assert "The draft was changed meanwhile." in page
    assert "Begin again" not in page
    assert page.count("/stop/") == 3
    assert len(queries) <= 14
    assert Event.objects.filter(type="accounts.jobs_seen", actor_id=keeper.pk).count() == 1


def test_an_empty_page_says_so(browser: Browser) -> None:
    page = browser.get(JOBS).content.decode()

    assert "Nothing runs, and nothing waits for a worker." in page
    assert "Nothing has failed." in page


@pytest.mark.parametrize(
    ("done", "total", "tenths", "left"),
    [(1, 2, None, None), (3, 7, None, None), (99, 99, None, None), (10, 100, 1, None), (349, 1_000, 3, 20)],
)
def test_how_far_it_is_tells_no_number_of_people(done: int, total: int, tenths: int | None, left: int | None) -> None:
    row = row_of(job(done=done, total=total), timezone.now())

    assert (row.tenths, row.minutes_left) == (tenths, left)
    assert row.a_minute in (None, 30, 40)


def test_one_that_failed_is_begun_again_and_goes_on_where_it_was(
    browser: Browser, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    it = job(state="failed", done=5, total=9, message="x", result={"place": "abc"})
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(reverse("repeat_job", args=[it.pk]), follow=True).content.decode()

    it.refresh_from_db()
    assert "It waits for a worker again" in page
    assert (it.state, it.finished_at, it.message, jobs.place_of(it), it.done) == ("waiting", None, "", "abc", 5)
    assert asked == [("lifecycle.score_everybody", {"job_id": str(it.pk)})]
    assert Event.objects.filter(type="accounts.job_repeated", data__kind=SCORES).count() == 1


def test_one_that_ended_well_or_is_under_way_is_not_begun_again(browser: Browser, asked: list[Any]) -> None:
    for state in ("done", "running", "waiting"):
        it = job(state=state)
        page = browser.post(reverse("repeat_job", args=[it.pk]), follow=True).content.decode()
        it.refresh_from_db()
        assert "This cannot be begun again here." in page
        assert it.state == state
    assert asked == []


def test_stopping_is_asked_first(browser: Browser) -> None:
    it = job()
    question = browser.get(reverse("stop_job", args=[it.pk])).content.decode()
    it.refresh_from_db()
    before = it.state
    page = browser.post(reverse("stop_job", args=[it.pk]), follow=True).content.decode()
    again = browser.post(reverse("stop_job", args=[it.pk]), follow=True).content.decode()

    it.refresh_from_db()
    assert "Stop this work?" in question
    assert (before, it.state) == ("running", "cancelled")
    assert "What was done is done." in page
    assert "It had ended already." in again


def test_what_nobody_declared_is_neither_stopped_nor_begun_again(browser: Browser, keeper: User) -> None:
    it = job("lifecycle.rotate_keys")
    page = browser.post(reverse("stop_job", args=[it.pk]), follow=True).content.decode()

    it.refresh_from_db()
    assert (it.state, "This cannot be stopped here." in page) == ("running", True)
    with pytest.raises(Refusal):
        jobs.repeat(job("lifecycle.rotate_keys", state="failed"), by=keeper, now=timezone.now())


def export(user: User) -> Export:
    asks = exports.Asked(listing="cases", format="csv", query="", filters=[], language="en")
    return exports.start_export(asked=asks, by=user, now=timezone.now())


def test_a_file_is_written_again_while_its_hour_lasts(
    keeper: User, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    made = export(make_user())
    jobs.stop(made.job, by=keeper, now=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        jobs.repeat(made.job, by=keeper, now=timezone.now())
    jobs.stop(made.job, by=keeper, now=timezone.now())

    with pytest.raises(Refusal, match="too long ago"):
        jobs.repeat(made.job, by=keeper, now=timezone.now() + timedelta(hours=2))

    assert asked == [("web.make_export", {"export_id": str(made.pk), "attempt": str(made.attempt)})]
    made.job.refresh_from_db()
    assert made.job.state == "cancelled"


def test_what_a_draft_would_change_goes_on_after_it_was_stopped_and_not_after_it_failed(
    keeper: User, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    impact = computed_impact(make_shorter_draft(make_rule()))
    Job.objects.filter(pk=impact.job_id).update(state="failed")
    impact.job.refresh_from_db()
    assert not jobs.may_repeat(impact.job)
    Job.objects.filter(pk=impact.job_id).update(state="cancelled")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.repeat(impact.job, by=keeper, now=timezone.now())

    assert asked == [("residency.work_on_impact", {"job_id": str(impact.job_id)})]


def test_the_work_by_the_clock_says_what_is_late(browser: Browser) -> None:
    three_days = timezone.now() - timedelta(days=3)
    note_run("lifecycle.score_all", began=three_days, ended=three_days, has_failed=False)
    note_run("accounts.forget_counters", began=timezone.now(), ended=timezone.now(), has_failed=True)

    page = browser.get(JOBS).content.decode()

    assert "late: was due" in page
    first, second, later = "score all cases", "forget counted attempts to sign in", "seal the trail of who did what"
    assert page.index(first) < page.index(second) < page.index(later)


def test_all_work_by_the_clock_has_words() -> None:
    assert {it["task"] for it in settings.CELERY_BEAT_SCHEDULE.values()} == WORDS.keys()


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_the_page_speaks_other_languages(keeper: User, browser: Browser, language: str) -> None:
    User.objects.filter(pk=keeper.pk).update(language=language)
    job(done=500, total=1_000)

    assert "about 50" not in browser.get(JOBS).content.decode()
