"""How a demo situation is written down. A day is a date, or a number of days from today (negative: ago)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

Day = date | int
UNKNOWN = "unknown"
# Not left yet | left on an unknown day | left on a day | left between two days
Left = Day | str | tuple[Day, Day] | None


def on(day: Day, today: date) -> date:
    """Return the calendar day that is meant."""
    return today + timedelta(days=day) if isinstance(day, int) else day


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    kind: str
    country: str = "RU"
    number: str = ""
    issued_on: Day | None = None
    valid_until: Day | None = None
    state: str = "held"
    biometric: bool | None = None
    renewable_abroad: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    country: str
    entered: Day | tuple[Day, Day]
    left: Left = None
    paper: int | None = 0  # which of the person's papers was used, None: not recorded
    basis: str = "visa_free"
    purpose: str = ""
    planned: bool = False
    evidence: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    country: str
    kind: str
    valid_from: Day | None
    printed_until: Day | None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    country: str
    registered_on: Day
    valid_until: Day | None = None
    kind: str = "stay"
    stay: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    country: str
    kind: str
    filed_on: Day | None
    state: str = "pending"
    decided_on: Day | None = None
    keeps_stay_lawful: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    country: str
    city: str
    since: Day | None
    registration_possible: bool | None = None
    area_closed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What staff decided about a deadline of this duty. `imposed_on` for a date that was set.

    recorded_by, confirmed_by: names of the demo users; a later date that nobody confirmed waits.
    """

    duty: str
    kind: str  # done | waived | imposed | overridden
    reason: str = ""
    imposed_on: Day | None = None
    authority: str = ""
    paper: str = ""
    recorded_by: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody invented. `born`: a day, days before today, a year, or None where nobody knows."""

    name: tuple[str, str, str]  # family name, given name, patronymic
    born: Day | None = None
    birth_year: int | None = None
    nationalities: tuple[str, ...] = ("RU",)
    sex: str = "unknown"
    relation: str = "principal"
    other_names: str = ""
    papers: tuple[Paper, ...] = ()
    visits: tuple[Visit, ...] = ()
    rights: tuple[Right, ...] = ()
    slips: tuple[Slip, ...] = ()
    requests: tuple[Request, ...] = ()
    homes: tuple[Home, ...] = ()
    reach: tuple[str, str, str] | None = None  # channel, value, instructions
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One case, and what it is there to show."""

    shows: str
    team: str
    people: tuple[Person, ...]
    worker: str = ""  # part before the @ of the e-mail address; "": nobody looks after it yet
    opened: int = -20
    priority: str = "normal"
    notes: tuple[str, ...] = ()
    closed: str = ""
    restricted: bool = False
    names: tuple[str, ...] = field(default=())
