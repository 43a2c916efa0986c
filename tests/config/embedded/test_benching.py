from pathlib import Path

import pytest

from casework.config.embedded.benching import from_here


def test_the_file_of_the_figures_lies_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert from_here(["--only", "engine", "--json", "a.json"]) == ["--only", "engine", "--json", f"{tmp_path}/a.json"]
    assert from_here(["--json=a.json"]) == [f"--json={tmp_path}/a.json"]
    assert from_here(["--json"]) == ["--json"]
