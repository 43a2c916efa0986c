"""Inviting somebody, and taking an invitation back."""

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts import actions
from casework.accounts.models import Invitation, Team
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..forms import InvitationForm
from ..rows import role_in_words


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: UserRequest) -> HttpResponse:
    """Answer with the link itself, once: it is stored nowhere, and mail may not leave this machine."""
    teams = Team.objects.filter(is_active=True).order_by("name", "pk")
    form = InvitationForm(request.POST or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = actions.invite(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _invited(request, invitation, token)
    return render(request, "people/invite.html", {"form": form})


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def renew_invitation(request: UserRequest, invitation_id: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    try:
        renewed, token = actions.renew_invitation(invitation=invitation, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("people")
    return _invited(request, renewed, token)


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def withdraw_invitation(request: UserRequest, invitation_id: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    actions.withdraw_invitation(invitation=invitation, by=request.user, now=timezone.now())
    messages.success(request, _("The invitation is withdrawn; its link opens nothing any more."))
    return redirect("people")


def _invited(request: UserRequest, invitation: Invitation, token: str) -> HttpResponse:
    link = settings.PUBLIC_URL + reverse("accept_invitation", args=[token])
    transaction.on_commit(lambda: _send(invitation, link))
    role = role_in_words(invitation.role, invitation.team)
    return render(request, "people/invited.html", {"invitation": invitation, "link": link, "role": role})


def _send(invitation: Invitation, link: str) -> None:
    """Mail the link. The words say nothing of the organisation or its work; a failure is no harm, the page shows the link."""
    sentences = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            sentences.append(_("You have been invited to make an account. The link works once, within 48 hours:"))
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your invitation")
    body = "\n\n".join([*dict.fromkeys(sentences), link])
    key = f"invitation-{invitation.pk}@casework.invalid"
    mail = EmailMessage(subject, body, to=[invitation.email], headers={"Message-ID": f"<{key}>"})
    mail.send(fail_silently=True)
