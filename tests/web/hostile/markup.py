"""Reads pages as a browser would and tells what in them could run, lead away or load from elsewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

RUNS = frozenset(
    "iframe object embed applet base math animate set marquee video audio source style frame frameset isindex portal".split()
)
LEADS = frozenset(
    "href src action formaction data poster background ping cite srcset xlink:href manifest longdesc".split()
)
OF_HTMX = re.compile(r"^(data-)?hx-")
OUR_SCRIPTS = ("/static/", "/admin/jsi18n/")
MARK = re.compile(r"xss\d{3}")
SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:", "/", "#", "?")
IGNORED = re.compile(r"[\x00-\x20\u200b-\u200f\u2028-\u202e\ufeff]")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_script = tag == "script"
        if tag in RUNS or MARK.search(tag):
            self.dangers.append(f"<{tag}> {given}")
        if tag == "script" and not given.get("src", "").startswith(OUR_SCRIPTS):
            self.dangers.append(f"<script> {given}")
        if tag == "link" and not given.get("href", "").startswith("/static/"):
            self.dangers.append(f"<link> {given}")
        if tag == "meta" and "http-equiv" in given and MARK.search(given.get("content", "")):
            self.dangers.append(f"<meta> {given}")
        self.dangers += [f"{tag} {name}={value}" for name, value in given.items() if _is_dangerous(tag, name, value)]

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.dangers.append(f"script {data[:80]}")


def _is_dangerous(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or name in ("style", "srcdoc", "nonce") or MARK.search(name):
        return True
    if OF_HTMX.match(name):
        return bool(MARK.search(value)) or value.startswith("//") or "://" in value
    if name not in LEADS:
        return False
    bare = IGNORED.sub("", value).lower()
    if bare.startswith("data:image/") and tag == "img":
        return False
    leads_away = bare.startswith(("//", "/\\", "\\")) or not bare.startswith(SAFE_SCHEMES)
    return bool(bare) and (leads_away if ":" in bare or bare.startswith(("/", "\\")) else False)


def dangers_in(page: str) -> list[str]:
    parser = _Page()
    parser.feed(page)
    parser.close()
    return parser.dangers


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links_in(page: str) -> Iterator[str]:
    """Yield the addresses of this site to which a page leads, without their queries."""
    parser = _Links()
    parser.feed(page)
    yield from (link.split("#")[0].split("?")[0] for link in parser.found if link.startswith("/") and link[1:2] != "/")


class _Texts(HTMLParser):
    """The names of the boxes into which anything may be typed, and how much each takes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_box = tag == "textarea" or (
            tag == "input" and given.get("type") in (None, "text", "search", "url", "tel", "email")
        )
        if is_box and given.get("name"):
            self.found[str(given["name"])] = int(given.get("maxlength") or 1000)


def boxes_in(page: str) -> dict[str, int]:
    parser = _Texts()
    parser.feed(page)
    return parser.found
