"""Going: signing out, and leaving quickly for a page that says nothing, when somebody comes in."""

from allauth.account import views as account
from allauth.account.internal.flows.logout import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from casework.web.decorators import public

# Whatever the browser kept of the pages goes, beyond what it was told never to keep.
FORGET = '"cache", "storage"'


@public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    answer: HttpResponse = account.logout(request)
    if request.method == "POST":
        answer["Clear-Site-Data"] = FORGET
    return answer


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    logout(request, show_message=False)
    answer = redirect("left")
    answer["Clear-Site-Data"] = FORGET
    return answer


@public
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """A page that names neither this application nor anything in it."""
    return render(request, "sign_in/left.html")
