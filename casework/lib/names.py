"""Search by name in memory: an inverted index of the trigrams of skeletons, so that nothing of it is ever at rest.

What is indexed for a person is their search form, a small text that `search_form` makes and that is stored encrypted:

    1990                            birth year, or nothing
    ...                             key by which lists are ordered, as `sort_key` makes it
    cargalov erdeni                 the words of each name, one name a line; `argal/cargal` are two spellings of one word

A query counts the trigrams that it shares with each person, the rare ones for more, drops whoever may not be seen, and
compares the best 300 word by word. Measured on two cores, 100,000 people of three names: see tests/lib/test_names.py.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from casework.lib.scripts import skeleton, sort_key, spellings, words

__all__ = ["Hit", "NameIndex", "Query", "SearchForm", "search_form", "skeleton", "sort_key", "trigrams"]

SHORTLIST = 300
# What a matching birth year is worth: of the trigrams of the query in the first round, of 100 in the second.
YEAR_SHARE = 0.5
YEAR_BONUS = 15.0
NEAR_YEAR_BONUS = 5.0
# A word that begins with what was typed is taken for a good match, short of an equal one.
PREFIX_SCORE = 92.0
SHORTEST_PREFIX = 3
MAX_QUERY_WORDS = 8
# Less alike than this is somebody else, whose name the searcher has no need to see.
LEAST_LIKENESS = 68.0

LETTERS = 27  # the end of a word, and a to z
CODES = LETTERS**3
_LETTER_NUMBERS = np.zeros(256, np.int32)
_LETTER_NUMBERS[ord("a") : ord("z") + 1] = np.arange(1, LETTERS)

Id = TypeVar("Id")
Numbers = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True, slots=True)
class SearchForm:
    """A search form taken apart. `words` holds every spelling of every word of every name once, in order."""

    birth_year: int | None
    sort_key: str
    words: str

    @classmethod
    def parse(cls, text: str) -> "SearchForm":
        """Return the parts of what `search_form` made."""
        year, key, *names = text.split("\n")
        found = dict.fromkeys(" ".join(names).replace("/", " ").split())
        return cls(birth_year=int(year) if year else None, sort_key=key, words=" ".join(found))


def search_form(names: Iterable[str], *, birth_year: int | None) -> str:
    """Return the search form of a person. The first name is the one by which they are listed."""
    written = [name for name in names if name.strip()]
    key = sort_key(written[0]) if written else ""
    lines = [" ".join("/".join(spellings(word)) for word in words(name)) for name in written]
    return "\n".join([str(birth_year or ""), key, *lines])


def trigrams(word: str) -> set[str]:
    """Return the trigrams of one word of a skeleton, its ends marked by `_`."""
    marked = f"_{word}_"
    return {marked[place : place + 3] for place in range(len(marked) - 2)}


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: the spellings of each word that was typed, and a birth year."""

    words: tuple[tuple[str, ...], ...]
    birth_year: int | None

    @classmethod
    def parse(cls, text: str, birth_year: int | None = None) -> "Query":
        """Read what somebody typed. Words that leave nothing, such as numbers, are dropped."""
        return cls(words=tuple(spellings(word) for word in words(text)[:MAX_QUERY_WORDS]), birth_year=birth_year)

    def spelled(self) -> list[str]:
        """Return all spellings of all words, one after the other."""
        return [spelling for word in self.words for spelling in word]


@dataclasses.dataclass(frozen=True, slots=True)
class Hit(Generic[Id]):
    """A person found, and how well they match: 100 is every word, more if the birth year matches too."""

    id: Id
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Segment:
    """The postings of the people in slots `start` to `start + size`: for each trigram, who has it."""

    start: int
    size: int
    offsets: Numbers
    slots: Numbers

    @classmethod
    def build(cls, texts: list[str], start: int) -> "_Segment":
        if not texts:
            return cls(start, 0, np.zeros(CODES + 1, np.int32), np.zeros(0, np.int32))
        marked = ["_" + text.replace(" ", "_") for text in texts]
        letters = _LETTER_NUMBERS[np.frombuffer(("".join(marked) + "_").encode("ascii"), np.uint8)]
        codes = (letters[:-2] * LETTERS + letters[1:-1]) * LETTERS + letters[2:]
        owners = np.repeat(np.arange(len(texts)), [len(text) for text in marked])[: len(codes)]
        inside_word = letters[1:-1] != 0
        pairs = np.sort(codes[inside_word].astype(np.int64) * len(texts) + owners[inside_word])
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]  # not np.unique, which takes a hundred times as long
        counts = np.bincount(pairs // len(texts), minlength=CODES)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return cls(start, len(texts), offsets, (pairs % len(texts) + start).astype(np.int32))

    def having(self, code: int) -> Numbers:
        return self.slots[self.offsets[code] : self.offsets[code + 1]]


class NameIndex(Generic[Id]):
    """People by name. Not safe to change from one thread while another searches."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._slot_of: dict[Id, int] = {}
        self._ids: list[Id] = []
        self._words: list[str] = []
        self._sort_keys: list[str] = []
        self._years: npt.NDArray[np.int16] = np.zeros(0, np.int16)
        self._alive: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._segments: list[_Segment] = []
        self._carriers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._slot_of)

    def __contains__(self, person: object) -> bool:
        return person in self._slot_of

    def put(self, forms: Iterable[tuple[Id, str]]) -> None:
        """Add people by id and search form; those who are there already are replaced."""
        latest = dict(forms)
        self.remove(latest)
        start = len(self._ids)
        parsed = [SearchForm.parse(form) for form in latest.values()]
        self._slot_of.update(zip(latest, range(start, start + len(latest)), strict=True))
        self._ids.extend(latest)
        self._words.extend(form.words for form in parsed)
        self._sort_keys.extend(form.sort_key for form in parsed)
        self._carriers.update(word for form in parsed for word in form.words.split())
        years = np.array([form.birth_year or 0 for form in parsed], np.int16)
        self._years = np.concatenate((self._years, years))
        self._alive = np.concatenate((self._alive, np.ones(len(parsed), np.bool_)))
        self._grow(start)

    def remove(self, people: Iterable[Id]) -> None:
        """Forget people; those who are not there are passed over."""
        for person in people:
            slot = self._slot_of.pop(person, None)
            if slot is not None:
                self._alive[slot] = False
                self._carriers.subtract(self._words[slot].split())
                self._words[slot] = self._sort_keys[slot] = ""

    def search(self, query: Query, *, allowed: Collection[Id] | None = None, limit: int = 20) -> list[Hit[Id]]:
        """Return the best matches among the people allowed (None: all), best first."""
        for shortlist in self.shortlists(query, allowed=allowed, size=SHORTLIST):
            return self.ranked(query, shortlist, limit=limit)
        return []

    def shortlists(
        self, query: Query, *, allowed: Collection[Id] | None = None, size: int = SHORTLIST
    ) -> Iterator[list[Id]]:
        """Yield the people allowed who share trigrams with the query, the best `size` first, then the next, until there is nobody.

        For callers who cannot name everybody allowed, and sieve each list before they rank it.
        """
        scores = self._shared_trigrams(query)
        scores[~self._alive] = 0
        if allowed is not None:
            mask = np.zeros(len(scores), np.bool_)
            mask[[self._slot_of[person] for person in allowed if person in self._slot_of]] = True
            scores[~mask] = 0
        while True:
            count = min(size, int(np.count_nonzero(scores)))
            if not count:
                return
            best = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
            best = best[np.argsort(-scores[best], kind="stable")]
            yield [self._ids[slot] for slot in best]
            scores[best] = 0

    def ranked(self, query: Query, people: Iterable[Id], *, limit: int = 20) -> list[Hit[Id]]:
        """Return the people, best match first; each word of the query counts by the word of the person that is most like it."""
        slots = [self._slot_of[person] for person in people if person in self._slot_of]
        if not slots or not query.words:
            return []
        likeness = self._likeness(query, slots)
        scores = likeness.copy()
        if query.birth_year is not None:
            apart = np.abs(self._years[slots].astype(np.int32) - query.birth_year)
            scores += np.where(apart == 0, YEAR_BONUS, np.where(apart == 1, NEAR_YEAR_BONUS, 0.0))
        alike = np.flatnonzero(likeness >= LEAST_LIKENESS)
        order = sorted(alike, key=lambda place: (-scores[place], self._sort_keys[slots[place]]))
        return [Hit(self._ids[slots[place]], float(scores[place])) for place in order[:limit]]

    def carriers(self, word: str) -> int:
        """Return how many people carry this skeleton of a word in one of their names."""
        return self._carriers[word]

    def in_order(self, people: Iterable[Id]) -> list[Id]:
        """Return the people in the order of their names; those who are not in the index come last, as they were."""
        last = (1, "")
        return sorted(people, key=lambda person: self._order_of(person) or last)

    def _order_of(self, person: Id) -> tuple[int, str] | None:
        slot = self._slot_of.get(person)
        return None if slot is None else (0, self._sort_keys[slot])

    def _shared_trigrams(self, query: Query) -> npt.NDArray[np.float32]:
        scores = np.zeros(len(self._ids), np.float32)
        possible = 0.0
        for code in {_code(trigram) for spelling in query.spelled() for trigram in trigrams(spelling)}:
            having = [segment.having(code) for segment in self._segments]
            count = sum(len(slots) for slots in having)
            if count:
                weight = math.log(1 + len(self._ids) / count)
                possible += weight
                for slots in having:
                    scores[slots] += np.float32(weight)  # nobody is in one posting twice
        if query.birth_year is not None:
            scores[(self._years == query.birth_year) & (scores > 0)] += YEAR_SHARE * possible
        return scores

    def _likeness(self, query: Query, slots: list[int]) -> npt.NDArray[np.float64]:
        each = [self._words[slot].split() or [""] for slot in slots]
        places: dict[str, int] = {}
        flat = [places.setdefault(word, len(places)) for person in each for word in person]
        starts = np.concatenate(([0], np.cumsum([len(person) for person in each])[:-1]))
        spelled = query.spelled()
        table: Any = process.cdist(spelled, list(places), scorer=fuzz.ratio, dtype=np.float32)
        for row, spelling in enumerate(spelled):
            if len(spelling) >= SHORTEST_PREFIX:
                begins = [place for word, place in places.items() if word.startswith(spelling)]
                table[row, begins] = np.maximum(table[row, begins], PREFIX_SCORE)
        table = table[:, flat]
        best_of_spelling = np.maximum.reduceat(table, starts, axis=1)
        first_spellings = np.concatenate(([0], np.cumsum([len(word) for word in query.words])[:-1]))
        best_of_word = np.maximum.reduceat(best_of_spelling, first_spellings, axis=0)
        likeness: npt.NDArray[np.float64] = best_of_word.mean(axis=0, dtype=np.float64)
        return likeness

    def _grow(self, start: int) -> None:
        if len(self._ids) > 1000 and len(self._slot_of) < 0.75 * len(self._ids):
            self._rebuild()
            return
        self._segments.append(_Segment.build(self._words[start:], start))
        # Like binary numbers: a segment is joined to the one before it once it is half as large, so there are always few.
        while len(self._segments) > 1 and 2 * self._segments[-1].size >= self._segments[-2].size:
            self._segments.pop()
            start = self._segments.pop().start
            self._segments.append(_Segment.build(self._words[start:], start))

    def _rebuild(self) -> None:
        slots = list(self._slot_of.values())
        ids = list(self._slot_of)
        words_, keys, years, carriers = self._words, self._sort_keys, self._years[slots], +self._carriers
        self._clear()
        self._carriers = carriers
        self._slot_of = {person: slot for slot, person in enumerate(ids)}
        self._ids = ids
        self._words = [words_[slot] for slot in slots]
        self._sort_keys = [keys[slot] for slot in slots]
        self._years = years
        self._alive = np.ones(len(slots), np.bool_)
        self._segments = [_Segment.build(self._words, 0)]


def _code(trigram: str) -> int:
    first, second, third = (int(_LETTER_NUMBERS[ord(letter)]) for letter in trigram)
    return (first * LETTERS + second) * LETTERS + third
