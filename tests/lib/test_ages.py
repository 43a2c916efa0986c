"""How old somebody is."""

from datetime import date

import pytest

from casework.lib.ages import age_on
from casework.lib.dates import Birth


@pytest.mark.parametrize(
    ("birth", "today", "age"),
    [
        (Birth(date(1990, 11, 22)), date(2026, 11, 21), (35, 35)),
        (Birth(date(1990, 11, 22)), date(2026, 11, 22), (36, 36)),
        (Birth(date(2008, 2, 29)), date(2026, 2, 28), (17, 17)),
        (Birth(date(2008, 2, 29)), date(2026, 3, 1), (18, 18)),
        (Birth(year=1990), date(2026, 11, 22), (35, 36)),
        (Birth(year=1990), date(2026, 12, 31), (36, 36)),
        (Birth(year=2026), date(2026, 11, 22), (0, 0)),
        (Birth(), date(2026, 11, 22), None),
        (Birth(date(2026, 11, 23)), date(2026, 11, 22), None),
    ],
)
def test_an_age_is_known_as_far_as_the_birth_is(birth: Birth, today: date, age: tuple[int, int] | None) -> None:
    assert age_on(birth, today) == age
