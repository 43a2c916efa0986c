from .application import Application
from .deadline import Deadline
from .decision import Decision, Move
from .derivation import Derivation
from .impact import Impact, ImpactLine
from .permit import Permit
from .position import ComputedPosition
from .registration import Registration
from .review import DraftChange, Review, Verification
from .rule import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule, Withdrawal
from .state import RulesState
from .stay import Stay
from .upload import Upload

__all__ = [
    "Application",
    "CalendarDay",
    "Citation",
    "ComputedPosition",
    "Deadline",
    "Decision",
    "Derivation",
    "DraftChange",
    "Impact",
    "ImpactLine",
    "Jurisdiction",
    "Move",
    "NationalityGroup",
    "Permit",
    "Registration",
    "Review",
    "Rule",
    "RulesState",
    "Stay",
    "Upload",
    "Verification",
    "Withdrawal",
]
