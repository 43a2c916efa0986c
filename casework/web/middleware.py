"""What holds for every answer: language, second factor, declared policies, nothing kept by browsers."""

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from casework.accounts.sessions import SessionStore
from casework.audit.history import acting
from casework.audit.record import UnableToRecord
from casework.lib.at_work import Mark, accepted, begin, new_mark
from casework.vault.errors import DataKeyReplaced, KeyFileError, TamperedData
from casework.vault.keys import provider

from .decorators import declared
from .errors import not_in_this_way, not_recorded
from .failures import failed, failure_of
from .sign_in.second_factor import has_second_factor, may_set_up_second_factor, showed_second_factor

logger = logging.getLogger(__name__)

# They say how the installation is, to whoever watches over it.
WITHOUT_KEYS = ("/livez", "/readyz", "/metrics")

Respond = Callable[[HttpRequest], HttpResponseBase]

# Passkeys are the one power that a page of ours needs.
NO_POWERS = ", ".join(
    f"{power}=()"
    for power in (
        *("accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope", "hid"),
        *(
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "picture-in-picture",
            "serial",
            "usb",
            "xr-spatial-tracking",
        ),
    )
)
# Third-party views that cannot carry a decorator, by the module they live in.
SIGN_IN_MODULES = ("allauth.account", "allauth.mfa")
OPEN_MODULES = ("django.views.i18n", "django.contrib.staticfiles", "django.views.static")


class RequestMarkMiddleware:
    """Give every request a mark that is in each line of the log and in the answer, so that somebody can say which one it was.

    In production the proxy may give it, so that its log and ours agree.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        offered = request.headers.get("X-Request-ID", "") if settings.PRODUCTION else ""
        mark = Mark(request=accepted(offered) or new_mark())
        begin(mark)
        response = self.get_response(request)
        response["X-Request-ID"] = mark.request
        return response


class KeyFileMiddleware:
    """Without the keys no session opens either: the page that says so comes before anybody asks who it is."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in WITHOUT_KEYS:
            # Whoever asks is nobody: a session could not be opened.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            request.session = SessionStore()
            return self.get_response(request)
        try:
            provider().current_id("secret")
        except KeyFileError as problem:
            return keys_cannot_be_used(problem)
        return self.get_response(request)


class UserLanguageMiddleware:
    """Speak the language of the user's profile, in their time, once we know who it is."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = getattr(user, "time_zone", "")
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)


class HistoryMiddleware:
    """Let the history of rows say who changes them: the bare id of the user, and nothing else of the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if request.method in {"GET", "HEAD", "OPTIONS"} or user is None or not user.is_authenticated:
            return self.get_response(request)
        with acting(user.pk):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Where a second factor is required, no page but those of sign-in opens without one."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        policy, module = declared(view), _module(view)
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        if (policy and not policy.second_factor) or module.startswith(("allauth.account", *OPEN_MODULES)):
            return None
        if showed_second_factor(request):
            return None
        sets_it_up = module.startswith("allauth.mfa")
        if not has_second_factor(request.user):
            if not may_set_up_second_factor(request):
                return render(request, "sign_in/link_needed.html", status=403)
            return None if sets_it_up else redirect("mfa_activate_totp")
        if sets_it_up:  # these pages ask by themselves
            return None
        logout(request)  # the page of sign-in sends whoever is signed in back here
        return redirect_to_login(request.get_full_path(), reverse("account_login"))


class PolicyMiddleware:
    """Refuse every view that declares no policy: a forgotten decorator opens nothing."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if declared(view) is not None:
            return None
        if _module(view).startswith((*SIGN_IN_MODULES, *OPEN_MODULES)):
            return None
        if _is_admin(request):  # the admin site asks its own question, see config/admin.py
            return None
        raise PermissionDenied


class SafeHeadersMiddleware:
    """Nothing that anybody saw stays in the browser, and no page of another site holds it or takes powers of the device.

    Only static files that have the digest of what they hold in their names may be kept.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not ("immutable" in response.get("Cache-Control", "") and request.path.startswith(settings.STATIC_URL)):
            response["Cache-Control"] = "no-store, private"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response.setdefault("Permissions-Policy", NO_POWERS)
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Send pages compressed: on a slow line that is five seconds instead of half a minute.

    The length of a compressed page tells something of what is in it to whoever watches the line and makes somebody's browser ask for chosen
    addresses. So each carries a random number of bytes that mean nothing, and cookies do not go with what other sites ask for. Files are
    compressed already, or are streams.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class RefusalMiddleware:
    """Turn what the vault, the audit trail, the database and the disk refuse into a page that says what to do, and reveals nothing."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return not_in_this_way(request, self.get_response(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TamperedData):
            logger.error("does not authenticate: %s %s %s", exception.model, exception.pk, exception.field)
            return render(request, "unreadable.html", {"problem": exception}, status=500)
        if isinstance(exception, DataKeyReplaced):
            return render(request, "409.html", status=409)
        if isinstance(exception, KeyFileError):
            return keys_cannot_be_used(exception)
        failure = failure_of(exception)
        if failure is not None:
            return failed(request, failure)
        if isinstance(exception, UnableToRecord):
            logger.critical("an event cannot be recorded: %s", exception, exc_info=exception)
            return not_recorded()
        return None


def keys_cannot_be_used(problem: KeyFileError) -> HttpResponse:
    """Answer without knowing who asks, because that is sealed too."""
    logger.critical("the key file cannot be used: %s", problem)
    page = render_to_string("key_file_problem.html", {"problem": problem})
    return HttpResponse(page, status=503, headers={"Retry-After": "60"})


def _module(view: Any) -> str:
    inner = getattr(view, "view_class", None) or getattr(view, "__wrapped__", view)
    return str(getattr(inner, "__module__", ""))


def _is_admin(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.app_name == "admin"
