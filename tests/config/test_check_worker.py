"""A health check that asks the worker itself, and the database what workers did."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from casework.accounts.task_runs import CANARY, note_run
from casework.config.management.commands import check_worker

pytestmark = pytest.mark.django_db


def sung(at: datetime) -> None:
    note_run(CANARY, began=at, ended=at, has_failed=False)


def test_a_worker_that_has_just_sung_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    sung(timezone.now() - timedelta(seconds=50))
    call_command("check_worker")

    assert capsys.readouterr().out.strip() == "ok"


def test_one_that_never_did_anything_or_has_stopped_is_not() -> None:
    with pytest.raises(CommandError, match="anything yet"):
        call_command("check_worker")
    sung(timezone.now() - timedelta(minutes=4))
    with pytest.raises(CommandError, match=r"for 2\d\d seconds"):
        call_command("check_worker")


def test_here_asks_for_a_worker_of_this_machine_whatever_others_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_worker, "ANSWERS_WITHIN", 1)
    sung(timezone.now())

    with pytest.raises(CommandError, match="does not answer"):
        call_command("check_worker", "--here")


def test_a_broker_that_is_away_is_said(tmp_path: Path) -> None:
    known = os.environ | {"BROKER_URL": "redis://localhost:1/0"}
    command = [sys.executable, "manage.py", "check_worker", "--here"]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 1
    assert "The broker does not answer" in done.stderr
