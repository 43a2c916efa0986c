"""Loads this directory as the package `embedded` and runs one of its commands: run, test, manage or bench."""

import importlib
import importlib.util
import sys
from pathlib import Path


def load_package() -> None:
    """Make `embedded` importable without its parent, whose import needs packages that may not be installed yet."""
    here = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        "embedded", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["embedded"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load_package()
    sys.exit(importlib.import_module("embedded.commands").main(sys.argv[1:]))
