"""The page of a draft: what it says, what it changes, what stands in its way, its examples, its review, its history."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..draft_page import context_of, load_draft


@requires(Permission.RULES_DESK)
@require_safe
def rule_draft(request: UserRequest, number: int) -> HttpResponse:
    draft = load_draft(number)
    if draft.is_published:
        return redirect("rule", draft.jurisdiction_id, draft.pk)
    return render(request, "policy_desk/rule_draft.html", context_of(request, draft, timezone.now()))
