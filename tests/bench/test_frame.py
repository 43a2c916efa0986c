from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bench import report
from bench.frame import Figure, Measure, Registry, Settings, all_measures


def nothing(_settings: Settings) -> Iterator[Figure]:
    yield from ()


def test_an_aim_is_met_on_its_border() -> None:
    assert Figure("engine", 50, "x", at_least=50).ok is True
    assert Figure("engine", 49.9, "x", at_least=50).ok is False
    assert Figure("refresh", 5, "x", at_most=5).ok is True
    assert Figure("refresh", 5.1, "x", at_most=5).ok is False


def test_a_figure_without_an_aim_is_neither_met_nor_missed() -> None:
    assert Figure("queries", 12, "queries").as_json() == {"value": 12, "unit": "queries", "aim": None, "ok": None}


def test_figures_are_written_by_name() -> None:
    written = report.by_name([Figure("engine.small", 63.2, "x", at_least=50)])

    assert written == {"engine.small": {"value": 63.2, "unit": "x", "aim": ">= 50", "ok": True}}


def test_the_table_says_which_aims_are_missed() -> None:
    lines = report.table([Figure("engine", 63.2, "x", at_least=50), Figure("refresh", 7, "x", at_most=5)]).splitlines()

    assert lines == [
        "measure  value  unit  aim",
        "engine   63.20  x     >= 50  ok",
        "refresh   7.00  x     <= 5   MISSED",
    ]


def test_the_heading_says_when_and_on_what_it_was_measured() -> None:
    assert report.heading(datetime(2026, 11, 27, 2, 5, tzinfo=UTC)).startswith("2026-11-27 02:05 UTC, Python 3.")


def test_measures_are_taken_in_the_order_in_which_they_were_added() -> None:
    registry = Registry()
    for name in ("late", "early"):
        registry.add(Measure(name, nothing, on_database=False))

    assert [each.name for each in registry.named([])] == ["late", "early"]
    assert [each.name for each in registry.named(["early"])] == ["early"]


def test_a_measure_that_is_not_known_is_refused_with_the_names_that_are() -> None:
    registry = Registry()
    registry.add(Measure("engine", nothing, on_database=False))

    with pytest.raises(ValueError, match=r"no measure is named engin; there are engine"):
        registry.named(["engin"])


def test_two_measures_do_not_share_a_name() -> None:
    registry = Registry()
    registry.add(Measure("engine", nothing, on_database=False))

    with pytest.raises(ValueError, match="two measures are named 'engine'"):
        registry.add(Measure("engine", nothing, on_database=True))


def test_every_module_of_the_folder_is_found() -> None:
    assert "engine" in all_measures().measures
