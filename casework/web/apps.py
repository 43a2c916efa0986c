"""The application of the pages: template tags and views, no tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "casework.web"
    label = "web"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Teach addresses what a code and a reference are, before any address is read."""
        from casework.web import references  # noqa: F401 - registers the converters of addresses
