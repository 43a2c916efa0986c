"""Figures for Prometheus: of all processes, to whoever shows the token, and of nobody."""

import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts import jobs
from casework.accounts.task_runs import CANARY, note_run
from casework.reminders.models import Heartbeat, Reminder
from casework.web.status import counting
from casework.web.status.metrics import in_tens
from tests.factories.accounts import make_user
from tests.factories.clients import make_client
from tests.reminders.deadlines import make_deadline
from tests.serving import ROOT, Reader, environment
from tests.web.cases.pages import make_world

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-thirty-two-letters-at-least"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(settings: LazySettings, tmp_path: Path) -> LazySettings:
    settings.METRICS_TOKEN = TOKEN
    return settings


def scraped(browser: Browser | None = None) -> dict[str, float]:
    answer = (browser or Browser()).get("/metrics", headers=SHOWN)
    assert answer.status_code == 200
    return figures(answer.content.decode())


def figures(text: str) -> dict[str, float]:
    found = re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_without_a_token_there_is_no_such_page(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""

    assert Browser().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"bearer {TOKEN}x", TOKEN])
def test_whoever_does_not_show_the_token_gets_nothing(watched: LazySettings, shown: str) -> None:
    answer = Browser().get("/metrics", headers={"Authorization": shown})

    assert (answer.status_code, answer.content, answer["WWW-Authenticate"]) == (401, b"", "Bearer")


def test_whoever_is_signed_in_gets_no_figures_for_that(watched: LazySettings) -> None:
    world = make_world()

    assert world.browser.get("/metrics").status_code == 401


def test_requests_are_counted_by_the_name_of_the_page(watched: LazySettings) -> None:
    world = make_world()
    before = scraped()
    world.browser.get(world.urls()["case"])
    world.browser.get(world.urls()["case"] + "?q=secret")
    world.browser.get("/nothing/")
    after = scraped()

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('casework_requests_total{method="GET",status="2xx",view="case"}') == 2
    assert more('casework_requests_total{method="GET",status="4xx",view="none"}') == 1
    assert more('casework_request_seconds_count{view="case"}') == 2
    assert 5 <= more('casework_request_queries_total{view="case"}') <= 60


def fill() -> None:
    """Something of everything that has figures."""
    now = timezone.now()
    job = jobs.begin(jobs.start_job("residency.impact", by=None, now=now - timedelta(hours=1)).pk, total=5)
    assert job is not None
    for name in ("plan", "deliver"):
        Heartbeat.objects.create(name=name, at=now)
    note_run(CANARY, began=now, ended=now, has_failed=False)
    note_run("lifecycle.score_all", began=now - timedelta(days=3), ended=now - timedelta(days=3), has_failed=True)
    make_deadline(due_on=now.date())


def test_figures_tell_of_work_and_of_nobody(watched: LazySettings) -> None:
    fill()
    person = make_client(by=make_user())
    text = Browser().get("/metrics", headers=SHOWN).content.decode()
    told = figures(text)

    assert told['casework_jobs{kind="residency.impact",state="running"}'] == 1
    assert told["casework_jobs_oldest_seconds"] >= 3600
    assert told['casework_task_late{task="lifecycle.score_all"}'] == 1
    assert told['casework_task_failures_total{task="lifecycle.score_all"}'] == 1
    assert told["casework_worker_canary_age_seconds"] < 60
    assert told["casework_deadlines_stale_tens"] == 0  # one or two, which is nobody's business
    assert told["casework_reminders_due_tens"] == 0
    assert told["casework_database_bytes"] > 1_000_000
    assert told["casework_keys_readable"] == 1
    assert {name: value for name, value in told.items() if "missing" in name and value} == {}
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"view", "method", "status", "le", "kind", "state", "step", "task", "group", "version", "python"}
    for secret in (person.reference, person.case.code, str(person.pk), person.family_name, "@"):
        assert secret not in text


def test_what_tells_of_people_is_in_tens(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rows:
        def __init__(self, count: int) -> None:
            self.number = count

        def order_by(self) -> "Rows":
            return self

        def __getitem__(self, part: slice) -> "Rows":
            return Rows(min(self.number, part.stop))

        def count(self) -> int:
            return self.number

    counts: list[Any] = [Rows(it) for it in (0, 1, 9, 10, 19, 123, 1_000_000)]
    assert [in_tens(it) for it in counts] == [0, 0, 0, 10, 10, 120, 10_000]


def test_counting_stops_at_a_number_and_asks_for_no_order() -> None:
    with connection.execute_wrapper(seen := Seen()):
        in_tens(Reminder.objects.order_by("send_at"))

    assert "LIMIT 10000" in seen.sql[0]
    assert "ORDER BY" not in seen.sql[0]


class Seen:
    def __init__(self) -> None:
        self.sql: list[str] = []

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.sql.append(sql)
        return execute(sql, *rest)


def test_a_group_that_the_database_refuses_is_left_out_and_said_to_be(
    watched: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*args: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("casework.web.status.metrics.stale_clients", refused)
    told = scraped()

    assert "casework_deadlines_stale_tens" not in told
    assert told['casework_figures_missing{group="deadlines"}'] == 1
    assert told['casework_figures_missing{group="jobs"}'] == 0


def test_every_alert_names_figures_that_exist(watched: LazySettings) -> None:
    fill()
    Heartbeat.objects.create(name="backup", at=timezone.now())
    scraped()
    known = {re.sub(r"\{.*", "", name) for name in scraped()}
    alerts = (ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text()
    named = set(re.findall(r"casework_\w+", alerts))

    assert len(named) >= 12
    assert named - known == set()


def test_the_folder_of_a_server_that_is_gone_goes(tmp_path: Path) -> None:
    mine = counting.folder_of_server(tmp_path)
    gone = mine.with_name(re.sub(r"-\d+-\d+$", "-999999999-1", mine.name))
    gone.mkdir()
    for number in range(70):
        (mine / f"counter_{999_999_000 + number}.db").touch()

    assert counting.folder_of_server(tmp_path) == mine
    assert not gone.exists()
    assert len(list(mine.iterdir())) == counting.ENDED_AT_MOST


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_of_the_web_and_a_worker_are_counted_together(tmp_path: Path) -> None:
    """Whichever process is asked tells of both; tasks are told by the database, wherever their worker is."""
    database = connection.settings_dict["NAME"]
    environ = environment(database, Path(os.environ["KEY_FILE"]), tmp_path) | {"METRICS_TOKEN": TOKEN}
    port = 18_731
    web = [sys.executable, "-m", "gunicorn", "casework.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    worker = [sys.executable, "-m", "celery", "-A", "casework.config.celery", "worker", "--concurrency", "2"]
    with (tmp_path / "log").open("w") as log:
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
            for command in (web, [*worker, "--without-gossip", "--without-mingle"])
        ]
        try:
            told, since = {}, time.monotonic()
            ask = "from casework.config.celery import app; app.send_task('accounts.canary');app.send_task('audit.seal')"
            while time.monotonic() - since < 90 and "casework_worker_canary_age_seconds" not in told:
                time.sleep(1)
                try:
                    told = _scraped(port)
                except OSError:
                    continue
                if len(told) and "asked" not in locals():
                    asked = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environ, check=True)
            reader = Reader(port)
            before = _pages(told)
            for _each in range(40):
                assert reader.get("/livez").status == 200
            after = {_pages(_scraped(port)) for _each in range(8)}
            files = list((tmp_path / "metrics").glob("*/counter_*.db"))
        finally:
            for it in processes:
                it.terminate()
            for it in processes:
                it.wait(timeout=30)
    assert told['casework_task_runs_total{task="accounts.canary"}'] == 1
    assert len(files) == 2
    assert after == {before + 40}


def _scraped(port: int) -> dict[str, float]:
    import urllib.request

    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers=SHOWN | {"Host": "localhost"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return figures(answer.read().decode())


def _pages(told: dict[str, float]) -> float:
    return told.get('casework_requests_total{method="GET",status="2xx",view="livez"}', 0)
