"""Looks for one invented person in anything that lies at rest, in every form in which data likes to hide.

`needles(person)` are the forms, `hay(...)` takes apart what holds bytes in disguise, `leaks(...)` compares.
"""

import base64
import binascii
import email
import email.policy
import hashlib
import html
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

SHORTEST = 6  # bytes: what is shorter turns up by chance in a dump of random keys

# How the words of the canary look in Latin letters, by scheme. Written down, not computed, so that no
# library of ours vouches for itself.
LATIN = {
    "BGN/PCGN": ("Zyablitsev", "Kanareykin", "Vymyslovich"),
    "ICAO passport": ("Ziablitsev", "Kanareikin"),
    "passport of 1997": ("Zyabliczev", "Kanarejkin"),
    "ISO 9": ("Zâblicev", "Kanarejkin", "Vymyslovič"),
    "scholarly": ("Zjablicev", "Kanarejkin"),
    "GOST 7.79 B": ("Zyablicev", "Kanarejkin"),
    "German": ("Sjablizew", "Kanarejkin", "Wymyslowitsch"),
    "French": ("Ziablitsev", "Kanareïkine", "Vymyslovitch"),
    "ASCII folding": ("ziablicev", "kanareikin"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """`words` stand for the person alone; `phrases` are what was written about them; `numbers` are digits with separators."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    numbers: tuple[str, ...]
    born: date


CANARY = Person(
    words=("Зяблицев", "Канарейкин", "Вымыслович"),
    phrases=("kanareika.vymysel@example.net", "Несуществующая-Канареечная", "тайна канарейки", "причина канарейки"),
    numbers=("+996 700 918 273", "77 6655443"),
    born=date(1931, 4, 23),
)

Disguise = Callable[[str], Iterable[bytes]]


def _base64(data: bytes) -> Iterator[bytes]:
    """Yield what base64 shows of `data` wherever it begins in a longer text: three alignments, ends cut off."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data)
        first = (shift * 8 + 5) // 6
        last = (shift + len(data)) * 8 // 6
        yield encoded[first:last]


DISGUISES: dict[str, Disguise] = {
    "as it is": lambda text: [text.encode()],
    "lower case": lambda text: [text.lower().encode()],
    "upper case": lambda text: [text.upper().encode()],
    "decomposed": lambda text: [unicodedata.normalize("NFD", text).encode()],
    "reversed": lambda text: [text[::-1].encode()],
    "reversed lower case": lambda text: [text[::-1].lower().encode()],
    "UTF-16 LE": lambda text: [text.encode("utf-16-le")],
    "UTF-16 BE": lambda text: [text.encode("utf-16-be")],
    "UTF-32 LE": lambda text: [text.encode("utf-32-le")],
    "Windows-1251": lambda text: [text.encode("cp1251", "ignore")],
    "KOI8-R": lambda text: [text.encode("koi8-r", "ignore")],
    "ISO 8859-5": lambda text: [text.encode("iso8859-5", "ignore")],
    "CP866": lambda text: [text.encode("cp866", "ignore")],
    "UTF-8 read as Latin-1": lambda text: [text.encode().decode("latin-1").encode()],
    "hex": lambda text: [text.encode().hex().encode()],
    "hex in capitals": lambda text: [text.encode().hex().upper().encode()],
    "hex of lower case": lambda text: [text.lower().encode().hex().encode()],
    "hex of UTF-16": lambda text: [text.encode("utf-16-le").hex().encode()],
    "base64": lambda text: _base64(text.encode()),
    "base64 of lower case": lambda text: _base64(text.lower().encode()),
    "base64 of UTF-16": lambda text: _base64(text.encode("utf-16-le")),
    "base64 for addresses": lambda text: [
        each.translate(bytes.maketrans(b"+/", b"-_")) for each in _base64(text.encode())
    ],
    "base32": lambda text: [base64.b32encode(text.encode()).rstrip(b"=")[:-1]],
    "ASCII85": lambda text: [base64.a85encode(text.encode())[:-5]],
    "JSON escapes": lambda text: [json.dumps(text)[1:-1].encode()],
    "JSON escapes in capitals": lambda text: [
        re.sub(r"\\u(....)", lambda m: f"\\u{m[1].upper()}", json.dumps(text)[1:-1]).encode()
    ],
    "Python repr in ASCII": lambda text: [repr(text.encode())[2:-1].encode()],
    "percent encoding": lambda text: [urllib.parse.quote(text).encode()],
    "form encoding": lambda text: [urllib.parse.quote_plus(text).encode()],
    "percent encoding, small": lambda text: [urllib.parse.quote(text).lower().encode()],
    "quoted-printable": lambda text: [binascii.b2a_qp(text.encode()).replace(b"=\n", b"")],
    "HTML entities": lambda text: ["".join(f"&#{ord(letter)};" for letter in text).encode()],
    "HTML entities in hex": lambda text: ["".join(f"&#x{ord(letter):x};" for letter in text).encode()],
    "IDNA": lambda text: [text.lower().encode("punycode")],
    "MD5": lambda text: _hashes("md5", text),
    "SHA-1": lambda text: _hashes("sha1", text),
    "SHA-256": lambda text: _hashes("sha256", text),
    "without spaces": lambda text: ["".join(text.split()).encode()],
}

DATES: dict[str, Callable[[date], str]] = {
    "day ISO": lambda day: day.isoformat(),
    "day with dots": lambda day: f"{day:%d.%m.%Y}",
    "day with slashes": lambda day: f"{day:%d/%m/%Y}",
    "day American": lambda day: f"{day:%m/%d/%Y}",
    "day compact": lambda day: f"{day:%Y%m%d}",
    "day compact backwards": lambda day: f"{day:%d%m%Y}",
    "day in English": lambda day: f"{day.day} Apr {day.year}",
    "day in English in full": lambda day: f"{day.day} April {day.year}",
    "day in Russian": lambda day: f"{day.day} апреля {day.year}",
    "day in Russian, short": lambda day: f"{day.day} апр. {day.year}",
    "day as JSON numbers": lambda day: f"{day.year}, {day.month}, {day.day}",
}


def _hashes(name: str, text: str) -> Iterator[bytes]:
    """A hash without a key is as good as the name, to whoever has a list of names."""
    for each in (text, text.lower(), text.upper()):
        yield hashlib.new(name, each.encode(), usedforsecurity=False).hexdigest().encode()


def needles(person: Person) -> dict[str, set[bytes]]:
    """Return the forms of a person by name; each is long enough not to appear by chance."""
    texts = (*person.words, *person.phrases, *person.numbers)
    found = {name: {each for text in texts for each in disguise(text)} for name, disguise in DISGUISES.items()}
    digits = ["".join(letter for letter in number if letter.isdigit()) for number in person.numbers]
    found["digits alone"] = {each.encode() for each in digits}
    found["base64 of digits"] = {each for number in digits for each in _base64(number.encode())}
    found["hashes of digits"] = {each for number in digits for each in _hashes("sha256", number)}
    for scheme, words in LATIN.items():
        written = {each.encode() for word in words for each in (word, word.lower(), word.upper())}
        found[f"Latin letters: {scheme}"] = written | {
            each for word in words for each in _base64(word.lower().encode())
        }
    for name, shape in DATES.items():
        found[name] = {shape(person.born).encode()}
    return {name: {each for each in forms if len(each) >= SHORTEST} for name, forms in found.items()}


def leaks(where: str, data: bytes, forms: dict[str, set[bytes]]) -> list[str]:
    """Return "where: form" for each form of the person that `data` holds, in the open or in a wrapping."""
    layers = list(hay(data))
    return [
        f"{where}: {name}"
        for name, each in forms.items()
        if any(needle in layer for needle in each for layer in layers)
    ]


def hay(data: bytes) -> Iterator[bytes]:
    """Yield `data` as it is, without line breaks, and with its binary columns and parts of mail unwrapped."""
    yield data
    yield re.sub(rb"=?\r?\n[ \t]?", b"", data)
    columns = re.findall(rb"\\\\?x((?:[0-9a-f]{2}){4,})", data)
    yield b"\n".join(bytes.fromhex(each.decode()) for each in columns)
    if b"MIME-Version" in data:
        parts = email.message_from_bytes(data, policy=email.policy.default).walk()
        payloads = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
        yield b"\n".join(each for each in payloads if isinstance(each, bytes))
    if b"&" in data:
        yield html.unescape(data.decode("utf-8", "replace")).encode()


def tables() -> Iterator[tuple[str, bytes]]:
    """Yield every table of the database as `COPY` writes it, binary columns in hex."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as copy:
            yield name, b"".join(bytes(row) for row in copy)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), str(path).encode() + b"\n" + path.read_bytes()
