"""Saving, discarding and listing one's own drafts. Nobody sees another's, nor one about what they may not change any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.drafts import (
    DRAFTS_AT_MOST,
    DraftIsOver,
    OtherDraft,
    UnableToKeepDraft,
    discard_draft,
    save_draft,
)
from casework.accounts.models import Draft
from casework.web.decorators import signed_in
from casework.web.request import UserRequest, permissions_in

from .kinds import KINDS, NEW, kind_of, subject_of
from .of_form import PAGE, REPLACE, SEEN, SEQUENCE, content_of, in_words, read_seen, said_saved

HIGHEST = 2**53


@signed_in
@require_POST
def save(request: UserRequest, form: str, ref: str) -> HttpResponse:
    """Keep what was typed. The script asks for a short answer, a button without script for a page."""
    now = timezone.now()
    subject = subject_of(form, ref, request.user, now, permissions_in(request))
    is_script = "X-Draft" in request.headers
    try:
        draft = save_draft(
            form=form,
            about=subject.id,
            key=subject.key,
            page=_page(request),
            sequence=_sequence(request) if is_script else None,
            content=content_of(request.POST),
            seen=read_seen(request.POST.get(SEEN, "")),
            replace=REPLACE in request.POST,
            by=request.user,
            now=now,
        )
    except OtherDraft as other:
        when = in_words(other.draft.saved_at, now)
        said = _("Not saved: there is a draft of %(when)s, written on another page.") % {"when": when}
        return _held(request, form, ref, said, status=409)
    except DraftIsOver:
        return _held(
            request, form, ref, _("Not saved: this form was sent already, or its draft discarded."), status=409
        )
    except UnableToKeepDraft as refusal:
        return _held(request, form, ref, refusal.sentence, status=422)
    if is_script:
        return JsonResponse({"said": said_saved(draft.saved_at, now)})
    messages.success(request, _("Kept as a draft for fourteen days. Nothing has been sent."))
    return redirect(kind_of(form).address(ref))


@signed_in
@require_POST
def discard(request: UserRequest, form: str, ref: str) -> HttpResponse:
    now = timezone.now()
    subject = subject_of(form, ref, request.user, now, permissions_in(request))
    discard_draft(form=form, about=subject.id, by=request.user, now=now)
    messages.success(request, _("The draft is discarded."))
    return redirect("drafts" if "list" in request.POST else kind_of(form).address(ref))


@signed_in
@require_safe
def drafts(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    mine = list(Draft.objects.filter(user=request.user).kept(now).defer("content").newest_first()[:DRAFTS_AT_MOST])
    refs = _refs(request, mine, now)
    rows = [
        {
            "label": KINDS[draft.form].label,
            "ref": "" if refs[draft.pk] == NEW or KINDS[draft.form].ref == "pk" else refs[draft.pk],
            "when": in_words(draft.saved_at, now),
            "url": KINDS[draft.form].address(refs[draft.pk]),
            "form": draft.form,
            "address_ref": refs[draft.pk],
        }
        for draft in mine
        if draft.pk in refs
    ]
    return render(request, "drafts/drafts.html", {"rows": rows})


def _refs(request: UserRequest, mine: list[Draft], now: datetime) -> dict[UUID, str]:
    """Return, for those drafts that may still be gone on with, what they are about, as it stands in addresses."""
    refs: dict[UUID, str] = {}
    held = permissions_in(request)
    for form, kind in KINDS.items():
        of_form = [draft for draft in mine if draft.form == form and kind.permission in {None, *held}]
        if kind.rows is None or not of_form:
            refs |= {draft.pk: NEW for draft in of_form}
            continue
        rows = kind.rows(request.user, now).filter(pk__in=[draft.about for draft in of_form])
        known: dict[Any, Any] = dict(rows.values_list("pk", kind.ref))
        refs |= {draft.pk: str(known[draft.about]) for draft in of_form if draft.about in known}
    return refs


def _held(request: UserRequest, form: str, ref: str, said: str, *, status: int) -> HttpResponse:
    """Answer that nothing was saved. Without script, the page carries what was typed on to the next choice."""
    may_replace = status == 409
    if "X-Draft" in request.headers:
        return JsonResponse({"said": said, "may_replace": may_replace}, status=status)
    context = {
        "said": said,
        "may_replace": may_replace,
        "pairs": content_of(request.POST),
        "page": _page(request),
        "form": form,
        "ref": ref,
        "address": kind_of(form).address(ref),
    }
    return render(request, "drafts/not_kept.html", context, status=status)


def _page(request: UserRequest) -> UUID:
    try:
        return UUID(request.POST.get(PAGE, ""))
    except ValueError as error:
        raise BadRequest("a draft names the page on which it was written") from error


def _sequence(request: UserRequest) -> int:
    number = request.POST.get(SEQUENCE, "")
    if not (number.isdecimal() and len(number) < 16 and int(number) < HIGHEST):
        raise BadRequest("a packet of a draft has a number")
    return int(number)
