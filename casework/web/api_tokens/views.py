"""Tokens of programs: made and revoked by who owns them, seen and revoked by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts import actions
from casework.accounts.models import ApiToken
from casework.accounts.roles import Permission
from casework.accounts.scopes import Scope, scopes_open_to
from casework.audit.record import record
from casework.lib.refusals import Refusal
from casework.web.decorators import requires, signed_in
from casework.web.forms.errors import refuse
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in
from casework.web.sign_in.step_up import ask_again

from .examples import examples
from .forms import TokenForm


@dataclass(frozen=True, slots=True)
class Row:
    token: ApiToken
    is_working: bool
    ends_soon: bool


@signed_in
@require_safe
def api_tokens(request: UserRequest) -> HttpResponse:
    rows = keyset_page(_tokens().of_user(request.user), ("-made_at", "-id"), request.GET, request.path)
    scopes = scopes_open_to(permissions_in(request))
    context = {
        "page": rows,
        "rows": _rows(rows.rows),
        "may_make": bool(scopes),
        "examples": examples(request, scopes)[:2],
        "sees_all": Permission.ACCOUNTS_MANAGE in permissions_in(request),
    }
    return render(request, "api_tokens/api_tokens.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def make_api_token(request: UserRequest) -> HttpResponse:
    """Make a token and show it, this once: afterwards nobody can read it any more."""
    ask_again(request)
    form = TokenForm(request.POST or None, open_to=scopes_open_to(permissions_in(request)))
    if request.method == "POST" and form.is_valid():
        made = dict(form.cleaned_data)
        try:
            token, text = actions.make_api_token(token_id=made.pop("id"), **made, by=request.user, now=timezone.now())
        except actions.TokenMadeAlready as already:
            messages.warning(request, already.sentence)
            return redirect("api_tokens")
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            tried = examples(request, [Scope(it) for it in token.scopes], text)
            return render(request, "api_tokens/made.html", {"token": token, "text": text, "examples": tried})
    return render(request, "api_tokens/make.html", {"form": form})


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def api_tokens_of_everybody(request: UserRequest) -> HttpResponse:
    """List the tokens of all, with what each may do and when it was last used."""
    page = keyset_page(_tokens(), ("-made_at", "-id"), request.GET, request.path)
    record("accounts.api_tokens_listed", by=request.user, now=timezone.now(), rows=len(page.rows))
    return render(request, "api_tokens/everybody.html", {"page": page, "rows": _rows(page.rows)})


@signed_in
@require_POST
def revoke_api_token(request: UserRequest, token_id: UUID) -> HttpResponse:
    """Revoke one's own, or as an administrator anybody's."""
    keeps_all = Permission.ACCOUNTS_MANAGE in permissions_in(request)
    tokens = ApiToken.objects.all() if keeps_all else ApiToken.objects.of_user(request.user)
    token = actions.revoke_api_token(token=get_object_or_404(tokens, pk=token_id), by=request.user, now=timezone.now())
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("api_tokens" if token.user_id == request.user.pk else "api_tokens_of_everybody")


def _tokens() -> Any:
    return ApiToken.objects.select_related("data_key", "user__data_key")


def _rows(tokens: Sequence[ApiToken]) -> list[Row]:
    now = timezone.now()
    return [Row(token, token.is_working(now), token.ends_soon(now)) for token in tokens]
