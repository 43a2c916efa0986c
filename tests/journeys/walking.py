"""Walks every page that somebody may open, and looks at each on a phone and at a desk."""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client as Browser

from casework.accounts.models import User
from tests.browser import DESK, PHONE, barriers, opened
from tests.weights import PAGE_BYTES

TRANSLATED = {code for code, _name in settings.LANGUAGES} - {"en"}

# What is read on a page, and by those who listen to it, but for what says itself in which other language it is.
WORDS = """() => {
    const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const elsewhere = "script, noscript, style, template, textarea, code, kbd, [translate=no], body [lang]:not([lang=" + document.documentElement.lang + "])";
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(elsewhere)) found.add(walker.currentNode.data.trim());
    for (const it of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
        if (!it.closest(elsewhere)) for (const name of ["aria-label", "title", "placeholder", "alt"]) found.add((it.getAttribute(name) || "").trim());
    found.add(document.title);
    return Array.from(found);
}"""
# What makes a page scroll sideways: the innermost element that reaches farthest.
STICKS_OUT = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return "";
    const ends = Array.from(document.body.querySelectorAll("*"), (it) => [it.getBoundingClientRect().right, it]);
    const farthest = Math.max(...ends.map(([end]) => end));
    return ends.filter(([end]) => end === farthest).pop()[1].outerHTML.slice(0, 160);
}"""
# Boxes whose text a browser would keep and offer to whoever types next, but for those of the organisation's own administration.
REMEMBERED = """() => location.pathname.startsWith("/admin/") || location.pathname.startsWith("/account/") ? [] : Array.from(document.querySelectorAll("input"))
    .filter((it) => ["text", "search", "tel", "email"].includes(it.type) && !it.readOnly)
    .filter((it) => !(it.getAttribute("autocomplete") || it.form?.getAttribute("autocomplete")))
    .map((it) => it.outerHTML.slice(0, 160))"""
TWO_LATIN_WORDS = re.compile(r"\b[A-Za-z]{2,}[a-z,;:]*[ \u00a0][a-z]{2,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was found at one address: how heavy the document is, compressed, and what is wrong with it."""

    path: str
    weight: int
    troubles: list[str] = field(default_factory=list)


def walk(
    browser: Any, site: str, user: User, paths: Iterable[str], *, language: str, said: Collection[str] = ()
) -> Iterator[Page]:
    """Open each of `paths` that is a page for this user. `said`: what people wrote, in whichever language."""
    session = Browser(raise_request_exception=False)
    session.force_login(user)
    visitor = opened(browser, "about:blank", viewport=PHONE, locale=language)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.cookies[settings.SESSION_COOKIE_NAME].value}
    visitor.context.add_cookies([{**cookie, "url": site}])
    for path in paths:
        answer = session.get(path, HTTP_ACCEPT_LANGUAGE=language)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            weight = len(gzip.compress(answer.content))
            yield Page(path=path, weight=weight, troubles=list(_troubles(visitor, f"{site}{path}", weight, said)))
    visitor.context.close()


def _troubles(visitor: Any, address: str, weight: int, said: Collection[str]) -> Iterator[str]:
    if weight > PAGE_BYTES:
        yield f"{weight / 1024:.0f} KB compressed"
    visitor.set_viewport_size(PHONE)
    answer = visitor.goto(address)
    if answer.status != 200:
        yield f"answers {answer.status}"
    for size in (PHONE, DESK):
        visitor.set_viewport_size(size)
        if sticks_out := visitor.evaluate(STICKS_OUT):
            yield f"wider than {size['width']} px: {sticks_out}"
        yield from (f"{name} at {size['width']}: {element[:160]}" for name, element in barriers(visitor))
        visitor.troubles = [it for it in visitor.troubles if "style-src" not in it]  # of the check itself
    yield from visitor.troubles
    visitor.troubles.clear()
    yield from (f"the browser remembers what is typed: {box}" for box in visitor.evaluate(REMEMBERED))
    if visitor.evaluate("document.documentElement.lang") in TRANSLATED:
        for words in visitor.evaluate(WORDS):
            if TWO_LATIN_WORDS.search(words) and not any(it in words for it in said):
                yield f"not translated: {words[:120]}"
