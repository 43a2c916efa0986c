"""The age groups in which humanitarian standards count people (Sphere, UNHCR): 0-4, 5-11, 12-17, 18-59, 60 and over."""

from datetime import date
from enum import StrEnum

from casework.lib.ages import age_on
from casework.lib.dates import Birth


class AgeGroup(StrEnum):
    UNDER_5 = "0-4"
    UNDER_12 = "5-11"
    UNDER_18 = "12-17"
    UNDER_60 = "18-59"
    OVER_60 = "60+"
    UNKNOWN = "unknown"


_BELOW = ((5, AgeGroup.UNDER_5), (12, AgeGroup.UNDER_12), (18, AgeGroup.UNDER_18), (60, AgeGroup.UNDER_60))


def age_group(birth: Birth, on: date) -> AgeGroup:
    """Return the group of somebody on a day. Whose year of birth alone is known counts as the younger of two possible ages."""
    age = age_on(birth, on)
    if age is None:
        return AgeGroup.UNKNOWN
    return next((group for below, group in _BELOW if age[0] < below), AgeGroup.OVER_60)
