"""Who looks like the person who is being typed; the list of pairs; two people side by side."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import decide_pair
from casework.clients.models import Case, Client, SuspectedPair
from casework.clients.quotas import next_search_at
from casework.lib.dates import today_in
from casework.lifecycle.duplicates import LookAlike, look_alikes
from casework.lifecycle.likeness_words import in_words
from casework.web.access.searching import too_many_searches
from casework.web.cases.acting import is_done
from casework.web.cases.people import person_row
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.opening import open_or_404
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from .comparing import compared
from .forms import DecidePairForm, PairFilterForm, TypedPersonForm, is_enough
from .rows import pair_row

MOST_SHOWN = 5
# Which of the people of a form is meant: nobody named is the principal applicant.
_PREFIX = re.compile(r"family-\d{1,2}")


@requires(Permission.CASE_CHANGE)
@require_POST
def look(request: UserRequest) -> HttpResponse:
    """Say who looks like the person who is being typed, of those whom the reader may see."""
    now, asked = timezone.now(), request.POST
    if again_at := next_search_at(request.user, now):
        template = "duplicates/_found.html" if "fragment" in asked else "duplicates/look.html"
        return render(request, template, {"rows": [], "is_asked": True, "refusal": too_many_searches(again_at)})
    prefix = asked.get("look_for", "")
    form = TypedPersonForm(asked, prefix=prefix if _PREFIX.fullmatch(prefix) else None)
    regions = sorted({team.country for team in teams_with(request.user, Permission.CASE_VIEW, now)})
    person = form.details(regions)
    found: list[LookAlike] = []
    if is_enough(person):
        client, case_id = _where_they_stand(request, now)
        found = look_alikes(request.user, person, now=now, client=client, case_id=case_id)[:MOST_SHOWN]
    record("clients.look_alikes_seen", by=request.user, now=now, clients=[str(it.client.pk) for it in found])
    rows = [
        {"person": person_row(it.client, _today(it.client, now)), "why": in_words(it.likeness.reasons)} for it in found
    ]
    template = "duplicates/_found.html" if "fragment" in asked else "duplicates/look.html"
    return render(request, template, {"rows": rows, "is_asked": is_enough(person)})


@requires(Permission.DUPLICATES_COMPARE)
@require_safe
def pairs(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    form = PairFilterForm(request.GET)
    form.full_clean()
    every: Any = SuspectedPair.objects
    found = every.reviewable_by(request.user, now).with_people()
    state = form.cleaned_data.get("state")
    if state != "any":
        found = found.decided() if state == "decided" else found.open()
    if codes := form.codes():
        found = found.filter(found_by__overlap=codes)
    page = keyset_page(found, ("found_at", "id"), request.GET, request.path)
    record("clients.pairs_listed", by=request.user, now=now, pairs=[str(pair.pk) for pair in page.rows])
    context = {
        "page": page,
        "rows": [pair_row(pair) for pair in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "is_reviewer": Permission.DUPLICATES_REVIEW in permissions_in(request),
    }
    return render(request, "duplicates/pairs.html", context)


@requires(Permission.DUPLICATES_COMPARE)
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: UserRequest, pair_id: UUID) -> HttpResponse:
    """Two people side by side, and what somebody found who compared them."""
    now, by = timezone.now(), request.user
    every: Any = SuspectedPair.objects
    pair = open_or_404(every.reviewable_by(by, now).with_people(), pk=pair_id)
    form = DecidePairForm(request.POST or None, initial=DecidePairForm.initial_of(pair))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: decide_pair(pair=pair, version=version, by=by, now=now, **values)):
            messages.success(request, _("The decision is saved. Nobody was merged, and it can be changed."))
            return redirect("pair", pair_id)
    record("clients.pair_seen", subject=pair, by=by, now=now, clients=[str(pair.first_id), str(pair.second_id)])
    context = {
        "pair": pair,
        "people": pair.people,
        "rows": compared(pair),
        "why": in_words(pair.found_by),
        "form": form,
        "differences": form.differences,
        "may_merge": pair.state == SuspectedPair.State.SAME and every.mergeable_by(by, now).filter(pk=pair.pk).exists(),
        "is_mine": every.visible_to(by, now).filter(pk=pair.pk).exists(),
    }
    return render(request, "duplicates/pair.html", context, status=200 if form.differences is None else 409)


def _where_they_stand(request: UserRequest, now: datetime) -> tuple[Client | None, UUID | None]:
    """Return the person who is being changed, or the case to which one is added, as far as the reader may see them."""
    clients: Any = Client.objects
    cases: Any = Case.objects
    reference, code = request.POST.get("look_client", ""), request.POST.get("look_case", "")
    if reference:
        client = clients.visible_to(request.user, now).filter(reference=reference).first()
        return client, client.case_id if client else None
    if code:
        return None, cases.visible_to(request.user, now).filter(code=code).values_list("pk", flat=True).first()
    return None, None


def _today(client: Client, now: datetime) -> Any:
    return today_in(client.case.team.time_zone, now)
