"""Everything that can happen to a country rule: drafted, changed, published, superseded, withdrawn."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.access import may
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.refusals import Refusal

from .. import wording
from ..drafts import Said, changed_between, digest_of, said_by
from ..models import Citation, DraftChange, Impact, Jurisdiction, Rule, Withdrawal
from ..models.rule import SAME
from ..publishing import Version, bounds, close, common_days, copy_of, insert, lock_rules, rest_of
from ..restoring import restoration_of, restore_versions, why_not_restore
from ..reviewing import settle
from ..rules.fields import Problem
from ..rules.kinds import AppliesTo, Duty, Kind, ReviewStatus
from ..rules.parameters import contradictions, validate
from ..rules.proof import shortfalls
from ..rules.schemas import DUTIES_OF_KIND, SCHEMAS
from .impacts import begin_impact


class UnableToDraftRule(Refusal):
    pass


class DraftChangedMeanwhile(UnableToDraftRule):
    """Somebody else changed the draft since the writer saw it. `now_says`: what it says now."""

    def __init__(self, sentence: str, *, now_says: Said) -> None:
        super().__init__(sentence)
        self.now_says = now_says


class UnableToPublishRule(Refusal):
    pass


class UnableToSupersedeRule(Refusal):
    pass


class UnableToWithdrawRule(Refusal):
    pass


class CitationValues(TypedDict, total=False):
    title: str
    url: str
    quote: str
    read_on: date | None
    supports: bool


class RuleValues(TypedDict, total=False):
    """What may be said in a draft. `valid`: the days on which it is law."""

    key: str
    jurisdiction: Jurisdiction
    duty: str
    kind: str
    parameters: dict[str, Any]
    nationality: str
    age_from: int
    age_below: int
    document_kind: str
    purpose: str
    legal_basis: str
    part: str
    is_exception: bool
    valid: DateRange
    applies_to: str
    days_before_commencement_count: bool | None
    legal_status: str
    review_status: str
    published_on: date | None
    last_verified_on: date | None
    note: str
    worked_examples: list[Any]


@transaction.atomic
def draft_rule(
    *, by: User, now: datetime, citations: Iterable[CitationValues] = (), **values: Unpack[RuleValues]
) -> Rule:
    """Write a draft. It computes nothing until it is published. Raises UnableToDraftRule."""
    rule = Rule(created_by=by, authors=[by.pk], **values)
    _refuse(UnableToDraftRule, why_not_draft(rule, now))
    rule.save(force_insert=True)
    _cite(rule, citations)
    DraftChange.objects.create(rule=rule, by=by, at=now, fields={})
    record("residency.rule_drafted", subject=rule, by=by, now=now, country=rule.jurisdiction_id)
    return rule


@transaction.atomic
def change_draft(
    *,
    rule: Rule,
    by: User,
    now: datetime,
    citations: Iterable[CitationValues] | None = None,
    seen: str = "",
    **values: Unpack[RuleValues],
) -> Rule:
    """Change a draft; `citations`, if given, take the place of those it has. Raises UnableToDraftRule.

    seen: the digest of what the writer saw of the draft; if it says something else by now, nothing is written
    and DraftChangedMeanwhile is raised.
    """
    rule = lock_draft(rule, UnableToDraftRule)
    before = said_by(rule)
    if seen and seen != digest_of(before):
        raise DraftChangedMeanwhile(
            _("Somebody else changed this draft while you were writing. Nothing was saved yet."), now_says=before
        )
    changed = sorted(name for name, value in values.items() if getattr(rule, name) != value)
    for name, value in values.items():
        setattr(rule, name, value)
    _refuse(UnableToDraftRule, why_not_draft(rule, now))
    rule.authors = sorted({*rule.authors, by.pk})
    rule.save(force_update=True)
    if citations is not None:
        rule.citations.all().delete()
        _cite(rule, citations)
        changed.append("citations")
    _keep_change(rule, before, by, now)
    record("residency.rule_draft_changed", subject=rule, by=by, now=now, fields=changed)
    return rule


@transaction.atomic
def discard_draft(*, rule: Rule, by: User, now: datetime) -> None:
    """Throw a draft away. Raises UnableToDraftRule if it was published meanwhile."""
    rule = lock_draft(rule, UnableToDraftRule)
    record("residency.rule_draft_discarded", subject=rule, by=by, now=now, country=rule.jurisdiction_id)
    rule.delete()


@transaction.atomic
def publish_rule(*, rule: Rule, by: User, now: datetime, review_status: str = "", keep_rest: bool = True) -> Rule:
    """Have the draft hold from `now`. Raises UnableToPublishRule.

    review_status: what the publisher says of it; "" as the draft says. What it supersedes is no longer held;
    on days that the new version leaves over, the old one is held on, unless `keep_rest` is false.
    """
    lock_rules()
    rule = lock_draft(rule, UnableToPublishRule)
    if review_status:
        rule.review_status = review_status
    _refuse(UnableToPublishRule, why_not_publish(rule, by, now))
    rest = _supersede(rule, by, now, keep_rest=keep_rest) if rule.supersedes else []
    settle(rule, is_approved=may(by, Permission.RULES_REVIEW, now) and by.pk not in rule.authors, by=by, now=now)
    rule.published_at, rule.published_by, rule.known = now, by, DateTimeTZRange(now, None)
    rule.save(force_update=True)
    record(
        "residency.rule_published",
        subject=rule,
        by=by,
        now=now,
        country=rule.jurisdiction_id,
        review=rule.review_status,
        supersedes=rule.supersedes_id,
        rest=[row.pk for row in rest],
    )
    begin_impact(rule=rule, kind=Impact.Kind.PUBLICATION, by=by, now=now, keep_rest=keep_rest)
    return rule


@transaction.atomic
def supersede_rule(*, rule: Rule, by: User, now: datetime, **changes: Unpack[RuleValues]) -> Rule:
    """Draft a new version that says the same, citations included, but for `changes`. Raises UnableToSupersedeRule.

    The rule is held on until the draft is published. Nobody has verified the new version yet, so it is
    not `reviewed`, whatever the old one was.
    """
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if not is_held(rule):
        raise UnableToSupersedeRule(
            _("This version is no longer held, or was never published. Supersede the latest one.")
        )
    draft, citations = copy_of(rule)
    draft.supersedes, draft.created_by, draft.authors = rule, by, [by.pk]
    if draft.review_status == ReviewStatus.REVIEWED:
        draft.review_status = ReviewStatus.PROVISIONAL
    for name, value in changes.items():
        setattr(draft, name, value)
    _refuse(UnableToSupersedeRule, why_not_draft(draft, now))
    draft.save(force_insert=True)
    for citation in citations:
        citation.rule = draft
    Citation.objects.bulk_create(citations)
    DraftChange.objects.create(rule=draft, by=by, at=now, fields={})
    record("residency.rule_drafted", subject=draft, by=by, now=now, country=draft.jurisdiction_id, supersedes=rule.pk)
    return draft


@transaction.atomic
def withdraw_rule(*, rule: Rule, reason: str, by: User, now: datetime, restore: bool = True) -> Rule:
    """Hold the rule no longer. Raises UnableToWithdrawRule.

    restore: what it replaced is held again, on the days on which the replaced version was law; it comes back as a
    new row, because published ones never change. Without it, or where it replaced nothing, nothing takes its place.
    """
    lock_rules()
    rule = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if not reason.strip():
        raise UnableToWithdrawRule(
            _("Say why: people will ask what they were told and why it changed."), field="reason"
        )
    if not is_held(rule):
        raise UnableToWithdrawRule(_("This version is no longer held, or was never published."))
    again = restoration_of(rule) if restore else None
    _refuse(UnableToWithdrawRule, why_not_restore(again, now) if again else [])
    _close(rule, now, UnableToWithdrawRule)
    Withdrawal.objects.create(rule=rule, reason=reason.strip(), by=by, at=now)
    restored = restore_versions(again, by=by, now=now) if again else []
    record(
        "residency.rule_withdrawn",
        subject=rule,
        by=by,
        now=now,
        country=rule.jurisdiction_id,
        restored=[row.pk for row in restored],
    )
    begin_impact(rule=rule, kind=Impact.Kind.WITHDRAWAL, by=by, now=now)
    return rule


def is_held(rule: Rule) -> bool:
    return rule.known is not None and rule.known.upper is None


def why_not_draft(rule: Rule, now: datetime) -> list[Refusal]:
    """Return what is wrong with what the draft says, in the order in which a reader would mend it."""
    return [*_misfits(rule), *_overlaps(rule, now)]


def why_not_publish(rule: Rule, by: User, now: datetime) -> list[Refusal]:
    """Return everything that stands in the way of publishing the draft as it is."""
    refusals = why_not_compute(rule, now)
    if rule.is_exception and not _has_base(rule, now):
        refusals.append(
            Refusal(
                _(
                    "There is nothing that this is an exception to: on none of its days another rule speaks to the same "
                    "people about the same duty, with the same part. An exception to an exception is not possible."
                ),
                field="is_exception",
            )
        )
    supported = rule.citations.filter(supports=True).exists()
    if not supported and rule.review_status != ReviewStatus.NEEDS_REVIEW:
        refusals.append(
            Refusal(
                _("No citation supports this rule. Add one, or mark the rule as “needs review”."), field="citations"
            )
        )
    if rule.review_status == ReviewStatus.REVIEWED:
        refusals += _not_reviewed_by(rule, by, now)
    return refusals


def worth_knowing(rule: Rule) -> list[Refusal]:
    """Return what a publisher should know though it stands in nobody's way: that bars `reviewed` alone."""
    undated = rule.citations.filter(read_on__isnull=True).count()
    if not undated:
        return []
    sentence = ngettext(
        "%(count)s citation has no day on which it was read. It may be published as provisional, not as reviewed.",
        "%(count)s citations have no day on which they were read. It may be published as provisional, not as reviewed.",
        undated,
    )
    return [Refusal(sentence % {"count": undated}, field="citations")]


def why_not_compute(rule: Rule, now: datetime) -> list[Refusal]:
    """Return why it cannot be said what publishing the draft would change: there is no such state of the rules."""
    return [*why_not_draft(rule, now), *_lost_its_predecessor(rule)]


def surviving_days(rule: Rule) -> list[DateRange]:
    """Return the days on which the version that the draft supersedes is held on when it is published."""
    return rest_of(rule.supersedes.valid, rule.valid) if rule.supersedes else []


def sentence_of(problem: Problem, kind: Kind | None = None) -> str:
    """Return the problem in the reader's language; with a `kind`, the label of its parameter comes first."""
    labels = {each.name: each.label for each in SCHEMAS[kind]} if kind else {}
    sentence = _(problem.message) % problem.values
    label = labels.get(problem.field)
    return f"{_(label)}: {sentence}" if label else sentence


def _misfits(rule: Rule) -> list[Refusal]:
    kind = Kind(rule.kind)
    refusals = [Refusal(sentence_of(problem, kind), field="parameters") for problem in validate(kind, rule.parameters)]
    if rule.duty not in DUTIES_OF_KIND[kind]:
        refusals.append(Refusal(_("A rule of this kind says nothing about this duty."), field="duty"))
    elif not refusals:
        found = contradictions(kind, rule.parameters, Duty(rule.duty), AppliesTo(rule.applies_to))
        refusals += [Refusal(sentence_of(problem, kind), field="parameters") for problem in found]
    if rule.is_exception and bounds(rule.valid)[0] is None:
        refusals.append(Refusal(_("An exception begins on a day: say on which."), field="valid"))
    if rule.age_from >= rule.age_below:
        refusals.append(Refusal(_("The ages are in the wrong order."), field="age_below"))
    return refusals


def _lost_its_predecessor(rule: Rule) -> list[Refusal]:
    replaced = rule.supersedes
    if replaced is None or is_held(Rule.objects.get(pk=replaced.pk)):
        return []
    return [
        Refusal(
            _(
                "The version that this draft replaces is no longer held: somebody superseded or withdrew it meanwhile. "
                "Discard the draft and begin from the version that is held now."
            )
        )
    ]


def _overlaps(rule: Rule, now: datetime) -> list[Refusal]:
    own = [pk for pk in (rule.pk, rule.supersedes_id) if pk]
    others = Rule.objects.held_after(now).about_the_same_as(rule).filter(valid__overlap=rule.valid)
    return [
        Refusal(
            _(
                "%(key)s (no. %(number)s) says something else to the same people about the same duty, on these days: "
                "%(days)s. Supersede or withdraw that rule, or change the days, the audience or the part."
            )
            % {"key": other.key, "number": other.pk, "days": wording.days_of(common_days(other.valid, rule.valid))},
            field="valid",
        )
        for other in others.exclude(pk__in=own).order_by("pk")
    ]


def _has_base(rule: Rule, now: datetime) -> bool:
    """Say whether a rule is held that the exception interrupts on some day."""
    base = {name: getattr(rule, name) for name in SAME} | {"is_exception": False}
    return Rule.objects.held_after(now).filter(valid__overlap=rule.valid, **base).exists()


def _not_reviewed_by(rule: Rule, by: User, now: datetime) -> list[Refusal]:
    refusals = []
    if not may(by, Permission.RULES_REVIEW, now):
        refusals.append(Refusal(_("Only a policy reviewer says that a rule was reviewed."), field="review_status"))
    if by.pk in rule.authors:
        refusals.append(
            Refusal(
                _("You wrote in this draft, so another person must review it. You may publish it as provisional."),
                field="review_status",
            )
        )
    return refusals + why_not_proved(rule)


def why_not_proved(rule: Rule) -> list[Refusal]:
    """Return what bars `reviewed` whoever the reviewer is: sources without a day, examples that do not prove the rule."""
    undated = [citation.title for citation in rule.citations.order_by("pk") if citation.read_on is None]
    refusals = [
        Refusal(
            _("“%(title)s” has no day on which it was read, so nobody can tell what it said then.") % {"title": title},
            field="citations",
        )
        for title in undated
    ]
    problems = shortfalls(rule.worked_examples, Kind(rule.kind), rule.parameters, rule.jurisdiction_id)
    return refusals + [Refusal(sentence_of(problem), field="worked_examples") for problem in problems]


def _supersede(rule: Rule, by: User, now: datetime, *, keep_rest: bool) -> list[Rule]:
    """Close what the draft supersedes and insert again what survives of it."""
    old: Rule = Rule.objects.select_for_update(of=("self",)).get(superseded_by=rule)
    _close(old, now, UnableToPublishRule)
    rest = rest_of(old.valid, rule.valid) if keep_rest else []
    return insert([_survivor(old, valid, now) for valid in rest], by=by, now=now)


def _survivor(old: Rule, valid: DateRange, now: datetime) -> Version:
    row, citations = copy_of(old)
    row.valid, row.supersedes, row.created_by, row.authors = valid, old, old.created_by, old.authors
    return Version(row, citations, DateTimeTZRange(now, None))


def _close(rule: Rule, now: datetime, error: type[Refusal]) -> None:
    since = rule.known.lower
    if since is not None and since >= now:
        raise error(_("This version was published only a moment ago. Try again."))
    close([rule.pk], now)
    rule.refresh_from_db(fields=["known"])


def lock_draft(rule: Rule, error: type[Refusal]) -> Rule:
    held = Rule.objects.select_for_update(of=("self",)).filter(pk=rule.pk).first()
    if held is None:
        raise error(_("Somebody discarded this draft meanwhile."))
    if held.is_published:
        raise error(_("This rule is published and never changes. Supersede it by a new version."))
    return held


def _keep_change(rule: Rule, before: Said, by: User, now: datetime) -> None:
    """Write down what was said before and is said since, if that is not the same."""
    fields = {it.name: [it.before, it.after] for it in changed_between(before, said_by(rule))}
    if fields:
        DraftChange.objects.create(rule=rule, by=by, at=now, fields=fields)


def _cite(rule: Rule, citations: Iterable[CitationValues]) -> None:
    Citation.objects.bulk_create(Citation(rule=rule, **values) for values in citations)


def _refuse(error: type[Refusal], refusals: Sequence[Refusal]) -> None:
    """Raise all that is in the way as one refusal, beside the first field."""
    if refusals:
        raise error(" ".join(refusal.sentence for refusal in refusals), field=refusals[0].field)
