"""All reports, in the order in which they are offered. A new one is a line here and a page in `views`."""

from .answering import Report
from .capacity import CAPACITY

REPORTS: tuple[Report, ...] = (CAPACITY,)
BY_KEY = {report.key: report for report in REPORTS}
