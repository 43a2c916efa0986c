"""The last move of the pages of housing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from casework.clients.models import Case
from casework.web.cases.acting import is_done
from casework.web.cases.forms.rows import RowForm
from casework.web.request import UserRequest


def back_to_housing(request: UserRequest, case: Case, said: str) -> HttpResponse:
    """Go back to where the people of the case sleep, and say there what was done."""
    messages.success(request, said)
    return redirect("case_housing", case.code)


def asked(
    request: UserRequest, form: RowForm, act: Callable[[], Any], *, said: str, back: str, **context: Any
) -> HttpResponse:
    """Ask before an act about a place, and once it is confirmed do it, go `back` and say there what was done."""
    if request.method == "POST" and form.is_valid() and is_done(form, act):
        messages.success(request, said)
        return redirect(back)
    status = 200 if form.differences is None else 409
    return render(request, "components/confirm_page.html", context | {"form": form, "cancel_url": back}, status=status)
