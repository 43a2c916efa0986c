"""The two states of the rules that an impact compares: before and after a draft is, or was, published or withdrawn."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateRange

from . import drafts
from .freshness import rules_now
from .models import Impact, Rule
from .publishing import last_day, rest_of
from .rulebook import load_book, rules_of
from .rules.rulebook import Rule as PlainRule
from .rules.rulebook import RuleBook
from .rules.scopes import changed_between, digests_of

# What survives of a replaced rule has no number yet; it borrows one that no row has, and is shown as that rule.
UNSAVED = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class Books:
    """`stored_version`: the version of the rules by which what is stored may be `before`; None if it may not.

    borrowed: numbers in `after` that no row has -> the rule whose words they are.
    """

    before: RuleBook
    after: RuleBook
    stored_version: int | None
    borrowed: dict[int, int]

    @cached_property
    def changed(self) -> frozenset[str]:
        """The scopes in which the two differ: whoever rests on none of them has the same answers by both."""
        return changed_between(digests_of(self.before), digests_of(self.after))


def books_of(impact: Impact) -> Books:
    """Return the rules before and after, as they would be, or were, held."""
    if impact.is_of_a_draft:
        return books_with(impact.rule, keep_rest=impact.keep_rest)
    before, after = load_book(impact.at - timedelta(microseconds=1)), load_book(impact.at)
    return Books(before=_timeless(before), after=_timeless(after), stored_version=None, borrowed={})


def books_with(draft: Rule, *, keep_rest: bool) -> Books:
    """Return the rules held now, and what would be held if the draft were published: see `actions.rules.publish_rule`."""
    version, book = rules_now()
    held = _timeless(book)
    (new,) = rules_of(Rule.objects.filter(pk=draft.pk))
    replaced = next((rule for rule in held.rules if rule.id == str(draft.supersedes_id)), None)
    rest = _survivors(replaced, draft) if replaced is not None and keep_rest else ()
    others = tuple(rule for rule in held.rules if rule is not replaced)
    # In the order in which the rows would be numbered.
    rules = (*sorted((*others, new), key=lambda rule: int(rule.id)), *rest)
    return Books(
        before=held,
        after=replace(held, rules=rules),
        stored_version=version,
        borrowed={int(rule.id): draft.supersedes_id for rule in rest if draft.supersedes_id},
    )


def digest_of(rule: Rule) -> str:
    """Return what changes when the draft, its citations or what it supersedes change."""
    return drafts.digest_of(drafts.said_by(rule) | {"supersedes": rule.supersedes_id})


def is_of_an_earlier_state(impact: Impact, rule: Rule, version: int) -> bool:
    """Return whether the draft, or what else we hold to be law, is another one than when this was computed."""
    return impact.is_of_a_draft and (impact.digest != digest_of(rule) or impact.rules_version != version)


def _survivors(replaced: PlainRule, draft: Rule) -> tuple[PlainRule, ...]:
    days = rest_of(_days_of(replaced), draft.valid)
    return tuple(
        replace(replaced, id=str(UNSAVED + number), valid_from=valid.lower, valid_until=last_day(valid))
        for number, valid in enumerate(days)
    )


def _days_of(rule: PlainRule) -> DateRange:
    until = rule.valid_until
    return DateRange(rule.valid_from, until + timedelta(days=1) if until else None)


def _timeless(book: RuleBook) -> RuleBook:
    """Return the same rules as if they had always been held: which of them count was decided when the book was read."""
    return replace(book, rules=tuple(replace(rule, known_from=None, known_until=None) for rule in book.rules))
