"""Whether two people on record may be one: what agrees between them, how much that says, and what speaks against it.

Nothing here decides: a person does. What is to be told apart with care, because it happens every day: twins and brothers and
sisters (one family name, one birth day, given names a letter apart), a father and a son of one name, a family with one phone,
a child written into a parent's passport. What is to be found all the same: other letters, a slip in a name, names in each
other's boxes, no patronymic, a maiden name, a birth year alone or one off, day and month in each other's place.
"""

import dataclasses
import functools
import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from rapidfuzz.distance import OSA

from casework.lib.dates import Birth
from casework.lib.scripts import spellings, words

# From here on a likeness is shown to who types; from there on it is kept for somebody to decide.
SHOWN_FROM = 45
KEPT_FROM = 60

# A word that so many people carry is a name of its own, and no slip in another one.
A_NAME_OF_ITS_OWN = 4
SHORTEST_WITH_SLIP = 4
LONG_WORD = 9

DOCUMENT_ALONE = 85
DOCUMENT_AND_NAME = 97
CONTACT_ALONE = SHOWN_FROM
CONTACT_ADDS = 12
OTHER_SEX_TAKES = 25
SECOND_SLIP_TAKES = 12
OTHER_NAME_TAKES = 15
TWO_WORDS_TAKE = 14
THREE_WORDS_ADD = 10


class Reason(StrEnum):
    """What two people have in common. Codes without a value: they may be stored."""

    SAME_DOCUMENT = "same_document"
    SAME_NAME = "same_name"
    SAME_NAME_IN_OTHER_LETTERS = "same_name_in_other_letters"
    LIKE_NAME = "like_name"
    OTHER_FAMILY_NAME = "other_family_name"
    ONE_NAME = "one_name"
    BORN_SAME_DAY = "born_same_day"
    BORN_SAME_YEAR = "born_same_year"
    BORN_NEARLY = "born_nearly"
    SAME_CONTACT = "same_contact"


class Born(StrEnum):
    """How two births compare."""

    SAME_DAY = "same_day"
    SAME_YEAR = "same_year"
    NEARLY = "nearly"
    UNKNOWN = "unknown"
    OTHERWISE = "otherwise"


class Named(StrEnum):
    """How two names compare. RENAMED: the given name and the patronymic, under another family name."""

    SAME = "same"
    LIKE = "like"
    RENAMED = "renamed"
    ONE = "one"
    OTHERWISE = "otherwise"


POINTS = {
    (Named.SAME, Born.SAME_DAY): 95,
    (Named.SAME, Born.SAME_YEAR): 80,
    (Named.SAME, Born.NEARLY): 75,
    (Named.SAME, Born.UNKNOWN): 50,
    (Named.LIKE, Born.SAME_DAY): 82,
    (Named.LIKE, Born.SAME_YEAR): 64,
    (Named.LIKE, Born.NEARLY): 58,
    (Named.LIKE, Born.UNKNOWN): 45,
    (Named.RENAMED, Born.SAME_DAY): 64,
    (Named.ONE, Born.SAME_DAY): 62,
    (Named.ONE, Born.SAME_YEAR): 46,
}
SAID_OF_BIRTH = {
    Born.SAME_DAY: Reason.BORN_SAME_DAY,
    Born.SAME_YEAR: Reason.BORN_SAME_YEAR,
    Born.NEARLY: Reason.BORN_NEARLY,
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a person, as far as it tells them from others. Numbers are hashes; a document has its country, or ""."""

    family_name: str = ""
    given_name: str = ""
    patronymic: str = ""
    other_names: tuple[str, ...] = ()
    birth: Birth = dataclasses.field(default_factory=Birth)
    sex: str = ""
    documents: frozenset[tuple[bytes, str]] = frozenset()
    contacts: frozenset[bytes] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for two people being one, 0 to 100, and what."""

    score: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_shown(self) -> bool:
        return self.score >= SHOWN_FROM

    @property
    def is_kept(self) -> bool:
        return self.score >= KEPT_FROM


NOBODY = Likeness(0)
Carriers = Callable[[str], int]


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    """One word of a name: its skeletons, and as it is written."""

    spellings: tuple[str, ...]
    written: str
    is_patronymic: bool = False
    is_family: bool = False

    def slip_from(self, other: "_Word") -> tuple[str, str] | None:
        """Return the two skeletons that are one slip of the hand apart, two in a long word; None if there are none."""
        for mine in self.spellings:
            for theirs in other.spellings:
                length = min(len(mine), len(theirs))
                slips = 2 if length >= LONG_WORD else 1
                if length >= SHORTEST_WITH_SLIP and OSA.distance(mine, theirs, score_cutoff=slips) <= slips:
                    return mine, theirs
        return None


@dataclasses.dataclass(frozen=True, slots=True)
class _Match:
    named: Named
    words: int = 0
    takes: int = 0
    in_other_letters: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        return -list(Named).index(self.named), self.words, -self.takes


def compare(one: Details, other: Details, *, same_case: bool = False, carriers: Carriers | None = None) -> Likeness:
    """Return how much speaks for two people being one.

    same_case: they stand in one file, so they are known to each other and a shared phone says nothing.
    carriers: how many people on record carry a word (a skeleton) in their names.
    """
    born = compare_births(one.birth, other.birth)
    match = _best_match(one, other, carriers or _nobody_carries)
    document, contact = shares_document(one, other), bool(one.contacts & other.contacts) and not same_case
    if same_case and (match.named != Named.SAME or _is_other_sex(one, other)):
        return NOBODY
    score = _points(match, born, one, other)
    reasons = []
    if document:
        score = DOCUMENT_AND_NAME if score else DOCUMENT_ALONE
        reasons.append(Reason.SAME_DOCUMENT)
    if match.named != Named.OTHERWISE and (score or contact):
        reasons.append(_said_of_name(match))
    if contact:
        score = min(99, score + CONTACT_ADDS) if score else CONTACT_ALONE
    if score and born in SAID_OF_BIRTH:
        reasons.append(SAID_OF_BIRTH[born])
    if contact:
        reasons.append(Reason.SAME_CONTACT)
    return Likeness(score, tuple(reasons)) if score else NOBODY


def compare_births(one: Birth, other: Birth) -> Born:
    """Return how two births compare, slips included."""
    if one.year is None or other.year is None:
        return Born.UNKNOWN
    if one.day is not None and other.day is not None:
        return _compare_days(one.day, other.day)
    if one.year == other.year:
        return Born.SAME_YEAR
    return Born.NEARLY if abs(one.year - other.year) == 1 else Born.OTHERWISE


def compare_names(one: Details, other: Details) -> tuple[Named, bool]:
    """Return how the names of two people compare, and whether the letters differ where the name is the same."""
    match = _best_match(one, other, _nobody_carries)
    return match.named, match.in_other_letters


def shares_document(one: Details, other: Details) -> bool:
    """Whether one document number, of one country as far as that is known, stands with both."""
    return any(
        number == theirs and (country == issuer or not (country and issuer))
        for number, country in one.documents
        for theirs, issuer in other.documents
    )


def _nobody_carries(_word: str) -> int:
    return 0


def _compare_days(one: date, other: date) -> Born:
    if one == other:
        return Born.SAME_DAY
    same = [one.day == other.day, one.month == other.month, one.year == other.year]
    is_swapped = same[2] and (one.day, one.month) == (other.month, other.day)
    year_slips = OSA.distance(str(one.year), str(other.year))
    if is_swapped or (sum(same) == 2 and (same[2] or year_slips == 1)):
        return Born.NEARLY
    return Born.OTHERWISE


def _points(match: _Match, born: Born, one: Details, other: Details) -> int:
    points = POINTS.get((match.named, born), 0)
    if not points:
        return 0
    if _is_other_sex(one, other):
        if match.named != Named.SAME:
            return 0
        points -= OTHER_SEX_TAKES
    if match.words >= 3 and born == Born.UNKNOWN:
        points += THREE_WORDS_ADD
    if match.words < 3 and born in (Born.SAME_YEAR, Born.NEARLY) and match.named != Named.ONE:
        points -= TWO_WORDS_TAKE
    return max(points - match.takes, 0)


def _said_of_name(match: _Match) -> Reason:
    if match.named == Named.SAME:
        return Reason.SAME_NAME_IN_OTHER_LETTERS if match.in_other_letters else Reason.SAME_NAME
    return {Named.LIKE: Reason.LIKE_NAME, Named.RENAMED: Reason.OTHER_FAMILY_NAME, Named.ONE: Reason.ONE_NAME}[
        match.named
    ]


def _best_match(one: Details, other: Details, carriers: Carriers) -> _Match:
    may_be_renamed = not _is_other_sex(one, other)
    pairs = ((mine, theirs) for mine in _names_of(one) for theirs in _names_of(other))
    matches = (_match(mine, theirs, carriers, may_be_renamed=may_be_renamed) for mine, theirs in pairs)
    return max(matches, key=lambda match: match.rank, default=_Match(Named.OTHERWISE))


@functools.lru_cache(maxsize=2_048)
def _names_of(person: Details) -> tuple[tuple[_Word, ...], ...]:
    """Return each name under which somebody is known, as words; a single other name stands for the family name."""
    given, patronymic = _words_of(person.given_name), _words_of(person.patronymic, is_patronymic=True)
    names = [(*_words_of(person.family_name, is_family=True), *given, *patronymic)]
    for line in person.other_names:
        other = _words_of(line)
        names.append((*other, *given, *patronymic) if len(other) == 1 and given else _with_patronymic(other))
    return tuple(dict.fromkeys(name for name in names if name))


def _words_of(text: str, *, is_patronymic: bool = False, is_family: bool = False) -> tuple[_Word, ...]:
    parts = text.casefold().replace("-", " ").split()
    found = words(text)
    written = parts if len(parts) == len(found) else found
    return tuple(
        _Word(spellings(word), raw, is_patronymic, is_family) for word, raw in zip(found, written, strict=True)
    )


_PATRONYMIC = re.compile("(?:[eo]vic|[eo]vna|icna|ilic|uli|kisi|ogli)$")


def _with_patronymic(name: tuple[_Word, ...]) -> tuple[_Word, ...]:
    """Tell the patronymic among three words or more by its ending."""
    if len(name) < 3:
        return name
    return tuple(
        dataclasses.replace(word, is_patronymic=True) if _PATRONYMIC.search(word.spellings[0]) else word
        for word in name
    )


def _match(
    one: tuple[_Word, ...],
    other: tuple[_Word, ...],
    carriers: Carriers,
    *,
    may_be_renamed: bool,
) -> _Match:
    """Compare two names word by word, in whichever order; every word of the shorter one must be in the longer one."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    left, unmatched, equal = list(long), [], []
    for word in short:
        twin = next((it for it in left if set(word.spellings) & set(it.spellings)), None)
        if twin is None:
            unmatched.append(word)
        else:
            equal.append((word, twin))
            left.remove(twin)
    letters = any(mine.written != theirs.written for mine, theirs in equal)
    if not unmatched:
        return _Match(Named.SAME if len(short) > 1 else Named.ONE, len(equal), in_other_letters=letters)
    if not equal:
        return _Match(Named.OTHERWISE)
    takes = (len(unmatched) - 1) * SECOND_SLIP_TAKES
    for word in unmatched:
        slipped = next(((it, slip) for it in left if _is_alike(word, it) and (slip := word.slip_from(it))), None)
        if slipped is None:
            is_renamed = may_be_renamed and len(equal) >= 2 and all(it.is_family for it in (*unmatched, *left))
            return _Match(Named.RENAMED, len(equal)) if is_renamed else _Match(Named.OTHERWISE)
        twin, slip = slipped
        left.remove(twin)
        weight = _weight_of_slip(slip, word, carriers)
        if weight is None:
            return _Match(Named.OTHERWISE)
        takes += weight
    return _Match(Named.LIKE, len(short), takes)


def _is_alike(word: _Word, other: _Word) -> bool:
    """A slip in a patronymic is another patronymic: Ivanov is no slip in Ivanovich."""
    return word.is_patronymic == other.is_patronymic


def _weight_of_slip(slip: tuple[str, str], word: _Word, carriers: Carriers) -> int | None:
    """Return what a difference of a letter or two takes from a likeness, None where it makes another name.

    Given names that begin otherwise, that differ by the ending of the other sex, or that many people carry both, are two names.
    """
    mine, theirs = slip
    are_names = min(carriers(mine), carriers(theirs)) >= A_NAME_OF_ITS_OWN
    if word.is_family or word.is_patronymic:
        return OTHER_NAME_TAKES if are_names else 0
    is_of_other_sex = f"{min(slip, key=len)}a" == max(slip, key=len)
    if mine[0] != theirs[0] or is_of_other_sex or are_names:
        return None
    return 0


def _is_other_sex(one: Details, other: Details) -> bool:
    mine, theirs = _sex_of(one), _sex_of(other)
    return bool(mine and theirs and mine != theirs)


def _sex_of(person: Details) -> str:
    """Return the sex that is recorded, or that a patronymic tells; "" if neither does."""
    if person.sex in ("female", "male"):
        return person.sex
    for word in _words_of(person.patronymic):
        for ending, sex in (("vic", "male"), ("lic", "male"), ("vna", "female"), ("icna", "female")):
            if word.spellings[0].endswith(ending):
                return sex
    return ""
