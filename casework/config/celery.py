"""The Celery app. PostgreSQL holds the truth; the broker only carries ids, so a lost message costs minutes."""

import os
from typing import Any

from celery import Celery, Task

from casework.lib.at_work import Mark, at_work

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.config.settings")


class MarkedTask(Task):  # type: ignore[type-arg]  # Celery itself is not subscriptable
    """A task whose lines in the log carry its name and id."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with at_work(Mark(task=self.name or "", task_id=self.request.id or "")):
            return super().__call__(*args, **kwargs)


app = Celery("casework", task_cls=MarkedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
