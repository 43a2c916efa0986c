"""Makes machine-readable lines of invented people, written apart from the code that reads them."""

from dataclasses import dataclass

RUSSIAN = dict(zip("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678", strict=True))


def digit(text: str) -> str:
    total = 0
    for place, character in enumerate(text):
        worth = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(character)
        total += max(worth, 0) * [7, 3, 1][place % 3]
    return str(total % 10)


def checked(text: str) -> str:
    return text + digit(text)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody invented, as the lines print them."""

    code: str = "P<"
    issuer: str = "RUS"
    nationality: str = "RUS"
    family: str = "OBRAZTSOVA"
    given: str = "VYMYSHLENA"
    number: str = "750000001"
    birth: str = "900517"
    sex: str = "F"
    expiry: str = "310412"
    optional: str = ""

    @property
    def names(self) -> str:
        return f"{self.family}<<{self.given}"

    @property
    def state(self) -> str:
        return self.issuer.ljust(3, "<")

    @property
    def nation(self) -> str:
        return self.nationality.ljust(3, "<")


def td3(holder: Holder) -> str:
    first = f"{holder.code}{holder.state}{holder.names}"[:44].ljust(44, "<")
    number, birth, expiry = checked(holder.number.ljust(9, "<")), checked(holder.birth), checked(holder.expiry)
    optional = checked(holder.optional.ljust(14, "<"))
    last = digit(number + birth + expiry + optional)
    return f"{first}\n{number}{holder.nation}{birth}{holder.sex}{expiry}{optional}{last}"


def td2(holder: Holder) -> str:
    first = f"{holder.code}{holder.state}{holder.names}"[:36].ljust(36, "<")
    birth, expiry = checked(holder.birth), checked(holder.expiry)
    number, optional = _number_and_optional(holder, 7)
    last = digit(number + birth + expiry + optional)
    return f"{first}\n{number}{holder.nation}{birth}{holder.sex}{expiry}{optional}{last}"


def td1(holder: Holder, second: str = "") -> str:
    number, optional = _number_and_optional(holder, 15)
    birth, expiry, second = checked(holder.birth), checked(holder.expiry), second.ljust(11, "<")
    last = digit(number + optional + birth + expiry + second)
    names = holder.names[:30].ljust(30, "<")
    return f"{holder.code}{holder.state}{number}{optional}\n{birth}{holder.sex}{expiry}{holder.nation}{second}{last}\n{names}"


def visa(holder: Holder, width: int = 44) -> str:
    first = f"V<{holder.state}{holder.names}"[:width].ljust(width, "<")
    number, birth, expiry = checked(holder.number.ljust(9, "<")), checked(holder.birth), checked(holder.expiry)
    return f"{first}\n{number}{holder.nation}{birth}{holder.sex}{expiry}{holder.optional}".ljust(2 * width + 1, "<")


def russian_internal(
    *, family: str, given: str, series: str, number: str, issued: str, sex: str = "F", birth: str = "900517"
) -> str:
    """The lines of a Russian internal passport. Names are in Cyrillic, the patronymic after a space."""
    spelled = ["".join(RUSSIAN.get(each, "<") for each in part) for part in (family, given)]
    first = f"PNRUS{spelled[0]}<<{spelled[1]}"[:44].ljust(44, "<")
    document, born = checked(series[:3] + number), checked(birth)
    extra = checked(f"{series[3]}{issued}770001<")
    return f"{first}\n{document}RUS{born}{sex}<<<<<<<{extra}{digit(document + born + '<' * 7 + extra)}"


def _number_and_optional(holder: Holder, width: int) -> tuple[str, str]:
    if len(holder.number) <= 9:
        return checked(holder.number.ljust(9, "<")), holder.optional.ljust(width, "<")
    rest = holder.number[9:] + digit(holder.number) + "<"
    return holder.number[:9] + "<", (rest + holder.optional).ljust(width, "<")
