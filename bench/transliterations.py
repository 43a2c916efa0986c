"""Six ways in which names are written in Latin letters, for measuring alone: the product reads all of them and writes none."""

from collections.abc import Callable

_SAME = dict(
    zip(
        "абвгдзиклмнопрстуф",
        ["a", "b", "v", "g", "d", "z", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f"],
        strict=True,
    )
)
_STEPPE = {"ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i"}
_TAJIK = {"ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ғ": "gh", "қ": "q"}
_UKRAINIAN = {"є": "ie", "ї": "i", "ґ": "g", "і": "i", "'": ""}
_BASE = _SAME | _STEPPE | _UKRAINIAN | {"ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u"}

_ICAO = _BASE | dict(
    zip("еёжйхцчшщъыьэюя", "e e zh i kh ts ch sh shch ie y _ e iu ia".replace("_", "'").split(), strict=True)
)
_BGN = _ICAO | dict(zip("ёйъыьюя", ["yë", "y", "”", "y", "’", "yu", "ya"], strict=True))
_ISO9 = _BASE | dict(
    zip("еёжйхцчшщъыьэюя", ["e", "ë", "ž", "j", "h", "c", "č", "š", "ŝ", "ʺ", "y", "ʹ", "è", "û", "â"], strict=True)
)
_ISO9 |= {
    "ө": "ô",
    "ү": "ù",
    "ә": "a̋",
    "ғ": "ġ",
    "қ": "ķ",
    "ң": "ņ",
    "і": "ì",
    "є": "ê",
    "ї": "ï",
    "ҳ": "ḩ",
    "ҷ": "ç",
    "ӣ": "ī",
    "ӯ": "ū",
}
_GOST = _BASE | dict(
    zip(
        "еёжйхцчшщъыьэюя",
        ["e", "yo", "zh", "j", "x", "cz", "ch", "sh", "shh", "``", "y`", "`", "e`", "yu", "ya"],
        strict=True,
    )
)
_GERMAN = _BASE | dict(
    zip(
        "веёжзйхцчшщъыьэюя",
        ["w", "e", "jo", "sch", "s", "i", "ch", "z", "tsch", "sch", "schtsch", "_", "y", "_", "e", "ju", "ja"],
        strict=True,
    )
)
_EVERYDAY = _BASE | dict(
    zip(
        "еёжйхцчшщъыьэюя",
        ["e", "yo", "zh", "y", "h", "ts", "ch", "sh", "sch", "_", "y", "_", "e", "yu", "ya"],
        strict=True,
    )
)

# What a language writes otherwise than Russian: Ukrainian passports (Cabinet of Ministers 2010), Mongolian and Tajik ones.
_OWN = {
    "uk": {"г": "h", "и": "y", "й": "i", "є": "ie", "ї": "i", "щ": "shch", "ю": "iu", "я": "ia", "х": "kh", "ь": ""},
    "mn": {"ж": "j", "ө": "u", "ү": "u", "х": "kh", "ц": "ts", "й": "i", "ь": "i"},
    "tg": _TAJIK | {"ъ": "", "й": "y", "ю": "yu", "я": "ya", "ё": "yo"},
}
_FIRST_OF_UKRAINIAN = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}


def _by(table: dict[str, str], *, own: bool = False) -> Callable[[str, str], str]:
    def write(text: str, language: str) -> str:
        letters = {key: value.strip("_") for key, value in table.items()} | (_OWN.get(language, {}) if own else {})
        words = []
        for word in text.lower().split():
            first = _FIRST_OF_UKRAINIAN.get(word[0]) if own and language == "uk" else None
            rest = word[1:] if first else word
            words.append((first or "") + "".join(letters.get(letter, letter) for letter in rest))
        return " ".join(words).title()

    return write


SYSTEMS: dict[str, Callable[[str, str], str]] = {
    "passport": _by(_ICAO, own=True),
    "bgn": _by(_BGN),
    "iso9": _by(_ISO9),
    "gost": _by(_GOST),
    "german": _by(_GERMAN),
    "everyday": _by(_EVERYDAY, own=True),
}
