"""Who works here and what each may do where; what they are doing right now."""

from .absence import Absence
from .api_token import ApiToken
from .door import Counter, Recovery
from .draft import DRAFT_LASTS, Draft
from .piece import Piece
from .saved_filter import SAVED_AT_MOST, SavedFilter
from .staff import Invitation, Job, Membership, Organisation, Session, Team, User
from .task_run import TaskRun

__all__ = [
    "DRAFT_LASTS",
    "SAVED_AT_MOST",
    "Absence",
    "ApiToken",
    "Counter",
    "Draft",
    "Invitation",
    "Job",
    "Membership",
    "Organisation",
    "Piece",
    "Recovery",
    "SavedFilter",
    "Session",
    "TaskRun",
    "Team",
    "User",
]
