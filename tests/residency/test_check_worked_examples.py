"""The command that checks worked examples: a line a case, and an exit status that says whether all is well."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

GOOD: dict[str, Any] = {
    "id": "A",
    "rules": [{"kind": "consecutive_days", "days": 30}],
    "stays": [{"entry": "2024-01-01", "exit": None}],
    "on": "2024-01-10",
    "expect": {"last_lawful_day": "2024-01-30"},
}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def written(folder: Path, cases: Any) -> Path:
    file = folder / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    return file


def test_the_cases_that_come_with_the_program_pass(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_worked_examples")

    assert {line["ok"] for line in lines(capsys)} == {True}


def test_every_case_has_a_line_and_a_broken_one_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = GOOD | {"id": "B", "on": "yesterday"}
    wrong = GOOD | {"id": "C", "expect": {"last_lawful_day": "2024-01-31"}}
    silent = GOOD | {"id": "D", "expect": None}

    with pytest.raises(CommandError, match="2 of 4 cases"):
        call_command("check_worked_examples", written(tmp_path, [GOOD, broken, wrong, silent]))

    answers = lines(capsys)
    assert [answer["id"] for answer in answers] == ["A", "B", "C", "D"]
    assert [answer.get("ok", "none") for answer in answers] == [True, "none", False, None]
    assert "on must be a day" in answers[1]["error"]


def test_a_file_that_is_well_ends_without_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_worked_examples", str(written(tmp_path, [GOOD])))

    assert lines(capsys)[0]["computed"]["last_lawful_day"] == "2024-01-30"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[{]", "is not JSON: line 1, column 3"),
        (b"", "is not JSON"),
        (b"{}", "must hold a list of cases"),
        ('["Привет"]'.encode("cp1251"), "is not UTF-8: byte 3 is 0xcf"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        call_command("check_worked_examples", file)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_worked_examples", tmp_path / "none.json")


def test_a_thousand_cases_take_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stays = [{"entry": f"20{year}-03-01", "exit": f"20{year}-05-20"} for year in range(10, 26)]
    limits = [{"kind": "rolling_window", "days": 90, "window_days": 180}, {"kind": "calendar_year", "days": 120}]
    cases = [GOOD | {"id": n, "rules": limits, "stays": stays, "on": "2025-05-10", "expect": None} for n in range(1000)]

    call_command("check_worked_examples", written(tmp_path, cases))

    assert len(lines(capsys)) == 1000


@pytest.mark.parametrize("days", ["9" * 5000, "NaN", "-Infinity", "1e999", "[" * 500 + "]" * 500])
def test_a_number_that_is_none_spoils_its_own_case_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    file = tmp_path / "cases.json"
    odd = json.dumps(GOOD | {"id": "odd"}).replace("30}", f"{days}}}")
    file.write_text(f"[{odd}, {json.dumps(GOOD)}]")

    with pytest.raises(CommandError, match="1 of 2 cases"):
        call_command("check_worked_examples", str(file))

    first, second = lines(capsys)
    assert first["error"].startswith("rule 1: days must be a whole number")
    assert second["ok"] is True


def test_cases_of_one_name_have_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_worked_examples", str(written(tmp_path, [GOOD, GOOD])))

    assert [line["id"] for line in lines(capsys)] == ["A", "A"]


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps([GOOD]).encode())

    call_command("check_worked_examples", str(file))

    assert lines(capsys)[0]["ok"] is True
