"""Error pages: they say what to do and reveal nothing."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from casework.audit.record import UnableToRecord


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Foreign and missing things answer alike."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without request, database or context: whatever broke must not break this."""
    if isinstance(sys.exc_info()[1], UnableToRecord):  # outside of the views, where no middleware answers
        return not_recorded()
    return HttpResponse(render_to_string("500.html"), status=500)


def not_recorded() -> HttpResponse:
    """Answer in place of what could not be written down. Rendered as above: the database may take nothing at all."""
    return HttpResponse(render_to_string("not_recorded.html"), status=503, headers={"Retry-After": "60"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)
