"""The web application for gunicorn."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.config.settings")

# What serves the pages, and so which of its holes to try, is nobody's business.
if server := sys.modules.get("gunicorn.http.wsgi"):
    server.SERVER = "web"  # type: ignore[attr-defined]  # a name of the library's own

application = get_wsgi_application()
