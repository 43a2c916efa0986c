from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from .celery import app as celery_app

__all__ = ["CaseworkAdminConfig", "ConfigConfig", "celery_app"]


class ConfigConfig(AppConfig):
    """Loads the Celery app with Django, so that every process knows the broker."""

    name = "casework.config"
    label = "config"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (app ready: registers the system checks)


class CaseworkAdminConfig(AdminConfig):
    default_site = "casework.config.admin_site.CaseworkAdminSite"
