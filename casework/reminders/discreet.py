"""Words that no message to a person may hold, in any of the languages that we write in.

Whoever reads over their shoulder, the carrier, a landlord, must not learn who writes, about what, or where somebody comes from.
Looked for as beginnings of words, so that every ending of a word counts; in all languages at once, because a phone does not
say whose it is.
"""

import re
from collections.abc import Iterable
from functools import cache

from casework.lib.countries import USUAL, country_name

LANGUAGES = ("en", "ru", "ky", "kk", "mn", "uk")

STEMS: dict[str, tuple[str, ...]] = {
    "en": (
        *("refuge", "asylum", "migra", "immigra", "emigra", "exile", "deport", "expul", "visa", "passport", "permit"),
        *("residen", "regist", "citizen", "nationalit", "border", "embass", "consul", "minist", "police", "authorit"),
        *("court", "lawyer", "attorney", "legal", "advoca", "prison", "detain", "detention", "arrest", "mobili"),
        *("army", "milit", "draft", "conscript", "desert", "activis", "journalis", "protest", "opposition", "persecut"),
        *("torture", "violence", "shelter", "deadline", "overstay", "expire", "unhcr", "ngo", "aid", "charity"),
        *("donor", "case", "client", "doctor", "clinic", "hospital", "hiv", "pregnan", "lgbt", "http", "www"),
    ),
    "ru": (
        *("беженц", "беженк", "убежищ", "мигра", "иммигра", "эмигра", "изгнан", "депорт", "выдвор", "виз", "паспорт"),
        *("внж", "рвп", "вид на", "регистрац", "прописк", "гражданств", "границ", "посольств", "консул", "министер"),
        *(
            "полиц",
            "суд",
            "юрист",
            "адвокат",
            "правов",
            "тюрьм",
            "задерж",
            "арест",
            "мобилиз",
            "арми",
            "военком",
            "повестк",
        ),
        *("призыв", "дезертир", "активист", "журналист", "протест", "оппозиц", "преслед", "пытк", "насили", "приют"),
        *(
            "срок",
            "просроч",
            "истека",
            "уоон",
            "увкб",
            "нко",
            "фонд",
            "помощ",
            "донор",
            "дело",
            "клиент",
            "врач",
            "больниц",
        ),
        *("вич", "беремен", "лгбт"),
    ),
    "uk": (
        *(
            "біжен",
            "притул",
            "мігра",
            "вигнан",
            "депорт",
            "віз",
            "паспорт",
            "дозвіл",
            "посвідк",
            "реєстрац",
            "громадянств",
        ),
        *("кордон", "посольств", "консул", "поліц", "суд", "юрист", "адвокат", "в'язниц", "арешт", "мобіліз", "армі"),
        *(
            "призов",
            "активіст",
            "журналіст",
            "переслід",
            "насильств",
            "термін",
            "строк",
            "допомог",
            "справ",
            "лікар",
            "віл",
        ),
    ),
    "ky": (
        *("качкын", "башпаанек", "башпаанеч", "башкалка", "мигра", "депорт", "чыгаруу", "виза", "паспорт", "уруксат"),
        *(
            "каттоо",
            "каттал",
            "жарандык",
            "чек ара",
            "элчилик",
            "консул",
            "милиция",
            "полиция",
            "сот",
            "юрист",
            "адвокат",
        ),
        *("түрмө", "камак", "мобилиз", "армия", "аскер", "активист", "журналист", "куугунтук", "зомбулук", "мөөнөт"),
        *("жардам", "фонд", "иш боюнча", "доктур", "дарыгер"),
    ),
    "kk": (
        *(
            "босқын",
            "баспана",
            "пана",
            "мигра",
            "көші",
            "депорт",
            "виза",
            "паспорт",
            "төлқұжат",
            "рұқсат",
            "тіркеу",
            "тіркел",
        ),
        *(
            "азаматтық",
            "шекара",
            "елшілік",
            "консул",
            "полиция",
            "сот",
            "заңгер",
            "адвокат",
            "түрме",
            "қамау",
            "мобилиз",
        ),
        *("армия", "әскер", "белсенді", "журналист", "қуғын", "зорлық", "мерзім", "көмек", "қор", "дәрігер"),
    ),
    "mn": (
        *(
            "дүрвэг",
            "орогнол",
            "цагаач",
            "шилжин",
            "депорт",
            "албадан",
            "виз",
            "паспорт",
            "зөвшөөрөл",
            "бүртгэл",
            "бүртгүүл",
        ),
        *(
            "иргэншил",
            "хил",
            "элчин",
            "консул",
            "цагдаа",
            "шүүх",
            "хуульч",
            "өмгөөлөгч",
            "шорон",
            "баривч",
            "дайчилгаа",
        ),
        *("арми", "цэрэг", "идэвхтэн", "сэтгүүлч", "хавчлага", "хүчирхийлэл", "хугацаа", "тусламж", "сан", "эмч"),
    ),
}


def revealing(text: str, *, names: Iterable[str] = ()) -> str:
    """Return the first thing in a text that gives something away, "" if nothing does.

    `names`: of the organisation, its teams, and of whoever else must not be named.
    """
    found = _words().search(text)
    if found:
        return found[0]
    folded = text.casefold()
    return next(
        (name for name in names if len(name) > 2 and re.search(rf"(?<!\w){re.escape(name.casefold())}", folded)), ""
    )


@cache
def _words() -> re.Pattern[str]:
    stems = {stem for each in STEMS.values() for stem in each}
    countries = {country_name(code, language) for code in USUAL for language in LANGUAGES}
    # An ending changes the last letters of the name of a country: "Россия", "России".
    stems |= {name[:-1] if len(name) > 5 else name for name in countries}
    longest_first = sorted((re.escape(stem.casefold()) for stem in stems), key=lambda stem: (-len(stem), stem))
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})\w*", re.IGNORECASE)
