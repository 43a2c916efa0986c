"""Is the process alive, and is it fit to serve? Without any detail for the public."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse

from casework.web.decorators import public


@public
@non_atomic_requests
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
@non_atomic_requests
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and holds every migration, else 503."""
    try:
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        ready = False
    return HttpResponse("ok" if ready else "not ready", status=200 if ready else 503, content_type="text/plain")
