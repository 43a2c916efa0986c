"""Where one is signed in: every browser, when it was used last, and ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from casework.accounts import actions
from casework.accounts.sessions import hashed, open_sessions
from casework.web.decorators import signed_in
from casework.web.request import UserRequest


@signed_in
@require_safe
def sessions(request: UserRequest) -> HttpResponse:
    rows = open_sessions(request.user, timezone.now())
    here = _here(request)
    context = {
        "here": [each for each in rows if each.row.pk == here],
        "others": [each for each in rows if each.row.pk != here],
    }
    return render(request, "sign_in/sessions.html", context)


@signed_in
@require_POST
def end_session(request: UserRequest) -> HttpResponse:
    now, ref = timezone.now(), request.POST.get("session", "")
    for each in open_sessions(request.user, now):
        if each.ref == ref and each.row.pk != _here(request):
            actions.end_session(session=each.row, by=request.user, now=now)
    messages.success(request, _("That session is ended."))
    return redirect("sessions")


@signed_in
@require_POST
def end_other_sessions(request: UserRequest) -> HttpResponse:
    ended = actions.end_sessions(user=request.user, by=request.user, now=timezone.now(), besides=_here(request))
    said = ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("sessions")


def _here(request: UserRequest) -> str:
    return hashed(request.session.session_key or "")
