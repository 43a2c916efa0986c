"""The Celery app. PostgreSQL holds the truth; the broker only carries ids, so a lost message costs minutes."""

import logging
import os
from datetime import UTC, datetime
from typing import Any

from celery import Celery, Task

from casework.lib.at_work import Mark, at_work

logger = logging.getLogger(__name__)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.config.settings")


class WatchedTask(Task):  # type: ignore[type-arg]  # Celery itself is not subscriptable
    """A task whose lines in the log carry its name and id, and of which it is noted when it ran and how it went."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        began, has_failed = datetime.now(UTC), True
        with at_work(Mark(task=self.name or "", task_id=self.request.id or "")):
            try:
                result = super().__call__(*args, **kwargs)
                has_failed = False
            finally:
                if not self.request.is_eager:
                    _note(self.name or "", began, has_failed=has_failed)
            return result


def _note(name: str, began: datetime, *, has_failed: bool) -> None:
    """The work is done, and whatever is in the way of noting that must not make it fail."""
    from django.db import DatabaseError, InterfaceError

    from casework.accounts.task_runs import note_run

    try:
        note_run(name, began=began, ended=datetime.now(UTC), has_failed=has_failed)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("it cannot be noted that %s ran: %s", name, error)


app = Celery("casework", task_cls=WatchedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
