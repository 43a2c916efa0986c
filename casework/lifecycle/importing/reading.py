"""One row of a table read into what is recorded of a person. What can be read in two ways is refused with a question."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.clients.lookup import hash_to_store
from casework.clients.models import Contact, Import
from casework.documents.lookup import number_hash
from casework.lib.countries import country_name
from casework.lib.country_words import read_country
from casework.lib.dates import Birth, BoundedDay
from casework.lib.likeness import Details
from casework.residency.models import Registration
from casework.residency.tables.cells import UnreadableCell, read_day

from ..intake import Arrival, Paper, Person, Reach
from . import words
from .columns import BY_CODE, plain
from .sheets import BROKEN, FORMULA

OLDEST_YEARS = 120
LONGEST = {"family_name": 120, "given_name": 120, "patronymic": 120, "other_names": 400, "document_number": 60, "email": 160,
           "telegram": 160, "note": 4000, "bed": 200, "family": 60, "person_id": 60, "city": 80, "address": 300}  # fmt: skip
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_REACHED_BY = {
    "phone": Contact.Channel.PHONE,
    "email": Contact.Channel.EMAIL,
    "telegram": Contact.Channel.TELEGRAM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where rows come in: the team, its day, its colleagues by e-mail address, how days with slashes are written."""

    team_code: str
    team_name: str
    country: str
    today: date
    colleagues: Mapping[str, UUID]
    day_order: str = Import.DayOrder.NOT_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitSaid:
    kind: str
    valid_from: date | None
    printed_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSaid:
    kind: str
    registered_on: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSaid:
    city: str
    line: str
    since: date | None


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a row says. `problems`: sentences by column, each of which keeps the row from being imported."""

    person: Person
    arrival: Arrival
    reach: list[Reach] = field(default_factory=list)
    family: str = ""
    relation: str = ""
    is_unaccompanied_child: bool = False
    caseworker: UUID | None = None
    bed: str = ""
    moved_in_on: date | None = None
    note: str = ""
    has_own_arrival: bool = False
    has_stay: bool = False  # says days of a stay, not the country alone
    person_id: str = ""
    permit: PermitSaid | None = None
    registration: RegistrationSaid | None = None
    address: AddressSaid | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def has_name(self) -> bool:
        return bool(self.person.family_name or self.person.given_name)

    def details(self, region: str, further: Sequence["Reading"] = ()) -> Details:
        """Return what tells this person from others; `further`: what more rows say of the same person."""
        person, said = self.person, (self, *further)
        papers = [each.person.paper for each in said if each.person.paper is not None and each.person.paper.number]
        numbers = ((number_hash(paper.number), paper.country) for paper in papers)
        hashes = (hash_to_store(reach.channel, reach.value, region) for each in said for reach in each.reach)
        return Details(
            family_name=person.family_name,
            given_name=person.given_name,
            patronymic=person.patronymic,
            other_names=tuple(person.other_names.splitlines()),
            birth=person.birth,
            sex=person.sex,
            documents=frozenset((number, country) for number, country in numbers if number),
            contacts=frozenset(each for each in hashes if each),
        )


def read_row(cells: Mapping[str, str], place: Place) -> Reading:
    """Read the cells of a row, by the code of their column."""
    return _Reader(cells, place).read()


class _Reader:
    def __init__(self, cells: Mapping[str, str], place: Place) -> None:
        self.place = place
        self.problems: dict[str, str] = {}
        self.cells = {code: self._legible(code, cell) for code, cell in cells.items() if code in BY_CODE}

    def read(self) -> Reading:
        nationalities = self._nationalities()
        paper = self._paper(nationalities)
        relation = self._one_of("relation", words.RELATION)
        person = Person(
            family_name=self._text("family_name"),
            given_name=self._text("given_name"),
            patronymic=self._text("patronymic"),
            other_names="\n".join(
                part.strip() for part in re.split(r"[;\n]", self._text("other_names")) if part.strip()
            ),
            birth=self._birth(),
            nationalities=nationalities,
            sex=self._one_of("sex", words.SEX) or "unknown",
            language=self._language(),
            paper=paper,
        )
        self._refuse_nobody(person)
        self._refuse_other_team()
        entered = self._day("entered_on", oldest=100)
        country = self._country("country") or self.place.country
        if entered and entered > self.place.today:
            self.problems["entered_on"] = _(
                "The entry lies in the future. Look at the day again; who has not come yet is logged on the page."
            )
        born = person.birth.bounds.earliest
        if entered and born and born > entered:
            self.problems["entered_on"] = _("The entry lies before the person was born.")
        left = self._past_day("left_on", oldest=100)
        if left and entered and left < entered:
            self.problems["left_on"] = _("The exit lies before the entry. Look at both days again.")
        reading = Reading(
            person=person,
            arrival=Arrival(
                country=country,
                entered=BoundedDay.exactly(entered) if entered else BoundedDay(),
                left=left,
                paper=paper,
            ),
            has_own_arrival=any(self.cells.get(code) for code in ("entered_on", "left_on", "country")),
            has_stay=any(self.cells.get(code) for code in ("entered_on", "left_on")),
            person_id=self._text("person_id"),
            permit=self._permit(),
            registration=self._registration(),
            address=self._address(),
            reach=self._reach(),
            family=self._text("family"),
            relation=relation,
            is_unaccompanied_child=self._yes("unaccompanied_child"),
            caseworker=self._caseworker(),
            bed=self._text("bed"),
            moved_in_on=self._day("moved_in_on", oldest=1),
            note=self._text("note"),
        )
        if reading.moved_in_on and not reading.bed:
            self.problems["bed"] = _("Say into which bed they moved: site / unit / bed.")
        reading.problems = self.problems
        return reading

    def _may_be_further(self) -> bool:
        """Whether a row may add to what another one says of a person; what is lacking then is asked for by `families`."""
        return bool(self.cells.get("person_id"))

    def _refuse_nobody(self, person: Person) -> None:
        named = person.family_name or person.given_name
        if not named and not self._may_be_further() and not {"family_name", "given_name"} & self.problems.keys():
            self.problems["family_name"] = _("Enter a family name or a given name, in any script.")

    def _legible(self, code: str, cell: str) -> str:
        """Return a cell without what stands for nothing; "" with a problem where it cannot be read."""
        text = unicodedata.normalize("NFC", cell).strip()
        if cell == FORMULA or (text.startswith(("=", "@")) and code != "telegram"):
            self.problems[code] = _("The cell holds a formula. Put its value there: copy it and paste values only.")
            return ""
        if cell.startswith(BROKEN):
            self.problems[code] = _("The cell holds an error of the spreadsheet program.")
            return ""
        if "\ufffd" in text:
            self.problems[code] = _("Letters of this cell are broken: “%(text)s”. Type them again.") % {
                "text": text[:40]
            }
            return ""
        if text.startswith("'"):  # the mark by which spreadsheet programs keep a text a text
            text = text[1:].strip() if text[1:2] in "=+-@0123456789" else text
        return "" if text.casefold() in words.BLANKS else text

    def _text(self, code: str) -> str:
        text = self.cells.get(code, "")
        if code not in ("note", "other_names"):
            text = " ".join(text.split())
        longest = LONGEST.get(code, 200)
        if len(text) > longest:
            self.problems[code] = _("This is longer than %(most)s characters.") % {"most": longest}
            return ""
        return text

    def _day(self, code: str, *, oldest: int) -> date | None:
        text = self._text(code)
        if not text:
            return None
        try:
            day = read_day(self._in_order(text))
        except UnreadableCell as refusal:
            self.problems[code] = _shortly(refusal.sentence, text)
            return None
        if day and day.year < self.place.today.year - oldest:
            self.problems[code] = _("The year %(year)s lies too far back. Look at it again.") % {"year": day.year}
            return None
        return day

    def _past_day(self, code: str, *, oldest: int) -> date | None:
        day = self._day(code, oldest=oldest)
        if day and day > self.place.today:
            self.problems[code] = _("This day lies in the future. Look at it again.")
            return None
        return day

    def _in_order(self, text: str) -> str:
        """Return a day with slashes in the order that was said to hold for the table."""
        match = _SLASHES.fullmatch(text)
        if match is None or not self.place.day_order:
            return text
        first, second, year = match.groups()
        month, day = (second, first) if self.place.day_order == Import.DayOrder.DAY_FIRST else (first, second)
        return f"{year}-{month}-{day}"

    def _birth(self) -> Birth:
        text, year = self._text("birth_date"), self.place.today.year
        if re.fullmatch(r"\d{4}", text):
            if year - OLDEST_YEARS <= int(text) <= year:
                return Birth(year=int(text))
            self.problems["birth_date"] = _("Nobody here was born in %(year)s. Look at the year again.") % {
                "year": text
            }
            return Birth()
        day = self._day("birth_date", oldest=OLDEST_YEARS)
        if day and day > self.place.today:
            self.problems["birth_date"] = _("The birth lies in the future. Look at the year again.")
            return Birth()
        return Birth(day) if day else Birth()

    def _country(self, code: str) -> str:
        text = self._text(code)
        return self._read_country(code, text, nationality=False) if text else ""

    def _nationalities(self) -> tuple[str, ...]:
        parts = [part.strip() for part in re.split(r"[;,/\n]", self._text("nationality")) if part.strip()]
        if not parts and "nationality" not in self.problems and not self._may_be_further():
            self.problems["nationality"] = _("Say the nationality; XXX stands for not known, XXA for stateless.")
        found = (self._read_country("nationality", part, nationality=True) for part in parts)
        return tuple(dict.fromkeys(code for code in found if code))

    def _read_country(self, code: str, text: str, *, nationality: bool) -> str:
        read, language = read_country(text, nationality=nationality), get_language() or "en"
        if read.code:
            return read.code
        named = ", ".join(f"{country_name(each, language)} ({each})" for each in read.choices or read.near)
        if read.choices:
            self.problems[code] = _("Which country is “%(text)s”: %(choices)s?") % {"text": text[:40], "choices": named}
        elif named:
            self.problems[code] = _("We know no country “%(text)s”. Is it one of these: %(choices)s?") % {
                "text": text[:40],
                "choices": named,
            }
        else:
            self.problems[code] = _(
                "We know no country “%(text)s”. Write its name in English or Russian, or its code."
            ) % {"text": text[:40]}
        return ""

    def _one_of(self, code: str, known: Mapping[str, str]) -> str:
        text = self._text(code)
        if not text:
            return ""
        found = known.get(plain(text), "")
        if not found:
            self.problems[code] = _("“%(text)s” is none of these: %(known)s.") % {
                "text": text[:40],
                "known": ", ".join(dict.fromkeys(known.values())),
            }
        return found

    def _language(self) -> str:
        text = plain(self._text("language"))
        if not text:
            return ""
        for code, name in settings.CLIENT_LANGUAGES:
            if text in (code, plain(str(name)), _LANGUAGES.get(code)):
                return str(code)
        self.problems["language"] = _("We know no language “%(text)s”. Write one of these: %(known)s.") % {
            "text": text[:40],
            "known": ", ".join(code for code, _name in settings.CLIENT_LANGUAGES),
        }
        return ""

    def _yes(self, code: str) -> bool:
        text = self._text(code).casefold()
        if text not in words.YES | words.NO:
            self.problems[code] = _("“%(typed)s” is neither yes nor no. Write yes, no, or nothing.") % {
                "typed": text[:40]
            }
        return text in words.YES

    def _paper(self, nationalities: tuple[str, ...]) -> Paper | None:
        text, number = self._text("document_type"), self._text("document_number")
        valid_until = self._day("document_valid_until", oldest=60)
        country = self._country("document_country")
        if _SHORTENED.fullmatch(number):
            self.problems["document_number"] = _say_shortened()
            return None
        if plain(text) in words.PASSPORTS:
            self.problems["document_type"] = _("Which passport is it: international_passport or internal_passport?")
            return None
        kind = self._one_of("document_type", words.DOCUMENT)
        if not kind:
            if (number or valid_until) and "document_type" not in self.problems:
                self.problems["document_type"] = _("Say which document this is.")
            return None
        issuer = country or (nationalities[0] if nationalities else "XXX")
        return Paper(kind=kind, country=issuer, number=number, valid_until=valid_until)

    def _permit(self) -> PermitSaid | None:
        kind = self._one_of("permit_type", words.PERMIT)
        valid_from, until = self._day("permit_from", oldest=60), self._day("permit_until", oldest=60)
        if not kind:
            if (valid_from or until) and "permit_type" not in self.problems:
                self.problems["permit_type"] = _("Say which permit this is.")
            return None
        if valid_from and until and until < valid_from:
            self.problems["permit_until"] = _("The permit ends before it begins. Look at both days again.")
        return PermitSaid(kind=kind, valid_from=valid_from, printed_until=until)

    def _registration(self) -> RegistrationSaid | None:
        kind = self._one_of("registration_type", words.REGISTRATION)
        day, until = self._past_day("registered_on", oldest=60), self._day("registered_until", oldest=60)
        if day is None:
            if (kind or until) and "registered_on" not in self.problems:
                self.problems["registered_on"] = _("Say on which day they registered with the authority.")
            return None
        if until and until < day:
            self.problems["registered_until"] = _("The registration ends before it was made. Look at both days again.")
        return RegistrationSaid(kind=kind or Registration.Kind.STAY, registered_on=day, valid_until=until)

    def _address(self) -> AddressSaid | None:
        city, line, since = self._text("city"), self._text("address"), self._past_day("address_since", oldest=100)
        if not (city or line):
            if since:
                self.problems["address"] = _("Say where they live since that day.")
            return None
        if self.cells.get("bed"):
            self.problems["address" if line else "city"] = _("The bed says where they live. Clear one of the two.")
        return AddressSaid(city=city, line=line, since=since)

    def _reach(self) -> list[Reach]:
        found = []
        for code, channel in _REACHED_BY.items():
            text = self._text(code)
            if text and (value := self._line(code, text)):
                found.append(Reach(channel=channel, value=value))
        return found

    def _line(self, code: str, text: str) -> str:
        if code == "email":
            try:
                validate_email(text)
            except ValidationError:
                self.problems[code] = _("“%(text)s” is no e-mail address.") % {"text": text[:60]}
                return ""
        return self._phone(text) if code == "phone" else text

    def _phone(self, text: str) -> str:
        """Return a telephone number; without its plus it is read as of the country of the team, else as of any."""
        if _SHORTENED.fullmatch(text):
            self.problems["phone"] = _say_shortened()
            return ""
        digits = re.sub(r"\D", "", text)
        if _is_valid(text, self.place.country):
            return text
        if not text.startswith("+") and _is_valid(f"+{digits}", None):
            return f"+{digits}"
        self.problems["phone"] = _(
            "“%(text)s” is no telephone number. Write it with its country code: +996 555 012345."
        ) % {"text": text[:40]}
        return ""

    def _caseworker(self) -> UUID | None:
        text = self._text("caseworker").casefold()
        if not text:
            return None
        if text not in self.place.colleagues:
            self.problems["caseworker"] = _(
                "Nobody with this address works with the cases of the team %(team)s. Write the e-mail address of a colleague."
            ) % {"team": self.place.team_name}
            return None
        return self.place.colleagues[text]

    def _refuse_other_team(self) -> None:
        text = self._text("team")
        if text and text.casefold() not in (self.place.team_code.casefold(), self.place.team_name.casefold()):
            self.problems["team"] = _(
                "This row is of the team %(other)s, and you import into %(team)s. Import it there, or correct the row."
            ) % {"other": text[:40], "team": self.place.team_code}


_LANGUAGES = {"ru": "русский", "en": "английский", "ky": "киргизский", "kk": "казахский", "mn": "монгольский",
              "uk": "украинский"}  # fmt: skip


def _say_shortened() -> str:
    return _("The spreadsheet program has shortened this number. Format the column as text and type it again.")


def _is_valid(text: str, region: str | None) -> bool:
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(text, region)))
    except phonenumbers.NumberParseException:
        return False


def _shortly(sentence: str, text: str) -> str:
    """Return the sentence of an unreadable cell; of 05-12-26, say what is missing."""
    if re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{2}", text):
        return _("Which day is “%(text)s”? Write the year with four digits: 2026-12-05.") % {"text": text}
    return sentence
