"""What somebody wanted to hear of, and that no answer came to: as My day shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class UnansweredRow:
    what: str
    code: str
    on: date
    url: str


def unanswered_rows(found: Sequence[dict[str, Any]]) -> list[UnansweredRow]:
    return [_row(each) for each in found]


def _row(told: dict[str, Any]) -> UnansweredRow:
    is_referral = told["referral"] is not None
    return UnansweredRow(
        what=_("No answer to a referral yet") if is_referral else _("A to-do is not done yet"),
        code=(told["code_of_referral"] if is_referral else told["code_of_to_do"]) or "",
        on=date.fromisoformat(told["on"]),
        url=reverse("referral", args=[told["referral"]]) if is_referral else reverse("to_do", args=[told["to_do"]]),
    )
