"""The acts of a review. Each is a form on the page of the draft; what is refused is said there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.residency.actions import reviews as actions
from casework.residency.models import Rule
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..draft_page import context_of, load_draft, rest_in_words
from ..forms import ApproveForm, ReturnForm


@requires(Permission.RULES_EDIT)
@require_POST
def ask_for_review(request: UserRequest, number: int) -> HttpResponse:
    draft = load_draft(number)
    try:
        actions.ask_for_review(rule=draft, by=request.user, now=timezone.now())
    except Refusal as refusal:
        return _refused(request, draft, refusal)
    messages.success(
        request, _("Review is asked. The draft waits on the desk of every reviewer who did not write in it.")
    )
    return redirect("rule_draft", draft.pk)


@requires(Permission.RULES_EDIT)
@require_POST
def take_back_review(request: UserRequest, number: int) -> HttpResponse:
    draft = load_draft(number)
    try:
        actions.take_back(rule=draft, by=request.user, now=timezone.now())
    except Refusal as refusal:
        return _refused(request, draft, refusal)
    messages.success(request, _("Taken back. Nobody is asked to review it."))
    return redirect("rule_draft", draft.pk)


@requires(Permission.RULES_REVIEW)
@require_POST
def return_draft(request: UserRequest, number: int) -> HttpResponse:
    draft, now = load_draft(number), timezone.now()
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            actions.return_with_comment(rule=draft, by=request.user, now=now, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Sent back with your comment."))
            return redirect("policy_desk")
    if (gone := _gone(request, draft)) is not None:
        return gone
    return render(request, "policy_desk/rule_draft.html", context_of(request, draft, now, send_back=form))


@requires(Permission.RULES_REVIEW)
@require_POST
def approve_draft(request: UserRequest, number: int) -> HttpResponse:
    draft, now = load_draft(number), timezone.now()
    form = ApproveForm(request.POST, rest=rest_in_words(draft))
    if form.is_valid():
        try:
            actions.approve_and_publish(rule=draft, by=request.user, now=now, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Approved and published. From now on it is held and computed with."))
            return redirect("rule", draft.jurisdiction_id, draft.pk)
    draft = load_draft(number)
    if (gone := _gone(request, draft)) is not None:
        return gone
    return render(request, "policy_desk/rule_draft.html", context_of(request, draft, now, approve=form))


def _refused(request: UserRequest, draft: Rule, refusal: Refusal) -> HttpResponse:
    messages.error(request, refusal.sentence)
    return redirect("rule_draft", draft.pk)


def _gone(request: UserRequest, draft: Rule) -> HttpResponse | None:
    """Lead to the rule that the draft has become; there is nothing to answer any more."""
    if not draft.is_published:
        return None
    messages.error(request, _("This draft was published meanwhile, by another person. This is what is held now."))
    return redirect("rule", draft.jurisdiction_id, draft.pk)
