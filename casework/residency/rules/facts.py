"""What is known about one person, as plain values. Nothing here knows a database or a clock."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """A day that is known exactly (both bounds equal), between two days, or not at all (None)."""

    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def exactly(cls, day: date) -> "DayRange":
        return cls(earliest=day, latest=day)

    @property
    def is_exact(self) -> bool:
        return self.earliest is not None and self.earliest == self.latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Presence in a country. `left` None: still there; a range with open bounds: left, day unknown.

    planned: written down before it began, and nobody has said since that it did.
    """

    id: str
    country: str
    entered: DayRange
    left: DayRange | None
    legal_basis: str = "visa_free"  # visa_free | visa | permit | application | none | unknown
    purpose: str = ""  # private | work | study | transit | ""
    document_kind: str = ""  # the document used to enter
    nationality: str = ""  # ISO 3166-1 alpha-2 of that document, "" if not recorded
    entry_mode: str = ""  # air | sea | land | ""
    planned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: str
    kind: str  # internal_passport | international_passport | birth_certificate | ...
    country: str
    issued_on: date | None = None
    valid_until: date | None = None
    state: str = "held"  # held | lost | expired | retained | revoked
    biometric: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A right to stay granted by an authority. `printed_until` is the last valid day on the card."""

    id: str
    country: str
    kind: str
    valid_from: date | None = None
    printed_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    id: str
    country: str
    kind: str = "stay"  # stay | address | arrival_notice
    registered_on: date | None = None
    valid_until: date | None = None
    stay_id: str = ""
    address_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    id: str
    country: str
    kind: str  # asylum | residence | renewal | extension | citizenship
    filed_on: date | None = None
    state: str = "pending"  # pending | granted | refused | appealed | withdrawn
    keeps_stay_lawful: bool | None = None
    permit_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    id: str
    country: str
    since: date | None = None
    until: date | None = None  # first day on which they no longer live there
    registration_possible: bool | None = None
    area_closed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person. `birth` is exact, a year (1 Jan to 31 Dec) or unknown."""

    client_id: str
    birth: DayRange = field(default_factory=DayRange)
    nationalities: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = ()
    documents: tuple[Document, ...] = ()
    permits: tuple[Permit, ...] = ()
    registrations: tuple[Registration, ...] = ()
    applications: tuple[Application, ...] = ()
    addresses: tuple[Address, ...] = ()
