"""What an administrator does about how somebody signs in: out everywhere, or a lost second factor taken away."""

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts import actions
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.request import UserRequest


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_POST
def sign_out_everywhere(request: UserRequest, user_id: str) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    ended = actions.end_sessions(user=user, by=request.user, now=timezone.now())
    if ended:
        said = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", ended) % {"count": ended}
        messages.success(request, said)
    else:
        messages.info(request, _("This person was not signed in anywhere."))
    return redirect("person", user.pk)


@requires(Permission.ACCOUNTS_MANAGE, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: UserRequest, user_id: str) -> HttpResponse:
    """Answer with the link itself, once: it is stored nowhere and never mailed, so that a mailbox alone opens nothing."""
    user = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return render(request, "people/reset_second_factor.html", {"person": user})
    try:
        recovery, token = actions.reset_second_factor(user=user, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("person", user.pk)
    transaction.on_commit(lambda: _tell(user, str(recovery.pk)))
    link = settings.PUBLIC_URL + reverse("recover", args=[token])
    return render(request, "people/second_factor_reset.html", {"person": user, "recovery": recovery, "link": link})


def _tell(user: User, key: str) -> None:
    """Tell the owner that something changed, and nothing of what; a failure is no harm, they notice at the next sign-in."""
    with translation.override(user.language):
        subject = _("Your sign-in")
        body = _(
            "How you sign in was changed at your request. If you did not ask for it, tell your administrator today."
        )
    headers = {"Message-ID": f"<recovery-{key}@casework.invalid>"}
    EmailMessage(subject, body, to=[user.email], headers=headers).send(fail_silently=True)
