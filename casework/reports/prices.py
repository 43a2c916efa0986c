"""What prices did: an index that follows the same leases, so that a dear flat that is added or given up does not move it. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal

START = Decimal(100)


def index(months: Sequence[Mapping[Hashable, Decimal]]) -> list[Decimal | None]:
    """Return a number for each month; the first month with a rent is 100. `months`: the rent of each lease that held then.

    From a month to the next it goes as the rents of those leases that held in both. Where none did, it cannot be told: it stays None
    until the next month with a rent, which begins anew at 100.
    """
    found: list[Decimal | None] = []
    for number, rents in enumerate(months):
        before = months[number - 1] if number else {}
        last = found[-1] if found else None
        in_both = rents.keys() & before.keys()
        earlier = sum((before[lease] for lease in in_both), Decimal(0))
        if not rents:
            found.append(None)
        elif last is None or not earlier:
            found.append(START)
        else:
            found.append(last * sum((rents[lease] for lease in in_both), Decimal(0)) / earlier)
    return found
