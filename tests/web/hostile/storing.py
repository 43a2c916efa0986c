"""Types hostile texts into every box of every form, as often as needed until the form takes them, and walks through what comes of it."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from django.forms import BaseForm
from django.test import Client as Browser

from .fuzz import Harvest, Target, Values
from .markup import dangers_in, links_in

# What ends, hides or moves what the others write into, or belongs to whoever asks.
LEFT_ALONE = frozenset(
    {
        *("remove", "end", "close", "archive", "unarchive", "split", "join", "principal", "leave", "logout", "disable", "retire"),
        *("discard", "take-back", "restrict", "lift-restriction", "language", "sign-out", "reset", "reopen", "approve", "accept"),
        *("decline", "withdraw", "enable", "take-off", "confirm", "undo", "end-others", "publish", "forget", "stop", "move", "turn"),
    }
)  # fmt: skip
# What a box takes that does not take any text, by what its name ends with.
PLAIN = {
    "time": "10:00", "amount": "3", "points": "3", "cap": "3", "capacity": "3", "number": "75 0000009", "currency": "KGS",
    "email": "a@example.org", "url": "https://169.254.169.254/latest/meta-data/", "website": "https://169.254.169.254/latest/",
    "value": "+996 555 010203", "phone": "+996 555 010203", "code": "X9", "masks": "####", "_day": "20", "_month": "11", "_year": "2026",
    "year": "2026", "_known": "unknown",
}  # fmt: skip
LONG = 400
MARKED = 4  # so many texts into a long box


class Typist:
    """`texts` are typed in turn. `dangers` is what came of it in any answer, by where."""

    def __init__(self, browser: Browser, texts: Sequence[str]) -> None:
        self.browser, self.texts = browser, cycle(texts)
        self.answers: Counter[int] = Counter()
        self.dangers: dict[str, list[str]] = {}
        self.onward: list[str] = []  # where the forms that were taken lead
        self.chance = random.Random(5)

    def type_into(self, target: Target) -> bool:
        """Send a form with hostile texts in all boxes; what is refused is sent again without those that it names."""
        fields = {name: list(values) for name, values in target.fields.items()}
        boxes = [name for name in target.boxes if name in fields and not name.endswith(("_day", "_month", "_year"))]
        if not boxes:
            return False
        typed = fields | {name: [self._text(target.boxes[name])] for name in boxes}
        for _try in range(3):
            response = self.browser.post(target.path, typed)
            self.answers[response.status_code] += 1
            self.look(f"POST {target.path}", response)
            if response.status_code == 302:
                self.onward.append(response["Location"].split("?")[0].split("#")[0])
            if response.status_code != 200:
                return bool(response.status_code == 302)
            refused = _refused(response)
            if not refused:
                return False
            for name in refused:
                self._mend(typed, fields, target, name)
        return False

    def look(self, where: str, response: Any) -> str:
        if "text/html" not in response.get("Content-Type", "") or response.streaming:
            return ""
        page: str = response.content.decode()
        if found := dangers_in(page):
            self.dangers.setdefault(where, found[:5])
        return page

    def walk(self, paths: Sequence[str], *, at_most: int) -> Iterator[str]:
        """Open these pages and those to which they lead, and yield what they say."""
        waiting, seen = list(dict.fromkeys(paths)), set(paths)
        while waiting and at_most:
            path, at_most = waiting.pop(0), at_most - 1
            page = self.look(path, self.browser.get(path))
            yield page
            new = [link for link in dict.fromkeys(links_in(page)) if link not in seen and "/account/" not in link]
            seen.update(new)
            # What was made just now, before what was there.
            waiting = new + waiting if len(new) < LONG else waiting

    def _mend(self, typed: Values, fields: Values, target: Target, name: str) -> None:
        """Put into a field that was refused what it takes: first what the form offers, then something plain."""
        for each in [it for it in typed if it == name or it.startswith(f"{name}_")]:
            if each in target.choices:
                offered = [it for it in target.choices[each] if it] or [""]
                typed[each] = [self.chance.choice(offered)]
            elif typed[each] != fields.get(each) and fields[each] != [""]:
                typed[each] = fields[each]
            else:
                typed[each] = [next((value for end, value in PLAIN.items() if each.endswith(end)), "")]

    def _text(self, at_most: int) -> str:
        text = self._next(at_most)
        if at_most >= LONG:
            text = "\n".join([text, *(self._next(at_most // MARKED) for _more in range(MARKED - 1))])
        return text

    def _next(self, at_most: int) -> str:
        return next(text for text in self.texts if len(text) <= max(at_most, 40))[:at_most]


def forms_to_fill(harvest: Harvest) -> list[Target]:
    """Return the forms in which something may be typed: those that make something first."""
    posted = [
        it for it in harvest.targets if it.method == "POST" and not it.path.startswith(("/account/", "/invitation/"))
    ]
    kept = [it for it in posted if not LEFT_ALONE & {it.path.rstrip("/").rsplit("/", 1)[-1]}]
    return sorted(kept, key=lambda it: ("/new/" not in it.path and "/add" not in it.path, it.path))


def _refused(response: Any) -> list[str]:
    names: list[str] = []
    for context in response.context or ():
        for layer in getattr(context, "dicts", [context]):
            for value in layer.values():
                errors = getattr(value, "errors", None)
                if isinstance(value, BaseForm) and value.is_bound and isinstance(errors, dict):
                    names += [value.add_prefix(name) if name != "__all__" else name for name in errors]
    return list(dict.fromkeys(names))
