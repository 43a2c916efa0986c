"""Settings come from the environment, few of them, each explained."""

import os
import re
import subprocess
import sys

from .source import CODE, ROOT

NAMES = set(re.findall(r"""env\.\w+\(\s*"([A-Z_]+)\"""", (CODE / "config" / "settings.py").read_text("utf-8")))


def test_every_name_is_in_the_table_of_the_docs() -> None:
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE))

    assert NAMES - table == set()


def test_there_are_at_most_25_names() -> None:
    assert 10 <= len(NAMES) <= 25


def test_a_production_installation_passes_the_deployment_checks() -> None:
    production = {"CASEWORK_PRODUCTION": "1", "CASEWORK_DEMO": "0", "PUBLIC_URL": "https://casework.example"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=ROOT, env=os.environ | production, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
