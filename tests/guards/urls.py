"""Walks the URLconf: every address of the application with its view and an example path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from casework.web.decorators import Policy, declared

EXAMPLES = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "slug": "xx",
    "str": "XXX-XXX",
    "path": "xx",
    "code": "C-XXX-XXX",
    "reference": "XXX-XXX",
}

PART = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    route: str
    path: str
    name: str
    view: Any
    namespace: str

    @property
    def policy(self) -> Policy | None:
        return declared(self.view)

    @property
    def module(self) -> str:
        inner = getattr(self.view, "view_class", None) or getattr(self.view, "__wrapped__", self.view)
        return str(inner.__module__)

    @property
    def is_admin(self) -> bool:
        return self.namespace == "admin"

    @property
    def is_of_programs(self) -> bool:
        """Whether a token alone opens it; cookies are taken away before anybody looks at them."""
        return self.policy is not None and self.policy.token

    @property
    def is_of_sign_in(self) -> bool:
        return self.module.startswith(("allauth.account", "allauth.mfa"))


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield Address(route, _example(route, entry), entry.name or "", entry.callback, namespace)


def _example(route: str, entry: URLPattern) -> str:
    if not isinstance(entry.pattern, RoutePattern):
        route = re.sub(r"\(\?P<(\w+)>[^)]*\)", "xx", route).replace("^", "").replace("$", "").replace("\\Z", "")
        return "/" + re.sub(r"\(\?:.*?\)|[()\\]", "", route)
    return "/" + PART.sub(lambda found: EXAMPLES[found[1] or "str"], route)
