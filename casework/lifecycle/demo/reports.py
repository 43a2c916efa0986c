"""What the demo organisation did in the last month that is over, and the report of it that is kept for donors."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from casework.accounts.models import User
from casework.clients.actions import services
from casework.clients.models import Case, Programme
from casework.lib.dates import today_in
from casework.reports.donor_actions import keep_donor_report
from casework.reports.periods import Period, periods_to_keep

# Which service how many cases had; the last of them too few to be told.
HAD = (("legal", 14), ("translation", 11), ("psychosocial", 2))


def build_reports(*, reader: User, now: datetime) -> None:
    today = today_in("UTC", now)
    period = next(period for period in periods_to_keep(today) if not period.is_quarter)
    cases: Any = Case.objects
    open_cases = list(
        cases.open().filter(restricted=False, caseworker__isnull=False).select_related("caseworker").order_by("code")
    )
    lawyers = Programme.objects.get(code="DEMO-LAW")
    for kind, number in HAD:
        for case in islice(open_cases, number):
            _deliver(case, kind, lawyers if kind == "legal" else None, period, now)
    keep_donor_report(period=period, today=today, by=reader, now=now)


def _deliver(case: Case, kind: str, programme: Programme | None, period: Period, now: datetime) -> None:
    by: Any = case.caseworker
    service = services.ask_for_service(case=case, kind=kind, people=[], programme=programme, by=by, now=now)
    services.deliver_service(
        service=service,
        on=period.first + timedelta(days=19),
        today=today_in("UTC", now),
        version=service.version,
        by=by,
        now=now,
    )
