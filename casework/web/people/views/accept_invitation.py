"""The way in for somebody who was invited. The link works once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from casework.accounts import actions
from casework.accounts.actions.invitations import hash_of
from casework.accounts.models import Invitation
from casework.lib.refusals import Refusal
from casework.web.decorators import public
from casework.web.forms.errors import refuse

from ..forms import AcceptInvitationForm
from ..rows import role_in_words


@public
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    found = Invitation.objects.open(now).filter(token_hash=hash_of(token))
    invitation = found.select_related("team").first()
    if invitation is None:
        return render(request, "people/invitation_gone.html", status=404)
    form = AcceptInvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            language = get_language() or "en"
            actions.accept_invitation(token=token, **form.cleaned_data, language=language, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Your account is ready. Sign in with your e-mail address and your password."))
            return redirect("account_login")
    context = {"form": form, "invitation": invitation, "role": role_in_words(invitation.role, invitation.team)}
    return render(request, "people/accept_invitation.html", context)
