"""The command line of the measures. Whole runs begin the servers, as `bin/bench` does."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from bench import __main__ as command
from bench.frame import Measure
from tests.factories.clients import make_client

ROOT = Path(__file__).resolve().parents[2]


def test_a_measure_is_taken_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"

    status = command.main(["--only", "engine", "--quick", "--json", str(file)])

    written = json.loads(file.read_text())
    assert list(written) == ["engine.small", "engine.heavy", "engine.any_size", "engine.growth"]
    assert status == (1 if any(figure["ok"] is False for figure in written.values()) else 0)
    assert capsys.readouterr().out.splitlines()[1].split() == ["measure", "value", "unit", "aim"]


def test_an_unknown_measure_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "engin"]) == 2

    there_are = "bed_races, bed_days, capacity_report, duplicates, duplicate_check, engine, erasing, importing, names, pages, refresh, reminders, reminder_planning, spreading, what_if"
    assert capsys.readouterr().err == f"bin/bench: no measure is named engin; there are {there_are}\n"


def test_a_measure_that_breaks_off_does_not_lose_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    met = {"engine.small": {"value": 80, "unit": "x", "aim": ">= 50", "ok": True}}
    asked: list[tuple[str, list[str]]] = []

    def taken_apart(measure: Measure, options: list[str]) -> dict[str, Any] | None:
        asked.append((measure.name, options))
        return met if measure.name == "engine" else None

    monkeypatch.setattr("bench.apart.taken_apart", taken_apart)
    monkeypatch.setattr(command, "_prepare", lambda _chosen: None)
    file = tmp_path / "figures.json"

    status = command.main(["--only", "engine", "--only", "names", "--quick", "--sizes", "10,20", "--json", str(file)])

    assert status == 1
    assert json.loads(file.read_text()) == met
    assert asked == [(name, ["--sizes=10,20", "--quick"]) for name in ("engine", "names")]
    told = capsys.readouterr()
    assert "1 figures; missed: none" in told.out
    assert told.err == "bin/bench: broken off: names\n"


@pytest.mark.slow
def test_measures_of_one_run_find_nothing_of_each_other(tmp_path: Path) -> None:
    """The second of two that fill the same beds would be refused, and the counts of the first be wrong."""
    file = tmp_path / "figures.json"
    asked = ["bin/bench", "--quick", "--only", "bed_days", "--only", "capacity_report", "--json", str(file)]

    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "broken off" not in done.stderr
    assert {"bed_days.200", "capacity_report.200"} <= json.loads(file.read_text()).keys()


@pytest.mark.parametrize("sizes", ["", "0", "ten", "10,", "-5", "1000001"])
def test_sizes_that_are_none_are_refused(sizes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--sizes", sizes])

    assert "are not sizes: give numbers from 1 to 1000000" in capsys.readouterr().err


@pytest.mark.django_db
def test_invented_people_are_never_put_beside_others(capsys: pytest.CaptureFixture[str]) -> None:
    make_client()

    assert command.main(["--only", "refresh"]) == 2

    assert "this database holds people" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_a_few_people_are_refreshed_and_measured(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"

    command.main(["--only", "refresh", "--sizes", "20", "--quick", "--json", str(file)])

    written = json.loads(file.read_text())
    names = ("queries", "none", "none.speed", "none.evaluated", "none.evaluated.speed", "all", "all.speed")
    assert list(written) == [f"refresh.20.{name}" for name in names]
    assert written["refresh.20.none"]["aim"] == "<= 3"
    assert written["refresh.20.all"]["aim"] == "<= 5"


@pytest.mark.django_db(transaction=True)
def test_pages_are_opened_weighed_and_timed(tmp_path: Path, settings: LazySettings) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    file = tmp_path / "figures.json"

    command.main(["--only", "pages", "--sizes", "300", "--quick", "--json", str(file)])

    written = json.loads(file.read_text())
    assert written["pages.300.caseworker.case.queries"]["aim"] == "<= 20"
    weights = {name: figure for name, figure in written.items() if name.endswith((".queries", ".bytes"))}
    assert [name for name, figure in weights.items() if not figure["ok"]] == []
    assert "pages.300.coordinator.housing_board.ratio" in written


@pytest.mark.django_db(transaction=True)
def test_people_are_imported_and_measured(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"

    command.main(["--only", "importing", "--sizes", "40", "--quick", "--json", str(file)])

    written = json.loads(file.read_text())
    assert list(written) == [f"importing.40{name}" for name in ("", ".speed", ".duplicate_check", ".memory")]
    assert written["importing.40"]["value"] > 1
