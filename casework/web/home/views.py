"""The front door: sends everybody to the page that tells them what needs them now."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from casework.accounts.access import permissions_of
from casework.accounts.roles import Permission
from casework.web.decorators import signed_in
from casework.web.request import UserRequest

HOMES = (
    (Permission.CASE_VIEW, "my_day"),
    (Permission.RULES_EDIT, "rules"),
    (Permission.RULES_REVIEW, "rules"),
    (Permission.ACCOUNTS_MANAGE, "people"),
    (Permission.AUDIT_VIEW, "audit"),
)


@signed_in
def home(request: UserRequest) -> HttpResponse:
    held = permissions_of(request.user, timezone.now())
    for permission, page in HOMES:
        if permission in held:
            return redirect(page)
    return render(request, "home/nothing_yet.html")
