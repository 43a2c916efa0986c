"""Going on with a form that met the question who it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.web.decorators import signed_in
from casework.web.request import UserRequest

from ..step_up import ask, held_form, is_fresh


@signed_in
@require_safe
def go_on(request: UserRequest) -> HttpResponse:
    """Send the form that met the question. By the browser, so that it passes every check that any form passes."""
    held = held_form(request)
    if held is None:
        messages.warning(
            request, _("Nothing is waiting to be sent. If something is missing, please send it once more.")
        )
        return redirect("home")
    if not is_fresh(request):
        return ask(request)  # type: ignore[return-value]  # the library promises any response
    to, fields = held
    return render(request, "sign_in/go_on.html", {"to": to, "fields": fields})
