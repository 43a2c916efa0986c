"""How old somebody is, as far as their birth is known."""

import datetime as dt

from casework.lib.dates import Birth


def age_on(birth: Birth, today: dt.date) -> tuple[int, int] | None:
    """Return the least and the greatest age in years on `today`; None where the birth is not known.

    Somebody born on 29 February grows older on 1 March of other years.
    """
    bounds = birth.bounds
    if bounds.earliest is None or bounds.latest is None or bounds.earliest > today:
        return None
    return max(_years(bounds.latest, today), 0), _years(bounds.earliest, today)


def _years(born: dt.date, today: dt.date) -> int:
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)
