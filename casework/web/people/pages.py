"""Which addresses ask for which permission, read from the addresses themselves: what the page of roles says cannot drift."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from casework.accounts.roles import Permission
from casework.web.decorators import declared


@cache
def addresses_by_permission() -> dict[Permission, tuple[str, ...]]:
    """Return the addresses that each permission opens, in order, with "…" where a code or an id stands."""
    found: dict[Permission, set[str]] = {permission: set() for permission in Permission}
    for route, view in _walk(get_resolver(), ""):
        policy = declared(view)
        if policy is not None and policy.permission is not None:
            found[policy.permission].add(re.sub(r"<[^>]*>", "…", f"/{route}"))
    return {permission: tuple(sorted(routes)) for permission, routes in found.items()}


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback
