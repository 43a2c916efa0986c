"""The vault as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    """Data keys, encrypted fields, keyed hashes, encrypted files, the register of columns."""

    name = "casework.vault"
    label = "vault"
    verbose_name = _("Vault")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the vault."""
        from casework.vault import checks  # noqa: F401 - registers on import, needs the apps
