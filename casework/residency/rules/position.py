"""What the engine answers: limits, deadlines, opportunities and warnings, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from .kinds import Duty, ReviewStatus


class SubjectKind(StrEnum):
    """The fact that a deadline is about; with its id it is part of the deadline's identity."""

    STAY = "stay"
    PERMIT = "permit"
    DOCUMENT = "document"
    REGISTRATION = "registration"
    ADDRESS = "address"
    APPLICATION = "application"
    CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from facts to a date. `code` picks a translatable sentence, `values` fill it.

    Values are JSON: numbers, ISO days, codes and ids of facts and rules, never copies of personal data.
    """

    code: str
    values: Mapping[str, Any]
    rule_id: str = ""
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How far one limit of the stay is used up, as on the day of the question (of a planned stay: its first day).

    overstay_is_sure: whether it is broken by the better reading of the facts too.
    last_lawful_day: under this limit alone; None if that day is not lawful already, or the limit is `unlimited`.
    """

    rule_id: str
    country: str
    stay_id: str
    days_used: int | None
    days_allowed: int | None
    last_lawful_day: date | None
    unlimited: bool = False
    alternative_on: date | None
    overstay: bool
    overstay_is_sure: bool = True
    first_overstay_day: date | None
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date by which something must happen. Identity: duty, subject, occurrence (within one client).

    due_on: last day on which it may be done; None if it cannot be computed (the warning says why).
    opens_on: first day on which it may be done, where the law says so.
    alternative_on: the date under the other reading, never before `due_on`.
    optional: only due if the person wants what it leads to.
    only_if_here_after: the duty arises only for who is still in the country after this day.
    met_by: the fact by which it has been done (a registration, an application), on `met_on` if that day is known.
    rule_ids: the binding rule first, then the others of the conjunction.
    recheck_on: the day from which only the passing of time may change the answer.
    """

    duty: Duty
    subject: Subject
    occurrence: int = 1
    country: str
    due_on: date | None
    opens_on: date | None = None
    alternative_on: date | None = None
    optional: bool = False
    only_if_here_after: date | None = None
    met_by: Subject | None = None
    met_on: date | None = None
    rule_ids: tuple[str, ...]
    review: ReviewStatus
    because: tuple[Step, ...]
    recheck_on: date | None = None

    @property
    def is_met(self) -> bool:
        return self.met_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A date from which something becomes possible: re-entry, a renewal window, residence."""

    duty: Duty
    subject: Subject
    country: str
    opens_on: date
    rule_ids: tuple[str, ...]
    review: ReviewStatus
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:  # noqa: A001 - the word that pages and staff use
    """Something a person must look at: no rule recorded, contradictory facts, a closed area."""

    code: str
    values: Mapping[str, Any]
    country: str = ""
    subject: Subject | None = None
    rule_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The whole answer. Figures of `limits` that count days move with every day and are not in `recheck_on`."""

    on: date
    known_at: datetime | None
    country: str  # where the person is on that day, "" if nowhere on record
    limits: tuple[Limit, ...]
    deadlines: tuple[Deadline, ...]
    opportunities: tuple[Opportunity, ...]
    warnings: tuple[Warning, ...]
    recheck_on: date | None  # earliest day from which only the passing of time may change any of it
    looked_at: frozenset[str] = frozenset()  # the scopes of the book on which it rests, of whatever day: see `scopes`
