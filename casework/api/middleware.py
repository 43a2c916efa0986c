"""Programs bring a token and nothing else: a cookie opens nothing here, and no answer sets one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PREFIX = "/api/v1/"


class WithoutCookiesMiddleware:
    """Take the cookies away before anybody looks at them, so that a page that somebody visits cannot ask in their name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(PREFIX):
            request.META.pop("HTTP_COOKIE", None)
            request.COOKIES.clear()
        return self.get_response(request)
