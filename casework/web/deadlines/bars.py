"""How far a limit of the stay is used up: in words, and as a bar that repeats them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.computing import steps_as_json
from casework.residency.rules import position as engine
from casework.web.templatetags.days import day

from .because import line

WIDTH = 300  # units of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBar:
    """`used_width` and `over_x` are in units of the drawing, which is `WIDTH` wide; None: no bar, words only."""

    rule: str
    words: str
    last: str
    is_broken: bool
    used_width: int | None = None
    width: int = WIDTH


def bars_of(limits: Iterable[engine.Limit]) -> list[LimitBar]:
    return [bar_of(limit) for limit in limits]


def bars_by_stay(limits: Iterable[engine.Limit]) -> Mapping[str, list[LimitBar]]:
    found: dict[str, list[LimitBar]] = {}
    for limit in limits:
        found.setdefault(limit.stay_id, []).append(bar_of(limit))
    return found


def bar_of(limit: engine.Limit) -> LimitBar:
    used = limit.days_used or 0
    return LimitBar(
        rule=line(steps_as_json(limit.because[:1])[0]).sentence if limit.because else "",
        words=_words(used, limit.days_allowed),
        last=_last(limit.last_lawful_day, limit.first_overstay_day),
        is_broken=limit.overstay,
        used_width=min(WIDTH, round(WIDTH * used / limit.days_allowed)) if limit.days_allowed else None,
    )


def _words(used: int, allowed: int | None) -> str:
    if allowed is None:
        return ngettext("%(used)s day of this stay", "%(used)s days of this stay", used) % {"used": used}
    return ngettext("%(used)s of %(allowed)s day used", "%(used)s of %(allowed)s days used", allowed) % {
        "used": used,
        "allowed": allowed,
    }


def _last(last: date | None, first_over: date | None) -> str:
    if first_over is not None:
        return _("exceeded since %(day)s") % {"day": day(first_over)}
    return _("last lawful day %(day)s") % {"day": day(last)} if last else _("does not end the stay by itself")
