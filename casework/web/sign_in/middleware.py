"""Keeps the session of somebody who is at work, and asks again who it is where an act wants to know."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from .step_up import ProofNeeded, ask, hold_until_signed_in, let_go_what_is_sent, ran_out_of


class RememberEndedMiddleware(SessionMiddleware):
    """Let the browser keep the name of a session that ran out, which opens nothing any more.

    By it what somebody sends then is known as theirs. Otherwise any answer takes it away, such as that to a draft that came too late.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and ran_out_of(request):
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


class KeepSessionMiddleware:
    """Without it people would be signed out in the middle of their work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            request.session.keep()  # type: ignore[attr-defined]
        return self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Lead whoever is not signed in to where they sign in. What they sent after their session had run out goes on afterwards."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.user.is_authenticated:
            let_go_what_is_sent(request)
        answer: HttpResponseBase | None = super().process_view(request, view, args, kwargs)
        return answer

    def handle_no_permission(self, request: HttpRequest, view: Any) -> HttpResponseRedirect:
        # A page sends forms; what scripts send by themselves is theirs to send again.
        is_form = request.method == "POST" and "text/html" in request.headers.get("Accept", "")
        if is_form and (onward := hold_until_signed_in(request)):
            return redirect_to_login(onward, self.get_login_url(view))
        return super().handle_no_permission(request, view)


class StepUpMiddleware:
    """Answer an act that wants a fresh proof with the page that asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return ask(request) if isinstance(exception, ProofNeeded) else None
