"""Django's admin behind the same sign-in and the same permissions as every page."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from casework.accounts.roles import Permission
from casework.web.request import permissions_in
from casework.web.sign_in.step_up import ask_once

REFERENCE_APPS = frozenset({"residency"})
KEEPERS = frozenset({Permission.RULES_EDIT, Permission.RULES_REVIEW})


class CaseworkAdminSite(AdminSite):
    """The reference data, for those who keep it. People and their cases are not here."""

    site_header = _("Casework: country rules")
    site_title = _("Casework")
    index_title = _("Reference data")
    site_url = "/"
    enable_nav_sidebar = False  # four models need no second menu; the lists need its room

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in reference data only: accounts, second factors and people have pages with their own rules."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        kept = [model for model in models if model._meta.app_label in REFERENCE_APPS]
        super().register(kept, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and bool(KEEPERS & permissions_in(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 (the signature is Django's)
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            self.ask_who_it_is(request)
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return asking

    def ask_who_it_is(self, request: HttpRequest) -> None:
        """Ask once in a session, of whoever may come in."""
        if self.has_permission(request):
            ask_once(request, "admin")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the one sign-in page; the admin has none of its own."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Send people to the page of their account, with its own rules."""
        return redirect("account_change_password")
