"""Countries as people write them in tables: codes of two and three letters, names in several languages, the usual short forms.

Nothing is guessed: a name that stands for two countries, or for none, is said to be so, with the nearest names beside it.
"""

from dataclasses import dataclass
from functools import cache

from babel import Locale
from rapidfuzz import process

from .countries import SPECIAL_NATIONALITIES, codes, is_country
from .icao_states import state_of

LANGUAGES = ("en", "ru", "uk", "kk", "ky", "mn", "uz", "tg", "de", "fr", "tr", "sr")
NEAR = 80
# What people write for a country and CLDR has not; names of nationalities among them.
_ALSO = {
    "RU": "russian federation|russian|rf|рф|российская федерация|россиянин|россиянка|русский|русская|российское",
    "UA": "ukrainian|украинец|украинка|украинское",
    "BY": "belarusian|byelorussia|belorussia|белоруссия|белорус|белоруска|рб|республика беларусь",
    "KZ": "kazakh|kazakhstani|рк|республика казахстан|казахстанец|казахстанка",
    "KG": "kyrgyz|kirghizia|kyrgyz republic|киргизия|кыргызская республика|кр|киргиз|киргизка",
    "UZ": "uzbek|узбек|узбечка|республика узбекистан",
    "TJ": "tajik|таджик|таджичка",
    "TM": "turkmen",
    "MN": "mongolian",
    "GE": "georgian|republic of georgia|сакартвело|грузин|грузинка",
    "AM": "armenian|армянин|армянка",
    "AZ": "azerbaijani|азербайджанец|азербайджанка",
    "MD": "moldovan|молдавия",
    "TR": "turkish|turkiye|turkey",
    "RS": "serbian",
    "AF": "afghan|афганец",
    "SY": "syrian|сириец",
    "IR": "iranian|iran islamic republic of",
    "IL": "israeli",
    "US": "usa|u s a|u s|united states of america|american|сша|америка",
    "GB": "uk|england|great britain|британия|англия",
    "AE": "uae|emirates|оаэ|эмираты",
    "KR": "south korea|republic of korea|южная корея|корея южная",
    "KP": "north korea|северная корея|кндр",
    "CD": "drc|dr congo|democratic republic of the congo|congo kinshasa",
    "CG": "republic of the congo|congo brazzaville",
    "CZ": "czech republic|чешская республика",
    "XXA": "stateless|без гражданства|апатрид|бг|лбг|no nationality",
    "XXX": "unknown|not known|неизвестно|не известно",
}
# One word, several countries.
_SEVERAL = {"congo": ("CD", "CG"), "конго": ("CD", "CG"), "korea": ("KR", "KP"), "корея": ("KR", "KP")}


@dataclass(frozen=True, slots=True)
class CountryRead:
    """`code`: the country, "" if the text is none or several; `choices`: which it may be; `near`: names that look alike."""

    code: str = ""
    choices: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def read_country(text: str, *, nationality: bool = False) -> CountryRead:
    """Return what country a text names; of a nationality also the codes of people without an ordinary one."""
    code = text.strip().upper()
    if is_country(code) or (nationality and code in SPECIAL_NATIONALITIES):
        return CountryRead(code)
    if len(code) == 3 and (found := state_of(code).code) and (nationality or is_country(found)):
        return CountryRead(found)
    word = _plain(text)
    choices = _words().get(word, ())
    if not nationality:
        choices = tuple(each for each in choices if is_country(each))
    if len(choices) == 1:
        return CountryRead(choices[0])
    if choices:
        return CountryRead(choices=choices)
    alike = process.extract(word, _words().keys(), limit=6, score_cutoff=NEAR) if len(word) > 3 else []
    near = dict.fromkeys(code for name, _score, _key in alike for code in _words()[name])
    return CountryRead(near=tuple(near)[:3])


def _plain(text: str) -> str:
    letters = "".join(each if each.isalnum() else " " for each in text.casefold().replace("ё", "е"))
    return " ".join(letters.split())


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in codes():
                found.setdefault(_plain(name), {})[code] = None
    for code, names in _ALSO.items():
        for name in names.split("|"):
            found[_plain(name)] = {code: None}
    several = {word: dict.fromkeys(choices) for word, choices in _SEVERAL.items()}
    return {word: tuple(choices) for word, choices in (found | several).items()}
