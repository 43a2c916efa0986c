"""All reports, in the order in which they are offered. A new one is a line here and a page in `views`."""

from .answering import Report
from .capacity import CAPACITY
from .donor import DONOR
from .forecast import FORECAST

REPORTS: tuple[Report, ...] = (
    CAPACITY,
    FORECAST,
    DONOR,
)
BY_KEY = {report.key: report for report in REPORTS}
