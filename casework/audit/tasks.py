"""What the workers do about the audit trail: seal it within seconds, write its head every few minutes."""

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from .heads import ChainDoesNotContinue, HeadUnreadable, write_head
from .seal import seal_waiting

logger = logging.getLogger(__name__)


@shared_task(name="audit.seal")
def seal(**_older: Any) -> None:
    """Seal what waits. A head that cannot be written is said in the log at every try: what is sealed stays so."""
    seal_waiting()
    try:
        write_head(now=timezone.now())
    except ChainDoesNotContinue as problem:
        logger.critical("audit: %s. Run bin/manage verify_audit", problem)
    except HeadUnreadable:
        logger.critical("audit: the last line of the file of heads is not a head. Run bin/manage verify_audit")
    except OSError as problem:
        logger.critical("audit: the head of the chain cannot be written: %s", problem.strerror)
