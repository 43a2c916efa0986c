"""All reports, in the order in which they are offered. A new one is a line here and a page in `views`."""

from .answering import Report
from .capacity import CAPACITY
from .crowding import CROWDING
from .donor import DONOR
from .forecast import FORECAST
from .rents import RENTS
from .stays import STAYS
from .turn_aways import TURN_AWAYS

REPORTS: tuple[Report, ...] = (
    CAPACITY,
    FORECAST,
    CROWDING,
    STAYS,
    TURN_AWAYS,
    RENTS,
    DONOR,
)
BY_KEY = {report.key: report for report in REPORTS}
