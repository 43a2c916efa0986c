"""What a measure is: a function under a name that yields figures, each with its aim."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `at_least`, `at_most`: its aim, where it has one."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def aim(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""

    @property
    def ok(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.value <= self.at_most if self.at_most is not None else None

    def as_json(self) -> dict[str, object]:
        return {"value": round(self.value, 3), "unit": self.unit, "aim": self.aim or None, "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked for. `sizes`: how many people to measure with, where not each measure's own; `quick`: few repetitions."""

    sizes: tuple[int, ...] = ()
    quick: bool = False

    def sizes_or(self, *own: int) -> tuple[int, ...]:
        return self.sizes or own


Take = Callable[[Settings], Iterator[Figure]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `on_database`: it writes invented people, into a database that holds nobody else."""

    name: str
    take: Take
    on_database: bool


@dataclass(slots=True)
class Registry:
    """The measures by name, in the order in which they were added."""

    measures: dict[str, Measure] = field(default_factory=dict)

    def add(self, measure: Measure) -> None:
        if measure.name in self.measures:
            raise ValueError(f"two measures are named {measure.name!r}")
        self.measures[measure.name] = measure

    def named(self, names: Sequence[str]) -> list[Measure]:
        """Return the measures with these names, all where none is named. Raises ValueError for one that is not known."""
        unknown = [name for name in names if name not in self.measures]
        if unknown:
            raise ValueError(f"no measure is named {', '.join(unknown)}; there are {', '.join(self.measures)}")
        return [measure for measure in self.measures.values() if not names or measure.name in names]


REGISTRY = Registry()


def measure(name: str, *, on_database: bool = False) -> Callable[[Take], Take]:
    """Register a function as the measure `name`; it lies in a module of its own in `bench/measures`."""

    def register(take: Take) -> Take:
        REGISTRY.add(Measure(name, take, on_database))
        return take

    return register


def all_measures() -> Registry:
    """Return the registry with every module of `bench/measures` loaded."""
    from . import measures  # the modules in it register with this one

    for module in sorted(each.name for each in pkgutil.iter_modules(measures.__path__)):
        importlib.import_module(f"{measures.__name__}.{module}")
    return REGISTRY
