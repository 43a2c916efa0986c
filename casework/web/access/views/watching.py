"""What those who watch over access look at: emergencies, and who opened many cases. No content of any case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.access import teams_with
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import CaseSight, SightNotice
from casework.clients.quotas import DAY
from casework.lib.refusals import Refusal
from casework.lifecycle.many_cases import ask_for_more_cases, note_sight_notice
from casework.web.decorators import requires, signed_in
from casework.web.forms.errors import refuse
from casework.web.forms.pages import one_form_page
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from ..emergencies import emergency_row, with_notes
from ..forms import MoreCasesForm

NOTICES_SHOWN = 30


@requires(Permission.AUDIT_VIEW)
@require_safe
def watched(request: UserRequest) -> HttpResponse:
    """Every emergency, newest first, by the code of the case, and whoever opened many cases lately."""
    now = timezone.now()
    page = keyset_page(with_notes(), ("-opened_at", "-id"), request.GET, request.path)
    told = {request.user.pk}
    rows = [emergency_row(each, request.user, told, now, with_reason=False) for each in page.rows]
    record("clients.emergencies_listed", by=request.user, now=now, rows=len(rows))
    notices: Any = SightNotice.objects.newest_first().select_related("user__data_key", "seen_by__data_key")
    context = {"page": page, "rows": rows, "notices": notices[:NOTICES_SHOWN]}
    return render(request, "access/watched.html", context)


@signed_in
@require_POST
def note_notice(request: UserRequest, notice_id: UUID) -> HttpResponse:
    """An auditor, or a coordinator of a team in which that person works, has looked into it."""
    now, by = timezone.now(), request.user
    rows: Any = SightNotice.objects.select_related("user__data_key")
    notice = rows.filter(pk=notice_id).exclude(user=by).first()
    is_auditor = Permission.AUDIT_VIEW in permissions_in(request)
    teams = teams_with(by, Permission.CASE_ASSIGN, now)
    if notice is None or not (
        is_auditor or Membership.objects.active(now).filter(user=notice.user_id, team__in=teams).exists()
    ):
        raise Http404
    note_sight_notice(notice=notice, by=by, now=now)
    messages.success(request, _("You have taken note."))
    return redirect("watched" if is_auditor else "to_dos")


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def more_cases(request: UserRequest) -> HttpResponse:
    """Go on beyond the limit of a day, for a reason."""
    now, by = timezone.now(), request.user
    form = MoreCasesForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        count = CaseSight.objects.filter(user=by, at__gt=now - DAY).count()
        try:
            ask_for_more_cases(
                reason=form.cleaned_data["reason"], count=count, notice_id=form.cleaned_data["id"], by=by, now=now
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            back = form.cleaned_data["next"]
            is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
            return redirect(back if is_ours else "cases")
    text = _(
        "You have opened as many different cases as a day usually brings. Your coordinator and the auditor are told."
    )
    return one_form_page(request, form, title=_("Go on with more cases"), cancel_url="/", text=text)
