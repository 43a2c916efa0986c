"""Everything that the page of a draft shows, made into words."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from casework.accounts.roles import Permission
from casework.residency import wording
from casework.residency.actions import reviews as actions
from casework.residency.actions.rules import surviving_days
from casework.residency.drafts import digest_of, said_by
from casework.residency.models import Review, Rule
from casework.residency.rules import proof
from casework.residency.rules.kinds import COMPUTING_KINDS, Kind
from casework.web.request import UserRequest, permissions_in
from casework.web.rules.cells import cells_between
from casework.web.rules.history import history_of, name_of
from casework.web.rules.shown import shown
from casework.web.rules.today import group_names, today_at

from .forms import ApproveForm, ReturnForm
from .hindrances import hindrances_of


def load_draft(number: int) -> Rule:
    """Return the draft or rule of this number with what its page shows, or answer 404."""
    rows = Rule.objects.select_related("jurisdiction", "supersedes__jurisdiction", "created_by__data_key")
    draft = rows.prefetch_related("citations").filter(pk=number).first()
    if draft is None:
        raise Http404
    return draft


def context_of(
    request: UserRequest,
    draft: Rule,
    now: datetime,
    *,
    approve: ApproveForm | None = None,
    send_back: ReturnForm | None = None,
) -> dict[str, Any]:
    """Return the page of a draft; refused forms are shown again as they were typed."""
    user, held = request.user, permissions_in(request)
    edits, reviews = Permission.RULES_EDIT in held, Permission.RULES_REVIEW in held
    said = said_by(draft)
    review = Review.objects.open().filter(draft=draft).select_related("asked_by__data_key").first()
    latest = Review.objects.filter(draft=draft).select_related("decided_by__data_key").order_by("-pk").first()
    moved = review is not None and review.digest != digest_of(said)
    why_not = [it.sentence for it in actions.why_not_review(draft, user, now)] if reviews else []
    may_answer = reviews and review is not None and not why_not
    before = said_by(draft.supersedes) if draft.supersedes else {}
    cells = cells_between(before, said)
    context: dict[str, Any] = {
        "draft": draft,
        "name": wording.place_name(draft.jurisdiction),
        "rule": shown(draft, today_at(draft.jurisdiction, user, now), group_names()),
        "by": name_of(draft.created_by),
        "replaced": draft.supersedes,
        "changed": [cell for cell in cells if cell.is_changed],
        "unchanged": [cell for cell in cells if not cell.is_changed],
        "hindrances": hindrances_of(draft, user, now, may_edit=edits),
        "examples": list(enumerate(proof.run(draft.worked_examples), start=1)),
        "is_computing": Kind(draft.kind) in COMPUTING_KINDS,
        "history": history_of(draft),
        "edits": edits,
        "edit_url": reverse("admin:residency_rule_change", args=[draft.pk]),
        "publish_url": reverse("admin:residency_rule_publish", args=[draft.pk]),
        "delete_url": reverse("admin:residency_rule_delete", args=[draft.pk]) if edits else "",
        "what_would_change_url": _url_if_any("what_would_change", draft.pk),
    }
    return context | {
        "review": review,
        "asked_by": name_of(review.asked_by) if review else "",
        "moved": moved,
        "moved_cells": [it for it in cells_between(review.asked_about, said) if it.is_changed]
        if review and moved
        else [],
        "returned": latest if latest and not review and latest.verdict == Review.Verdict.RETURNED else None,
        "returned_by": name_of(latest.decided_by) if latest else "",
        "why_not_ask": [it.sentence for it in actions.why_not_ask(draft, user, now)] if edits else [],
        "may_take_back": edits and review is not None,
        "reviews": reviews,
        "why_not_review": why_not,
        "may_answer": may_answer,
        "approve_form": approve or ApproveForm(rest=rest_in_words(draft), seen=digest_of(said)),
        "return_form": send_back or ReturnForm(),
        "forms": [it for it in (approve, send_back) if it is not None],
    }


def rest_in_words(draft: Rule) -> str:
    return "; ".join(wording.days_of(days) for days in surviving_days(draft))


def title_of(draft: Rule) -> str:
    return _("Draft no. %(number)s") % {"number": draft.pk}


def _url_if_any(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
