"""The codes of states and of people without one that ICAO Doc 9303 prints, as the codes that this project stores.

Most are ISO 3166 with three letters, which Babel shortens. What passports print besides stands here (part 3, section 5).
"""

from dataclasses import dataclass
from functools import cache

from babel.core import get_global

from casework.lib.countries import SPECIAL_NATIONALITIES, is_country

_PRINTED_OTHERWISE = {
    "D": "DE",
    "RKS": "XK",
    "UNK": "XK",  # travel documents of the United Nations mission in Kosovo
    "ROM": "RO",
    "ZAR": "CD",
    "TMP": "TL",
    # British nationals who are no British citizens.
    "GBD": "GB",
    "GBN": "GB",
    "GBO": "GB",
    "GBP": "GB",
    "GBS": "GB",
}
_ORGANISATIONS = frozenset(
    {"UNO", "UNA", "EUE", "XOM", "XPO", "XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XES", "XMP", "XDC", "XAU", "XCT"}
)
_GONE = frozenset({"SUN", "YUG", "SCG", "CSK", "DDR", "ANT", "NTZ"})
SPECIMEN = "UTO"


@dataclass(frozen=True, slots=True)
class State:
    """What three letters of a document stand for. `code` is "" where that is no country and no nationality.

    `sort` is one of "country", "person" (somebody without an ordinary nationality), "british", "organisation",
    "gone", "specimen", "unknown".
    """

    printed: str
    code: str
    sort: str


def state_of(printed: str) -> State:
    """Return what is meant by the letters that a document prints, without their fillers."""
    if printed in SPECIAL_NATIONALITIES:
        return State(printed, printed, "person")
    if printed in _ORGANISATIONS:
        return State(printed, "", "organisation")
    if printed in _GONE:
        return State(printed, "", "gone")
    if printed == SPECIMEN:
        return State(printed, "", "specimen")
    code = _PRINTED_OTHERWISE.get(printed) or _shortened().get(printed, "")
    if not code:
        return State(printed, "", "unknown")
    return State(printed, code, "british" if printed.startswith("GB") and printed != "GBR" else "country")


@cache
def _shortened() -> dict[str, str]:
    aliases: dict[str, list[str]] = get_global("territory_aliases")  # type: ignore[assignment]
    return {
        printed: codes[0]
        for printed, codes in aliases.items()
        if len(printed) == 3 and printed.isalpha() and len(codes) == 1 and is_country(codes[0])
    }
