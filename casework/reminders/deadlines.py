"""Deadlines as what reminders speak of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from casework.accounts.models import Absence, User
from casework.accounts.prepared import Prepared
from casework.clients.audience import Audience, told_of_cases
from casework.clients.models import Case
from casework.residency.models import Deadline, Jurisdiction

from .ladder import TIME_TO_ANSWER, Ladder, first_told, reached
from .matters import CHUNK, Matter, Source, among, chunked
from .models import Reminder
from .policies import KindPolicy, Policies, policies
from .schedule import LONGEST_LEAD, lead_reached
from .subjects import DEADLINE
from .unsaid import unsaid
from .words import Word, words_about


def subject_of(deadline_id: UUID) -> str:
    """Return the name under which reminders speak of a deadline."""
    return f"{DEADLINE}{deadline_id}"


def time_zones() -> dict[str, str]:
    """Return the time zone of every country that has one on record."""
    return dict(Jurisdiction.objects.exclude(time_zone="").values_list("code", "time_zone"))


def today_of(deadline: Deadline, zones: dict[str, str], now: datetime) -> date:
    """Return which day it is where the deadline falls due, else where the team is."""
    return now.astimezone(ZoneInfo(zones.get(deadline.country) or deadline.client.case.team.time_zone)).date()


def _due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    decided = policies()
    # One day more than the longest lead: somewhere it is already tomorrow.
    until = now.date() + timedelta(days=max(LONGEST_LEAD, decided.longest_lead) + 1)
    rows = Deadline.objects.open().due_by(until).filter(optional=False).select_related("client__case__team")
    zones = time_zones()
    for deadlines in chunked(among(rows, cases, "client__case")):
        yield _spoken_of(_Batch(deadlines, decided, zones, now))


def _unsaid(now: datetime) -> Iterator[list[Matter]]:
    decided, zones = policies(), time_zones()
    rows = Deadline.objects.open().filter(optional=False).select_related("client__case__team")
    ids = unsaid(decided, zones, Reminder.BY_HAND, now)
    for begin in range(0, len(ids), CHUNK):
        deadlines = list(rows.filter(pk__in=ids[begin : begin + CHUNK]).order_by("pk"))
        yield _spoken_of(_Batch(deadlines, decided, zones, now))


def _standing(ids: Collection[str], now: datetime) -> Sequence[Matter]:
    deadlines = list(Deadline.objects.select_related("client__case__team").filter(pk__in=ids))
    batch = _Batch(deadlines, policies(), time_zones(), now)
    return [
        matter
        for it in deadlines
        for matter in (batch.matter(it), *(batch.rung(it, rung) for rung in batch.decided.rungs))
    ]


def _spoken_of(batch: "_Batch") -> list[Matter]:
    near = [subject_of(it.pk) for it in batch.deadlines if reached(it.drives_on, batch.today(it), batch.decided.rungs)]
    told = first_told(near)
    return [matter for it in batch.deadlines for matter in (batch.matter(it), *batch.rungs(it, told))]


class _Batch:
    """Some deadlines, with what has to be known to speak of them."""

    def __init__(self, deadlines: Sequence[Deadline], decided: Policies, zones: dict[str, str], now: datetime) -> None:
        cases = [it.client.case for it in deadlines]
        self.deadlines = deadlines
        self.now, self.decided, self.zones = now, decided, zones
        self.audience = Audience(cases, now)
        self.ladder = Ladder(cases, self.audience, now)
        self.words = words_about(deadlines)

    def today(self, deadline: Deadline) -> date:
        return today_of(deadline, self.zones, self.now)

    def matter(self, deadline: Deadline) -> Matter:
        """Return what is said to whoever looks after the case."""
        case, word, today = deadline.client.case, self.words.get(deadline.pk), self.today(deadline)
        is_silent = word is not None and word.is_silent_on(today)
        told = set(self.audience.of(case))
        if KindPolicy.Also.COORDINATOR in self.decided.also(deadline.duty):
            told |= set(self.audience.coordinators_of(case))
        leads = (*self.decided.leads_of(deadline.duty), *(word.speaks_again if word else ()))
        is_quiet = is_silent or deadline.drives_on is None
        lead = None if is_quiet else lead_reached(deadline.drives_on, today, leads)
        return self._matter(deadline, lead, sorted(told), _why(deadline) or ("snoozed" if is_silent else ""))

    def rungs(self, deadline: Deadline, told: Mapping[tuple[str, date], datetime]) -> list[Matter]:
        """Return what is said to others because nobody answered."""
        first = told.get((subject_of(deadline.pk), deadline.drives_on))
        if first is None or self.now - first < TIME_TO_ANSWER:
            return []
        found = [
            self.rung(deadline, rung) for rung in reached(deadline.drives_on, self.today(deadline), self.decided.rungs)
        ]
        return [it for it in found if it.recipients and not it.why]

    def rung(self, deadline: Deadline, rung: int) -> Matter:
        case, word = deadline.client.case, self.words.get(deadline.pk)
        why = _why(deadline)
        if not why and word is not None and word.holds_off_on(self.today(deadline)):
            why = "acknowledged"
        if not why and self.ladder.has_just_been_given(case):
            why = "handed_over"
        return self._matter(deadline, self.decided.rungs[rung], self.ladder.of(case, rung), why, rung)

    def _matter(self, deadline: Deadline, lead: int | None, told: list[UUID], why: str, rung: int = 0) -> Matter:
        return Matter(
            subject=subject_of(deadline.pk),
            due_on=deadline.drives_on,
            lead=lead,
            zone=self.zones.get(deadline.country, ""),
            recipients=told,
            case=deadline.client.case,
            rung=rung,
            why=why,
        )


def _why(deadline: Deadline) -> str:
    """Return why a deadline is not spoken of any more: gone, done, waived, closed (its case)."""
    if deadline.gone_at is not None:
        return "gone"
    if deadline.state != Deadline.State.OPEN:
        return str(deadline.state)
    return "closed" if deadline.client.case.status != Case.Status.OPEN else ""


def _still_open(deadline: UUID, due_on: date, user: UUID, now: datetime) -> Any:
    words = Word.objects.standing().filter(deadline=OuterRef("pk"))
    told = told_of_cases(User(pk=user), now, prefix="client__case__")
    is_away = Exists(Absence.objects.running(now).filter(user=user))  # then somebody else is told
    rows = Deadline.objects.open().filter(told, ~Exists(words), ~is_away, pk=deadline, drives_on=due_on)
    return rows.order_by().values_list("client__case__team")


STILL_OPEN = Prepared(_still_open, deadline=UUID, due_on=date, user=UUID, now=datetime)


def _surely(deadline_id: str, due_on: date, user: UUID, now: datetime) -> UUID | None:
    """Return the team if a deadline is open, of this day, nobody said a word about it, and the user is who looks after its case."""
    found = STILL_OPEN.ask(deadline=UUID(deadline_id), due_on=due_on, user=user, now=now)
    return found[0][0] if found else None


DEADLINES = Source(prefix=DEADLINE, due=_due, unsaid=_unsaid, standing=_standing, surely=_surely, settled="gone")
