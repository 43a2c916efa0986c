"""Invented people with names as they are in the region, and six ways in which their names are written in Latin letters."""

import dataclasses
import random
from collections.abc import Callable

RUSSIAN_GIVEN = (
    "Александр Алексей Анатолий Андрей Антон Аркадий Артём Борис Вадим Валентин Валерий Василий Виктор Виталий Владимир "
    "Владислав Вячеслав Георгий Глеб Григорий Даниил Денис Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Лев "
    "Леонид Максим Матвей Михаил Никита Николай Олег Павел Пётр Роман Руслан Семён Сергей Станислав Степан Тимофей Фёдор "
    "Юрий Яков Ярослав"
).split()
PATRONYMICS = {"ий": "ьевич", "ей": "еевич", "й": "евич", "ь": "евич", "я": "ич", "а": "ич"}
TUVAN_GIVEN = (
    "Айдыс Аян Кежик Мерген Начын Орлан Сайдаш Сылдыс Тамерлан Темир Хеймер Чойган Чингис Шолбан Эрес Аяс Буян Белек Доржу "
    "Кара-оол Кызыл-оол Май-оол Монгуш Опан Сат Хулер Чаян Ыйман"
).split()
BURYAT_GIVEN = (
    "Аюр Баир Балдан Батор Бато Булат Бэлигто Гомбо Даши Доржо Жамсо Жаргал Зорикто Мунко Намжил Нима Содном Солбон Сэнгэ "
    "Тумэн Цыден Цырен Чимит Эрдэни Эрдэм Бадма Дашинима Цыдып"
).split()
KYRGYZ_GIVEN = (
    "Азамат Айбек Акылбек Алмаз Бакыт Болот Жаныбек Жээнбек Кубанычбек Максат Мирлан Нурбек Өмүрбек Өскөн Рустам Саламат "
    "Талант Таалайбек Төлөгөн Улан Чыңгыз Шамбет Элдияр Эркин Ырыскелди"
).split()
KAZAKH_GIVEN = (
    "Айдос Әділет Асқар Бауыржан Дәурен Ербол Ержан Жандос Жәнібек Қайрат Қанат Қасым Мұрат Нұрлан Нұржан Олжас Өркен Сәкен "
    "Серік Тұрар Шыңғыс Ілияс Ғалым Ұлан"
).split()
MONGOLIAN_GIVEN = (
    "Батбаяр Батжаргал Болд Ганбаатар Ганзориг Дорж Зоригт Мөнхбат Нарантуяа Оюунчимэг Өлзийбаяр Пүрэвдорж Сүхбаатар "
    "Төмөрбаатар Түвшин Хүрэлбаатар Цогтбаяр Цэцэгмаа Чулуун Энхбаяр Энхжаргал Эрдэнэ Бямба Гэрэлмаа"
).split()

_FIRST = "Бар Бер Вол Гал Гор Дар Дем Жел Жиг Зар Зел Зуб Кал Кам Кол Кор Кут Лад Лем Мал Мар Мел Мор Нар Нест Ор Пав Пет Пил Пол".split()
_FIRST += "Раз Рож Рык Сав Сел Сид Сол Стар Сух Тар Тих Том Ус Фил Хар Хрущ Цар Цыг Чеб Чер Чиж Шап Шел Шиш Щег Щерб Юр Юш Яз Яш Эрд".split()
_MIDDLE = "а о ан ен ин ор ар ыл ел ищ уш ов ежк ник ач ян ий ых ол ут ем ерт юх ожн ишк ульк".split()
_RUSSIAN_END = "ов ев ин ын ский цев ёв ыхин кин ников енко юк".split()
_STEPPE_STEMS = "Аюш Бад Балд Бат Гом Даш Дорж Жам Жап Зан Лам Мун Нам Ним Оч Раб Сан Сод Тум Цыб Цыд Цыр Чим Шаг Эрд Бай Жум Кал Кош Мам Нур Сат Тай Тур Улук Шам Ыс".split()
_STEPPE_MIDDLE = "а ик ап ол аб ен ын ум ал ыр ож ил ант эн".split()
_STEPPE_END = "ов ев уев аев ын ин баев алиев куулу бекова оол".split()


@dataclasses.dataclass(frozen=True)
class Invented:
    """A person who does not exist."""

    family: str
    given: str
    patronymic: str
    birth_year: int

    @property
    def full(self) -> str:
        return f"{self.family} {self.given} {self.patronymic}"


def people(count: int, *, seed: int = 1) -> list[Invented]:
    """Return invented people; some family names are much more common than others, as they are."""
    chance = random.Random(seed)
    russian = _surnames(chance, 3000, _FIRST, _MIDDLE, _RUSSIAN_END)
    steppe = _surnames(chance, 1660, _STEPPE_STEMS, _STEPPE_MIDDLE, _STEPPE_END)
    givens = [(RUSSIAN_GIVEN, russian), (TUVAN_GIVEN, steppe), (BURYAT_GIVEN, steppe), (KYRGYZ_GIVEN, steppe)]
    givens += [(KAZAKH_GIVEN, steppe), (MONGOLIAN_GIVEN, steppe)]
    weights = [8, 2, 3, 3, 2, 2]
    family_weights = {id(names): [1 / (rank + 30) for rank in range(len(names))] for names in (russian, steppe)}
    found = []
    for given, families in chance.choices(givens, weights, k=count):
        family = chance.choices(families, family_weights[id(families)])[0]
        father = chance.choice(given if chance.random() < 0.6 else RUSSIAN_GIVEN)
        found.append(Invented(family, chance.choice(given), patronymic(father), chance.randint(1945, 2015)))
    return found


def patronymic(father: str) -> str:
    """Return the patronymic of a man's name."""
    for ending, instead in PATRONYMICS.items():
        if father.endswith(ending):
            return father[: -len(ending)] + instead
    return father + "ович"


def _surnames(chance: random.Random, count: int, first: list[str], middle: list[str], last: list[str]) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[chance.choice(first) + chance.choice(middle) + chance.choice(last)] = None
    return list(found)


def with_typo(text: str, chance: random.Random) -> str:
    """Return the text with one letter changed, left out, doubled or swapped with the next, not the first of a word."""
    places = [
        place for place in range(1, len(text) - 1) if text[place - 1].isalpha() and text[place : place + 2].isalpha()
    ]
    place = chance.choice(places)
    letters = "abcdefghiklmnoprstuvyz" if text.isascii() else "абвгдежзиклмнопрстуфхцчшыэюя"
    before, letter, after = text[:place], text[place], text[place + 1 :]
    return chance.choice(
        [
            before + chance.choice(letters) + after,
            before + after,
            before + letter + chance.choice(letters) + after,
            before + after[0] + letter + after[1:],
        ]
    )


_COMMON = dict(zip("абвгдзиклмнопрстуф", "a b v g d z i k l m n o p r s t u f".split(), strict=True))
# Letters beyond Russian are written alike in all of them, as passports do.
_COMMON |= {"ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i"}
_ICAO = _COMMON | {
    "е": "e", "ё": "e", "ж": "zh", "й": "i", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y",
    "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_BGN = _ICAO | {"й": "y", "ъ": "”", "ь": "’", "ю": "yu", "я": "ya", "ё": "yë", "ы": "y"}
_GOST = _ICAO | {
    "ё": "yo", "й": "j", "х": "x", "ц": "cz", "щ": "shh", "ъ": "``", "ы": "y`", "ь": "`", "э": "e`", "ю": "yu", "я": "ya",
}  # fmt: skip
_FRENCH = _ICAO | {
    "ж": "j", "й": "ï", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "ъ": "", "ю": "iou", "я": "ia", "ё": "io",
}  # fmt: skip
_GERMAN = _COMMON | {
    "в": "w", "е": "e", "ё": "jo", "ж": "sch", "з": "s", "й": "i", "х": "ch", "ц": "z", "ч": "tsch", "ш": "sch", "щ": "schtsch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju", "я": "ja",
}  # fmt: skip
_EVERYDAY = _ICAO | {"й": "y", "х": "h", "щ": "sch", "ъ": "", "ю": "yu", "я": "ya", "ё": "yo", "ц": "ts"}


def _letter_by_letter(table: dict[str, str]) -> Callable[[str], str]:
    def write(text: str) -> str:
        return "".join(table.get(letter, letter) for letter in text.lower()).title()

    return write


def bgn(text: str) -> str:
    """BGN/PCGN: ye at the beginning and after a vowel, й, ъ or ь."""
    lower = text.lower()
    written = []
    for place, letter in enumerate(lower):
        before = lower[place - 1] if place else " "
        soft = before in "аеёиоуыэюяйъь -"
        written.append({"е": "ye" if soft else "e", "ё": "yë" if soft else "ë"}.get(letter) or _BGN.get(letter, letter))
    return "".join(written).title()


def gost(text: str) -> str:
    """GOST 7.79-2000, system B: ц is c before e, i, y and j."""
    written = _letter_by_letter(_GOST)(text).lower()
    for soft in "eiyj":
        written = written.replace(f"cz{soft}", f"c{soft}")
    return written.title()


def german(text: str) -> str:
    """As in German newspapers: Je at the beginning, ss between vowels."""
    lower = text.lower()
    written = []
    for place, letter in enumerate(lower):
        before = lower[place - 1] if place else " "
        after = lower[place + 1] if place + 1 < len(lower) else " "
        vowels = "аеёиоуыэюя"
        if letter == "е" and (before in " -" or before in vowels + "ьъ"):
            written.append("je")
        elif letter == "с" and before in vowels and after in vowels:
            written.append("ss")
        else:
            written.append(_GERMAN.get(letter, letter))
    return "".join(written).title()


def everyday(text: str) -> str:
    """As people write their own names: -y for -ий and -ый."""
    return _letter_by_letter(_EVERYDAY)(text.replace("ий ", "y ").replace("ый ", "y ") + " ").strip()


SYSTEMS: dict[str, Callable[[str], str]] = {
    "ICAO 9303": _letter_by_letter(_ICAO),
    "BGN/PCGN": bgn,
    "GOST 7.79 B": gost,
    "French": _letter_by_letter(_FRENCH),
    "German": german,
    "everyday": everyday,
}
