"""The search for names among many people: whom it finds, how fast, and what the index takes."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from casework.lib.names import NameIndex, Query, search_form
from tests.lib.invented_names import with_typo

from ..frame import Figure, Settings, measure
from ..names import LANGUAGES, Name, crowd
from ..transliterations import SYSTEMS

SEED = 20261127
SIZE = 100_000
ASKED = 60  # of each language in each system, and each of both ways of asking
OF_A_TEAM = 500  # the people of three hundred cases
FIRST = 20
PAGE = 4096


class Crowd:
    """Invented people with birth years, and the index of their names."""

    def __init__(self, size: int) -> None:
        source = random.Random(SEED)
        self.people = list(crowd(size, seed=SEED))
        self.years = [source.randint(1945, 2015) for _person in self.people]
        self.forms = [
            search_form([person.full], birth_year=year) for person, year in zip(self.people, self.years, strict=True)
        ]
        self.index: NameIndex[int] = NameIndex()
        before, began = resident(), time.perf_counter()
        self.index.put(enumerate(self.forms))
        self.load_seconds, self.bytes = time.perf_counter() - began, resident() - before

    def is_found(self, number: int, query: Query) -> bool:
        """Whether somebody with exactly this name and year is among the first."""
        hits = self.index.search(query, limit=FIRST)
        return any(self.forms[hit.id] == self.forms[number] for hit in hits)


@measure("names")
def measure_names(settings: Settings) -> Iterator[Figure]:
    """Recall by language over six transliterations with a slip of the hand; the time of a search; load and memory."""
    for size in settings.sizes_or(SIZE):
        people = Crowd(size)
        yield Figure(f"names.{size}.load", people.load_seconds, "seconds")
        yield Figure(f"names.{size}.memory", people.bytes / 2**20, "MB")
        asked = 6 if settings.quick else ASKED
        for language in LANGUAGES:
            yield Figure(f"names.{size}.recall.{language}", recall(people, language, asked), "of 1", at_least=0.98)
        queries = [query_of(people, number) for number in random.Random(3).sample(range(size), min(size, 10 * asked))]
        mine = random.Random(5).sample(range(size), min(size, OF_A_TEAM))
        yield Figure(f"names.{size}.p95", p95(people, queries, None), "ms", at_most=20)
        yield Figure(f"names.{size}.p95.caseworker", p95(people, queries, mine), "ms", at_most=20)


def recall(people: Crowd, language: str, asked: int) -> float:
    """Return the share of people found, each written in one of the systems with one typo."""
    source = random.Random(f"{language} {SEED}")
    numbers = [number for number, person in enumerate(people.people) if person.language == language]
    found = total = 0
    for system in SYSTEMS.values():
        for number in source.sample(numbers, min(asked, len(numbers))):
            for text, year in ways(people.people[number], people.years[number]):
                query = Query.parse(with_typo(system(text, language), source), year)
                found, total = found + people.is_found(number, query), total + 1
    return found / total


def ways(person: Name, year: int) -> Iterator[tuple[str, int | None]]:
    """Yield what somebody types: three names, where there are three; and two with the birth year."""
    if person.patronymic:
        yield person.full, None
    yield f"{person.family} {person.given}", year


def query_of(people: Crowd, number: int) -> Query:
    person = people.people[number]
    source = random.Random(number)
    system = source.choice(list(SYSTEMS.values()))
    return Query.parse(with_typo(system(person.full.strip(), person.language), source))


def p95(people: Crowd, queries: list[Query], allowed: list[int] | None) -> float:
    """Return the 95th of 100 times of the processor, in milliseconds: what else runs on the machine does not count."""
    taken = []
    for query in queries:
        began = time.thread_time()
        people.index.search(query, allowed=allowed, limit=FIRST)
        taken.append(time.thread_time() - began)
    return sorted(taken)[int(0.95 * (len(taken) - 1))] * 1000


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
