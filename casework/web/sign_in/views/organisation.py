"""The way through the organisation's own sign-in: there, back, and once more before an act of weight."""

import logging
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from requests import RequestException

from casework.web.decorators import public, signed_in
from casework.web.request import UserRequest

from ..organisation import PROVIDER, VerifyingAdapter, is_offered, name_of_organisation

logger = logging.getLogger(__name__)

# Asks the provider to let people show anew who they are, and to say when they did.
ANEW = {"prompt": "login", "max_age": "0"}


@public
@require_safe
def organisation_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead there. By a link, since the policy for content lets no form lead to another host."""
    if request.user.is_authenticated:
        return redirect("home")
    return _lead_there(request, {})


@signed_in
@require_safe
def organisation_again(request: UserRequest) -> HttpResponseBase:
    if "go" in request.GET:
        return _lead_there(request, ANEW)
    if not is_offered():
        raise Http404
    context = {"name": name_of_organisation(), "next": get_next_redirect_url(request) or "/"}
    return render(request, "sign_in/organisation_again.html", context)


@public
@require_safe
def organisation_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not is_offered():
        raise Http404
    answer: HttpResponse = OAuth2CallbackView.adapter_view(VerifyingAdapter(request, provider_id))(request)
    return answer


def _lead_there(request: HttpRequest, more: dict[str, Any]) -> HttpResponseBase:
    if not is_offered():
        raise Http404
    provider = get_adapter(request).get_provider(request, PROVIDER)
    acr = provider.app.settings["acr"]
    wanted = {**more, **({"acr_values": " ".join(acr)} if acr else {})}
    onward = get_next_redirect_url(request)
    try:
        there: HttpResponse = provider.redirect(request, process=AuthProcess.LOGIN, next_url=onward, auth_params=wanted)
    except RequestException:  # it does not answer, or leads elsewhere: whoever comes is told and goes another way
        logger.warning("the provider of sign-in does not answer")
        get_adapter(request).on_authentication_error(request)
        raise
    return there
