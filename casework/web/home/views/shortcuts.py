"""Which keys do what, and the way to turn those off that are a single letter (WCAG 2.1.4)."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.accounts.actions import choose_single_keys
from casework.accounts.roles import Permission
from casework.web.decorators import signed_in
from casework.web.request import UserRequest, permissions_in


@dataclass(frozen=True, slots=True)
class Shortcut:
    keys: tuple[str, ...]
    does: str | Promise
    permission: Permission | None = None


ON_A_PAGE = (
    Shortcut(("/",), gettext_lazy("go to the search box"), Permission.CASE_VIEW),
    Shortcut(("j",), gettext_lazy("next row of a list")),
    Shortcut(("k",), gettext_lazy("row before")),
    Shortcut(("o",), gettext_lazy("open the row")),
    Shortcut(("d",), gettext_lazy("mark the row as done, where it can be"), Permission.CASE_CHANGE),
    Shortcut(("u",), gettext_lazy("undo what was just done, where it can be")),
    Shortcut(("?",), gettext_lazy("this sheet")),
)
TO_A_PAGE = (
    Shortcut(("g", "h"), gettext_lazy("your home")),
    Shortcut(("g", "t"), gettext_lazy("My team"), Permission.CASE_ASSIGN),
    Shortcut(("g", "d"), gettext_lazy("My day"), Permission.CASE_VIEW),
    Shortcut(("g", "c"), gettext_lazy("Cases"), Permission.CASE_VIEW),
    Shortcut(("g", "r"), gettext_lazy("Recent cases"), Permission.CASE_VIEW),
    Shortcut(("g", "n"), gettext_lazy("Log a case"), Permission.CASE_CHANGE),
    Shortcut(("g", "i"), gettext_lazy("Inbox"), Permission.CASE_VIEW),
    Shortcut(("g", "b"), gettext_lazy("Housing"), Permission.HOUSING_VIEW),
    Shortcut(("g", "p"), gettext_lazy("Reports"), Permission.REPORTS_VIEW),
)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: UserRequest) -> HttpResponse:
    if request.method == "POST":
        is_on = request.POST.get("single_keys") == "on"
        choose_single_keys(user=request.user, on=is_on, now=timezone.now())
        messages.success(request, _("Single keys are on.") if is_on else _("Single keys are off."))
        return redirect("shortcuts")
    held = permissions_in(request)
    groups = [
        (title, [it for it in known if it.permission is None or it.permission in held])
        for title, known in ((_("On every page"), ON_A_PAGE), (_("One after the other, to a page"), TO_A_PAGE))
    ]
    return render(request, "home/shortcuts.html", {"groups": groups})
