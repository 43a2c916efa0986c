"""What `deploy/` says, read: commands of units and of compose, settings of the example."""

import configparser
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PYTHON = "/opt/casework/venv/bin/python"


class Unit(configparser.RawConfigParser):
    """A unit of systemd. Of what is said twice, the last stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        self.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
        self.read_string(path.read_text("utf-8"))

    @property
    def command(self) -> list[str]:
        return shlex.split(self["Service"]["ExecStart"])


def example(name: str = "example.env", *, comments: bool = False) -> dict[str, str]:
    """Return what a file of settings says; `comments`: what is commented out, too."""
    text = (DEPLOY / name).read_text("utf-8")
    mark = "#?" if comments else ""
    found = re.findall(rf"^{mark}([A-Z_]+)=(.*)$", text, re.MULTILINE)
    return {key: "".join(shlex.split(value)) for key, value in found}


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return content


def here(command: list[str], run: Path) -> list[str]:
    """Return a command as it runs on this machine: our Python, and a folder of the test for sockets and notes."""
    said = [sys.executable if part in (PYTHON, "python") else part for part in command]
    return [re.sub(r"/(run|var/lib)/casework(-\w+)?", str(run), part) for part in said]
