"""A form that is refused answers with what was typed, and with a word at the field: one wrong value among right ones, in every form.

The forms are those that stand on the pages of all addresses, seen by somebody who holds every role.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import LazySettings
from django.contrib.messages import ERROR, get_messages

from tests.pages import forms_in

from .fuzz import URLENCODED, Asker, Harvest, Request, Target, Values, urlencoded
from .office import OUR_ADDRESSES, come_in, open_office
from .storing import PLAIN, forms_to_fill

pytestmark = pytest.mark.django_db

OF_A_DAY = ("_day", "_month", "_year")
BOXES, NOT_TYPED = ("input", "select", "textarea"), ("hidden", "file", "submit", "button", "password")
NOT_OFFERED = "no-such-choice"
# Where a value that no form of ours sends is no mistake of anybody who types: buttons and ticks, without a box.
BUTTONS = re.compile(r"^/(?:cases/[^/]+/notes/quick|notes/[^/]+/pin|cases/(?:tag|several))/$")
# The page of the style guide that shows forms as they stand in one state, whatever is sent there.
EXAMPLES = re.compile(r"^/styleguide/forms/$")


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True


@pytest.fixture(autouse=True)
def asked_for_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the proof of who it is last as long as this takes."""
    monkeypatch.setattr("casework.web.sign_in.step_up.FRESH_FOR", timedelta(hours=9))


class Typable(HTMLParser):
    """The names of what somebody may fill in or choose, form by form; and how many forms stand within another one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[set[str]] = []
        self.by_id: dict[str, int] = {}
        self.nested = 0
        self._inside: int | None = None
        self._elsewhere: list[tuple[str, str]] = []
        self.feed(page)
        for owner, name in self._elsewhere:
            if owner in self.by_id:
                self.names[self.by_id[owner]].add(name)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = dict(attrs)
        name = it.get("name") or ""
        if tag == "form":
            self.nested += self._inside is not None
            self._inside = len(self.names)
            self.by_id[it.get("id") or ""] = self._inside
            self.names.append(set())
        elif tag not in BOXES or it.get("type") in NOT_TYPED or not name or "disabled" in it or "__prefix__" in name:
            return
        elif owner := it.get("form"):
            self._elsewhere.append((owner, name))
        elif self._inside is not None:
            self.names[self._inside].add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


class Pages(Harvest):
    """`typable` of each form, by where it goes and what it sends; `nested`: the pages on which a form stands within another, which browsers do not take."""

    def __init__(self) -> None:
        super().__init__()
        self.typable: dict[tuple[str, frozenset[str]], set[str]] = {}
        self.nested: set[str] = set()

    def take(self, path: str, response: Any) -> None:
        super().take(path, response)
        if response.status_code != 200 or response.streaming:
            return
        page = response.content.decode(errors="replace")
        seen = Typable(page)
        if seen.nested:
            self.nested.add(path)
        for (attributes, sent), names in zip(forms_in(page), seen.names, strict=True):
            action = urlsplit(urljoin(path, attributes.get("action") or path)).path
            self.typable.setdefault((action, frozenset(sent) - {"csrfmiddlewaretoken"}), set()).update(names)

    def typable_in(self, target: Target) -> set[str]:
        """Return the names that somebody fills in, of what is sent there and is no more than this form."""
        found = [
            names
            for (path, sent), names in self.typable.items()
            if path == target.path and sent <= target.fields.keys()
        ]
        return {name for names in found for name in names} & target.fields.keys()


@dataclass(slots=True)
class Found:
    """`refused`: the forms that were; `lost`: what was typed and does not stand in the answer; `silent`: refused without a word there."""

    refused: list[str] = field(default_factory=list)
    lost: dict[str, Any] = field(default_factory=dict)
    silent: dict[str, Any] = field(default_factory=dict)
    not_refused: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("step", "at_least"), [(6, 15), pytest.param(1, 120, marks=pytest.mark.slow)], ids=["some forms", "every form"]
)
def test_a_refused_form_keeps_what_was_typed_and_says_where_it_is_wrong(
    step: int, at_least: int, record_property: Callable[[str, object], None]
) -> None:
    office = open_office()
    chief = come_in(office.chief)
    pages, found = Pages(), Found()
    pages.gather(chief, [office.path(it) for it in OUR_ADDRESSES if not it.is_of_sign_in][::step])
    asker = Asker(chief)

    for target in forms_to_fill(pages):
        if (names := pages.typable_in(target)) and not (BUTTONS.match(target.path) or EXAMPLES.match(target.path)):
            refuse(asker, target, names, found)

    record_property("forms", len(found.refused))
    assert pages.nested == set()
    assert found.lost == {}
    assert found.silent == {}
    assert found.not_refused == []
    assert len(found.refused) >= at_least


def refuse(asker: Asker, target: Target, names: set[str], found: Found) -> None:
    """Send the form with one wrong value after the other, until one is refused."""
    typed = filled(target, names)
    answers: list[Any] = []
    for name, value in wrong_values(target, names):
        sent = typed | {name: [value]}
        request = Request(method="POST", path=target.path.encode(), body=urlencoded(sent), content_type=URLENCODED)
        response = asker.send(request)
        answers.append((name, value[:20], response.status_code))
        if response.status_code == 302 and ERROR in {it.level for it in get_messages(response.wsgi_request)}:
            found.lost[target.path] = (name, value[:20], "led away with a message")
            return
        if response.status_code not in (200, 409):
            continue
        page = response.body.decode()
        if lost := lost_in(page, target, sent, names - ({name} if value == NOT_OFFERED else set())):
            found.lost[target.path] = (name, value[:20], lost)
            return
        if says_where(page, name):
            found.refused.append(target.path)
            return
        answers[-1] += (lines_of(page),)
    if any(len(it) > 3 and it[3] for it in answers):
        found.silent[target.path] = answers
    elif answers:
        found.not_refused.append(f"{target.path} {sorted(names)} {answers}")


def filled(target: Target, names: set[str]) -> Values:
    """Fill every field with what a careful person would write; where there is a choice, not what was chosen already."""
    typed: Values = {}
    for number, (name, values) in enumerate(target.fields.items()):
        if name not in names:
            typed[name] = list(values)
        elif name in target.choices:
            offered = [it for it in target.choices[name] if it]
            typed[name] = [next((it for it in offered if [it] != values), values[0] if values else "")]
        elif name in target.boxes:
            plain = next((value for end, value in PLAIN.items() if name.endswith(end)), f"Набрано {number}")
            typed[name] = [plain[: target.boxes[name]]]
        else:
            typed[name] = list(values)
    return typed


def wrong_values(target: Target, names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what the form may not take, one at a time, beginning with what is surely wrong."""
    ordered = [it for it in target.fields if it in names]
    yield from ((name, "99") for name in ordered if name.endswith("_day") and name in target.boxes)
    yield from ((name, NOT_OFFERED) for name in ordered if name in target.choices)
    boxes = [name for name in ordered if name in target.boxes and not name.endswith(OF_A_DAY)]
    for name in boxes:
        yield name, ""
        yield name, "ж" * (target.boxes[name] + 1)


def lost_in(page: str, target: Target, sent: Values, names: set[str]) -> dict[str, Any]:
    """Return what the same form would not send again as it was typed, by name; nothing where the page has no such form."""
    forms = [fields for _attributes, fields in forms_in(page)]
    answered = max(forms, key=lambda it: len(it.keys() & target.fields.keys()), default={})
    if not names & answered.keys():
        return {}
    pairs = {name: (sent[name], answered.get(name)) for name in names}
    return {name: (one, other) for name, (one, other) in pairs.items() if same(one) != same(other)}


def same(values: Any) -> list[str]:
    return sorted((it or "").replace("\r\n", "\n").strip() for it in values or [] if it)


def says_where(page: str, name: str) -> bool:
    """Whether the summary of what is wrong leads to the field. The admin's pages say it at the field alone."""
    stem = re.sub(r"_(?:day|month|year|known|exact|earliest|latest)$", "", name)
    stem = re.sub(r"_(?:exact|earliest|latest)$", "", stem)
    return f'href="#id_{stem}' in page or "errorlist" in page


def lines_of(page: str) -> list[str]:
    """Return what the summary says, without its markup."""
    summary = re.findall(r'class="error-summary".*?</div>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>|\s+", " ", it).strip() for it in summary]


def test_a_form_within_a_form_is_seen() -> None:
    assert Typable("<form><form><input name=a></form></form>").nested == 1
    assert Typable('<form id="x"></form><form></form><input name="a" form="x">').names == [{"a"}, set()]
