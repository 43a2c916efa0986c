"""One form for a name in whatever script and spelling: `Евгений`, `Evgeniy`, `Yevgeny` and `Jewgeni` fold to `evgeni`.

A skeleton is not a transliteration: it keeps only what all the usual ones agree on. Cyrillic letters, those of Kazakh, Kyrgyz,
Tuvan, Buryat, Mongolian, Tajik, Bashkir and Ukrainian included, become Latin by the table here, other scripts by `anyascii`;
then the spellings that ICAO 9303, BGN/PCGN, GOST 7.79, French, German and everyday use give to one sound become one letter:

    c  ж ч ш щ дж (zh ch sh shch tsch sch tch)      s  с з ц (s z ts tz cz, and c before e, i, y)
    h  х h kh          k  к қ q ck, other c         v  в w, -off at the end
    e  е ё э ie ye io yo je jo    a  а я ia ya ja    u  у ю ү ұ ou iu yu ju    i  и й ы і y j, runs of them

Where one spelling stands for two sounds (`j` is й in German and ж in Kyrgyz, `ch` is ч or х, `x` is кс or х, a bare `h` is х or
the г of Ukrainian, ө is written o, and u in Mongolian), there are several skeletons: `spellings` gives all of them.
"""

import functools
import itertools
import re
import unicodedata

from anyascii import anyascii

MAX_SPELLINGS = 6

# Ж and its like are marked by capitals until the digraphs of Latin spellings have been read, so that з + х is not taken for ж.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "C", "з": "s", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "H", "ц": "s", "ч": "C", "ш": "C", "щ": "C", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "O", "ұ": "u", "ү": "u", "һ": "H", "і": "i",  # Kazakh
    "ї": "i", "є": "ie", "ґ": "g", "ў": "u", "ѓ": "g", "ќ": "k",  # Ukrainian, Belarusian, Macedonian
    "ҳ": "H", "ҷ": "C", "ӣ": "i", "ӯ": "u", "ӱ": "u", "ӧ": "o", "ӓ": "a", "ӹ": "i", "ѳ": "f", "ѣ": "e",  # Tajik, Mari
    "ҙ": "s", "ҫ": "s", "ҡ": "k", "ҥ": "n", "ҕ": "g", "ӈ": "n", "ӄ": "k", "җ": "C", "ҹ": "C", "ҝ": "g", "ҟ": "k",
    "ј": "i", "љ": "l", "њ": "n", "ћ": "C", "ђ": "C", "џ": "C", "ѕ": "s", "ѐ": "e", "ѝ": "i",  # Serbian, Bulgarian
}  # fmt: skip

# Latin letters whose marks say which sound is meant; any other mark is dropped.
_LATIN = {
    "č": "C", "ć": "C", "š": "C", "ş": "C", "ș": "C", "ž": "C", "ŝ": "C", "ç": "C", "ğ": "g", "ı": "i", "ħ": "H",
    "û": "iu", "â": "ia", "è": "e", "ë": "e", "ö": "o", "ü": "u", "ä": "a", "å": "a", "ə": "a", "ñ": "n", "ß": "s",
    "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "t",
}  # fmt: skip

_LETTERS = str.maketrans(_CYRILLIC | _LATIN)

# After the letters, in this order; C and H are sounds already known, everything else is a to z.
_SIBILANTS = re.compile("dC|schtsch|chtch|dsch|tsch|shch|shh|tch|sch|dzh|zh|sh|dj")
_OF_TWO_LETTERS = {"kh": "H", "gh": "g", "ph": "f", "th": "t"}
_WITH_H = re.compile("kh|gh|ph|th")
_AMBIGUOUS = re.compile("(ch|j|x|h|O)")
_READINGS = {"ch": ("C", "H"), "j": ("i", "C"), "x": ("ks", "H"), "h": ("H", "g"), "O": ("o", "u")}
_FOLDS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        ("gu(?=[ei])", "g"),  # Serguei
        ("tz|ts|cz|z", "s"),
        ("ck|q", "k"),
        ("c(?=[eiy])", "s"),
        ("c", "k"),
        ("off?$", "ov"),
        ("w", "v"),
        ("ng", "n"),
        ("y", "i"),
        ("i+", "i"),
        ("i?ou", "u"),
        ("iu", "u"),
        ("ia", "a"),
        ("i[eo]", "e"),
    ]
]
_DOUBLES = re.compile(r"(.)\1+")
_NOT_LETTERS = re.compile("[^a-zCHO]+")
_APOSTROPHES = re.compile("['`´ʹʺʼʽʾʿ‘’\u0300-\u036f\"″′]")

# The order of Cyrillic letters in lists: Russian, with the letters of other languages after the ones they come from.
_CYRILLIC_ORDER = "аәӓбвгғґҕдђеєжҗзҙѕиіїӣйјкқҡлљмнңҥњоөӧпрсҫтћуұүўӯфхҳһцчҷџшщъыӹьэюя"
_ORDER = str.maketrans(
    {letter: chr(0x430 + place) for place, letter in enumerate(_CYRILLIC_ORDER)}
    | {"ё": chr(0x430 + _CYRILLIC_ORDER.index("е"))}
)


def skeleton(text: str) -> str:
    """Return the words of a name folded to their likeliest skeletons, in the order in which they stand."""
    return " ".join(spellings(word)[0] for word in words(text))


def words(text: str) -> list[str]:
    """Return the words of a name in Latin letters, each ready for `spellings`."""
    bare = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    letters = bare.translate(_LETTERS)
    if not letters.isascii():
        letters = "".join(letter if letter.isascii() else anyascii(letter).lower() for letter in letters)
    return [word for word in _NOT_LETTERS.split(_APOSTROPHES.sub("", letters)) if word]


@functools.lru_cache(maxsize=65_536)
def spellings(word: str) -> tuple[str, ...]:
    """Return the skeletons of one word as `words` gives it, the likeliest first; at least one."""
    known = _WITH_H.sub(lambda found: _OF_TWO_LETTERS[found[0]], _SIBILANTS.sub("C", word))
    parts = _AMBIGUOUS.split(known)
    readings = itertools.islice(itertools.product(*(_READINGS.get(part, (part,)) for part in parts)), MAX_SPELLINGS)
    return tuple(dict.fromkeys(_folded("".join(reading)) for reading in readings))


def sort_key(text: str) -> str:
    """Return a key that puts names in the order of the alphabet: Latin first, then Cyrillic, then other scripts."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("-", " ")
    bare = "".join(_without_marks(letter) for letter in folded)
    return " ".join(_APOSTROPHES.sub("", bare.translate(_ORDER)).split())


def _folded(word: str) -> str:
    for pattern, replacement in _FOLDS:
        word = pattern.sub(replacement, word)
    return _DOUBLES.sub(r"\1", word).lower() or word.lower()


def _without_marks(letter: str) -> str:
    # Of Latin letters only: й is another letter than и.
    return letter if "\u0400" <= letter <= "\u052f" else unicodedata.normalize("NFD", letter)[:1]
