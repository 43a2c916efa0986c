"""Two people side by side to be made one; what was merged; the way back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client, Merge, SuspectedPair
from casework.lifecycle.merging.looking import look
from casework.lifecycle.merging.merge import merge as merge_people
from casework.lifecycle.merging.undo import UnableToUndoMerge, changed_since, why_not_undo
from casework.lifecycle.merging.undo import undo_merge as make_two_again
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.opening import open_or_404
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from .forms import MergeForm
from .rows import choice_rows, clash_rows, merge_summary, what_happens
from .wording import came_along, counted, tables

METHODS = ["GET", "HEAD", "POST"]
WITH = ("data_key", "into__data_key", "into__case__team", "left_case__team", "by__data_key", "undone_by__data_key")


@requires(Permission.DUPLICATES_COMPARE)
@require_http_methods(METHODS)
def merge_pair(request: UserRequest, pair_id: UUID) -> HttpResponse:
    """Both field by field, what comes along, what speaks against it; and the act."""
    now, by = timezone.now(), request.user
    if (earlier := _sent_before(request)) is not None:
        return redirect("merge", earlier)
    pairs: Any = SuspectedPair.objects
    pair = open_or_404(pairs.mergeable_by(by, now).with_people(), pk=pair_id)
    if pair.state != SuspectedPair.State.SAME:
        messages.info(request, _("Decide first that this is one person; then the two can be merged."))
        return redirect("pair", pair_id)
    is_mine = pairs.visible_to(by, now).filter(pk=pair.pk).exists()
    into, gone = _who_stays(request, pair)
    both = look(into, gone)
    sent = request.POST if request.method == "POST" else None
    form = MergeForm(sent, look=both, shows_names=is_mine, initial={"seen": both.seen, "into": into.pk})
    if sent is not None and form.is_valid() and not both.refusal:
        known = {"choices": form.choices(), "reason": form.cleaned_data["reason"], "seen": form.cleaned_data["seen"]}
        merge_id = form.cleaned_data["id"]
        if is_done(form, lambda: merge_people(pair=pair, into=into.pk, by=by, now=now, merge_id=merge_id, **known)):
            messages.success(request, _("The two are one person now. For thirty days this can be undone."))
            return redirect("merge", merge_id)
        form = _shown_anew(form, both, shows_names=is_mine)
    record("lifecycle.merge_looked_at_seen", subject=pair, by=by, now=now, clients=[str(into.pk), str(gone.pk)])
    context = {
        "pair": pair,
        "look": both,
        "form": form,
        "rows": choice_rows(both, form),
        "clashes": clash_rows(both, form),
        "happens": what_happens(both, shows_codes=is_mine),
        "counts": counted(both.counts),
        "is_mine": is_mine,
    }
    return render(request, "merging/merge_pair.html", context)


@requires(Permission.DUPLICATES_COMPARE)
@require_safe
def merges(request: UserRequest) -> HttpResponse:
    """Who was merged, the newest first."""
    now, by = timezone.now(), request.user
    every: Any = Merge.objects
    found = every.visible_to(by, now).select_related(*WITH)
    page = keyset_page(found, ("-at", "-id"), request.GET, request.path)
    for row in page.rows:
        row.is_open = row.may_be_undone(now)
    record("lifecycle.merges_listed", by=by, now=now, merges=[str(row.pk) for row in page.rows])
    return render(request, "merging/merges.html", {"page": page, "rows": page.rows})


@requires(Permission.DUPLICATES_COMPARE)
@require_safe
def merge(request: UserRequest, merge_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = _visible(request, merge_id, now)
    record("lifecycle.merge_seen", subject=found, by=by, now=now)
    people: Any = Client.objects
    context = {
        "merge": found,
        "counts": came_along(found.counts),
        "set_aside": merge_summary(found),
        "sees_person": people.visible_to(by, now).filter(pk=found.into_id).exists(),
        "may_undo": not why_not_undo(found, now) and _is_undoable(request, found, now),
        "why_not": why_not_undo(found, now) if found.undone_at is None else "",
    }
    return render(request, "merging/merge.html", context)


@requires(Permission.DUPLICATES_COMPARE)
@require_http_methods(METHODS)
def undo_merge(request: UserRequest, merge_id: UUID) -> HttpResponse:
    """What would come back, what was changed since and stays; and the act.

    It reads every row that the merge has changed, table by table: at most one query for each table that leads to a person.
    """
    now, by = timezone.now(), request.user
    every: Any = Merge.objects
    found = open_or_404(every.undoable_by(by, now).select_related(*WITH), pk=merge_id)
    if request.method == "POST":
        try:
            make_two_again(merge=found, by=by, now=now)
        except UnableToUndoMerge as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("They are two people again, with what each had."))
        return redirect("merge", merge_id)
    if reason := why_not_undo(found, now):
        messages.error(request, reason)
        return redirect("merge", merge_id)
    record("lifecycle.merge_seen", subject=found, by=by, now=now)
    context = {"merge": found, "kept": tables(changed_since(found)), "set_aside": merge_summary(found)}
    return render(request, "merging/undo_merge.html", context)


def _sent_before(request: UserRequest) -> UUID | None:
    """Return the merge that this form made when it was sent before."""
    try:
        sent = UUID(request.POST.get("id", ""))
    except ValueError:
        return None
    return Merge.objects.filter(pk=sent, by=request.user).values_list("pk", flat=True).first()


def _who_stays(request: UserRequest, pair: SuspectedPair) -> tuple[Client, Client]:
    """Return who stays and who goes: as was asked, else whoever is in an open case, the one registered earlier first."""
    people = sorted(pair.people, key=lambda it: it.case.status != "open")
    asked = request.POST.get("into") or request.GET.get("stays", "")
    named = next((it for it in people if asked in (str(it.pk), it.reference)), people[0])
    return named, pair.other_than(named)


def _shown_anew(form: MergeForm, both: Any, *, shows_names: bool) -> MergeForm:
    """Return the form with what was typed and its errors, but as the two are now, so that the next attempt is about that."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, or nothing would have been refused
    data["seen"] = both.seen
    fresh = MergeForm(data, look=both, shows_names=shows_names)
    fresh.is_valid()
    fresh.errors.update(form.errors)  # type: ignore[attr-defined]  # of a form, which RowForm is mixed into
    return fresh


def _visible(request: UserRequest, merge_id: UUID, now: datetime) -> Merge:
    every: Any = Merge.objects
    found: Merge = open_or_404(every.visible_to(request.user, now).select_related(*WITH), pk=merge_id)
    return found


def _is_undoable(request: UserRequest, found: Merge, now: datetime) -> bool:
    every: Any = Merge.objects
    is_undoable: bool = every.undoable_by(request.user, now).filter(pk=found.pk).exists()
    return is_undoable
