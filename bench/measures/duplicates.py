"""Telling people who are on file twice from brothers and sisters, twins, fathers and sons; and the time of one check."""

import dataclasses
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Role
from casework.lib.dates import Birth
from casework.lib.likeness import Details, Likeness, compare
from casework.lib.scripts import spellings, words
from casework.lifecycle.duplicates import look_alikes
from tests.lib.invented_names import with_typo

from ..frame import Figure, Settings, measure
from ..names import FAMILY_LISTS, GIVEN_LISTS, LANGUAGES, Name, crowd, family_name, invented, patronymic
from ..people import have_people
from ..transliterations import SYSTEMS

SEED = 20261127
PAIRS = 3_000
PEOPLE = 3_000
CHECKS = 60
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@measure("duplicates")
def measure_likeness(settings: Settings) -> Iterator[Figure]:
    """Of people on file twice, how many are kept; of two relatives, how many are taken for one, each in a file of their own."""
    count = 120 if settings.quick else PAIRS
    carriers = common_words(count)
    for name, pairs, bound in (
        ("twice", twice, 0.95),
        ("twins", twins, None),
        ("siblings", siblings, None),
        ("fathers", fathers, None),
    ):
        source = random.Random(f"{name} {SEED}")
        found = [compare(one, other, carriers=carriers) for one, other in pairs(source, count)]
        share = sum(likeness.is_kept for likeness in found) / len(found)
        at_most = None if bound else 0.02
        yield Figure(f"duplicates.{name}", share, "of 1 kept", at_least=bound, at_most=at_most)
    began = time.perf_counter()
    likenesses: list[Likeness] = [compare(one, other) for one, other in twice(random.Random(1), count)]
    yield Figure("duplicates.compare", (time.perf_counter() - began) / len(likenesses) * 1e6, "microseconds a pair")


@measure("duplicate_check", on_database=True)
def measure_check(settings: Settings) -> Iterator[Figure]:
    """One check of an intake form against the database, as a caseworker of a team of 300 cases and as whoever sees all teams."""
    for size in settings.sizes_or(PEOPLE):
        have_people(size, now=NOW)
        caseworker = User.objects.filter(email__startswith="caseworker").order_by("email")[0]
        everywhere = User.objects.create_user(f"all-{size}@bench.example", None, display_name="Bench", now=NOW)
        for team in Team.objects.all():
            Membership.objects.create(
                user=everywhere, team=team, role=Role.COORDINATOR, starts_at=NOW - timedelta(days=1)
            )
        for name, user in (("caseworker", caseworker), ("all_teams", everywhere)):
            taken = []
            for number in range(4 if settings.quick else CHECKS):
                person = details(invented(random.Random(number), LANGUAGES[number % 6]), Birth(year=1980))
                if number % 2:
                    person = dataclasses.replace(person, family_name="Obraztsov", given_name="Primer")
                began = time.perf_counter()
                look_alikes(user, person, now=NOW)
                taken.append(time.perf_counter() - began)
            yield Figure(
                f"duplicate_check.{size}.{name}", sorted(taken[1:])[int(0.95 * (len(taken) - 2))] * 1000, "ms, p95"
            )


def twice(source: random.Random, count: int) -> Iterator[tuple[Details, Details]]:
    """Yield people twice: in their letters, and in one of six transliterations with a slip in every second one."""
    for number in range(count):
        name, born = invented(source, LANGUAGES[number % 6]), birth(source)
        system = source.choice(list(SYSTEMS.values()))
        parts = [system(part, name.language) for part in (name.family, name.given, name.patronymic)]
        if number % 2:
            place = source.choice([0, 1])
            parts[place] = slipped(parts[place], source)
        again = Details(family_name=parts[0], given_name=parts[1], patronymic=parts[2], birth=born, sex=sex(name))
        yield details(name, born), again


def twins(source: random.Random, count: int) -> Iterator[tuple[Details, Details]]:
    """Yield two of one family and one birth day, with given names of their own."""
    yield from _relatives(source, count, is_twin=True)


def siblings(source: random.Random, count: int) -> Iterator[tuple[Details, Details]]:
    """Yield two of one family, some years apart."""
    yield from _relatives(source, count, is_twin=False)


def fathers(source: random.Random, count: int) -> Iterator[tuple[Details, Details]]:
    """Yield a father and a son of one name."""
    for number in range(count):
        name, born = invented(source, LANGUAGES[number % 6]), birth(source)
        assert born.day is not None
        son = Birth(born.day + timedelta(days=source.randint(18, 45) * 365))
        yield details(name, born), details(name, son)


def _relatives(source: random.Random, count: int, *, is_twin: bool) -> Iterator[tuple[Details, Details]]:
    made = 0
    while made < count:
        one = invented(source, LANGUAGES[made % 6])
        other = invented(source, one.language)
        stem, father = invented_parts(source, one.language)
        first, second = (
            dataclasses.replace(
                name,
                family=family_name(name.language, stem, is_female=name.is_female),
                patronymic=patronymic(name.language, father, is_female=name.is_female),
            )
            for name in (one, other)
        )
        if first.given == second.given:
            continue
        made += 1
        born = birth(source)
        assert born.day is not None
        later = born if is_twin else Birth(born.day + timedelta(days=source.randint(300, 5_000)))
        yield details(first, born), details(second, later)


def invented_parts(source: random.Random, language: str) -> tuple[str, str]:
    """Return a stem of family names and the name of a father."""
    return source.choice(FAMILY_LISTS[language]), source.choice(GIVEN_LISTS[language][0])


def common_words(count: int) -> "Carriers":
    """Return how many of a crowd carry a word, as the index counts them."""
    found = Counter(spellings(word)[0] for name in crowd(10 * count, seed=SEED) for word in words(name.full))
    return Carriers(found)


@dataclasses.dataclass(frozen=True)
class Carriers:
    found: dict[str, int]

    def __call__(self, word: str) -> int:
        return self.found.get(word, 0)


def details(name: Name, born: Birth) -> Details:
    return Details(
        family_name=name.family, given_name=name.given, patronymic=name.patronymic, birth=born, sex=sex(name)
    )


def slipped(text: str, source: random.Random) -> str:
    """Return the text with a slip of the hand, if it is long enough and has room for one."""
    return with_typo(text, source) if len(text) > 5 and text.isalpha() else text


def sex(name: Name) -> str:
    return "female" if name.is_female else "male"


def birth(source: random.Random) -> Birth:
    return Birth(date(1950, 1, 1) + timedelta(days=source.randint(0, 20_000)))
