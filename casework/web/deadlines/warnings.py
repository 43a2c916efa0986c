"""What the engine asks a person to look at, as lines for My day and for the page of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from casework.residency.because import warning_sentence
from casework.residency.models import ComputedPosition

# Good to know beside a date, but nothing to do today: the page of the case says it, My day does not.
QUIET = frozenset(
    {
        "own_national",
        "entry_not_exact",
        "exit_not_exact",
        "planned_exit_missing",
        "visa_days_not_recorded",
        "calendar_not_covered",
        "rule_not_yet_law",
        "leave_suspended",
        "leave_suspended_until_decided",
        "entry_refusals_reported",
        "document_would_be_refused",
        "return_risk",
        "return_risk_unknown",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRow:
    who: str
    case_url: str
    sentence: str


def warning_rows(position: ComputedPosition) -> list[WarningRow]:
    """Return what somebody must look at; client, data key and case are loaded."""
    client = position.client
    return [
        WarningRow(
            who=f"{client.full_name} ({client.case.code})",
            case_url=reverse("case", args=[client.case.code]),
            sentence=warning_sentence(warning),
        )
        for warning in position.warnings
        if warning["code"] not in QUIET
    ]


def sentences(warnings: Sequence[dict[str, Any]]) -> list[str]:
    """Return all warnings about one person, those that ask for something first."""
    return [warning_sentence(it) for it in sorted(warnings, key=lambda it: it["code"] in QUIET)]
