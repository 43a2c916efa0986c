from .application import Application
from .deadline import Deadline
from .decision import Decision, Move
from .permit import Permit
from .position import ComputedPosition
from .registration import Registration
from .review import DraftChange, Review, Verification
from .rule import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule, Withdrawal
from .stay import Stay

__all__ = [
    "Application",
    "CalendarDay",
    "Citation",
    "ComputedPosition",
    "Deadline",
    "Decision",
    "DraftChange",
    "Jurisdiction",
    "Move",
    "NationalityGroup",
    "Permit",
    "Registration",
    "Review",
    "Rule",
    "Stay",
    "Verification",
    "Withdrawal",
]
