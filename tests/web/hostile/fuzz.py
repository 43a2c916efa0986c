"""Requests that nobody would send by accident, made from the addresses and forms that there are; from a seed, so again."""

import random
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit

from django import forms
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client as Browser
from django.utils.choices import flatten_choices

import casework
from tests.pages import forms_in

from .markup import boxes_in
from .office import OUR_ADDRESSES, Office
from .safe import missing_in
from .values import DEEP_JSON, HEADERS, LOOKUPS, METHODS, ODD_PARTS, odd, odd_number

CODE = Path(casework.__file__).parent
URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "5ki9"
LINKS = re.compile(r'href="([^"]*\?[^"]+)"')
# Names that views read from an address.
READ_FROM_ADDRESSES = re.compile(
    r"""(?:GET|query|asked|data)(?:\.get(?:list)?\(|\[)["'](\w+)["']|["'](\w+)["'] in \w*\.GET"""
)

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A form as a page offers it: where it is sent, what it would send, and what else may stand in a field.

    `boxes` are those into which anything may be typed, with how much each takes.
    """

    path: str
    method: str
    fields: Values
    choices: Mapping[str, list[str]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    boxes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes over the wire, after the server in front has taken the percent signs out of the path."""

    method: str = "GET"
    path: bytes
    query: bytes = b""
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = {name: value[:120] for name, value in self.headers.items()}
        return (
            f"{self.method} {self.path[:300]!r} ?{self.query[:600]!r} {self.content_type[:120]!r} {shown}\n"
            f"      {len(self.body)} bytes: {self.body[:1500]!r}"
        )

    def environ(self) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": _without_percents(self.path).decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "CONTENT_TYPE": self.content_type,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.input": BytesIO(self.body),
            **self.headers,
        }


class Asker:
    """Somebody who asks, without the notes that a test browser takes of templates. Nothing of what is answered stays."""

    def __init__(self, browser: Browser) -> None:
        self.handler = browser.handler
        self.environ = browser._base_environ()
        self.error: Any = None
        # Weakly held by the signal, strongly by whoever asks.
        got_request_exception.connect(self._keep)

    def _keep(self, **_kwargs: Any) -> None:
        self.error = sys.exc_info()

    def send(self, request: Request) -> Any:
        """Return the response, with what was `raised` and its whole `body`."""
        self.error = None
        with transaction.atomic():
            response = self.handler({**self.environ, **request.environ()})
            response.raised = self.error
            response.body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return response


def trouble(request: Request, response: Any) -> tuple[str, str]:
    """Return what broke, in one line by which the same is known again, and all that there is to say."""
    kind, error, trace = response.raised or (None, None, None)
    frames = traceback.extract_tb(trace) if trace else []
    ours = [it for it in frames if "/casework/" in it.filename and not it.filename.endswith("audit/history.py")]
    places = [
        f"{it.filename.rsplit('/casework/', 1)[-1].rsplit('site-packages/', 1)[-1]}:{it.lineno}"
        for it in [*ours[-1:], *frames[-1:]]
    ]
    constraint = re.findall(r'constraint "(\w+)"', str(error))
    said = "".join(traceback.format_exception(kind, error, trace)[-9:]) if kind else ""
    return " ".join(
        [kind.__name__ if kind else str(response.status_code), *places, *constraint]
    ), f"{request}\n{said[-3000:]}"


# What there is to ask.


class Harvest:
    """The forms on pages, each once; the names that stand in the queries of links, or that a view reads from an address."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, frozenset[str]], Target] = {}
        self.names = names_in_addresses()
        self.unsafe: dict[str, list[str]] = {}  # what the headers of a page lack

    @property
    def targets(self) -> list[Target]:
        return list(self.found.values())

    def gather(self, browser: Browser, paths: Iterable[str]) -> None:
        for path in dict.fromkeys(paths):
            response = browser.get(path)
            if missing := missing_in(response, path):
                self.unsafe[path] = missing
            self.take(path, response)

    def take(self, path: str, response: Any) -> None:
        """Remember what a page offers; nothing where it is no page."""
        if response.status_code != 200 or response.streaming:
            return
        page = response.content.decode(errors="replace")
        queries = (urlsplit(unescape(link)).query for link in LINKS.findall(page))
        self.names |= {name for query in queries for name, _value in parse_qsl(query)}
        bound, boxes = _forms_of(response), boxes_in(page)
        for attributes, sent in forms_in(page):
            action = urlsplit(urljoin(path, attributes.get("action") or path))
            method = (attributes.get("method") or "get").upper()
            fields = {name: values for name, values in sent.items() if name != "csrfmiddlewaretoken"}
            target = _with_what_may_stand(Target(path=action.path, method=method, fields=fields), bound, page)
            target = replace(target, boxes={name: most for name, most in boxes.items() if name in target.fields})
            self.found.setdefault((target.path, method, frozenset(target.fields)), target)


def names_in_addresses() -> set[str]:
    """Return every name that a view reads from the query of an address."""
    text = "\n".join(path.read_text("utf-8") for path in (CODE / "web").rglob("*.py"))
    return {one or other for one, other in READ_FROM_ADDRESSES.findall(text)}


def _forms_of(response: Any) -> list[forms.BaseForm]:
    found: list[forms.BaseForm] = []

    def look(value: Any, depth: int) -> None:
        if isinstance(value, forms.BaseForm):
            found.append(value)
        elif isinstance(value, forms.BaseFormSet):
            found.extend([*value.forms, value.empty_form])
        elif depth and isinstance(value, list | tuple):
            for each in value[:20]:
                look(each, depth - 1)
        elif depth and hasattr(value, "form"):
            look(value.form, depth - 1)

    for context in response.context or ():
        for layer in getattr(context, "dicts", [context]):
            for value in layer.values():
                look(value, 2)
    return found


def _with_what_may_stand(target: Target, bound: list[forms.BaseForm], page: str) -> Target:
    """Add what a browser does not send of an empty form, and something that the fields would take."""
    fields, choices, files = dict(target.fields), {}, set()
    for form in bound:
        own = {form.add_prefix(name): it for name, it in form.fields.items()}
        if not any(name in target.fields or f"{name}_day" in target.fields for name in own):
            continue
        for name, it in own.items():
            if isinstance(it, forms.FileField):
                files.add(name)
            elif f'name="{name}"' in page:
                options = [str(key) for key, _label in flatten_choices(getattr(it, "choices", None) or [])]
                if options:
                    choices[name] = options
                fields.setdefault(name, options[-1:] or ["on" if isinstance(it, forms.BooleanField) else ""])
    return replace(target, fields=fields, choices=choices, files=frozenset(files))


# How it is asked.


class Fuzzer:
    """Makes requests out of the pages, the forms and the ids of what there is."""

    def __init__(self, chance: random.Random, office: Office, harvest: Harvest) -> None:
        self.chance, self.targets, self.names = chance, harvest.targets, sorted({*harvest.names, *LOOKUPS})
        self.paths = [office.path(it).encode() for it in OUR_ADDRESSES]
        self.ids = sorted({str(value) for value in office.file.rows.values()})

    def requests(self, count: int) -> Iterator[Request]:
        ways = (self.form, self.form, self.form, self.form, self.query, self.query, self.part, self.wire, self.bare)
        for _number in range(count):
            yield self.chance.choice(ways)()

    def form(self) -> Request:
        """A form as it is offered, with one field or a few that nobody offered."""
        target = self.chance.choice(self.targets)
        fields = filled({name: list(values) for name, values in target.fields.items()}, target, self.chance)
        for _number in range(self.chance.choice((1, 1, 1, 2, 3, 8))):
            self._spoil(fields, target)
        if target.method == "GET":
            return Request(path=target.path.encode(), query=urlencoded(fields))
        if target.files or self.chance.random() < 0.1:
            return self._in_parts(target, fields)
        return Request(method="POST", path=target.path.encode(), body=urlencoded(fields), content_type=URLENCODED)

    def query(self) -> Request:
        """A page with a query that no link of ours has."""
        fields = {
            self.chance.choice(self.names): [self._value() for _again in range(self.chance.choice((1, 1, 1, 2)))]
            for _number in range(self.chance.choice((1, 2, 3, 6)))
        }
        query = urlencoded(fields)
        if self.chance.random() < 0.1:
            query = self.chance.choice(
                (b"%", b"%ff=%ff", b"=", b"&" * 900, b"a=%00", b"\xff\xfe", b"a;b=1", b"after[]=1", query * 40)
            )
        return Request(path=self._path(), query=query)

    def part(self) -> Request:
        """An address with a part that belongs to nothing."""
        parts = self._path().split(b"/")
        parts[self.chance.randrange(1, max(2, len(parts) - 1))] = self.chance.choice(ODD_PARTS)
        method = self.chance.choice(("GET", "POST"))
        return Request(method=method, path=b"/".join(parts), content_type=URLENCODED if method == "POST" else "")

    def wire(self) -> Request:
        """A form or a page that came over a bad line, by a strange program or through a proxy that lies."""
        request = self.form() if self.chance.random() < 0.6 else Request(path=self._path())
        headers = {
            name: self.chance.choice(HEADERS[name])
            for name in self.chance.sample(sorted(HEADERS), self.chance.choice((1, 1, 2, 4)))
        }
        request = replace(request, headers=headers)
        what = self.chance.random()
        if what < 0.15:
            return replace(request, method=self.chance.choice(METHODS))
        if what < 0.3:
            return replace(request, body=request.body[: self.chance.randrange(len(request.body) + 1)])
        if what < 0.4:
            body = self.chance.choice(DEEP_JSON).encode("utf-8", "surrogatepass")
            return replace(request, method="POST", body=body, content_type="application/json")
        if what < 0.5:
            return replace(request, method="POST", body=self.chance.randbytes(600))
        return request

    def bare(self) -> Request:
        """Names of fields from anywhere, at an address that may know none of them; or nothing at all."""
        if self.chance.random() < 0.25:
            return Request(method="POST", path=self._path(), content_type=URLENCODED)
        target = self.chance.choice(self.targets)
        names = self.chance.sample(sorted(target.fields), min(3, len(target.fields)))
        fields = {name: [self._value()] for name in [*names, self.chance.choice(self.names)]}
        return Request(method="POST", path=self._path(), body=urlencoded(fields), content_type=URLENCODED)

    def _spoil(self, fields: Values, target: Target) -> None:
        if not fields:
            return
        name = self.chance.choice(sorted(fields))
        what = self.chance.random()
        if what < 0.08:
            del fields[name]
        elif what < 0.16:
            fields[name] = [*fields[name], self._value()]
        elif what < 0.2:
            fields[name] = fields[name] * 300
        elif what < 0.28 and name in target.choices:
            fields[name] = [self.chance.choice(target.choices[name])]
        elif what < 0.32:
            fields[f"{name}{self.chance.choice(('[]', '.x', '__in', '-0', '_day'))}"] = [self._value()]
        else:
            fields[name] = [self._value()]

    def _value(self) -> str:
        what = self.chance.random()
        if what < 0.15:
            return self.chance.choice(self.ids)
        return odd_number(self.chance) if what < 0.25 else odd(self.chance)

    def _path(self) -> bytes:
        return self.chance.choice(self.paths)

    def _in_parts(self, target: Target, fields: Values) -> Request:
        """The same as parts, with files where the form takes any and sometimes where it takes none."""
        lines: list[bytes] = []
        files = {
            *target.files,
            *([self.chance.choice(sorted(fields))] if fields and self.chance.random() < 0.2 else []),
        }
        for name, values in fields.items():
            lines += [_part(name, _encoded(value)) for value in values]
        for name in files:
            content = self.chance.choice(
                (b"", b"\0", b"%PDF-1.7", b"\xff\xd8\xff", b"a,b\r\n=1,2", b"PK\x03\x04", b"\xef\xbb\xbfcode")
            )
            filename = self.chance.choice(
                ("x.csv", "x.xlsx", "../x", "x\0.jpg", "я.pdf", "", '"', "x" * 900, "\r\nX: 1", ".", "..", "con")
            )
            lines.append(_part(name, content, filename, self.chance.choice(("text/csv", "image/jpeg", "x", ""))))
        body = b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
        if self.chance.random() < 0.15:
            body = body[: self.chance.randrange(len(body))]
        if self.chance.random() < 0.05:
            body = body.replace(b"form-data;", b"form-data; name*=utf-8''%ff;")
        content_type = f"multipart/form-data; boundary={BOUNDARY}"
        return Request(method="POST", path=target.path.encode(), body=body, content_type=content_type)


def filled(fields: Values, target: Target, chance: random.Random) -> Values:
    """Fill in what is empty with what a careful person would write, so that what is odd meets the code behind the checks."""
    for name, values in fields.items():
        if values not in ([""], []):
            continue
        if name in target.choices:
            fields[name] = [chance.choice(target.choices[name])]
        elif name.endswith("_day"):
            fields[name] = ["5"]
        elif name.endswith("_month"):
            fields[name] = ["11"]
        elif name.endswith("_year"):
            fields[name] = ["2026"]
        else:
            fields[name] = [chance.choice(("", "Придумано", "Invented", "3", "2026-11-05", "10:00", "KZ"))]
    return fields


def urlencoded(fields: Mapping[str, list[str]]) -> bytes:
    pairs = ((name, value) for name, values in fields.items() for value in values)
    return "&".join(f"{quote_from_bytes(_encoded(n))}={quote_from_bytes(_encoded(v))}" for n, v in pairs).encode()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _part(name: str, content: bytes, filename: str | None = None, content_type: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    head += "" if filename is None else f'; filename="{filename}"'
    head += f"\r\nContent-Type: {content_type}" if content_type else ""
    return f"{head}\r\n\r\n".encode("utf-8", "surrogatepass") + content + b"\r\n"


def _without_percents(path: bytes) -> bytes:
    """Return what a server makes of the path; a percent sign that leads nowhere stays."""
    return re.sub(rb"%([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), path)
