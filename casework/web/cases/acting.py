"""The last two moves of a page that changes a case: act, and answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Note
from casework.lib.refusals import Refusal
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done

from .forms.rows import RowForm
from .header import case_header


def is_done(form: RowForm, act: Callable[[], Any]) -> bool:
    """Act on a valid form. What is refused, or was changed meanwhile, the form says instead."""
    try:
        act()
    except Refusal as refusal:
        refuse(form, refusal)
    except ChangedMeanwhile as conflict:
        form.show_theirs(conflict.theirs)
    else:
        if form.draft is not None:
            form.draft.sent()
        return True
    return False


def form_page(
    request: UserRequest, case: Case, form: RowForm, *, title: str, now: datetime, **context: Any
) -> HttpResponse:
    """Answer with a form about a case: 409 if somebody else changed the same thing meanwhile."""
    context |= {
        "header": case_header(case, now),
        "case": case,
        "form": form,
        "title": title,
        "differences": form.differences,
        "draft": context.get("draft") or form.draft,
        "cancel_url": reverse("case", args=[case.code]),
    }
    status = 200 if form.differences is None else 409
    return render(request, "cases/form_page.html", context, status=status)


def back_to(request: UserRequest, case: Case, part: str, said: str, *, undo: Undo | None = None) -> HttpResponse:
    """Go to a part of the case page and say there what was done, with the way back if there is one."""
    say_done(request, said, undo)
    return redirect(f"{reverse('case', args=[case.code])}#{part}")


def back_to_notes(
    request: UserRequest, case: Case, said: str, *, note: Note | None = None, undo: Undo | None = None
) -> HttpResponse:
    """Go back to the notes where the form stood, in the log or on the page of the case, and say there what was done."""
    say_done(request, said, undo)
    page = "case_log" if request.POST.get("back") == "log" else "case"
    place = f"note-{note.pk}" if note is not None else "notes"
    return redirect(f"{reverse(page, args=[case.code])}#{place}")
