from datetime import date, timedelta

import pytest

from casework.reminders.schedule import DEFAULT_LEADS, LEADS_BY_DUTY, lead_reached, leads_of
from casework.residency.rules.kinds import Duty

DUE = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("days_left", "lead"),
    [
        (31, None),
        (30, 30),
        (29, 30),
        (15, 30),
        (14, 14),
        (8, 14),
        (7, 7),
        (1, 1),
        (0, 0),
        (-1, -1),
        (-6, -1),
        (-7, -7),
        (-400, -7),
    ],
)
def test_the_shortest_lead_whose_day_has_come_speaks(days_left: int, lead: int | None) -> None:
    assert lead_reached(DUE, DUE - timedelta(days=days_left), DEFAULT_LEADS) == lead


def test_every_duty_has_reminders_on_the_day_itself() -> None:
    assert all(0 in leads_of(duty) for duty in Duty)


def test_leads_are_told_for_known_duties_only_and_fall() -> None:
    assert set(LEADS_BY_DUTY) <= {duty.value for duty in Duty}
    assert all(list(leads) == sorted(leads, reverse=True) for leads in (DEFAULT_LEADS, *LEADS_BY_DUTY.values()))
