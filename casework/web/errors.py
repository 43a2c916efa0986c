"""Error pages: they say what to do and reveal nothing."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from casework.audit.record import UnableToRecord
from casework.lib.at_work import mark

from .failures import failed, failure_of, is_of_a_script


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def not_in_this_way(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Answer whoever opens an address that only a button leads to: the framework shows them a white page."""
    if response.status_code != 405 or request.method not in {"GET", "POST"} or is_of_a_script(request):
        return response
    page = render(request, "405.html", status=405)
    page["Allow"] = response["Allow"]
    return page


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Foreign and missing things answer alike, as an address that leads nowhere does."""
    request.resolver_match = None
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the database or what pages usually hold: whatever broke must not break this.

    What fails outside of the views, where no middleware answers, comes here too.
    """
    error = sys.exc_info()[1]
    failure = failure_of(error)
    if failure is not None:
        return failed(request, failure)
    if isinstance(error, UnableToRecord):
        return not_recorded()
    if is_of_a_script(request):
        return JsonResponse({"failure": "error", "request": mark().request}, status=500)
    return HttpResponse(render_to_string("500.html", {"mark": mark().request}), status=500)


def not_recorded() -> HttpResponse:
    """Answer in place of what could not be written down. Rendered as above: the database may take nothing at all."""
    page = render_to_string("not_recorded.html", {"mark": mark().request})
    return HttpResponse(page, status=503, headers={"Retry-After": "60"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", status=403)
