"""Questions of a page about what its reader may see, put into words once for all who see alike."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from casework.accounts.models import User
from casework.accounts.prepared import TURNS, Question, Turn, Words
from casework.accounts.roles import Permission
from casework.lib.ids import new_id

from .in_sight import InSight, read_for


class PreparedInSight:
    """`rows(user, now, *of, **values)` makes the queryset; it may say `cases_visible_to` and all that rests on it.

    `of` tells apart questions of other words; `kinds` says of which kind each value is, as for `Prepared`. The words of the predicate
    depend on which of its lists are empty, so there are some for each kind of sight; which teams and cases it names goes beside them.
    """

    def __init__(self, rows: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._rows, self._kinds = rows, {"user": UUID, "now": datetime, **kinds}
        self._questions: dict[Hashable, Question] = {}

    def ask(self, user: User, now: datetime, *of: Hashable, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that this user sees, a tuple of columns each."""
        sight = read_for(user, now)
        key = (of, sight and sight.kind)
        if (question := self._questions.get(key)) is None:
            question = self._questions[key] = Question(*(self._with_stand_ins(turn, of, sight) for turn in TURNS))
        lists = {name: sight.rows(*name) for name in question.names if isinstance(name, tuple)} if sight else {}
        return question.ask({"user": user.pk, "now": now, **values, **lists})

    def forget(self) -> None:
        """Put it into words again when it is asked next."""
        self._questions.clear()

    def _with_stand_ins(self, turn: Turn, of: tuple[Hashable, ...], sight: InSight | None) -> Words:
        stand_ins = turn.stand_ins(self._kinds)
        values = dict(stand_ins)
        user, now = User(pk=values.pop("user")), values.pop("now")
        if sight is not None:
            user.in_sight = _StandIn(at=now, like=sight, named=stand_ins)
        with turn.alone():
            return Words(self._rows(user, now, *of, **values), stand_ins)


@dataclass(slots=True)
class _StandIn:
    """Sight of teams and cases that do not exist, of the same kind as that of somebody. `named` keeps each list that was asked for."""

    at: datetime
    like: InSight
    named: dict[Any, Any] = field(default_factory=dict)

    def rows(self, what: str, permission: Permission) -> list[Any]:
        known = self.like.rows(what, permission)
        if not known:
            return []
        one = new_id()
        stand_in: list[Any] = self.named.setdefault(
            (what, permission), [one if isinstance(known[0], UUID) else str(one)]
        )
        return stand_in

    def only(self, _what: str, _permission: Permission) -> None:
        """The same words are for one and for several."""
