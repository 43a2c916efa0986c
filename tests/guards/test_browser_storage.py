"""Nothing stays in a browser that somebody else may open."""

import re

from .source import ROOT

STORES = re.compile(r"\b(localStorage|sessionStorage|indexedDB|document\.cookie|caches\.open|serviceWorker)\b")


def test_no_script_keeps_anything_in_the_browser() -> None:
    ours = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]

    assert len(ours) > 5
    assert [path.name for path in ours if STORES.search(path.read_text("utf-8"))] == []
