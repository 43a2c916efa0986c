"""Random cases in the format of the worked examples, from a seed or from Hypothesis.

Both ways run the same builder over a small interface of draws, so that what Hypothesis shrinks is what
the long seeded runs are made of. Two thirds of the cases are tiny (limits and stays of a few days), where edges meet often;
the others have the sizes of real rules.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from tests.residency.rules.oracle import Case, Rule, ten_years_after

T = TypeVar("T")

LIMIT_KINDS = (
    "consecutive_days",
    "period_from_entry",
    "rolling_window",
    "anchored_window",
    "calendar_year",
    "until_date",
)
DEADLINE_KINDS = ("register_within", "renew_every", "renewal_window")
CALENDARS = ("KZ", "KG", "UZ", "TJ", "GE", "AM", "AZ", "TR", "RS", "ME", "VN", "IL", "DE")


class Draws(Protocol):
    """Where the builder gets its choices from."""

    def integer(self, low: int, high: int) -> int: ...

    def choice(self, options: Sequence[T]) -> T: ...


@dataclass
class SeededDraws:
    source: random.Random

    def integer(self, low: int, high: int) -> int:
        return self.source.randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return self.source.choice(options)


@dataclass
class HypothesisDraws:
    draw: st.DrawFn

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))


@dataclass(frozen=True)
class Size:
    """How large the numbers of a case are: days of a limit, of a window, of a stay, and how far stays lie from `on`."""

    days: tuple[int, int]
    window: tuple[int, int]
    stay: int
    reach: int


# Limits of so few days that most stays reach them, and stays so close that most of them meet.
BORDERS = Size(days=(1, 5), window=(2, 12), stay=6, reach=16)
TINY = Size(days=(1, 12), window=(3, 30), stay=8, reach=40)
REAL = Size(days=(15, 120), window=(60, 200), stay=70, reach=260)
SIZES = (BORDERS, TINY, REAL)


def seeded(
    seed: int, count: int, kinds: Sequence[str] = LIMIT_KINDS, *, sizes: Sequence[Size] = SIZES
) -> Iterator[Case]:
    """Yield so many cases; the first rule of each is of one of `kinds`, the others of any kind."""
    draws = SeededDraws(random.Random(seed))
    for number in range(count):
        yield build(draws, kinds[number % len(kinds)], sizes) | {"id": f"{seed}-{number}"}


@st.composite
def cases(draw: st.DrawFn, kinds: Sequence[str] = LIMIT_KINDS) -> Case:
    return build(HypothesisDraws(draw), draw(st.sampled_from(kinds)))


def build(draws: Draws, first_kind: str, sizes: Sequence[Size] = SIZES) -> Case:
    on = a_day(draws)
    size = draws.choice(sizes)
    stays = some_stays(draws, on, size)
    kinds = [first_kind]
    if first_kind in LIMIT_KINDS:
        kinds += [draws.choice(LIMIT_KINDS) for _ in range(draws.choice((0, 0, 0, 1, 1, 2)))]
        kinds += [draws.choice(DEADLINE_KINDS)] if one_in(draws, 10) else []
    else:
        kinds += [draws.choice(LIMIT_KINDS + DEADLINE_KINDS)] if one_in(draws, 6) else []
    case: Case = {
        "id": "made",
        "rules": [RULES[kind](draws, on, size) for kind in kinds],
        "stays": [given(draws, entry, exit_) for entry, exit_ in stays],
        "on": text(on),
    }
    if "renew_every" in kinds:
        case["from"] = text(a_day(draws))
    if "renewal_window" in kinds:
        case["permit"] = {"valid_until": text(a_day(draws))}
    return case


def given(draws: Draws, entry: date, exit_: date | None) -> dict[str, str | None]:
    if exit_ is None:
        return {"entry": text(entry)} | draws.choice(({}, {"exit": None}, {"exit": None}))
    return {"entry": text(entry), "exit": text(exit_)}


def one_in(draws: Draws, times: int) -> bool:
    return draws.integer(1, times) == times


def text(day: date) -> str:
    return day.isoformat()


# --- days -----------------------------------------------------------------------------------------------------------

EDGES = (
    date(2023, 1, 31),
    date(2023, 2, 28),
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 8, 31),
    date(2024, 12, 31),
    date(2025, 3, 31),
    date(2028, 2, 29),
)


def a_day(draws: Draws) -> date:
    edge = draws.choice(EDGES) + timedelta(draws.choice((0, 0, 0, -1, 1, -2, 2)))
    return draws.choice((edge, date(2023, 1, 1) + timedelta(draws.integer(0, 1500))))


# --- stays ----------------------------------------------------------------------------------------------------------


def some_stays(draws: Draws, on: date, size: Size) -> list[tuple[date, date | None]]:
    """Return stays in no order: overlapping, touching, of one day, open, planned, around `on`."""
    stays: list[tuple[date, date | None]] = []
    for _ in range(draws.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6))):
        entry = an_entry(draws, on, size, stays)
        length = draws.choice((0, 0, 1, 2, draws.integer(0, size.stay), draws.integer(0, size.stay)))
        exit_ = draws.choice((entry + timedelta(length),) * 4 + (max(entry, on),))
        is_open = entry <= on and one_in(draws, 5)
        stays.append((entry, None if is_open else exit_))
    return stays


def an_entry(draws: Draws, on: date, size: Size, stays: list[tuple[date, date | None]]) -> date:
    anywhere = on + timedelta(draws.integer(-size.reach, size.reach // 3))
    if not stays or draws.integer(0, 1):
        return anywhere
    entry, exit_ = draws.choice(stays)
    near = draws.choice((exit_ or on, exit_ or on, entry, on, anywhere))
    return near + timedelta(draws.choice((0, 0, 0, -1, 1, 2)))


# --- rules ----------------------------------------------------------------------------------------------------------


def flags(draws: Draws) -> dict[str, bool]:
    chosen: dict[str, bool] = {}
    for name in ("count_entry_day", "count_exit_day"):
        if one_in(draws, 4):
            chosen[name] = one_in(draws, 6)
    return chosen


def a_consecutive_rule(draws: Draws, on: date, size: Size) -> Rule:
    days = draws.integer(*size.days)
    if one_in(draws, 150):
        days = (date.fromordinal(ten_years_after(on.toordinal())) - on).days + draws.integer(-2, 3)
    return {"kind": "consecutive_days", "days": days, **flags(draws)}


def a_period_rule(draws: Draws, on: date, size: Size) -> Rule:
    period = draws.choice(
        (
            {"months": draws.integer(1, 3)},
            {"months": draws.integer(1, 14)},
            {"years": 1},
            {"years": draws.choice((2, 3, 9, 10, 10, 11))},
            {"days": draws.integer(*size.days)},
        )
    )
    cohort: dict[str, Any] = {}
    if one_in(draws, 6):
        before = on + timedelta(draws.integer(-size.stay, size.stay))
        until = before + timedelta(draws.integer(0, size.stay))
        cohort = {"cohort": {"entered_before": text(before), "until": text(until)}}
    return {"kind": "period_from_entry", **period, **cohort, **flags(draws)}


def days_and_window(draws: Draws, size: Size) -> dict[str, int]:
    window = draws.integer(*size.window)
    # Now and then the days reach the window, so that nothing limits the stay.
    days = draws.integer(*size.days) if not one_in(draws, 20) else window + draws.integer(-1, 1)
    return {"days": days, "window_days": window}


def a_rolling_rule(draws: Draws, on: date, size: Size) -> Rule:
    return {"kind": "rolling_window", **days_and_window(draws, size), **flags(draws)}


def an_anchored_rule(draws: Draws, on: date, size: Size) -> Rule:
    return {"kind": "anchored_window", **days_and_window(draws, size), **flags(draws)}


def a_year_rule(draws: Draws, on: date, size: Size) -> Rule:
    days = draws.integer(*size.days) if not one_in(draws, 20) else draws.choice((364, 365, 366))
    return {"kind": "calendar_year", "days": days, **flags(draws)}


def an_until_rule(draws: Draws, on: date, size: Size) -> Rule:
    until = on + timedelta(draws.integer(-size.reach // 2, size.reach))
    if one_in(draws, 20):
        until = date.fromordinal(ten_years_after(on.toordinal())) + timedelta(draws.integer(-2, 2))
    return {"kind": "until_date", "until": text(until), **flags(draws)}


def a_register_rule(draws: Draws, on: date, size: Size) -> Rule:
    unit = draws.choice(("calendar_days", "working_days"))
    where = {"calendar": draws.choice(CALENDARS)} if unit == "working_days" else {}
    day_one = draws.choice(("entry_day", "day_after_entry"))
    n = draws.choice((1, 2, 3, draws.integer(1, 30)))
    return {"kind": "register_within", "n": n, "unit": unit, "day_one": day_one, **where}


def a_renewal(draws: Draws, on: date, size: Size) -> Rule:
    return {"kind": "renew_every", **a_period(draws, fewest_days=1)}


def a_renewal_window(draws: Draws, on: date, size: Size) -> Rule:
    opens = {"opens": a_period(draws)} if not one_in(draws, 8) else {}
    return {"kind": "renewal_window", **opens, "closes": a_period(draws)}


def a_period(draws: Draws, fewest_days: int = 0) -> dict[str, int]:
    return draws.choice(
        (
            {"months": draws.integer(1, 18)},
            {"days": draws.integer(fewest_days, 120)},
            {"years": draws.integer(1, 5)},
        )
    )


RULES: dict[str, Callable[[Draws, date, Size], dict[str, Any]]] = {
    "consecutive_days": a_consecutive_rule,
    "period_from_entry": a_period_rule,
    "rolling_window": a_rolling_rule,
    "anchored_window": an_anchored_rule,
    "calendar_year": a_year_rule,
    "until_date": an_until_rule,
    "register_within": a_register_rule,
    "renew_every": a_renewal,
    "renewal_window": a_renewal_window,
}
