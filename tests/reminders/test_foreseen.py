"""Messages that a change of dates would set off."""

from datetime import date

from casework.reminders.foreseen import that_would_go, that_would_have_gone

TODAY = date(2026, 11, 22)


def test_a_date_in_ten_days_speaks_at_once_and_then_as_it_comes_nearer() -> None:
    # Leads 30, 14, 7, 3, 1, 0, -1, -7: fourteen days are reached, the others come within thirty days.
    assert that_would_go([("leave", date(2026, 12, 2), TODAY, 2)]) == {14: 2, 7: 2, 3: 2, 1: 2, 0: 2, -1: 2, -7: 2}


def test_of_an_old_date_what_has_been_said_is_not_counted_again() -> None:
    assert that_would_have_gone([("leave", date(2026, 12, 2), TODAY, 1)]) == {7: 1, 3: 1, 1: 1, 0: 1, -1: 1, -7: 1}


def test_a_date_far_off_says_nothing_yet_and_the_thirtieth_day_counts() -> None:
    assert that_would_go([("leave", date(2027, 1, 21), TODAY, 1)]) == {30: 1}
    assert that_would_go([("leave", date(2027, 1, 22), TODAY, 1)]) == {}
