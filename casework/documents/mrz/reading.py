"""Reading machine-readable lines: what they say, as far as their check digits back it, and what is to be compared."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from casework.lib.dates import Birth
from casework.lib.icao_states import State

from . import checks, days, matching, meaning
from . import problems as say
from .checks import UNREADABLE
from .layouts import TD2, Checked, Layout, Span
from .names import Name, latin_name, russian_name
from .problems import Field, Params, Problem
from .tidying import tidy

# French identity cards were of this size before they became TD1 in 2021, and not as Doc 9303 has it.
OLD_FRENCH_CARD = "IDFRA"
SEXES = {"M": "male", "F": "female", "X": "other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the lines say. A value that is blank was not there or was not trusted; `problems` tells which and why.

    `kind` is one of the kinds of `documents.Document`, "" if it is not clear. Codes of countries are those of this project.
    """

    layout: str = ""
    lines: tuple[str, ...] = ()
    kind: str = ""
    is_visa: bool = False
    issuer: str = ""
    nationality: str = ""
    number: str = ""
    family_name: str = ""
    given_names: str = ""
    patronymic: str = ""
    birth: Birth | None = None
    sex: str = ""
    issued_on: dt.date | None = None
    expires_on: dt.date | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_in_cyrillic(self) -> bool:
        return self.kind == "internal_passport"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was read."""
        return not any((self.number, self.family_name, self.given_names, self.birth, self.nationality, self.expires_on))

    def about(self, *fields: Field) -> tuple[Problem, ...]:
        """Return what there is to say about these values."""
        return tuple(problem for problem in self.problems if problem.field in fields)


def read(text: str, today: dt.date) -> Reading:
    """Return what the lines in `text` say on `today`, whatever was typed."""
    tidied = tidy(text)
    if tidied.layout is None:
        return Reading(problems=tidied.problems)
    if tidied.layout is TD2 and tidied.lines[0].startswith(OLD_FRENCH_CARD):
        return Reading(problems=(Problem(say.OLD_FRENCH_CARD),))
    return _Reader(tidied.layout, tidied.lines, today, list(tidied.problems)).reading()


@dataclass(slots=True)
class _Reader:
    """The lines while they are read: slips that a check digit proves are put right in `lines`."""

    layout: Layout
    lines: tuple[str, ...]
    today: dt.date
    problems: list[Problem]

    def reading(self) -> Reading:
        layout = self.layout
        number = self._number()
        birth = self._datum(layout.birth, "birth", say.BIRTH_CHECK)
        expiry = self._datum(layout.expiry, "expires_on", say.EXPIRY_CHECK)
        has_extra = self._optional_is_sound()
        if not self._whole_fits():
            number, birth, expiry = self._without_corrected(number=number, birth=birth, expires_on=expiry)
        issuer = self._state(layout.issuer, "issuer")
        nationality = self._state(layout.nationality, "nationality")
        kind = self._kind(issuer, nationality)
        is_internal = kind == "internal_passport"
        name = self._name(issuer, is_internal=is_internal)
        extra = layout.optional.of(self.lines) if is_internal and has_extra else ""
        return Reading(
            layout=layout.name,
            lines=self.lines,
            kind=kind,
            is_visa=layout.name.startswith("MRV"),
            issuer=issuer.code if issuer else "",
            nationality=nationality.code if nationality else "",
            number=_russian_number(number, extra) if is_internal else (number or "").rstrip("<").replace("<", "-"),
            family_name=name.family,
            given_names=name.given,
            patronymic=name.patronymic,
            birth=self._birth(birth),
            sex=self._sex(),
            issued_on=days.read_issue(extra[1:7], self.today) if extra else None,
            expires_on=self._expiry(expiry, may_lack=is_internal),
            problems=tuple(self._with_visa_said()),
        )

    # What check digits back.

    def _number(self) -> str | None:
        text, digit, rest = matching.number_of(self.lines, self.layout)
        main = self.layout.number
        where = Span(main.data.line, main.data.start, rest.end if rest else main.digit.end)
        proof = self._proved(text, digit, where, "number", say.NUMBER_CHECK)
        if proof is None:
            return None
        self.lines = main.data.put(self.lines, proof.text[: len(main.data)])
        if rest:
            self.lines = rest.put(self.lines, proof.text[len(main.data) :] + proof.digit)
        else:
            self.lines = main.digit.put(self.lines, proof.digit)
        return proof.text

    def _datum(self, checked: Checked, field: Field, message: str) -> str | None:
        """Return six digits of a date, None if their check digit does not back them."""
        text, digit = checked.data.of(self.lines), checked.digit.of(self.lines)
        where = Span(checked.data.line, checked.data.start, checked.digit.end)
        proof = self._proved(text, digit, where, field, message, is_numeric=True)
        if proof is None:
            return None
        self.lines = checked.digit.put(checked.data.put(self.lines, proof.text), proof.digit)
        return proof.text

    def _proved(
        self, text: str, digit: str, where: Span, field: Field, message: str, *, is_numeric: bool = False
    ) -> checks.Proof | None:
        if UNREADABLE in text + digit:  # which was said already
            return None
        proof = checks.prove(text, digit, is_numeric=is_numeric)
        if proof is None:
            self.problems.append(Problem(message, field=field, params=_where(where, text + digit)))
        elif (proof.text, proof.digit) != (text, digit):
            params: Params = {"typed": text + digit, "read": proof.text + proof.digit, "line": where.line + 1}
            self.problems.append(Problem(say.SLIPS, "corrected", field, params))
        return proof

    def _optional_is_sound(self) -> bool:
        digit = self.layout.optional_digit
        text = self.layout.optional.of(self.lines)
        if digit is None or UNREADABLE in text + digit.of(self.lines):
            return False
        proof = checks.prove(text, digit.of(self.lines), is_numeric=False)
        where = Span(digit.line, self.layout.optional.start, digit.end)
        if proof is None:
            self.problems.append(Problem(say.OPTIONAL_CHECK, params=_where(where, text)))
            return False
        self.lines = digit.put(self.layout.optional.put(self.lines, proof.text), proof.digit)
        return True

    def _whole_fits(self) -> bool:
        """Whether the digit over the whole document fits; said only if everything it covers seemed to be right."""
        digit = self.layout.composite_digit
        if digit is None:
            return True
        found = digit.of(self.lines)
        self.lines = digit.put(self.lines, checks.DIGIT_FOR.get(found, found))
        if matching.composite_fits(self.lines, self.layout):
            return True
        is_said = any(problem.weight == "wrong" for problem in self.problems)
        if not is_said:
            self.problems.append(Problem(say.COMPOSITE_CHECK, params=_where(digit, found)))
        return False

    def _without_corrected(self, **values: str | None) -> list[str | None]:
        """Take back what was put right: a digit of its own is not proof enough where the whole does not fit."""
        messages: Mapping[str, str] = {
            "number": say.NUMBER_CHECK,
            "birth": say.BIRTH_CHECK,
            "expires_on": say.EXPIRY_CHECK,
        }
        spans = {
            "number": self.layout.number,
            "birth": self.layout.birth,
            "expires_on": self.layout.expiry,
        }
        for problem in [each for each in self.problems if each.message == say.SLIPS]:
            checked, typed = spans[problem.field], str(problem.params["typed"])
            where = Span(checked.data.line, checked.data.start, checked.digit.end)
            self.problems.remove(problem)
            self.problems.append(Problem(messages[problem.field], field=problem.field, params=_where(where, typed)))
            values[problem.field] = None
        return list(values.values())

    # What has no check digit of its own.

    def _state(self, span: Span, field: Field) -> State | None:
        state, about = meaning.state_in(span.of(self.lines), field, _where(span, ""))
        self.problems.extend(about)
        return state

    def _kind(self, issuer: State | None, nationality: State | None) -> str:
        kind, about = meaning.kind_of(self.lines, self.layout, issuer, nationality)
        self.problems.extend(about)
        return kind

    def _name(self, issuer: State | None, *, is_internal: bool) -> Name:
        span = self.layout.names
        field = span.of(self.lines)
        if UNREADABLE in field:
            return Name()
        line, first = span.line + 1, span.start + 1
        if is_internal:
            name = russian_name(field, line=line, first=first)
        else:
            name = latin_name(field, issuer.printed if issuer else "", line=line, first=first)
        self.problems.extend(name.problems)
        return name

    def _sex(self) -> str:
        letter = self.layout.sex.of(self.lines)
        if letter == checks.FILLER:
            self.problems.append(Problem(say.SEX_UNSPECIFIED, "remark", "sex"))
        elif letter not in SEXES and letter != UNREADABLE:
            self.problems.append(Problem(say.SEX_UNREADABLE, field="sex", params=_where(self.layout.sex, letter)))
        return SEXES.get(letter, "")

    # Days.

    def _birth(self, text: str | None) -> Birth | None:
        if text is None:
            return None
        read = days.read_birth(text, self.today)
        if read is None:
            self.problems.append(Problem(say.BIRTH_UNREADABLE, field="birth", params={"text": text}))
            return None
        if read.birth.is_unknown:
            self.problems.append(Problem(say.BIRTH_UNKNOWN, "remark", "birth"))
        elif read.month:
            self.problems.append(Problem(say.BIRTH_MONTH_ALONE, "remark", "birth", {"month": read.month}))
        elif read.birth.day is None:
            self.problems.append(Problem(say.BIRTH_YEAR_ALONE, "remark", "birth"))
        if read.other_year and read.birth.year:
            years: Params = {"year": read.birth.year, "other": read.other_year}
            self.problems.append(Problem(say.BIRTH_CENTURY, "remark", "birth", years))
        return read.birth

    def _expiry(self, text: str | None, *, may_lack: bool) -> dt.date | None:
        if text is None:
            return None
        if not text.strip("<"):
            if not may_lack:
                self.problems.append(Problem(say.NO_EXPIRY, "remark", "expires_on"))
            return None
        day = days.read_expiry(text, self.today)
        if day is None:
            self.problems.append(Problem(say.EXPIRY_UNREADABLE, field="expires_on", params={"text": text}))
        elif day < self.today:
            self.problems.append(Problem(say.EXPIRED, "warning", "expires_on", {"day": day.isoformat()}))
        return day

    def _with_visa_said(self) -> list[Problem]:
        if self.layout.name.startswith("MRV"):
            self.problems.append(Problem(say.IS_VISA, "warning"))
        return self.problems


def _russian_number(number: str | None, extra: str) -> str:
    """Return series and number: the last digit of the series stands apart, first in the additional data."""
    if not number or not number.isdecimal() or not extra[:1].isdecimal():
        return ""
    return f"{number[:3]}{extra[0]} {number[3:]}"


def _where(span: Span, text: str) -> Params:
    return {"line": span.line + 1, "first": span.start + 1, "last": span.end, "text": text}
