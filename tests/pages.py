"""What a browser without script would send: the forms of a page, read from its HTML."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    """Collects what stands in each form, also what belongs to it by its id; a list without a choice sends its first entry."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str | None]] = []
        self.sent: list[tuple[int | str, str, str]] = []
        self._inside: int | None = None
        self._text: tuple[int | str, str] | None = None
        self._written = ""
        self._list: tuple[int | str, str] | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = dict(attrs)
        owner: Any = it.get("form") or self._inside
        name = it.get("name") or ""
        if tag == "form":
            self._inside = len(self.forms)
            self.forms.append(it)
        elif tag == "option":
            self._options.append((it.get("value") or "", "selected" in it))
        elif owner is None or not name or "disabled" in it:
            return
        elif tag == "textarea":
            self._text, self._written = (owner, name), ""
        elif tag == "select":
            self._list, self._options = (owner, name), []
        elif tag == "input" and _is_sent(it):
            self.sent.append((owner, name, it.get("value") or ("on" if it.get("type") == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea" and self._text:
            self.sent.append((*self._text, self._written.removeprefix("\n")))
            self._text = None
        elif tag == "select" and self._list:
            chosen = [value for value, is_chosen in self._options if is_chosen] or [v for v, _c in self._options[:1]]
            self.sent += [(*self._list, value) for value in chosen]
            self._list = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self._written += data


def _is_sent(attributes: Mapping[str, str | None]) -> bool:
    kind = attributes.get("type")
    return kind not in ("submit", "file", "button") and (kind not in ("checkbox", "radio") or "checked" in attributes)


def forms_in(html: str) -> list[tuple[Mapping[str, str | None], Fields]]:
    """Return the attributes of each form of a page and what it would send."""
    parser = _Forms()
    parser.feed(html)
    found = []
    for number, attributes in enumerate(parser.forms):
        fields: Fields = {}
        for owner, name, value in parser.sent:
            if owner == number or (attributes.get("id") and owner == attributes["id"]):
                fields.setdefault(name, []).append(value)
        found.append((attributes, fields))
    return found


def form_in(html: str, having: str) -> Fields:
    """Return what the first form with a field of this name would send."""
    return next(fields for _attributes, fields in forms_in(html) if having in fields)
