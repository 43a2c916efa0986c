"""What stands in the way of publishing a draft, each with the place where it is mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.lib.refusals import Refusal
from casework.residency.actions.rules import why_not_proved, why_not_publish, worth_knowing
from casework.residency.admin_fields import fields_of
from casework.residency.field_words import label_of
from casework.residency.models import Rule
from casework.residency.rules.kinds import Kind, ReviewStatus

_ANCHORS = {"valid": "id_valid_from", "citations": "citations-group"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    sentence: str
    mend_url: str = ""
    mend_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrances:
    """`any_way`: for publishing at all; `as_reviewed`: besides, for `reviewed`; `warnings` stop nobody."""

    any_way: list[Hindrance]
    as_reviewed: list[Hindrance]
    warnings: list[Hindrance]


def hindrances_of(draft: Rule, by: User, now: datetime, *, may_edit: bool) -> Hindrances:
    """Return them for the draft as it is; to an editor with the way to each field."""
    status = draft.review_status
    draft.review_status = ReviewStatus.PROVISIONAL.value if status == ReviewStatus.REVIEWED else status
    any_way = why_not_publish(draft, by, now)
    draft.review_status = status
    return Hindrances(
        any_way=_linked(any_way, draft, may_edit=may_edit),
        as_reviewed=_linked(why_not_proved(draft), draft, may_edit=may_edit),
        warnings=_linked(worth_knowing(draft), draft, may_edit=may_edit),
    )


def _linked(refusals: Iterable[Refusal], draft: Rule, *, may_edit: bool) -> list[Hindrance]:
    return [_one(refusal, draft, may_edit=may_edit) for refusal in refusals]


def _one(refusal: Refusal, draft: Rule, *, may_edit: bool) -> Hindrance:
    if not may_edit or not refusal.field:
        return Hindrance(sentence=refusal.sentence)
    if refusal.field == "worked_examples":
        url = f"{reverse('rule_draft', args=[draft.pk])}#examples"
    else:
        anchor = _ANCHORS.get(refusal.field, f"id_{refusal.field}")
        if refusal.field == "parameters":
            anchor = f"id_{next(iter(fields_of(Kind(draft.kind))))}"
        url = f"{reverse('admin:residency_rule_change', args=[draft.pk])}#{anchor}"
    label = _("Mend it: %(field)s") % {"field": _label(refusal.field)}
    return Hindrance(sentence=refusal.sentence, mend_url=url, mend_label=label)


def _label(field: str) -> str:
    return label_of("jurisdiction_id" if field == "jurisdiction" else field)
