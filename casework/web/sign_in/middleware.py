"""Keeps the session of somebody who is at work, and asks again who it is where an act wants to know."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from .step_up import ProofNeeded, ask


class KeepSessionMiddleware:
    """Without it people would be signed out in the middle of their work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            request.session.keep()  # type: ignore[attr-defined]
        return self.get_response(request)


class StepUpMiddleware:
    """Answer an act that wants a fresh proof with the page that asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return ask(request) if isinstance(exception, ProofNeeded) else None
