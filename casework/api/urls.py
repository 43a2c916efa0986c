"""Addresses of the interface. Whatever begins with `v1/` goes through `entry`, also what is not there."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, include, path, re_path

from .api import API
from .description import description
from .entry import entrance
from .pages import docs, document
from .problems import not_there


def described(request: Any) -> HttpResponse:
    return JsonResponse(description())


def missing(request: Any, rest: str = "") -> HttpResponse:
    raise not_there()


def taken(request: Any) -> set[str]:
    """Return which words a call takes in its query, as it is described."""
    path = "/" + request.resolver_match.route.replace("<", "{").replace(">", "}")
    call = description()["paths"][path].get(request.method.lower())
    return {it["name"] for it in call["parameters"] if it["in"] == "query"} if call else set(request.GET)


def _calls() -> list[URLPattern]:
    """Return the address of each call of the library, behind our door; its own root is none of ours."""
    found: dict[str, URLPattern] = {}
    for router in API._get_bound_routers():
        for pattern in router.urls_paths(router.prefix):
            pattern.callback = entrance(pattern.callback, taken)
            found.setdefault(str(pattern.pattern), pattern)
    return list(found.values())


urlpatterns = [
    path("docs/", docs, name="api_docs"),
    path("openapi.json", document, name="api_document"),
    path(
        "v1/",
        include(
            [
                *_calls(),
                path("openapi.json", entrance(described), name="api_described"),
                re_path(r"^(?P<rest>.*)$", entrance(missing), name="api_missing"),
            ]
        ),
    ),
]
