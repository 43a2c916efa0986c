"""Orders that set a date, in words: who set it, what stands in the paper, who recorded and who confirmed it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.residency.actions import waiting_order
from casework.residency.models import Deadline, Decision
from casework.web.components import SummaryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """The order that waits. `why_not`: why this reader cannot answer it, "" if they can."""

    order: Decision
    rows: list[SummaryRow]
    why_not: str


def second_look(deadline: Deadline, reader: User, *, may_change: bool) -> SecondLook | None:
    """Return the order of a deadline that waits for a second person, None if none does. At most one query."""
    order = waiting_order(deadline)
    if order is None:
        return None
    why_not = ""
    if order.decided_by_id == reader.pk:
        why_not = _("You recorded this date yourself. Somebody else must look at it.")
    elif not may_change:
        why_not = _("Only those who may change this case can confirm or refuse a later date.")
    return SecondLook(order=order, rows=rows_of_order(deadline, order), why_not=why_not)


def rows_of_order(deadline: Deadline, order: Decision) -> list[SummaryRow]:
    """Return the order beside what the rules say."""
    is_authority = order.kind == Decision.Kind.IMPOSED
    rows: list[SummaryRow] = [
        SummaryRow(label=_("Later date that waits"), value=order.imposed_on),
        SummaryRow(label=_("The rules say"), value=deadline.due_on),
        SummaryRow(label=_("Counts until it is confirmed"), value=deadline.drives_on),
        SummaryRow(label=_("Set by"), value=_("an authority") if is_authority else _("staff, not an authority")),
    ]
    if is_authority:
        rows.append(SummaryRow(label=_("Authority"), value=order.authority))
        rows.append(SummaryRow(label=_("Number and day of the paper"), value=order.paper))
    recorded: Any = order.decided_by
    rows.append(SummaryRow(label=_("Reason"), value=str(order.reason)))
    rows.append(SummaryRow(label=_("Recorded by"), value=str(recorded.display_name or recorded.email)))
    rows.append(SummaryRow(label=_("Recorded at"), value=order.decided_at))
    return rows
