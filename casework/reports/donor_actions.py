"""Keeping a report to donors: once, of a period that is over, without small numbers; and forgetting it after years."""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.refusals import Refusal

from .donor import cells_of, programmes_in, suppressed_places
from .models import YEARS_KEPT, DonorReport
from .periods import SETTLES, Period, periods_to_keep

MADE, FORGOTTEN = "reports.donor_report_made", "reports.donor_report_forgotten"


class UnableToKeepReport(Refusal):
    pass


def why_not_keep(period: Period, today: date) -> str:
    """Return the sentence that says why no report of this period can be kept, or "". One query."""
    if not period.is_settled(today):
        return _(
            "This period is not over yet, or only just: what happened in it is still being written down. "
            "Its report can be made from the %(days)sth day after it."
        ) % {"days": SETTLES.days}
    if period not in set(periods_to_keep(today)):
        return _("This period is too long ago.")
    if DonorReport.objects.filter(first_on__lt=period.after, after_on__gt=period.first).exists():
        return _("There is a report of this period, or of a part of it. Reports are kept as they were first made.")
    return ""


@transaction.atomic
def keep_donor_report(*, period: Period, today: date, by: User, now: datetime) -> DonorReport:
    """Count who was helped in a period, hide what is small, and keep that. Raises UnableToKeepReport.

    Of two who do it at once, the second is told that there is one.
    """
    if reason := why_not_keep(period, today):
        raise UnableToKeepReport(reason)
    cells = cells_of(period)
    report = DonorReport(
        first_on=period.first,
        after_on=period.after,
        months=period.months,
        programmes=programmes_in(cells),
        places=suppressed_places(cells, period),
        made_at=now,
        made_by=by,
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        if reason := why_not_keep(period, today):
            raise UnableToKeepReport(reason) from None
        raise
    record(MADE, subject=report, by=by, now=now, period=period.key)
    return report


def old_donor_reports(now: datetime) -> QuerySet[DonorReport]:
    return DonorReport.objects.filter(made_at__lt=now - relativedelta(years=YEARS_KEPT))


@transaction.atomic
def forget_old_donor_reports(now: datetime) -> int:
    """Delete reports whose years are over; return how many. The database refuses to delete a younger one."""
    old = old_donor_reports(now)
    for report in old:
        record(FORGOTTEN, subject=report, by=None, now=now, period=report.period.key)
    return old.delete()[0]
