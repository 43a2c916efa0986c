"""The look of document numbers as people write it down: `## ## ######` is the number of a Russian internal passport.

`#` a digit, `@` a Latin letter, `&` a Cyrillic letter, `%` a Roman number, `*` a letter or a digit; letters and digits stand
for themselves. Spaces and punctuation do not count, and a Cyrillic letter that looks like a Latin one passes for it.
"""

import re
import unicodedata
from collections.abc import Iterable

# Cyrillic capitals that look like Latin ones, which are typed for each other in document numbers.
LOOK_ALIKES = str.maketrans("АВЕЗІЈКМНОРСТУХЅԚԜҮ", "ABE3IJKMHOPCTYXSQWY")
_LATIN_LOOKS = "".join(sorted(chr(point) for point in LOOK_ALIKES))

_CLASSES = {
    "#": "[0-9]",
    "@": f"[A-Z{_LATIN_LOOKS}]",
    "&": "[А-ЯЁҐЄІЇЎӨҮҢҚҒҰҺӘABEKMHOPCTYXIJS]",
    "%": "[IVXLCІХС]{1,7}",
    "*": "[A-ZА-ЯЁҐЄІЇЎӨҮҢҚҒҰҺӘ0-9]",
}
_SAYABLE = re.compile(r"[#@&%*\w\s./№-]{1,40}")


def is_mask(text: str) -> bool:
    """Return whether `text` says how a number looks."""
    return _SAYABLE.fullmatch(text) is not None and bool(_parts(text))


def fits(mask: str, number: str) -> bool:
    """Return whether a number looks as the mask says."""
    return re.fullmatch("".join(_pattern(part) for part in _parts(mask)), _capitals(_without_sign(number))) is not None


def fits_any(masks: Iterable[str], number: str) -> bool:
    """Return whether a number looks as one of the masks says. No masks say nothing: anything fits."""
    known = list(masks)
    return not known or any(fits(mask, number) for mask in known)


def example_of(mask: str) -> str:
    """Return an invented number that fits: `##-&&` gives "00-АА"."""
    return mask.translate(str.maketrans("#@&%*", "0AАI0"))


def capitals_and_digits(text: str) -> str:
    """Return a number in capitals without spaces and punctuation, Cyrillic look-alikes as Latin letters."""
    return _capitals(text).translate(LOOK_ALIKES)


def _parts(mask: str) -> str:
    """Return the characters of a mask that count."""
    capitals = unicodedata.normalize("NFKC", _without_sign(mask)).upper()
    return "".join(character for character in capitals if character in _CLASSES or character.isalnum())


def _pattern(part: str) -> str:
    if part in _CLASSES:
        return _CLASSES[part]
    looks = {part, part.translate(LOOK_ALIKES)}
    looks |= {chr(cyrillic) for cyrillic, latin in LOOK_ALIKES.items() if chr(latin) in looks}
    return f"[{''.join(sorted(looks))}]"


def _capitals(text: str) -> str:
    capitals = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in capitals if character.isalnum())


def _without_sign(text: str) -> str:
    """Return a number without its sign, which NFKC would take for the letters "No"."""
    return text.replace("№", "")
