"""The last move of these pages: a form under the header of the case, or back to the page of its needs."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.clients.models import Case
from casework.web.cases.forms.rows import RowForm
from casework.web.cases.header import case_header
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done


def needs_form(
    request: UserRequest, case: Case, form: RowForm, *, title: str, now: datetime, **context: Any
) -> HttpResponse:
    """Answer with a form: 409 if somebody else changed the same thing meanwhile."""
    context |= {
        "header": case_header(case, now, here="case_needs"),
        "case": case,
        "form": form,
        "title": title,
        "differences": form.differences,
        "draft": form.draft,
        "cancel_url": reverse("case_needs", args=[case.code]),
    }
    return render(request, "cases/form_page.html", context, status=200 if form.differences is None else 409)


def back_to_needs(request: UserRequest, case: Case, part: str, said: str, *, undo: Undo | None = None) -> HttpResponse:
    say_done(request, said, undo)
    return redirect(f"{reverse('case_needs', args=[case.code])}#{part}")
