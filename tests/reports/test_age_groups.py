"""The age groups of humanitarian standards, at the day of the service."""

from datetime import date

import pytest

from casework.lib.dates import Birth
from casework.reports.age_groups import AgeGroup, age_group

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        (Birth(date(2026, 11, 20)), AgeGroup.UNDER_5),
        (Birth(date(2021, 11, 21)), AgeGroup.UNDER_5),
        (Birth(date(2021, 11, 20)), AgeGroup.UNDER_12),
        (Birth(date(2014, 11, 21)), AgeGroup.UNDER_12),
        (Birth(date(2014, 11, 20)), AgeGroup.UNDER_18),
        (Birth(date(2008, 11, 21)), AgeGroup.UNDER_18),
        (Birth(date(2008, 11, 20)), AgeGroup.UNDER_60),
        (Birth(date(1966, 11, 21)), AgeGroup.UNDER_60),
        (Birth(date(1966, 11, 20)), AgeGroup.OVER_60),
        (Birth(year=2008), AgeGroup.UNDER_18),  # 17 or 18
        (Birth(year=1990), AgeGroup.UNDER_60),
        (Birth(), AgeGroup.UNKNOWN),
        (Birth(date(2026, 11, 21)), AgeGroup.UNKNOWN),
    ],
)
def test_somebody_is_in_the_group_of_that_day(birth: Birth, group: AgeGroup) -> None:
    assert age_group(birth, DAY) == group
