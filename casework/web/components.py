"""The values that components show. Views fill them; templates decide nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.web.deadline_tag import DeadlineTag


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One entry of the navigation. `is_within`: the page that is open belongs to it; `key`: the letter that leads there after "g"."""

    label: str
    url: str
    is_current: bool = False
    is_within: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One part of a subject that has several pages; `count` of what waits there, if it matters."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One fact: text, a day, a `BoundedDay`, a `Birth` or a list of these; None is "Not provided".

    `change_of` completes the link for people who hear it out of its row: "Change *date of birth*";
    the label serves if it is left out.
    """

    label: str
    value: Any
    change_url: str = ""
    change_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHeader:
    """What stands on top of every page of a case."""

    code: str
    url: str
    applicant: str
    status: str
    team: str
    deadline: DeadlineTag | None = None
    deadline_label: str = ""
    reach: str = ""
    town: str = ""
    offer_url: str = ""
    children_alone: bool = False
    is_archived: bool = False
    is_restricted: bool = False
    tabs: Sequence[Tab] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One filter in force, with the address of the list without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """What happened, when, by whom. `detail` is free text; `at` carries its zone."""

    at: dt.datetime
    title: str
    by: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysetPage:
    """A page of a list: its rows and the addresses of its neighbours, "" where there is none."""

    rows: Sequence[Any]
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job as it stands. `state`: waiting, running, done, failed or cancelled."""

    title: str
    state: str
    done: int
    total: int | None
    stage: str = ""
    message: str = ""
    result_url: str = ""

    @property
    def is_running(self) -> bool:
        return self.state in ("waiting", "running")
