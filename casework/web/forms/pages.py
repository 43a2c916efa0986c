"""A page that is one form, about a case or about none."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from casework.web.request import UserRequest


def one_form_page(request: UserRequest, form: Any, *, title: str, cancel_url: str, **context: Any) -> HttpResponse:
    """Answer with a form: 409 if somebody else changed the same thing meanwhile.

    `header` in the context puts the bar of a case on top; `who` and `text` stand above the form.
    """
    found = getattr(form, "differences", None)
    context.setdefault("draft", getattr(form, "draft", None))
    context |= {"form": form, "title": title, "cancel_url": cancel_url, "differences": found}
    return render(request, "cases/form_page.html", context, status=200 if found is None else 409)
