import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casework.config.embedded.manage import run_in_front
from casework.config.embedded.processes import Stopped, StopSignals


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137)])
def test_the_exit_status_is_passed_through(script: str, status: int, stop: StopSignals) -> None:
    assert run_in_front(["/bin/sh", "-c", script], dict(os.environ), stop) == status


def test_input_and_output_are_passed_through() -> None:
    through = subprocess.run(
        [
            sys.executable,
            "-c",
            "from casework.config.embedded import manage, processes\n"  # noqa: ISC004
            "import os, sys\n"
            "sys.exit(manage.run_in_front(['/bin/cat'], dict(os.environ), processes.StopSignals()))",
        ],
        input="Жанар\n",
        capture_output=True,
        text=True,
        check=True,
    )

    assert through.stdout == "Жанар\n"
    assert through.stderr == ""


def test_a_signal_to_us_is_passed_on_and_the_command_may_finish(tmp_path: Path, stop: StopSignals) -> None:
    script = f"trap 'echo finished >{tmp_path}/said; exit 3' TERM; touch {tmp_path}/ready; while :; do sleep 0.05; done"

    def stop_it() -> None:
        while not (tmp_path / "ready").exists():
            time.sleep(0.02)
        stop.received.append(signal.SIGTERM)

    threading.Thread(target=stop_it).start()

    assert run_in_front(["/bin/sh", "-c", script], dict(os.environ), stop) == 3
    assert (tmp_path / "said").read_text() == "finished\n"


def test_nothing_is_begun_after_a_signal(stop: StopSignals, tmp_path: Path) -> None:
    stop.received.append(signal.SIGINT)

    with pytest.raises(Stopped):
        run_in_front(["/usr/bin/touch", tmp_path / "begun"], dict(os.environ), stop)

    assert not (tmp_path / "begun").exists()
