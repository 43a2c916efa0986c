"""Whether what is stored still rests on the rules of now.

A position says on which scopes of the rules it rests, and of which version they were. What the rules of that version
said, scope by scope, is on record as a `RulesState`. So a position is of now if nothing that it rests on has changed,
however much has changed elsewhere. What cannot be compared is taken for changed.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.db.models import Q

from .models import ComputedPosition, RulesState
from .rulebook import load_book, rules_version
from .rules.rulebook import RuleBook
from .rules.scopes import changed_between, digests_of
from .software import COMPUTED_WITH

Moved = Mapping[int, frozenset[str]]

KEPT = 8

# Both hold what can be read again: a process that knows less has something computed once more, never once less.
_moved: OrderedDict[int, Moved] = OrderedDict()
_noted: set[int] = set()


def moved_since(version: int) -> Moved:
    """Return, for the earlier versions on record, the scopes of which the rules of `version` say something else.

    One query for each version that this process meets; the book is read if others are on record and this one is not.
    """
    moved = _moved.get(version)
    if moved is None:
        states = dict(RulesState.objects.filter(computed_with=COMPUTED_WITH).values_list("version", "digests"))
        now = states.pop(version, None)
        if states and now is None:
            exact, book = rules_now()
            if exact != version:
                return {}  # they have changed since the caller asked
            now = digests_of(book)
        moved = {earlier: changed_between(digests, now or {}) for earlier, digests in states.items()}
        _moved[version] = moved
        while len(_moved) > KEPT:
            _moved.popitem(last=False)
    return moved


def rules_now() -> tuple[int, RuleBook]:
    """Return the version of the rules and the book of exactly that version, though somebody may be publishing."""
    while True:
        version = rules_version()
        book = load_book(version=version)
        if load_book(version=version) is book:  # kept, so read while the version was this one
            return version, book


def note_state(version: int, book: RuleBook) -> None:
    """Put on record what the rules say, in the transaction of the first positions that rest on it."""
    if version not in _noted:
        state = RulesState(version=version, computed_with=COMPUTED_WITH, digests=digests_of(book))
        RulesState.objects.bulk_create([state], ignore_conflicts=True)
        transaction.on_commit(partial(_noted.add, version))


def forget_comparisons() -> None:
    """Have states be read again: some of them are gone."""
    _moved.clear()


def rests_on(position: ComputedPosition, version: int) -> bool:
    """Return whether the rules of `version` say of everything that this rests on what they said when it was computed."""
    if position.rules_version == version:
        return True
    scopes = moved_since(version).get(position.rules_version)
    return scopes is not None and position.looked_at is not None and scopes.isdisjoint(position.looked_at)


def rests_on_other_rules(version: int, position: str = "computed_position__") -> Q:
    """Return the same as a condition: stored positions that do not rest on these rules; `position` leads to them."""
    other = ~Q(**{f"{position}rules_version": version})
    for earlier, scopes in moved_since(version).items():
        comparable = Q(**{f"{position}rules_version": earlier, f"{position}looked_at__isnull": False})
        other &= ~comparable | Q(**{f"{position}looked_at__overlap": sorted(scopes)})
    return other
