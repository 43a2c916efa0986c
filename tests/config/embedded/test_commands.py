import errno

import pytest

from casework.config.embedded import commands, run
from casework.config.embedded.processes import Stopped
from casework.config.embedded.refusal import Refusal


@pytest.mark.parametrize("text", ["0", "65536", "http", "8000x", "-1"])
def test_a_port_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        commands.run_options(["--port", text])

    assert left.value.code == 2
    assert f"{text} is not a port" in capsys.readouterr().err or text == "-1"


def test_the_options_of_a_run_are_read() -> None:
    options = commands.run_options(["--port", "8123", "--empty", "--reset", "--yes"])

    assert (options.port, options.empty, options.reset, options.yes) == (8123, True, True, True)


def test_what_bin_test_does_not_know_is_for_pytest() -> None:
    options, for_pytest = commands.test_options(["--all", "-q", "tests/lib", "-k", "month or day", "--co"])

    assert options.all
    assert for_pytest == ["-q", "tests/lib", "-k", "month or day", "--co"]


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (Refusal("Port 8000 is taken."), 1, "casework: Port 8000 is taken.\n"),
        (Stopped(2), 130, ""),
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 1, "casework: The disk is full (/data/x)."),
        (OSError("[('a', 'b', '[Errno 28] No space left on device')]"), 1, "casework: The disk is full ("),
    ],
)
def test_what_is_in_the_way_is_one_line_on_standard_error(
    raised: BaseException, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> int:
        raise raised

    monkeypatch.setattr(run, "run", refuse)
    monkeypatch.setattr(commands.StopSignals, "listen", lambda _self: None)

    assert commands.main(["run"]) == status

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == (1 if said else 0)


def test_an_error_that_nobody_thought_of_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(run, "run", fail)
    monkeypatch.setattr(commands.StopSignals, "listen", lambda _self: None)

    with pytest.raises(OSError, match="Input/output error"):
        commands.main(["run"])


def test_another_system_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(commands.sys, "platform", "darwin")

    assert commands.main(["run"]) == 1
    assert "run on Linux" in capsys.readouterr().err
