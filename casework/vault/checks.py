"""System checks of the vault."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import all_sites
from django.core.checks import CheckMessage, Error, Tags, register

from casework.vault.fields import encrypted_fields

SHOWING = ("list_display", "list_editable", "list_filter", "readonly_fields", "search_fields", "ordering")


@register(Tags.admin)
def admin_shows_no_encrypted_field(
    app_configs: Sequence[AppConfig] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Refuse an admin page that would show what is encrypted: pages of the admin do not ask who may see a case."""
    return [
        problem
        for site in all_sites
        for admin in site._registry.values()
        if app_configs is None or admin.opts.app_config in app_configs
        for problem in _shown(admin)
    ]


def _shown(admin: "ModelAdmin[Any]") -> Iterator[CheckMessage]:
    secret = {field.name for field in encrypted_fields(admin.model)}
    named: set[str] = set()
    for option in SHOWING:
        named.update(
            str(each).lstrip("-").split("__")[0] for each in getattr(admin, option) or () if isinstance(each, str)
        )
    form_fields = _form_fields(admin)
    named.update(secret if form_fields is None else form_fields)
    named.difference_update(admin.exclude or ())
    for name in sorted(secret & named):
        yield Error(
            f"{admin.model._meta.label}.{name} is encrypted and would be shown in the admin.",
            hint=f"Name the fields of {type(admin).__name__} without it, or name it in `exclude`.",
            obj=type(admin),
            id="vault.E004",
        )


def _form_fields(admin: "ModelAdmin[Any]") -> set[str] | None:
    """Return the fields that the form names, None if it names none and so has all."""
    if admin.fieldsets:
        groups = [each for _title, options in admin.fieldsets for each in options["fields"]]
    elif admin.fields:
        groups = list(admin.fields)
    else:
        return None
    return {name for group in groups for name in ([group] if isinstance(group, str) else group)}
