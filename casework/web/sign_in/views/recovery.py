"""The link for somebody whose lost second factor was taken away: with it and the password they set up another."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casework.accounts import actions
from casework.web.decorators import public

from ..second_factor import BY_LINK


@public
@require_safe
@never_cache
def recover(request: HttpRequest, token: str) -> HttpResponse:
    recovery = actions.open_recovery(token, timezone.now())
    if recovery is None:
        return render(request, "sign_in/recovery_gone.html", status=404)
    request.session[BY_LINK] = str(recovery.pk)
    return render(request, "sign_in/recovery.html")
