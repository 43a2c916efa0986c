"""How an import gets a worker."""

import logging
from functools import partial
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
TASK = "lifecycle.work_on_import"


def ask_soon(import_id: UUID) -> None:
    transaction.on_commit(partial(ask_a_worker, import_id))


def ask_a_worker(import_id: UUID) -> None:
    """Send the task. Where the broker is away, the next sweep asks again."""
    try:
        current_app.send_task(TASK, kwargs={"import_id": str(import_id)})
    except OperationalError:
        logger.warning("no worker could be asked for import %s; it is asked for again in a minute", import_id)
