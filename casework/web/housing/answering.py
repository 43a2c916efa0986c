"""The last move of the pages of housing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from casework.clients.models import Case
from casework.web.request import UserRequest


def back_to_housing(request: UserRequest, case: Case, said: str) -> HttpResponse:
    """Go back to where the people of the case sleep, and say there what was done."""
    messages.success(request, said)
    return redirect("case_housing", case.code)
