"""What we ship of others is what they published, and a first visit stays light."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from tests.weights import FIRST_VISIT_BYTES, PAGE_BYTES

from .source import ROOT

STATIC = ROOT / "static"
BOOTSTRAP = STATIC / "vendor" / "bootstrap-5.3.9"
DEJAVU = ROOT / "casework" / "reports" / "fonts" / "dejavu-2.37"


def published(folder: Path = BOOTSTRAP) -> list[tuple[str, str]]:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    return [(line.split()[1], line.split()[0]) for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("name", "checksum"), published())
def test_bootstrap_is_as_published(name: str, checksum: str) -> None:
    as_published = (BOOTSTRAP / name).read_bytes() + f"/*# sourceMappingURL={name}.map */".encode()

    assert hashlib.sha256(as_published).hexdigest() == checksum


def test_every_vendored_style_sheet_has_a_checksum_and_a_licence() -> None:
    assert {name for name, _sum in published()} == {path.name for path in BOOTSTRAP.glob("*.css")}
    assert "MIT" in (BOOTSTRAP / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize(("name", "checksum"), published(DEJAVU))
def test_the_font_of_printed_sheets_is_as_published(name: str, checksum: str) -> None:
    assert hashlib.sha256((DEJAVU / name).read_bytes()).hexdigest() == checksum


def test_every_font_has_a_checksum_and_a_licence() -> None:
    assert {name for name, _sum in published(DEJAVU)} == {path.name for path in DEJAVU.glob("*.ttf")}
    assert "Bitstream Vera" in (DEJAVU / "LICENSE").read_text("utf-8")


def test_nothing_is_fetched_from_elsewhere() -> None:
    ours = [path for path in STATIC.rglob("*") if path.suffix in (".css", ".js") and "vendor" not in path.parts]

    addresses = {path.name: re.findall(r"https?://[^\s\"')]+", path.read_text("utf-8")) for path in ours}

    assert addresses == {path.name: [] for path in ours}


def test_a_first_visit_stays_within_its_weight() -> None:
    """A weak line carries this in some seconds: styles, script and the page itself, compressed."""
    shared = [BOOTSTRAP / "bootstrap.min.css", *STATIC.glob("*.css"), *STATIC.glob("*.js"), *STATIC.glob("*.svg")]

    assert sum(compressed(path) for path in shared) + PAGE_BYTES <= FIRST_VISIT_BYTES


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), compresslevel=9))
