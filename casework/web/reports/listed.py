"""All reports, in the order in which they are offered. A new one is a line here and a page in `views`."""

from .answering import Report
from .arrivals import ARRIVALS
from .capacity import CAPACITY
from .caseload import CASELOAD
from .crowding import CROWDING
from .deadlines import DEADLINES
from .donor import DONOR
from .forecast import FORECAST
from .helped import HELPED
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
    CASELOAD,
    DEADLINES,
    ARRIVALS,
    HELPED,
    DONOR,
)
BY_KEY = {report.key: report for report in REPORTS}
