"""Who works here, in which teams, and who has been invited."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.models import Invitation, Membership, Team, User
from casework.accounts.roles import Permission
from casework.web.decorators import requires
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from ..rows import InvitationRow, person_rows, role_in_words


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def people(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    page = keyset_page(User.objects.all(), ("-joined_at", "-id"), request.GET, request.path)
    held = Membership.objects.current(now).filter(user__in=page.rows).select_related("team")
    pending = Invitation.objects.open(now) | Invitation.objects.lapsed(now)
    context = {
        "page": page,
        "people": person_rows(page.rows, held),
        "invitations": [
            InvitationRow(invitation=each, role=role_in_words(each.role, each.team), is_open=each.expires_at > now)
            for each in pending.select_related("team").order_by("-invited_at", "pk")[:100]
        ],
        "teams": Team.objects.order_by("-is_active", "name", "pk"),
    }
    return render(request, "people/people.html", context)
