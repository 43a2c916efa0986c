"""What a reader is told who searches faster than people do."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.clients.quotas import SEARCHES_A_MINUTE


def too_many_searches(again_at: datetime) -> str:
    """Return the sentence; what was typed stays where it is."""
    seconds = max(int((again_at - timezone.now()).total_seconds()) + 1, 1)
    return _(
        "You have searched %(most)s times within a minute. Wait %(seconds)s seconds and search again. If your work needs "
        "more, tell your coordinator."
    ) % {"most": SEARCHES_A_MINUTE, "seconds": seconds}
