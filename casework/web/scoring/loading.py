"""How the pages of schemes find a version."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from casework.clients.models import SchemeVersion


def version_of(version_id: UUID) -> SchemeVersion:
    return get_object_or_404(SchemeVersion.objects.select_related("scheme", "job"), pk=version_id)


def draft_of(version_id: UUID) -> SchemeVersion:
    """Return a draft, or answer 404 for what is published: it does not change any more."""
    return get_object_or_404(SchemeVersion.objects.drafts().select_related("scheme"), pk=version_id)


def in_force_of(version: SchemeVersion) -> SchemeVersion | None:
    """Return the version of the same scheme by which cases are scored now, whether or not the scheme is archived."""
    return version.scheme.versions.filter(published_at__isnull=False).order_by("-number").first()
