"""Keeps the session of somebody who is at work; without it they would be signed out in the middle of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class KeepSessionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            request.session.keep()  # type: ignore[attr-defined]
        return self.get_response(request)
