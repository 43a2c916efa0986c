from .application import Application
from .deadline import Deadline, Decision
from .permit import Permit
from .position import ComputedPosition
from .registration import Registration
from .rule import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule
from .stay import Stay

__all__ = [
    "Application",
    "CalendarDay",
    "Citation",
    "ComputedPosition",
    "Deadline",
    "Decision",
    "Jurisdiction",
    "NationalityGroup",
    "Permit",
    "Registration",
    "Rule",
    "Stay",
]
