"""By which application something was asked for in time."""

from collections.abc import Iterable
from datetime import date

from .facts import Application
from .position import Subject, SubjectKind


def met_by_first(applications: Iterable[Application]) -> tuple[Subject | None, date | None]:
    """Return the earliest of these and its day, if known. One that was withdrawn asks for nothing."""
    filed = [application for application in applications if application.state != "withdrawn"]
    first = min(filed, key=lambda one: (one.filed_on or date.max, one.id), default=None)
    if first is None:
        return None, None
    return Subject(kind=SubjectKind.APPLICATION, id=first.id), first.filed_on
