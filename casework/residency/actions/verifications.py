"""A person reads the source of a rule again and says that it is still true; a mistake is taken back, never deleted."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import permissions_of
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.changes import insert_once
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import Citation, Rule, Verification
from .rules import is_held


class UnableToVerify(Refusal):
    pass


@transaction.atomic
def verify_rule(
    *,
    rule: Rule,
    read_on: date,
    today: date,
    by: User,
    now: datetime,
    citation: Citation | None = None,
    url: str = "",
    quote: str = "",
    submit_token: UUID | None = None,
) -> Verification:
    """Say that the rule is still true: `citation`, or the page at `url`, was read on `read_on`. Raises UnableToVerify.

    Nothing of the rule changes. Sent twice with the same `submit_token`, it is said once.
    """
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    url, quote = url.strip(), quote.strip()
    for refusal in _why_not(rule, read_on, today, by, now, citation, url, quote):
        raise UnableToVerify(refusal.sentence, field=refusal.field)
    row = Verification(
        rule=rule,
        read_on=read_on,
        by=by,
        at=now,
        citation=citation,
        url=url,
        quote=quote,
        submit_token=submit_token or new_id(),
    )
    verification, is_new = insert_once(row, key="submit_token", rule_id=rule.pk, by_id=by.pk)
    if is_new:
        record("residency.rule_verified", subject=rule, by=by, now=now, read_on=read_on.isoformat())
    return verification


@transaction.atomic
def undo_verification(*, verification: Verification, by: User, now: datetime) -> Verification:
    """Take back what was said by mistake, by a second row. Raises UnableToVerify."""
    Rule.objects.select_for_update(of=("self",)).get(pk=verification.rule_id)
    if not _may_verify(by, now):
        raise UnableToVerify(_("Only policy editors and reviewers say whether a rule is still true."))
    if verification.undoes_id is not None:
        raise UnableToVerify(_("This takes something back itself. Verify the rule anew."))
    undone = Verification.objects.filter(undoes=verification).first()
    if undone is not None:
        return undone
    undone = Verification.objects.create(
        rule=verification.rule, read_on=verification.read_on, by=by, at=now, undoes=verification
    )
    record("residency.verification_undone", subject=verification.rule, by=by, now=now, verification=verification.pk)
    return undone


def _why_not(
    rule: Rule,
    read_on: date,
    today: date,
    by: User,
    now: datetime,
    citation: Citation | None,
    url: str,
    quote: str,
) -> list[Refusal]:
    refusals = []
    if not _may_verify(by, now):
        refusals.append(Refusal(_("Only policy editors and reviewers say whether a rule is still true.")))
    if not is_held(rule):
        refusals.append(Refusal(_("This version is no longer held, or was never published. Verify the one that is.")))
    if read_on > today:
        refusals.append(
            Refusal(_("That day has not come yet. Give the day on which you read the source."), field="read_on")
        )
    if citation is not None and citation.rule_id != rule.pk:
        refusals.append(Refusal(_("That source belongs to another rule."), field="source"))
    if url and not url.startswith(("https://", "http://")):
        refusals.append(Refusal(_("An address begins with https:// or http://."), field="url"))
    if citation is None and not url and not quote:
        refusals.append(
            Refusal(_("Say which source you read: one of those cited, or the address of another."), field="source")
        )
    return refusals


def _may_verify(by: User, now: datetime) -> bool:
    return by.is_active and Permission.RULES_DESK in permissions_of(by, now)
