"""Who may do what in the admin: editors change, reviewers look, nobody else gets in."""

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from casework.accounts.access import permissions_of
from casework.accounts.roles import Permission


def held_by(request: HttpRequest) -> frozenset[Permission]:
    """Return what the user may do, asked once a request."""
    held: frozenset[Permission] | None = getattr(request, "_keeper_permissions", None)
    if held is None:
        held = permissions_of(request.user, timezone.now())  # type: ignore[arg-type]
        request._keeper_permissions = held  # type: ignore[attr-defined]
    return held


class KeptByEditors:
    """Editors change, reviewers look, nobody else gets in; nothing is deleted unless a class says so."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(held_by(request) & {Permission.RULES_EDIT, Permission.RULES_REVIEW})

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return Permission.RULES_EDIT in held_by(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return Permission.RULES_EDIT in held_by(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
